"""The parameters of live sound, each with its range, unit and default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, log10
from typing import Literal

from livevox.errors import LivevoxError

Unit = Literal["dB", "s", "Hz", "semitones", "%", "", "on/off"]


@dataclass(frozen=True)
class Parameter:
    """One control. Values are floats in ``minimum``..``maximum``; a switch is 0 or 1."""

    name: str
    label: str
    unit: Unit
    minimum: float
    maximum: float
    default: float
    help: str
    notch: float = 0.0
    """What controls with few positions, such as MIDI's of 7 bits, round to; 0 is not at all."""

    @property
    def is_switch(self) -> bool:
        """Whether the only values are 0 (off) and 1 (on)."""
        return self.unit == "on/off"

    def checked(self, value: float) -> float:
        """``value`` as a float; LivevoxError if it is out of range or not a number."""
        valid = isinstance(value, int | float) and self.minimum <= value <= self.maximum
        if not valid or (self.is_switch and value not in (0, 1)):
            wanted = (
                "on (1) or off (0)"
                if self.is_switch
                else f"{self.minimum:g} to {self.maximum:g} {self.unit}".rstrip()
            )
            raise LivevoxError(f"{self.name} is {value!r}: give {wanted}")
        return float(value)

    def limited(self, value: float) -> float:
        """The nearest allowed value."""
        value = min(max(float(value), self.minimum), self.maximum)
        return float(round(value)) if self.is_switch else value


SILENCE_DB = -60.0
"""The bottom of a gain's range means silence: -60 dB is a factor of 0."""


def _gain(name: str, label: str, help: str) -> Parameter:
    return Parameter(name, label, "dB", SILENCE_DB, 12.0, 0.0, help)


def _switch(name: str, label: str, help: str) -> Parameter:
    return Parameter(name, label, "on/off", 0.0, 1.0, 0.0, help)


PARAMETERS: dict[str, Parameter] = {
    p.name: p
    for p in (
        _gain("vocals", "Voice", "gain of the voice; the bottom is silence"),
        _switch("vocals_mute", "Mute voice", "silences the voice"),
        _switch("vocals_solo", "Solo voice", "the voice alone"),
        _gain("accompaniment", "Accompaniment", "gain of the music; the bottom is silence"),
        _switch("accompaniment_mute", "Mute music", "silences the accompaniment"),
        _switch("accompaniment_solo", "Solo music", "the accompaniment alone"),
        _gain("output", "Output", "gain of everything that is heard"),
        Parameter("wet", "Dry/wet", "", 0.0, 1.0, 1.0, "0 is the input in this key, 1 is the mix"),
        _switch("bypass", "Bypass", "the input in this key, as late as the mix"),
        Parameter("gate", "Gate", "dB", 0.0, 60.0, 0.0, "less voice while nobody sings"),
        Parameter(
            "gate_threshold", "Threshold", "", 0.05, 0.95, 0.5, "probability that opens the gate"
        ),
        Parameter("gate_attack", "Attack", "s", 0.001, 1.0, 0.01, "time to open the gate"),
        Parameter("gate_release", "Release", "s", 0.01, 5.0, 0.3, "time to close the gate"),
        Parameter("duck", "Duck", "dB", 0.0, 60.0, 0.0, "less music while somebody sings"),
        Parameter("key", "Key", "semitones", -6.0, 6.0, 0.0, "pitch of voice and music", 1.0),
        Parameter("tempo", "Tempo", "%", 50.0, 150.0, 100.0, "of songs; the key stays", 1.0),
        _gain("mic", "Microphone", "gain of the microphone; the bottom is silence"),
        _switch("mic_mute", "Mute microphone", "silences the microphone; its echo fades away"),
        Parameter("mic_low_cut", "Low-cut", "Hz", 20.0, 400.0, 100.0, "takes off what is lower"),
        Parameter(
            "mic_gate",
            "Mic gate",
            "dB",
            -80.0,
            -10.0,
            -80.0,
            "silences what is quieter; the bottom is off",
        ),
        Parameter("mic_echo", "Echo", "", 0.0, 1.0, 0.0, "level of the echo"),
        Parameter("mic_echo_time", "Echo time", "s", 0.05, 1.0, 0.3, "time between the echoes"),
        Parameter("mic_reverb", "Reverb", "", 0.0, 1.0, 0.0, "level of the reverb"),
        Parameter("mic_limit", "Limit", "dB", -24.0, 0.0, -1.0, "the microphone is never louder"),
    )
}
"""In the order in which they are shown."""


MIC = tuple(name for name in PARAMETERS if name.startswith("mic"))
"""Those of the microphone."""


def defaults() -> dict[str, float]:
    """Every parameter at its default."""
    return {name: parameter.default for name, parameter in PARAMETERS.items()}


def checked(values: Mapping[str, float]) -> dict[str, float]:
    """``values`` with every name known and every value in range; LivevoxError otherwise.

    >>> checked({"vocals": -12})
    {'vocals': -12.0}
    """
    for name in values:
        if name not in PARAMETERS:
            raise LivevoxError(f"no parameter '{name}': choose from {', '.join(PARAMETERS)}")
    return {name: PARAMETERS[name].checked(value) for name, value in values.items()}


def gain(decibels: float) -> float:
    """The linear factor of a gain in dB; 0 at SILENCE_DB and below.

    >>> gain(0.0), gain(SILENCE_DB)
    (1.0, 0.0)
    """
    return 0.0 if decibels <= SILENCE_DB else float(10 ** (decibels / 20))


def decibels(amplitude: float) -> float:
    """An amplitude in dB; -inf for 0."""
    return 20 * log10(amplitude) if amplitude > 0 else -inf
