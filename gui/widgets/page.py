"""What the pages of the window have in common."""

from __future__ import annotations

from typing import cast

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QScrollArea, QStyle, QVBoxLayout, QWidget


def fill(page: QWidget, content: QWidget) -> None:
    """Let ``content`` fill ``page``, scrolled up and down where the window is too low for it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(area)


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget another look from the style sheet."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        cast(QStyle, widget.style()).polish(widget)


class Reading(QLabel):
    """A number that changes often. It takes the room of the longest text so far: a window that is
    laid out anew takes longer than a frame may."""

    def __init__(self, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self.ensurePolished()

    def show_text(self, text: str) -> None:
        """Show ``text``."""
        if text != self.text():
            self.setText(text)
            grow(self)


def grow(widget: QWidget) -> None:
    """Fix a widget's size at what it needs now, or needed before, whichever is wider."""
    hint = widget.sizeHint()
    if hint.width() > widget.maximumWidth() or not widget.minimumWidth():
        widget.setFixedSize(hint)
