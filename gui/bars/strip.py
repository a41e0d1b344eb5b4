"""The parts of a strip of the mixer."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui.model.viewmodel import ViewModel
from gui.widgets.faders import Fader
from gui.widgets.labels import ValueLabel
from gui.widgets.meters import Meter
from gui.widgets.switch import Switch

BUTTON_HEIGHT = 28
CENTRE = Qt.AlignmentFlag.AlignHCenter


class Strip:
    """Name, fader with meter, value and buttons, from top to bottom. Whoever makes it lays these
    four out."""

    def __init__(
        self,
        view_model: ViewModel,
        title: str,
        role: str,
        fader: Fader,
        meter: Meter,
        buttons: Iterable[QWidget],
    ) -> None:
        self._fader, self._meter = fader, meter
        self.name = QLabel(title)
        self.name.setProperty("role", role)
        self.middle = QHBoxLayout()
        self.middle.setSpacing(2)
        self.middle.addStretch(1)
        self.middle.addWidget(fader)
        self.middle.addWidget(meter)
        self.middle.addStretch(1)
        self.value = ValueLabel(view_model, fader.name)
        self.value.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(4)
        for button in buttons:
            self.buttons.addWidget(button)

    def set_muted(self, muted: bool) -> None:
        """Paint fader and meter in grey, or no longer."""
        self._fader.set_muted(muted)
        self._meter.set_muted(muted)


def small_switch(view_model: ViewModel, name: str, letter: str, role: str, key: str) -> Switch:
    """A switch of one letter, for mute or solo."""
    switch = Switch(view_model, name, letter, role, key)
    switch.setFixedSize(40, BUTTON_HEIGHT)
    return switch
