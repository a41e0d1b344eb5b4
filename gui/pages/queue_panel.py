"""The queue of songs, above the file player."""

from __future__ import annotations

from PyQt6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.model.viewmodel import ViewModel
from gui.widgets.dialogs import show_files_dialog
from gui.widgets.queue_list import QueueList
from livevox.live.commands import AddToQueue, ArrangeQueue, PlayQueued
from livevox.live.status import Status

HEIGHT = 180
"""In pixels, at most."""


class QueuePanel(QWidget):
    """Shows the songs in order while files play and ``button`` is checked, and changes them."""

    def __init__(
        self, view_model: ViewModel, button: QAbstractButton, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._button = button
        self._folded = False
        button.toggled.connect(self._show)
        self.list = QueueList()
        title = QLabel(self.tr("Queue"))
        title.setProperty("role", "dim")
        self.add_button = QPushButton(self.tr("Add…"))
        self.add_button.setToolTip(self.tr("Add music files to the queue"))
        self.add_button.clicked.connect(lambda: self._open(QFileDialog.FileMode.ExistingFiles))
        self.folder_button = QPushButton(self.tr("Folder…"))
        self.folder_button.setToolTip(self.tr("Add all music files of a folder to the queue"))
        self.folder_button.clicked.connect(lambda: self._open(QFileDialog.FileMode.Directory))
        self.remove_button = QPushButton(self.tr("Remove"))
        self.remove_button.setToolTip(self.tr("Take the selected songs out of the queue (Del)"))
        self.remove_button.clicked.connect(self.list.remove_selected)
        self.list.arranged.connect(self._arrange)
        self.list.chosen.connect(lambda number: view_model.requests.ask(PlayQueued(number)))
        self.list.dropped.connect(self._add)
        row = QHBoxLayout()
        row.addWidget(title, 1)
        for button in (self.add_button, self.folder_button, self.remove_button):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 10, 0)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        self.setMaximumHeight(HEIGHT)
        view_model.status_changed.connect(self._on_status)
        self.hide()

    def fold(self, folded: bool) -> None:
        """Leave it out, or don't."""
        self._folded = folded
        self._show()

    def _open(self, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self.window(), self.tr("Add music to the queue"))
        dialog.setFileMode(mode)
        show_files_dialog(dialog, self._add)

    def _add(self, paths: tuple[str, ...]) -> None:
        self._view_model.requests.ask(AddToQueue(paths))

    def _arrange(self, order: tuple[int, ...]) -> None:
        if order:
            self._view_model.requests.ask(ArrangeQueue(order, max(self.list.order)))
        else:
            self._view_model.play_files(())

    def _on_status(self, status: Status) -> None:
        self.list.show_queue(status.queue, status.queued)
        self._show()

    def _show(self) -> None:
        status = self._view_model.status
        self.setVisible(
            bool(self._button.isChecked() and not self._folded and status and status.queue)
        )
