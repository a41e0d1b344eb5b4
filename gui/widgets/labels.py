"""Labels for text that changes often or may be too long."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from gui.model.scales import SCALES
from gui.model.viewmodel import ViewModel
from gui.widgets.parameter_slider import described
from livevox.parameters import PARAMETERS


def clock(seconds: float) -> str:
    """Format seconds as m:ss or h:mm:ss.

    >>> clock(65.4), clock(3661)
    ('1:05', '1:01:01')
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def add_column(
    grid: QGridLayout, row: int, column: int, text: str, tip: str, field: QWidget
) -> None:
    """Add a field below its label, from ``row`` on, to a column that is as wide as the others."""
    label = QLabel(text)
    label.setBuddy(field)
    field.setAccessibleName(text.replace("&", ""))
    field.setToolTip(tip)
    grid.addWidget(label, row, column)
    grid.addWidget(field, row + 1, column)
    grid.setColumnStretch(column, 1)


class Reading(QLabel):
    """A frequently changing number. It keeps the width of its longest text so far, because a new
    layout of the window takes longer than a frame."""

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
    """Fix a widget's size at the widest that it has needed so far."""
    hint = widget.sizeHint()
    if hint.width() > widget.maximumWidth() or not widget.minimumWidth():
        widget.setFixedSize(hint)


class ElidedLabel(QLabel):
    """A line of text, elided if there is no room for all of it; with word wrap it is a usual
    label."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the elided text."""
        if self.wordWrap():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        # A name may have line breaks in it.
        line = " ".join(self.text().split())
        text = self.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), _LINE, text)


_LINE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


class ValueLabel(QLabel):
    """A parameter's value with its unit, of constant width."""

    def __init__(self, view_model: ViewModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setProperty("role", "number")
        parameter, scale = PARAMETERS[name], SCALES[name]
        self.ensurePolished()
        metrics = self.fontMetrics()
        widest = max(
            metrics.horizontalAdvance(scale.text(value))
            for value in (parameter.minimum, parameter.maximum, -45.8 if scale.is_gain else 0.888)
        )
        self.setMinimumWidth(widest + 8)
        self.setToolTip(described(name))
        self._show(name, view_model.parameters.value(name))
        view_model.parameters.changed.connect(self._show)

    def _show(self, name: str, value: float) -> None:
        if name == self._name:
            self.setText(SCALES[name].text(value))
