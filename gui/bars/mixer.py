"""The mixer: meters, faders for voice, accompaniment and output, key, tempo, gate and ducking."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.bars.mic_strip import MicStrip
from gui.bars.strip import BUTTON_HEIGHT, CENTRE, Strip, small_switch
from gui.model.engine_reader import Snapshot
from gui.model.scales import label
from gui.model.viewmodel import ViewModel
from gui.widgets.faders import Fader, Slider
from gui.widgets.labels import ValueLabel
from gui.widgets.meters import Meter
from gui.widgets.parameter_slider import described
from gui.widgets.scrolled import Scrolled
from gui.widgets.switch import Switch
from livevox.parameters import MIC

GATE = ("gate", "gate_threshold", "gate_attack", "gate_release")
SHAPING = {**dict.fromkeys(GATE, "voice"), "duck": "music"}
"""The parameters below the faders, with the colours of their sliders."""
KEY = {"key": "music", "tempo": "music"}
EFFECTS = {name: "voice" for name in MIC if name not in ("mic", "mic_mute")}
WIDE, NARROW = 362, 314
"""Widths with the figures of the meters and without."""
MIC_WIDE, MIC_NARROW = 108, 80
"""What the microphone's strip adds to them."""
SHORT, SHORTEST_USUAL = 70, 120
"""Least heights of the faders in a low window and in others."""


