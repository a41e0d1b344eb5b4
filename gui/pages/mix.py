"""The main page: modes, singing activity and spectrogram."""

from __future__ import annotations

from PyQt6.QtCore import QSize
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from gui.model.engine_reader import Snapshot
from gui.model.frame_store import FrameStore
from gui.model.viewmodel import ViewModel
from gui.widgets.activity_curve import ActivityCurve
from gui.widgets.lamp import Lamp
from gui.widgets.modes import ModeBar
from gui.widgets.spectrogram import ColourKey, FrequencyAxis, Spectrogram


class MixPage(QWidget):
    """Modes on top; below them curve and lamp, spectrogram and axis, on a common time axis."""

    def __init__(
        self, view_model: ViewModel, frames: FrameStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._frames = frames
        self.modes = ModeBar(view_model)
        self.lamp = Lamp()
        self.curve = ActivityCurve(frames, view_model)
        self.spectrogram = Spectrogram(frames)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 10, 6, 6)
        column.setSpacing(8)
        column.addWidget(self.modes)
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(4)
        grid.addWidget(self.curve, 0, 0)
        grid.addWidget(self.lamp, 0, 1)
        grid.addWidget(self.spectrogram, 1, 0)
        grid.addWidget(FrequencyAxis(), 1, 1)
        self._foot = QWidget()
        foot = QGridLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        ago = QLabel(self.tr("10 s ago"))
        ago.setProperty("role", "dim")
        foot.addWidget(ago, 0, 0)
        foot.addWidget(ColourKey(), 0, 1)
        now = QLabel(self.tr("now"))
        now.setProperty("role", "dim")
        foot.addWidget(now, 0, 2)
        foot.setColumnStretch(1, 1)
        foot.setHorizontalSpacing(16)
        grid.addWidget(self._foot, 2, 0)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(0, 2)
        grid.setRowStretch(1, 7)
        column.addLayout(grid, 1)
        view_model.polled.connect(self._on_poll)
        view_model.state_changed.connect(self._on_state)
        self._on_state(view_model.state)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The modes: in a low window the pictures leave one after the other."""
        return QSize(
            self.modes.minimumSizeHint().width() + 20, self.modes.minimumSizeHint().height() + 20
        )

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """In a low window, leave the room to the picture."""
        self._foot.setVisible(self.height() > 260 and self.width() > 380)
        self._grid.setColumnMinimumWidth(1, 92 if self.width() > 260 else 50)
        for part in (self.curve, self.lamp):
            part.setVisible(self.height() > 200)
        self._grid.setRowMinimumHeight(0, 64 if self.height() > 200 else 0)

    def _on_state(self, state: str) -> None:
        messages = {
            "starting": self.tr("The sound engine starts …"),
            "waiting": self.tr("Waiting for the sound devices."),
            "ended": self.tr("The sound engine has ended."),
            "unresponsive": self.tr("The sound engine does not answer."),
        }
        self.spectrogram.show_message(messages.get(state, ""))

    def _on_poll(self, snapshot: Snapshot) -> None:
        if self.isVisible():
            running = snapshot.state == "running"
            activity = self._frames.activity_heard() if running else 0.0
            self.lamp.show_activity(activity, self.curve.threshold)
            self.curve.advance()
            self.spectrogram.advance()
