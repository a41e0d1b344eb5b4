"""Dialogs that ask for a file or a folder."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog


def show_dialog(dialog: QFileDialog, then: Callable[[str], object]) -> None:
    """Call ``then`` with the choice; the dialog does not block the window."""
    show_files_dialog(dialog, lambda paths: then(paths[0]))


def show_files_dialog(dialog: QFileDialog, then: Callable[[tuple[str, ...]], object]) -> None:
    """Call ``then`` with all that was chosen; the dialog does not block the window."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setModal(False)
    dialog.filesSelected.connect(lambda paths: then(tuple(paths)))
    dialog.show()
