"""All that is done to a microphone, in order, with the parameters that begin with `mic`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from livevox.dsp.ramp import Ramp
from livevox.dsp.stft import Audio
from livevox.mic.echo import Echo
from livevox.mic.gate import Gate
from livevox.mic.limiter import Limiter
from livevox.mic.low_cut import LowCut, Matrix
from livevox.mic.reverb import Reverb
from livevox.parameters import gain

CELL_SECONDS = 0.0015
"""Length of the cells, counted from the start of the stream, in which low-cut and gate work."""


class MicChain:
    """Low-cut, gate, fader and mute, echo, reverb, the output's gain, limiter: mono to stereo.

    It has no latency. How the stream is cut into blocks changes nothing, except that changed
    parameters apply from the next block on.
    """

    def __init__(self, sample_rate: int, values: Mapping[str, float]) -> None:
        """``values`` are the parameters at the start, without ramps."""
        self._cell = max(8, round(CELL_SECONDS * sample_rate))
        self._at = 0
        self._low_cut = LowCut(sample_rate, self._cell, values["mic_low_cut"])
        self._gate = Gate(sample_rate, self._cell)
        self._echo = Echo(sample_rate, values["mic_echo_time"])
        self._reverb = Reverb(sample_rate)
        self._limiter = Limiter(sample_rate)
        self._ramps = {name: Ramp(to, sample_rate) for name, to in _targets(values).items()}

    @property
    def reduction(self) -> float:
        """By how many dB the limiter lowers the sound."""
        return self._limiter.reduction

    def process(self, block: Audio, values: Mapping[str, float]) -> Audio:
        """Take (channels, samples) of one microphone or several, which are added; return (2,
        samples). Samples that are not finite count as silence."""
        mono = block.sum(axis=0, dtype=np.float32)
        if not np.isfinite(mono).all():
            mono = np.where(np.isfinite(mono), mono, np.float32(0))
        voice = np.concatenate(list(self._cleaned(mono, values)), dtype=np.float32)
        n = len(voice)
        now = {name: self._ramps[name].advance(to, n) for name, to in _targets(values).items()}
        sung = voice * now["mic"]
        # What is off costs nothing. When it is on again, it starts empty and its input fades in.
        if now["mic_echo"].any():
            echo = self._echo.process(sung * now["into_echo"], values["mic_echo_time"])
            sung = sung + now["mic_echo"] * echo
        else:
            self._echo.clear()
        if now["mic_reverb"].any():
            sung = sung + now["mic_reverb"] * self._reverb.process(sung * now["into_reverb"])
        else:
            self._reverb.clear()
        stereo = np.broadcast_to(sung * now["output"], (2, n))
        return self._limiter.process(stereo, now["limit"])

    def _cleaned(self, mono: Audio, values: Mapping[str, float]) -> Iterator[Matrix]:
        """The samples after low-cut and gate, cell by cell."""
        start = 0
        while start < len(mono):
            if self._at == 0:
                self._low_cut.move(values["mic_low_cut"])
            end = min(len(mono), start + self._cell - self._at)
            piece = self._low_cut.process(mono[start:end])
            yield piece * self._gate.gains(piece, values["mic_gate"])
            self._at = (self._at + end - start) % self._cell
            start = end


def _targets(values: Mapping[str, float]) -> dict[str, float]:
    """The targets of the ramps, as linear factors."""
    return {
        "mic": 0.0 if values["mic_mute"] else gain(values["mic"]),
        "mic_echo": values["mic_echo"],
        "into_echo": float(values["mic_echo"] > 0),
        "mic_reverb": values["mic_reverb"],
        "into_reverb": float(values["mic_reverb"] > 0),
        "output": gain(values["output"]),
        "limit": gain(values["mic_limit"]),
    }
