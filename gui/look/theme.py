"""Which theme is in use, the dark or the light one: the user's choice or the system's."""

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
    """Which theme is in use; one for the application, from :func:`themes`."""

    changed = pyqtSignal()
    """Another theme is in use: paint again."""

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
        # A system that does not say is taken for dark: stages are.
        system_light = hints.colorScheme() == Qt.ColorScheme.Light
        light = self.choice == "light" or (self.choice == "system" and system_light)
        self.current = LIGHT if light else DARK
        application = cast(QApplication, QApplication.instance())
        application.setPalette(palette(self.current))
        application.setStyleSheet(style_sheet(self.current))
        self.changed.emit()


@cache
def themes() -> Themes:
    """The one :class:`Themes`; it needs the application."""
    return Themes()


def theme() -> Theme:
    """The theme in use."""
    return themes().current
