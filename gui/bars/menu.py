"""The menu of the window: undo, the theme, the compact strip, and the rest."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QMenu, QToolButton, QWidget

from gui.look.symbols import symbol
from gui.look.theme import Choice, themes
from gui.model.viewmodel import ViewModel


class MenuButton(QToolButton):
    """Opens the menu."""

    compact_wanted = pyqtSignal()
    theme_chosen = pyqtSignal(str)
    """One of :data:`gui.look.theme.Choice`."""
    sheet_wanted = pyqtSignal()
    lyrics_wanted = pyqtSignal()
    export_wanted = pyqtSignal()
    quit_wanted = pyqtSignal()

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme_actions: dict[Choice, QAction] = {}
        self._make(view_model)

    def _make(self, view_model: ViewModel) -> None:
        menu = QMenu(self)
        undo = view_model.parameters.undo_stack.createUndoAction(self, self.tr("Undo"))
        redo = view_model.parameters.undo_stack.createRedoAction(self, self.tr("Redo"))
        assert undo is not None
        assert redo is not None
        # PyQt leaves their ownership to Python: keep a reference.
        self.undo_actions = undo, redo
        for action, keys in zip(self.undo_actions, ("Ctrl+Z", "Ctrl+Shift+Z"), strict=True):
            action.setShortcut(keys)
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(self.tr("Compact strip (Ctrl+K)"), self.compact_wanted)
        menu.addAction(self.tr("Lyrics on a screen of their own (L)"), self.lyrics_wanted)
        self.export_action = QAction(self.tr("Export the stems of the file…"), self)
        self.export_action.setEnabled(False)
        self.export_action.triggered.connect(self.export_wanted)
        menu.addAction(self.export_action)
        view_model.status_changed.connect(
            lambda status: self.export_action.setEnabled(bool(status.config.files))
        )
        looks = menu.addMenu(self.tr("Theme"))
        assert looks is not None
        group = QActionGroup(self)
        choices: tuple[tuple[Choice, str], ...] = (
            ("system", self.tr("As the system")),
            ("dark", self.tr("Dark")),
            ("light", self.tr("Light")),
        )
        for choice, text in choices:
            action = QAction(text, self)
            action.setCheckable(True)
            action.setChecked(choice == themes().choice)
            action.triggered.connect(lambda _, choice=choice: self.theme_chosen.emit(choice))
            group.addAction(action)
            looks.addAction(action)
            self._theme_actions[choice] = action
        menu.addSeparator()
        menu.addAction(self.tr("Restart the sound engine"), view_model.restart_engine)
        menu.addAction(self.tr("Keyboard shortcuts (F1)"), self.sheet_wanted)
        menu.addAction(self.tr("Quit (Ctrl+Q)"), self.quit_wanted)
        self.setIcon(symbol("menu"))
        self.setProperty("role", "flat")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.setMenu(menu)
        self.setAccessibleName(self.tr("Menu"))
        self.setToolTip(self.tr("Undo, theme, compact strip, shortcuts (F10)"))

    def show_theme(self, choice: Choice) -> None:
        """Mark the theme that was chosen."""
        self._theme_actions[choice].setChecked(True)
