"""The notices at the top: what happened and what to do about it, without dialogs."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.look.theme import theme, themes
from gui.model.notices import Notice
from gui.model.viewmodel import ViewModel
from gui.widgets.labels import ElidedLabel

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
        self._alone = self._low = False
        self._elsewhere: frozenset[str] = frozenset()
        view_model.notices.noticed.connect(self.show_notice)
        view_model.notices.cleared.connect(self.clear)
        self.hide()

    @property
    def texts(self) -> list[str]:
        """The texts shown, the newest first."""
        return [self._lines[topic].notice.text for topic in reversed(self._shown)]

    def show_notice(self, notice: Notice) -> None:
        """Show a notice; replaces an older one on the same topic."""
        same = [topic for topic, line in self._lines.items() if line.notice.text == notice.text]
        for topic in {notice.topic, *same}:
            self.clear(topic)
        while len(self._lines) >= MOST:
            self.clear(next(iter(self._lines)))
        line = _Line(notice)
        line.fold(self._low)
        line.closed.clicked.connect(lambda: self.clear(notice.topic))
        self._lines[notice.topic] = line
        self._column.insertWidget(0, line)
        self._show()

    def clear(self, topic: str) -> None:
        """Remove the notice on a topic."""
        line = self._lines.pop(topic, None)
        if line is not None:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._show()

    def clear_newest(self) -> None:
        """Remove the newest notice."""
        if shown := self._shown:
            self.clear(shown[-1])

    def fold(self, alone: bool, low: bool) -> None:
        """Show only the newest notice, the others wait; ``low`` shows it in one row."""
        if (alone, low) != (self._alone, self._low):
            self._alone, self._low = alone, low
            for line in self._lines.values():
                line.fold(low)
            self._show()

    def leave_out(self, *topics: str) -> None:
        """Leave out what the page itself says."""
        self._elsewhere = frozenset(topics)
        self._show()

    @property
    def _shown(self) -> list[str]:
        """The topics of the notices that are shown, the newest last."""
        told_here = [topic for topic in self._lines if topic not in self._elsewhere]
        return told_here[-1:] if self._alone else told_here

    def _show(self) -> None:
        shown = self._shown
        for topic, line in self._lines.items():
            line.setVisible(topic in shown)
        self.setVisible(bool(shown))


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
        self._kind = QLabel(names[notice.kind])
        self._kind.setObjectName("kind")
        row.addWidget(self._kind)
        self._text = text = ElidedLabel()
        text.setText(notice.text)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
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

    def fold(self, folded: bool) -> None:
        """Take one row; the tooltip has all of the text."""
        self._kind.setHidden(folded)
        self._text.setWordWrap(not folded)
        self._text.setToolTip(self.notice.text if folded else "")

    def _colour(self) -> None:
        t = theme()
        colours = {"error": t.alarm, "warning": t.warning, "information": t.music}
        colour = colours[self.notice.kind]
        self.setStyleSheet(
            f"#notice {{ background: {t.panel}; border-left: 5px solid {colour}; }}"
            f"#kind {{ color: {colour}; font-weight: 600; }}"
        )
