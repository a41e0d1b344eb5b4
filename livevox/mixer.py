"""Remixing the separated sources."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np

from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.network.info import SOURCES

MAX_GAIN_DB = 40.0


@dataclass(frozen=True)
class Mix:
    """Gains of the two sources, in dB; -inf leaves a source out."""

    vocals: float = 0.0
    accompaniment: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Mix:
        """Parse "vocals=-12,accompaniment=0"; a source that is not named keeps 0 dB.

        Raises LivevoxError with the part that can't be parsed.

        >>> Mix.parse("vocals=-inf")
        Mix(vocals=-inf, accompaniment=0.0)
        """
        gains: dict[str, float] = {}
        for part in text.split(","):
            name, _, value = (p.strip() for p in part.partition("="))
            try:
                gain = float(value)
            except ValueError:
                gain = float("nan")
            if name not in SOURCES or name in gains or isnan(gain) or gain > MAX_GAIN_DB:
                raise LivevoxError(
                    f"the mix has '{part}': name each source once, with a gain of -inf to "
                    f"{MAX_GAIN_DB:g} dB, such as 'vocals=-12,accompaniment=0'"
                )
            gains[name] = gain
        return cls(**gains)

    def __call__(self, vocals: Audio, accompaniment: Audio) -> Audio:
        """The mix of two (channels, samples) signals."""
        voice, music = (np.float32(10 ** (dB / 20)) for dB in (self.vocals, self.accompaniment))
        return voice * vocals + music * accompaniment
