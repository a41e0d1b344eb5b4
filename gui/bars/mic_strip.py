"""The microphone's strip in the mixer: fader, meter and mute."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.model.engine_reader import Snapshot
from gui.model.viewmodel import ViewModel
from gui.widgets.faders import Fader
from gui.widgets.labels import ValueLabel
from gui.widgets.meters import Meter
from gui.widgets.switch import Switch
from livevox.live.telemetry import METERS

_CENTRE = Qt.AlignmentFlag.AlignHCenter
_METER = METERS.index("mic")


class MicStrip(QWidget):
    """Visible while a microphone is chosen."""

    def __init__(
        self, view_model: ViewModel, button_height: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.fader = Fader(view_model, "mic", "voice")
        self.meter = Meter(self.tr("microphone"), "voice")
        self.mute = Switch(view_model, "mic_mute", "M", "mute", self.tr("key N"))
        self.mute.setFixedSize(40, button_height)
        self._name = QLabel(self.tr("Mic"))
        self._name.setProperty("role", "voice")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._name, 0, _CENTRE)
        middle = QHBoxLayout()
        middle.setSpacing(2)
        middle.addStretch(1)
        middle.addWidget(self.fader)
        middle.addWidget(self.meter)
        middle.addStretch(1)
        column.addLayout(middle, 1)
        value = ValueLabel(view_model, "mic")
        value.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(value, 0, _CENTRE)
        column.addWidget(self.mute, 0, _CENTRE)
        self._view_model = view_model
        view_model.parameters.changed.connect(self._show_muted)
        self._show_muted()

    def _show_muted(self, *_: object) -> None:
        muted = bool(self._view_model.parameters.value("mic_mute"))
        self.fader.set_muted(muted)
        self.meter.set_muted(muted)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the level, and the latency as the tooltip of the name."""
        self.meter.show_levels(snapshot.levels[_METER], snapshot.clips[_METER])
        text = self.tr("Latency of the microphone: {:.0f} ms").format(1000 * snapshot.mic_latency)
        if text != self._name.toolTip():
            self._name.setToolTip(text)
