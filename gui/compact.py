"""The compact strip with the main controls, always on top of other windows."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QMouseEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton

from gui.file_drop import FileDrop
from gui.model.engine_reader import Snapshot
from gui.model.frame_store import FrameStore
from gui.model.viewmodel import ViewModel
from gui.place import OnScreen
from gui.widgets.faders import Slider
from gui.widgets.folding import FoldingBar
from gui.widgets.labels import ValueLabel
from gui.widgets.lamp import Lamp
from gui.widgets.meters import Meter
from gui.widgets.modes import ModePicker
from gui.widgets.song import PlayButton, SongName, SongTime
from gui.widgets.switch import Switch
from livevox.live.status import Status

LEAST = 440
"""Width of what can't be folded."""


class CompactStrip(FoldingBar):
    """Lamp, song and mode, voice and accompaniment, bypass and the output's level; it can be
    dragged anywhere."""

    expanded = pyqtSignal()
    """Emitted to show the whole window."""
    closed = pyqtSignal()
    """Emitted when the strip is closed, which ends the program."""

    def __init__(self, view_model: ViewModel, frames: FrameStore) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self.setObjectName("compact")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("livevox")
        self._view_model = view_model
        self._frames = frames
        self._grabbed: QPoint | None = None
        self.lamp = Lamp()
        self.lamp.setFixedSize(72, 72)
        self.meter = Meter(self.tr("output"), "neutral")
        self.bypass = Switch(view_model, "bypass", self.tr("Bypass"), "bypass", self.tr("key B"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.addLayout(self._song_row(), 0, 0, 1, 4)
        for line, (name, title, role, key) in enumerate(
            (
                ("vocals", self.tr("Voice"), "voice", "M"),
                ("accompaniment", self.tr("Music"), "music", "Shift+M"),
            ),
            start=1,
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
        self.modes = ModePicker(view_model)
        expand = QPushButton(self.tr("Expand"))
        expand.setToolTip(self.tr("Back to the whole window (Ctrl+K)"))
        expand.clicked.connect(self.expanded)
        side = QGridLayout()
        side.setVerticalSpacing(4)
        for line, widget in enumerate((self.modes, self.bypass, expand)):
            side.addWidget(widget, line, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(10)
        # It folds instead.
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        row.addWidget(self.lamp)
        row.addLayout(grid, 1)
        row.addWidget(self.meter)
        row.addLayout(side)
        self.folds = [self.lamp.setHidden, self.meter.setHidden]
        self.resize(620, 122)
        self.setMinimumWidth(LEAST)
        self.setFixedHeight(122)
        FileDrop(self, view_model)
        OnScreen(self)
        view_model.polled.connect(self._on_poll)
        view_model.status_changed.connect(self._on_status)
        self._on_status(view_model.status)

    def _song_row(self) -> QHBoxLayout:
        self.play = PlayButton(self._view_model)
        self.name = SongName(self._view_model, self.tr("The input is heard: drop a file here"))
        self.time = SongTime()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.play)
        row.addWidget(self.name, 1)
        row.addWidget(self.time)
        return row

    def _on_status(self, status: Status | None) -> None:
        playing = bool(status and status.config.files)
        self.play.setVisible(playing)
        self.time.setVisible(playing)

    def _on_poll(self, snapshot: Snapshot) -> None:
        if self.isVisible():
            running = snapshot.state == "running"
            activity = self._frames.activity_heard() if running else 0.0
            self.lamp.show_activity(activity, self._view_model.parameters.value("gate_threshold"))
            self.meter.show_levels(snapshot.levels[3], snapshot.clips[3])
            duration = self._view_model.playback.duration
            self.time.show_place(min(self._view_model.heard_second, duration), duration)
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
