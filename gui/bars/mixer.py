"""The mixer: meters, faders for voice, accompaniment and output, gate and ducking."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer
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
from gui.widgets.scrolled import Scrolled
from gui.widgets.switch import Switch

BUTTON_HEIGHT = 28
SOURCES = ("vocals", "accompaniment")
WIDE, NARROW = 362, 314
"""Widths with the figures of the meters and without."""
SHORT, SHORTEST_USUAL = 70, 120
"""Least heights of the faders in a low window and in others."""
_CENTRE = Qt.AlignmentFlag.AlignHCenter


class Mixer(QWidget):
    """The mixer, always visible beside the pages."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._low = False
        self.setObjectName("mixer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDE)
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
        grid.addWidget(QLabel(tr("In")), 0, 0, _CENTRE)
        grid.addWidget(self.meters[0], 1, 0, _CENTRE)
        voice_keys, music_keys = (tr("key M"), tr("key S")), (tr("Shift+M"), tr("Shift+S"))
        self._add_strip(1, self.voice, tr("Voice"), "voice", voice_keys)
        self._add_strip(2, self.music, tr("Music"), "music", music_keys)
        self._add_strip(3, self.output, tr("Output"), "", ())
        column.addWidget(self.strips, 1)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(8)
        below.addLayout(self._wet_row(view_model))
        self.shaping = Shaping(view_model)
        self.unfold = QToolButton()
        self.unfold.setText(tr("Gate and ducking"))
        self.unfold.setToolTip(tr("Show or hide what the singing itself controls (key G)"))
        self.unfold.setCheckable(True)
        self.unfold.setProperty("role", "flat")
        self.unfold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.unfold.toggled.connect(self._on_unfold)
        below.addWidget(self.unfold)
        below.addWidget(self.shaping)
        # The faders and mutes stay where they are; what is below them scrolls.
        self._lower = Scrolled(lower)
        column.addWidget(self._lower)
        self._on_unfold(False)
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

    def _add_strip(
        self, column: int, fader: Fader, title: str, role: str, keys: tuple[str, ...]
    ) -> None:
        """Name, fader with meter, value and buttons, in the rows that all strips share."""
        name = QLabel(title)
        name.setProperty("role", role)
        middle = QHBoxLayout()
        middle.setSpacing(2)
        middle.addStretch(1)
        middle.addWidget(fader)
        middle.addWidget(self.meters[column])
        middle.addStretch(1)
        value = ValueLabel(self._view_model, fader.name)
        value.setAlignment(Qt.AlignmentFlag.AlignCenter)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for kind, letter, key in zip(("mute", "solo"), ("M", "S"), keys, strict=False):
            switch = Switch(self._view_model, f"{fader.name}_{kind}", letter, kind, key)
            switch.setFixedSize(40, BUTTON_HEIGHT)
            buttons.addWidget(switch)
        if not keys:
            # The output has no mute and solo; the bypass takes their place.
            self.bypass.setFixedSize(88, BUTTON_HEIGHT)
            buttons.addWidget(self.bypass)
        self._grid.addWidget(name, 0, column, _CENTRE)
        self._grid.addLayout(middle, 1, column)
        self._grid.addWidget(value, 2, column, _CENTRE)
        self._grid.addLayout(buttons, 3, column)
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

    def _on_unfold(self, unfolded: bool) -> None:
        self.shaping.setVisible(unfolded)
        arrow = Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow
        self.unfold.setArrowType(arrow)
        self._share_room()
        if unfolded:
            QTimer.singleShot(0, self._reveal)

    def _share_room(self) -> None:
        self._lower.set_low(self._low and not self.unfold.isChecked())

    def _reveal(self) -> None:
        self._lower.scroll_to(self.unfold)

    def fold(self, narrow: bool, low: bool) -> None:
        """In a narrow window, leave out the figures of the meters; in a low one, let the faders be
        short."""
        self.setFixedWidth(NARROW if narrow else WIDE)
        for meter in self.meters:
            meter.show_figures(not narrow)
        for fader in (self.voice, self.music, self.output):
            fader.setMinimumHeight(SHORT if low else SHORTEST_USUAL)
        self._low = low
        self._share_room()

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
