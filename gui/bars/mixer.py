"""The mixer: meters, faders for voice, accompaniment and output, gate and ducking."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.model.engine_reader import Snapshot
from gui.model.scales import label
from gui.model.viewmodel import ViewModel
from gui.widgets.faders import Fader, Slider
from gui.widgets.labels import ValueLabel
from gui.widgets.meters import Meter
from gui.widgets.parameter_slider import described
from gui.widgets.switch import Switch

BUTTON_HEIGHT = 28
SOURCES = ("vocals", "accompaniment")
LEAST_STRIPS = 230
"""Height below which the unfolded controls replace the faders."""
_CENTRE = Qt.AlignmentFlag.AlignHCenter


class Mixer(QWidget):
    """The mixer, always visible beside the pages."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mixer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(334)
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
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        self.strips = QWidget()
        strips = QHBoxLayout(self.strips)
        strips.setContentsMargins(0, 0, 0, 0)
        strips.setSpacing(6)
        strips.addLayout(self._input_strip())
        for fader, meter, title, role, keys in (
            (self.voice, self.meters[1], tr("Voice"), "voice", (tr("key M"), tr("key S"))),
            (
                self.music,
                self.meters[2],
                tr("Music"),
                "music",
                (tr("Shift+M"), tr("Shift+S")),
            ),
        ):
            strips.addLayout(self._strip(view_model, fader, meter, title, role, keys), 1)
        strips.addLayout(self._strip(view_model, self.output, self.meters[3], tr("Output"), "", ()))
        column.addWidget(self.strips, 1)
        column.addLayout(self._wet_row(view_model))
        self.shaping = Shaping(view_model)
        self.unfold = QToolButton()
        self.unfold.setText(tr("Gate and ducking"))
        self.unfold.setToolTip(tr("Show or hide what the singing itself controls (key G)"))
        self.unfold.setCheckable(True)
        self.unfold.setProperty("role", "flat")
        self.unfold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.unfold.toggled.connect(self._on_unfold)
        self._on_unfold(False)
        column.addWidget(self.unfold)
        column.addWidget(self.shaping)
        # Takes the room of hidden faders.
        column.addStretch(0)
        self._view_model = view_model
        view_model.polled.connect(self._on_poll)
        view_model.parameters.changed.connect(self._show_muted)
        self._show_muted()

    def _show_muted(self, *_: object) -> None:
        """Paint voice and accompaniment in grey while mute or the other's solo silences them."""
        value = self._view_model.parameters.value
        soloed = [source for source in SOURCES if value(f"{source}_solo")]
        for source, fader, meter in zip(
            SOURCES, (self.voice, self.music), self.meters[1:3], strict=True
        ):
            muted = bool(value(f"{source}_mute")) or (bool(soloed) and source not in soloed)
            fader.set_muted(muted)
            meter.set_muted(muted)

    def _input_strip(self) -> QVBoxLayout:
        strip = QVBoxLayout()
        strip.setSpacing(6)
        strip.addWidget(QLabel(self.tr("In")), 0, _CENTRE)
        strip.addWidget(self.meters[0], 1, _CENTRE)
        # As high as the controls below the other strips' faders.
        value = QLabel(" ")
        value.setProperty("role", "number")
        strip.addWidget(value)
        # No spacing is laid out around a spacer.
        strip.addSpacing(BUTTON_HEIGHT + strip.spacing())
        return strip

    def _strip(
        self,
        view_model: ViewModel,
        fader: Fader,
        meter: Meter,
        title: str,
        role: str,
        keys: tuple[str, ...],
    ) -> QVBoxLayout:
        strip = QVBoxLayout()
        strip.setSpacing(6)
        name = QLabel(title)
        name.setProperty("role", role)
        strip.addWidget(name, 0, _CENTRE)
        middle = QHBoxLayout()
        middle.setSpacing(2)
        middle.addStretch(1)
        middle.addWidget(fader)
        middle.addWidget(meter)
        middle.addStretch(1)
        strip.addLayout(middle, 1)
        value = ValueLabel(view_model, fader.name)
        value.setAlignment(Qt.AlignmentFlag.AlignCenter)
        strip.addWidget(value, 0, _CENTRE)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for kind, letter, key in zip(("mute", "solo"), ("M", "S"), keys, strict=False):
            switch = Switch(view_model, f"{fader.name}_{kind}", letter, kind, key)
            switch.setFixedSize(40, BUTTON_HEIGHT)
            buttons.addWidget(switch)
        if not keys:
            # The output has no mute and solo; the bypass takes their place.
            self.bypass.setFixedSize(88, BUTTON_HEIGHT)
            buttons.addWidget(self.bypass)
        strip.addLayout(buttons)
        return strip

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

    def _on_unfold(self, unfolded: bool) -> None:
        self.shaping.setVisible(unfolded)
        arrow = Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow
        self.unfold.setArrowType(arrow)
        self._share_room()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """In a low window, hide the faders while the other controls are unfolded."""
        self._share_room()

    def _share_room(self) -> None:
        taken = self.shaping.sizeHint().height() + 110 if self.unfold.isChecked() else 0
        self.strips.setVisible(not taken or self.height() - taken > LEAST_STRIPS)

    def _on_poll(self, snapshot: Snapshot) -> None:
        for index, meter in enumerate(self.meters):
            if meter.isVisible():
                meter.show_levels(snapshot.levels[index], snapshot.clips[index])


class Shaping(QWidget):
    """Gate and ducking, one row each."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setHorizontalSpacing(8)
        names = ("gate", "gate_threshold", "gate_attack", "gate_release", "duck")
        for row, name in enumerate(names):
            title = QLabel(label(name))
            title.setToolTip(described(name))
            slider = Slider(view_model, name, "music" if name == "duck" else "voice")
            title.setBuddy(slider)
            value = ValueLabel(view_model, name)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(title, row, 0)
            grid.addWidget(slider, row, 1)
            grid.addWidget(value, row, 2)
        grid.setColumnStretch(1, 1)
