"""The one-click modes: karaoke, guide voice, a cappella, rehearsal, and the original."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from gui.model.viewmodel import ViewModel
from livevox.parameters import defaults


@dataclass(frozen=True)
class Mode:
    """What a mode's button says, and the parameters that it sets."""

    name: str
    help: str
    values: Mapping[str, float]


BALANCE = (
    "vocals",
    "vocals_mute",
    "vocals_solo",
    "accompaniment",
    "accompaniment_mute",
    "accompaniment_solo",
    "wet",
    "bypass",
)
"""The parameters that a mode is about; volume, gate and ducking stay as they are."""


def _mode(name: str, help: str, **values: float) -> Mode:
    usual = defaults()
    return Mode(name, help, {key: usual[key] for key in BALANCE} | values)


MODES = (
    _mode("Karaoke", "the music without the voice, to sing to", vocals_mute=1),
    _mode("Guide voice", "the voice 12 dB down, to sing along with", vocals=-12),
    _mode("A cappella", "the voice without the music", accompaniment_mute=1),
    _mode("Rehearsal", "the music 12 dB down, to learn what the voice sings", accompaniment=-12),
    Mode("Original", "everything as it came in (bypass)", {"bypass": 1}),
)
"""As livevox's presets of the same names; in the order of the keys 1 to 5."""


def translate(text: str) -> str:
    """``text`` in the user's language."""
    return QCoreApplication.translate("modes", text)


def apply_mode(view_model: ViewModel, index: int) -> None:
    """Set what a mode sets, as one step of undo."""
    mode = MODES[index]
    view_model.set_parameters(mode.values, translate(mode.name))


def current_mode(values: Mapping[str, float]) -> int | None:
    """The index of the mode that the parameters are in, None for none."""
    if values["bypass"] == 1:
        return len(MODES) - 1
    for index, mode in enumerate(MODES[:-1]):
        if all(values[name] == value for name, value in mode.values.items()):
            return index
    return None


class ModeBar(QWidget):
    """A button for each mode; that of the current one is down."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        self.buttons: list[QPushButton] = []
        for index, mode in enumerate(MODES):
            button = QPushButton(translate(mode.name))
            button.setCheckable(True)
            button.setProperty("role", "mode")
            button.setToolTip(
                self.tr("{}: {} (key {})").format(
                    translate(mode.name), translate(mode.help), index + 1
                )
            )
            button.setAccessibleName(self.tr("Mode {}").format(translate(mode.name)))
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _, index=index: self._choose(index))
            row.addWidget(button)
            self.buttons.append(button)
        view_model.parameter_changed.connect(lambda *_: self._show())
        self._show()

    def _choose(self, index: int) -> None:
        apply_mode(self._view_model, index)
        self._show()

    def _show(self) -> None:
        current = current_mode(self._view_model.values)
        for index, button in enumerate(self.buttons):
            button.setChecked(index == current)
