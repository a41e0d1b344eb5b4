"""The microphone's strip in the mixer: fader, meter and mute."""

from __future__ import annotations

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.bars.strip import CENTRE, Strip, small_switch
from gui.model.engine_reader import Snapshot
from gui.model.viewmodel import ViewModel
from gui.widgets.faders import Fader
from gui.widgets.meters import Meter
from livevox.live.telemetry import METERS

_METER = METERS.index("mic")


class MicStrip(QWidget):
    """Visible while a microphone is chosen."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fader = Fader(view_model, "mic", "voice")
        self.meter = Meter(self.tr("microphone"), "voice")
        self.mute = small_switch(view_model, "mic_mute", "M", "mute", self.tr("key N"))
        self._strip = Strip(
            view_model, self.tr("Mic"), "voice", self.fader, self.meter, (self.mute,)
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._strip.name, 0, CENTRE)
        column.addLayout(self._strip.middle, 1)
        column.addWidget(self._strip.value, 0, CENTRE)
        column.addLayout(self._strip.buttons)
        self._view_model = view_model
        view_model.parameters.changed.connect(self._show_muted)
        self._show_muted()

    def _show_muted(self, *_: object) -> None:
        self._strip.set_muted(bool(self._view_model.parameters.value("mic_mute")))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the level, and the latency as the tooltip of the name."""
        self.meter.show_levels(snapshot.levels[_METER], snapshot.clips[_METER])
        text = self.tr("Latency of the microphone: {:.0f} ms").format(1000 * snapshot.mic_latency)
        if text != self._strip.name.toolTip():
            self._strip.name.setToolTip(text)
