"""Small buttons with a symbol."""

from __future__ import annotations

from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QToolButton

from gui.look.symbols import symbol


def icon_button(name: str, text: str) -> QToolButton:
    """A button with the symbol ``name``; ``text`` says what it does."""
    button = QToolButton()
    button.setIcon(symbol(name))
    button.setIconSize(QSize(16, 16))
    button.setToolTip(text)
    button.setAccessibleName(text)
    return button
