"""The status bar and the latency budget that it opens."""

from __future__ import annotations

import time

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from gui.look.theme import theme, themes
from gui.model.engine_reader import Snapshot
from gui.model.viewmodel import ViewModel
from gui.widgets.labels import Reading, grow
from livevox.live.status import Status

SECONDS = 0.25
"""Update interval of the numbers, slow enough to read."""
_BAR, _ROW = 22, 21
"""Heights of the boxes and of a row of labels."""
_SHADES = (0.45, 0.65, 0.25, 1.0, 0.65, 0.45)
"""Colours of the stages' boxes: the network's stands out, neighbours differ."""


class StatusBar(QWidget):
    """One line: latency, devices, load and errors. A click opens the latency budget."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._due = 0.0
        self._snapshot: Snapshot | None = None
        self.budget = Budget()
        self.budget.hide()
        self.unfold = QToolButton()
        self.unfold.setProperty("role", "flat")
        self.unfold.setCheckable(True)
        self.unfold.setToolTip(
            self.tr("Latency from microphone to loudspeaker in ms; open it by stage (key D)")
        )
        self.unfold.setAccessibleName(self.tr("Latency"))
        self.unfold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.unfold.toggled.connect(self._on_unfold)
        self.unfold.setArrowType(Qt.ArrowType.RightArrow)
        self.unfold.ensurePolished()
        self.state = QLabel()
        self.state.setProperty("role", "dim")
        self.model = QLabel()
        self.load = Reading()
        self.faults = Reading()
        self.load.setToolTip(
            self.tr("Share of its time that the separation works, in per cent; 100 % is too much")
        )
        self.faults.setToolTip(
            self.tr(
                "Xruns: blocks of sound that the devices lost. "
                "Late: blocks played as they came in, because separating them took too long."
            )
        )
        row = QHBoxLayout()
        row.setContentsMargins(8, 2, 12, 2)
        row.setSpacing(18)
        for widget in (self.unfold, self.model, self.load, self.faults):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.state)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.budget)
        column.addLayout(row)
        view_model.polled.connect(self._on_poll)
        view_model.status_changed.connect(self._on_status)
        view_model.state_changed.connect(self._on_state)
        self._on_state(view_model.state)
        self._show_latency("-")

    def _on_unfold(self, unfolded: bool) -> None:
        self.unfold.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)
        self.budget.setVisible(unfolded)
        self._show()

    def _on_state(self, state: str) -> None:
        self.state.setText(
            {
                "starting": self.tr("starting"),
                "waiting": self.tr("waiting for devices"),
                "running": self.tr("running"),
                "ended": self.tr("engine ended"),
                "unresponsive": self.tr("engine does not answer"),
            }[state]
        )

    def _on_status(self, status: Status) -> None:
        provider = status.provider.removesuffix("ExecutionProvider")
        self.model.setText(self.tr("Model {} on {}").format(status.model, provider))
        self.model.setToolTip(self.tr("The network and the execution provider that runs it"))

    def _on_poll(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        if time.monotonic() >= self._due:
            self._show()

    def _show(self) -> None:
        self._due = time.monotonic() + SECONDS
        snapshot = self._snapshot
        if snapshot is None:
            return
        running = snapshot.state == "running"
        self._show_latency(f"{1000 * snapshot.latency:.0f}" if running else "-")
        self.load.show_text(self.tr("Load {:.0f} %").format(100 * snapshot.load))
        self.faults.show_text(
            self.tr("Xruns {}, late {}").format(snapshot.xruns, snapshot.late_blocks)
        )
        if self.budget.isVisible():
            self.budget.show_snapshot(snapshot)

    def _show_latency(self, milliseconds: str) -> None:
        text = self.tr("Latency {} ms").format(milliseconds)
        if text != self.unfold.text():
            self.unfold.setText(text)
            grow(self.unfold)


class Budget(QWidget):
    """The latency by stage as boxes to scale, with detailed numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = BudgetBar()
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 4)
        column.setSpacing(8)
        column.addWidget(self.bar)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        self._numbers: dict[str, Reading] = {}
        titles = (
            ("format", self.tr("Format")),
            ("inference", self.tr("Time per block")),
            ("drift", self.tr("Clock drift")),
            ("memory", self.tr("Memory of the engine")),
            ("skipped", self.tr("Blocks left out")),
            ("gaps", self.tr("Gaps in the sound")),
        )
        for index, (key, title) in enumerate(titles):
            name, number = QLabel(title), Reading("number")
            name.setProperty("role", "dim")
            grid.addWidget(name, index // 3, 2 * (index % 3))
            grid.addWidget(number, index // 3, 2 * (index % 3) + 1)
            self._numbers[key] = number
        for column_index in (1, 3, 5):
            grid.setColumnStretch(column_index, 1)
        self._details = QWidget()
        self._details.setLayout(grid)
        grid.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._details)

    def show_details(self, wanted: bool) -> None:
        """Show or hide the numbers below the boxes; low windows have no room for them."""
        self._details.setVisible(wanted)

    def show_snapshot(self, s: Snapshot) -> None:
        """Update the numbers."""
        self.bar.show_budget(s.budget)
        block = 1000 * s.block / s.sample_rate if s.sample_rate else 0.0
        texts = {
            "format": self.tr("{} Hz, {} samples").format(s.sample_rate, s.block),
            "inference": self.tr("{:.1f} of {:.1f} ms").format(s.inference_ms, block),
            "drift": self.tr("{:+.0f} ppm").format(s.drift_ppm),
            "memory": self.tr("{:.0f} MB").format(s.memory_kib / 1024),
            "skipped": str(s.skipped_blocks),
            "gaps": self.tr("{} ({:.1f} s)").format(s.gaps, s.gap_seconds) if s.gaps else "0",
        }
        for key, text in texts.items():
            self._numbers[key].show_text(text)


class BudgetBar(QWidget):
    """A box for each stage with a width in proportion, labelled below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._budget: tuple[float | None, ...] = ()
        self._labels: list[QRectF] = []
        self.setFixedHeight(_BAR + _ROW)
        self.setAccessibleName(self.tr("Latency by stage"))
        themes().changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Take all available width."""
        return QSize(600, self.height())

    def show_budget(self, budget: tuple[float | None, ...]) -> None:
        """Set the seconds by `livevox.live.telemetry.STAGES`; None is unknown."""
        if budget != self._budget:
            self._budget = budget
            self.setAccessibleDescription(", ".join(self._texts()))
            self._place_labels()
            self.update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Take as many rows as the labels need."""
        if self._budget:
            self._place_labels()

    def _place_labels(self) -> None:
        """Put the labels beside each other, in rows."""
        rooms = [self.fontMetrics().horizontalAdvance(text) + 15 for text in self._texts()]
        gap = (self.width() - sum(rooms)) / (len(rooms) - 1)
        gap, left, top = min(max(gap, 8.0), 24.0), 0.0, float(_BAR)
        self._labels = []
        for room in rooms:
            if left and left + room > self.width():
                left, top = 0.0, top + _ROW
            self._labels.append(QRectF(left, top, room, _ROW))
            left += room + gap
        self.setFixedHeight(round(top) + _ROW)

    def _texts(self) -> list[str]:
        """The tooltip: each stage and its milliseconds."""
        names = (
            self.tr("input device"),
            self.tr("key"),
            self.tr("resampling"),
            self.tr("network"),
            self.tr("buffers"),
            self.tr("output device"),
        )
        return [
            self.tr("{} unknown").format(name)
            if seconds is None
            else self.tr("{} {:.1f} ms").format(name, 1000 * seconds)
            for name, seconds in zip(names, self._budget, strict=True)
        ]

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint boxes to scale, with their labels below."""
        t = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        widths = [seconds or 0.0 for seconds in self._budget]
        total = sum(widths)
        if total <= 0:
            return
        left = 0.0
        painter.setPen(Qt.PenStyle.NoPen)
        labels = zip(self._texts(), self._labels, widths, _SHADES, strict=True)
        for text, label, seconds, shade in labels:
            width = self.width() * seconds / total
            colour = t.colour("music")
            colour.setAlphaF(shade)
            painter.setBrush(colour)
            if width > 0.5:
                painter.drawRoundedRect(QRectF(left, 0, max(1.0, width - 2), 16), 3, 3)
            painter.drawRoundedRect(QRectF(label.left(), label.top() + 6, 9, 9), 2, 2)
            painter.setPen(t.colour("text"))
            painter.drawText(label.adjusted(13, 0, 0, 0), _MIDDLE, text)
            painter.setPen(Qt.PenStyle.NoPen)
            left += width


_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
