"""The choice of the dark or light theme, by the user or the system."""

from __future__ import annotations

from functools import cache
from typing import Literal, cast

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QStyleHints
from PyQt6.QtWidgets import QApplication

from gui.look.dark_and_light import DARK, LIGHT, Theme
from gui.look.style_sheet import palette, style_sheet

Choice = Literal["system", "dark", "light"]


class Themes(QObject):
    """The theme in use; one per application, from :func:`themes`."""

    changed = pyqtSignal()
    """Emitted when the theme changes: repaint."""

    def __init__(self) -> None:
        super().__init__()
        self.choice: Choice = "system"
        self.current = DARK
        hints = cast(QStyleHints, QGuiApplication.styleHints())
        hints.colorSchemeChanged.connect(self._update)

    def choose(self, choice: Choice) -> None:
        """Use a theme, or follow the system."""
        self.choice = choice
        self._update()

    def _update(self) -> None:
        hints = cast(QStyleHints, QGuiApplication.styleHints())
        # Dark if the system does not say, because stages are dark.
        system_light = hints.colorScheme() == Qt.ColorScheme.Light
        light = self.choice == "light" or (self.choice == "system" and system_light)
        self.current = LIGHT if light else DARK
        application = cast(QApplication, QApplication.instance())
        application.setPalette(palette(self.current))
        application.setStyleSheet(style_sheet(self.current))
        self.changed.emit()


@cache
def themes() -> Themes:
    """The application's :class:`Themes`; needs an application."""
    return Themes()


def theme() -> Theme:
    """The theme in use."""
    return themes().current
