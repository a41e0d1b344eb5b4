"""What scrolls where the window has no room for all of it."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QSize, Qt
from PyQt6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

LEAST = 34
"""Height in pixels of what always remains to be seen."""


class Scrolled(QScrollArea):
    """As high as its content where there is room, else it scrolls. What gets the focus is scrolled
    into view."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setWidget(content)
        self._low = False

    def set_low(self, low: bool) -> None:
        """Take a line, and leave the other room to what is beside it."""
        self._low = low
        self.updateGeometry()

    def scroll_to(self, widget: QWidget) -> None:
        """Show a part of the content at the top."""
        bar = self.verticalScrollBar()
        assert bar is not None
        bar.setValue(widget.y())

    def sizeHint(self) -> QSize:  # noqa: N802
        """The content's."""
        content = self.widget()
        assert content is not None
        hint = content.sizeHint()
        return QSize(hint.width(), min(LEAST, hint.height())) if self._low else hint

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """A line of it."""
        return QSize(0, min(LEAST, self.sizeHint().height()))

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Follow the content's height."""
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


def fill(page: QWidget, content: QWidget) -> None:
    """Let ``content`` fill ``page``, with scroll bars if the window is too small."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(area)
