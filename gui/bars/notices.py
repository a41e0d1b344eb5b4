"""The notices at the top: what happened and what to do about it, without dialogs."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.look.theme import theme, themes
from gui.model.notices import Notice
from gui.model.viewmodel import ViewModel

MOST = 3
"""Most notices at a time; the oldest are removed."""


class NoticeBar(QWidget):
    """A line for each notice, the newest on top; takes no room while empty."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self._lines: dict[str, _Line] = {}
        view_model.notices.noticed.connect(self.show_notice)
        view_model.notices.cleared.connect(self.clear)
        self.hide()

    @property
    def texts(self) -> list[str]:
        """The texts shown, the newest first."""
        return [line.notice.text for line in reversed(self._lines.values())]

    def show_notice(self, notice: Notice) -> None:
        """Show a notice; replaces an older one on the same topic."""
        self.clear(notice.topic)
        while len(self._lines) >= MOST:
            self.clear(next(iter(self._lines)))
        line = _Line(notice)
        line.closed.clicked.connect(lambda: self.clear(notice.topic))
        self._lines[notice.topic] = line
        self._column.insertWidget(0, line)
        self.show()

    def clear(self, topic: str) -> None:
        """Remove the notice on a topic."""
        line = self._lines.pop(topic, None)
        if line is not None:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.setVisible(bool(self._lines))

    def clear_newest(self) -> None:
        """Remove the newest notice."""
        if self._lines:
            self.clear(next(reversed(self._lines)))


class _Line(QFrame):
    def __init__(self, notice: Notice) -> None:
        super().__init__()
        self.notice = notice
        self.setObjectName("notice")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 8, 5)
        row.setSpacing(10)
        names = {
            "error": self.tr("Error"),
            "warning": self.tr("Warning"),
            "information": self.tr("Note"),
        }
        kind = QLabel(names[notice.kind])
        kind.setObjectName("kind")
        row.addWidget(kind)
        text = QLabel(notice.text)
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(text, 1)
        self.setAccessibleName(f"{names[notice.kind]}: {notice.text}")
        if notice.action is not None:
            label, act = notice.action
            button = QPushButton(label)
            button.clicked.connect(lambda: act())
            row.addWidget(button)
        self.closed = QPushButton(self.tr("Dismiss"))
        self.closed.setProperty("role", "flat")
        self.closed.setToolTip(self.tr("Take this notice away (Esc)"))
        row.addWidget(self.closed)
        themes().changed.connect(self._colour)
        self._colour()

    def _colour(self) -> None:
        t = theme()
        colours = {"error": t.alarm, "warning": t.warning, "information": t.music}
        colour = colours[self.notice.kind]
        self.setStyleSheet(
            f"#notice {{ background: {t.panel}; border-left: 5px solid {colour}; }}"
            f"#kind {{ color: {colour}; font-weight: 600; }}"
        )
