"""The compact strip with the main controls, always on top of other windows."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QMouseEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from gui.model.engine_reader import Snapshot
from gui.model.frame_store import FrameStore
from gui.model.viewmodel import ViewModel
from gui.widgets.faders import Slider
from gui.widgets.labels import ValueLabel
from gui.widgets.lamp import Lamp
from gui.widgets.meters import Meter
from gui.widgets.switch import Switch


class CompactStrip(QWidget):
    """Lamp, voice and accompaniment, bypass and the output's level; it can be dragged anywhere."""

    expanded = pyqtSignal()
    """Emitted to show the whole window."""
    closed = pyqtSignal()
    """Emitted when the strip is closed, which ends the program."""

    def __init__(self, view_model: ViewModel, frames: FrameStore) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self.setObjectName("compact")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("livevox")
        self._view_model = view_model
        self._frames = frames
        self._grabbed: QPoint | None = None
        self.lamp = Lamp()
        self.lamp.setFixedSize(72, 72)
        self.meter = Meter(self.tr("output"), "neutral")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(10)
        row.addWidget(self.lamp)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for line, (name, title, role, key) in enumerate(
            (
                ("vocals", self.tr("Voice"), "voice", "M"),
                ("accompaniment", self.tr("Music"), "music", "Shift+M"),
            )
        ):
            label = QLabel(title)
            label.setProperty("role", role)
            mute = Switch(view_model, f"{name}_mute", "M", "mute", self.tr("key {}").format(key))
            mute.setFixedWidth(34)
            grid.addWidget(label, line, 0)
            grid.addWidget(Slider(view_model, name, role), line, 1)
            grid.addWidget(ValueLabel(view_model, name), line, 2)
            grid.addWidget(mute, line, 3)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(1, 150)
        row.addLayout(grid, 1)
        row.addWidget(self.meter)
        side = QGridLayout()
        side.setVerticalSpacing(4)
        self.bypass = Switch(view_model, "bypass", self.tr("Bypass"), "bypass", self.tr("key B"))
        expand = QPushButton(self.tr("Expand"))
        expand.setToolTip(self.tr("Back to the whole window (Ctrl+K)"))
        expand.clicked.connect(self.expanded)
        side.addWidget(self.bypass, 0, 0)
        side.addWidget(expand, 1, 0)
        row.addLayout(side)
        self.setMinimumWidth(520)
        self.setFixedHeight(88)
        view_model.polled.connect(self._on_poll)

    def _on_poll(self, snapshot: Snapshot) -> None:
        if self.isVisible():
            running = snapshot.state == "running"
            activity = self._frames.activity_heard() if running else 0.0
            self.lamp.show_activity(activity, self._view_model.parameters.value("gate_threshold"))
            self.meter.show_levels(snapshot.levels[3], snapshot.clips[3])
            milliseconds = f"{1000 * snapshot.latency:.0f}" if running else "-"
            self.setWindowTitle(f"livevox · {milliseconds} ms")

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Start dragging the strip."""
        assert event is not None
        self._grabbed = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Move it."""
        assert event is not None
        if self._grabbed is not None:
            self.move(event.globalPosition().toPoint() - self._grabbed)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Let go."""
        self._grabbed = None

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802
        """Closing the strip closes livevox."""
        self.closed.emit()
