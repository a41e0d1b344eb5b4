"""Keyboard shortcuts, and the sheet that lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QAction, QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QGridLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from gui.widgets.scrolled import fill


@dataclass(frozen=True)
class Shortcut:
    """Keys (the sheet shows the first), description ("" if another line of the sheet has it),
    heading, and action."""

    keys: tuple[str, ...]
    text: str
    heading: str
    act: Callable[[], object]


def install(window: QWidget, shortcuts: list[Shortcut]) -> None:
    """Activate the shortcuts, whichever widget of the window has the focus."""
    for shortcut in shortcuts:
        action = QAction(shortcut.text, window)
        action.setShortcuts([QKeySequence(key) for key in shortcut.keys])
        action.setAutoRepeat(False)
        action.triggered.connect(lambda _, act=shortcut.act: act())
        window.addAction(action)


class ReturnPresses(QAction):
    """Make Return press the focused button, because Space plays and pauses."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._button: QAbstractButton | None = None
        self.setShortcuts([QKeySequence("Return"), QKeySequence("Enter")])
        self.setAutoRepeat(False)
        self.triggered.connect(self._press)
        cast(QApplication, QApplication.instance()).focusChanged.connect(self._on_focus)
        self.setEnabled(False)

    def _on_focus(self, _: QWidget | None, now: QWidget | None) -> None:
        # Any other focused widget handles Return itself.
        self._button = now if isinstance(now, QAbstractButton) else None
        self.setEnabled(self._button is not None)

    def _press(self) -> None:
        if self._button is not None:
            self._button.click()


class ShortcutSheet(QWidget):
    """An overlay with the list of keys; any key or click closes it."""

    def __init__(
        self, shortcuts: list[Shortcut], more: list[tuple[str, str, str]], parent: QWidget
    ) -> None:
        """``more`` are (keys, text, heading) of keys that are handled elsewhere."""
        super().__init__(parent)
        self._parent = parent
        self.setAccessibleName(self.tr("Keyboard shortcuts"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        card = QFrame()
        card.setObjectName("card")
        column = QVBoxLayout(card)
        column.setContentsMargins(22, 16, 22, 18)
        title = QLabel(self.tr("Keyboard"))
        title.setProperty("role", "title")
        column.addWidget(title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(3)
        column.addLayout(grid)
        rows = [(shown(s.keys[0]), s.text, s.heading) for s in shortcuts] + more
        headings = list(dict.fromkeys(heading for _, _, heading in rows))
        # Two columns of about the same length.
        half, filled, side, row = len(rows) / 2, 0, 0, 0
        for heading in headings:
            if side == 0 and filled >= half:
                side, row = 1, 0
            label = QLabel(heading)
            label.setProperty("role", "dim")
            grid.addWidget(label, row, 3 * side, 1, 2)
            row += 1
            for keys, text, of in rows:
                if of == heading:
                    key = QLabel(keys)
                    key.setProperty("role", "number")
                    grid.addWidget(key, row, 3 * side)
                    grid.addWidget(QLabel(text), row, 3 * side + 1)
                    row += 1
                    filled += 1
        grid.setColumnMinimumWidth(2, 18)
        around = QWidget()
        middle = QVBoxLayout(around)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        fill(self, around)
        parent.installEventFilter(self)
        self.hide()

    def toggle(self) -> None:
        """Show or hide."""
        if self.isVisible():
            self._close()
        else:
            self.setGeometry(self._parent.rect())
            self.show()
            self.raise_()
            self.setFocus()

    def _close(self) -> None:
        self.hide()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Keep the size of the window."""
        if event is not None and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._parent.rect())
        return False

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Any key."""
        self._close()

    def mousePressEvent(self, event: object) -> None:  # noqa: N802
        """Any click."""
        self._close()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint a dimmed background."""
        QPainter(self).fillRect(self.rect(), QColor(0, 0, 0, 150))


def shown(key: str) -> str:
    """A key's name in the user's language."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