class Mixer(QWidget):
    """The mixer, always visible beside the pages."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._low = self._narrow = False
        self.setObjectName("mixer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        tr = self.tr
        self.meters = [
            Meter(tr("input"), "neutral"),
            Meter(tr("voice"), "voice"),
            Meter(tr("accompaniment"), "music"),
            Meter(tr("output"), "neutral"),
        ]
        self.voice = Fader(view_model, "vocals", "voice")
        self.music = Fader(view_model, "accompaniment", "music")
        self.output = Fader(view_model, "output", "neutral")
        self.bypass = Switch(view_model, "bypass", tr("Bypass"), "bypass", tr("key B"))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 10, 8, 10)
        column.setSpacing(8)
        self.strips = QWidget()
        self._grid = grid = QGridLayout(self.strips)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(6)
        grid.setRowStretch(1, 1)
        grid.addWidget(QLabel(tr("In")), 0, 0, CENTRE)
        grid.addWidget(self.meters[0], 1, 0, CENTRE)
        _, voice, music, output = self.meters
        switches = self._mute_and_solo("vocals", tr("key M"), tr("key S"))
        self._voice = Strip(view_model, tr("Voice"), "voice", self.voice, voice, switches)
        self._add_strip(1, self._voice)
        switches = self._mute_and_solo("accompaniment", tr("Shift+M"), tr("Shift+S"))
        self._music = Strip(view_model, tr("Music"), "music", self.music, music, switches)
        self._add_strip(2, self._music)
        self.mic = MicStrip(view_model)
        grid.addWidget(self.mic, 0, 3, 4, 1)
        # The output has no mute and solo; the bypass takes their place.
        self.bypass.setFixedSize(88, BUTTON_HEIGHT)
        self._add_strip(4, Strip(view_model, tr("Output"), "", self.output, output, (self.bypass,)))
        column.addWidget(self.strips, 1)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(8)
        below.addLayout(self._wet_row(view_model))
        self.shaping = Shaping(view_model, SHAPING)
        key = Shaping(view_model, KEY)
        self.unfold_key = self._unfold_button(key, tr("Key and tempo"))
        self.unfold_key.setToolTip(tr("Show or hide key and tempo of the music (key K)"))
        self.effects = Shaping(view_model, EFFECTS)
        self.unfold = self._unfold_button(self.shaping, tr("Gate and ducking"))
        self.unfold.setToolTip(tr("Show or hide what the singing itself controls (key G)"))
        self.unfold_mic = self._unfold_button(self.effects, tr("Microphone"))
        self.unfold_mic.setToolTip(tr("Show or hide the effects of the microphone"))
        below.addWidget(self.unfold_key)
        below.addWidget(key)
        below.addWidget(self.unfold)
        below.addWidget(self.shaping)
        below.addWidget(self.unfold_mic)
        below.addWidget(self.effects)
        # The faders and mutes stay where they are; what is below them scrolls.
        self._lower = Scrolled(lower)
        column.addWidget(self._lower)
        view_model.polled.connect(self._on_poll)
        view_model.parameters.changed.connect(self._show_muted)
        view_model.status_changed.connect(self._show_mic)
        self._show_muted()
        self._show_mic()

    def _show_muted(self, *_: object) -> None:
        """Paint voice and accompaniment in grey while mute or the other's solo silences them."""
        value = self._view_model.parameters.value
        strips = {"vocals": self._voice, "accompaniment": self._music}
        soloed = [source for source in strips if value(f"{source}_solo")]
        for source, strip in strips.items():
            others = bool(soloed) and source not in soloed
            strip.set_muted(bool(value(f"{source}_mute")) or others)

    def _mute_and_solo(self, name: str, mute_key: str, solo_key: str) -> tuple[Switch, Switch]:
        return (
            small_switch(self._view_model, f"{name}_mute", "M", "mute", mute_key),
            small_switch(self._view_model, f"{name}_solo", "S", "solo", solo_key),
        )

    def _add_strip(self, column: int, strip: Strip) -> None:
        """Add a strip in the rows that all but the microphone's share."""
        self._grid.addWidget(strip.name, 0, column, CENTRE)
        self._grid.addLayout(strip.middle, 1, column)
        self._grid.addWidget(strip.value, 2, column, CENTRE)
        self._grid.addLayout(strip.buttons, 3, column)
        self._grid.setColumnStretch(column, 1)

    def _wet_row(self, view_model: ViewModel) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        dry = QLabel(self.tr("Dry"))
        dry.setProperty("role", "dim")
        row.addWidget(dry)
        self.wet = Slider(view_model, "wet", "neutral")
        row.addWidget(self.wet, 1)
        wet = QLabel(self.tr("Wet"))
        wet.setProperty("role", "dim")
        row.addWidget(wet)
        value = ValueLabel(view_model, "wet")
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(value)
        return row

    def _unfold_button(self, panel: QWidget, text: str) -> QToolButton:
        """A button that shows and hides a panel."""
        button = QToolButton()
        button.setText(text)
        button.setCheckable(True)
        button.setProperty("role", "flat")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setArrowType(Qt.ArrowType.RightArrow)
        button.toggled.connect(partial(self._on_unfold, button, panel))
        panel.setVisible(False)
        return button

    def _on_unfold(self, button: QToolButton, panel: QWidget, unfolded: bool) -> None:
        panel.setVisible(unfolded)
        arrow = Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow
        button.setArrowType(arrow)
        self._share_room()
        if unfolded:
            self._unfolded = button
            # A method of the widget is not called any more once that is gone.
            QTimer.singleShot(0, self._reveal)

    def _reveal(self) -> None:
        self._lower.scroll_to(self._unfolded)

    def _show_mic(self, *_: object) -> None:
        """Show the microphone's controls while one is chosen."""
        mic = self._view_model.config.mic is not None
        self.mic.setVisible(mic)
        self._grid.setColumnStretch(3, int(mic))
        self.unfold_mic.setVisible(mic)
        if not mic:
            self.unfold_mic.setChecked(False)
        self._share_room()

    def _share_room(self) -> None:
        width, mic_width = (NARROW, MIC_NARROW) if self._narrow else (WIDE, MIC_WIDE)
        self.setFixedWidth(width if self.mic.isHidden() else width + mic_width)
        buttons = self.unfold_key, self.unfold, self.unfold_mic
        unfolded = any(button.isChecked() for button in buttons)
        self._lower.set_low(self._low and not unfolded)

    def fold(self, narrow: bool, low: bool) -> None:
        """In a narrow window, leave out the figures of the meters; in a low one, let the faders be
        short."""
        for meter in (*self.meters, self.mic.meter):
            meter.show_figures(not narrow)
        for fader in (self.voice, self.music, self.mic.fader, self.output):
            fader.setMinimumHeight(SHORT if low else SHORTEST_USUAL)
        self._low, self._narrow = low, narrow
        self._share_room()

    def _on_poll(self, snapshot: Snapshot) -> None:
        for index, meter in enumerate(self.meters):
            if meter.isVisible():
                meter.show_levels(snapshot.levels[index], snapshot.clips[index])
        if self.mic.isVisible():
            self.mic.show_snapshot(snapshot)


class Shaping(QWidget):
    """Parameters with their sliders, one row each."""

    def __init__(
        self, view_model: ViewModel, colours: Mapping[str, str], parent: QWidget | None = None
    ) -> None:
        """``colours`` are those of the sliders, by parameter."""
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setHorizontalSpacing(8)
        for row, (name, colour) in enumerate(colours.items()):
            title = QLabel(label(name))
            title.setToolTip(described(name))
            slider = Slider(view_model, name, colour)
            title.setBuddy(slider)
            value = ValueLabel(view_model, name)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(title, row, 0)
            grid.addWidget(slider, row, 1)
            grid.addWidget(value, row, 2)
        grid.setColumnStretch(1, 1)
