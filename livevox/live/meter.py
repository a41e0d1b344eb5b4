"""A meter in telemetry: peaks that fall slowly, and the number of clipped samples."""

from __future__ import annotations

import numpy as np

from livevox.dsp.channels import with_channels
from livevox.dsp.stft import Audio
from livevox.live.telemetry import METER_CHANNELS, METERS, Telemetry

METER_FALL = 20 / 1.5
"""Fall of the meters in dB per second, as in peak programme meters."""


class Meter:
    """One of :data:`livevox.live.telemetry.METERS`."""

    def __init__(self, telemetry: Telemetry, name: str, block_seconds: float) -> None:
        index = METERS.index(name)
        # Looking up a record's field takes longer than measuring a block.
        self._level, self._clips = telemetry.fields.levels[index], telemetry.fields.clips
        self._index = index
        self._fall = 10 ** (-METER_FALL * block_seconds / 20)

    def add(self, block: Audio) -> None:
        """Show a block, (channels, samples)."""
        peaks = np.abs(with_channels(block, METER_CHANNELS)).max(axis=1)
        self._level[:] = np.maximum(peaks, self._fall * self._level)
        self._clips[self._index] += int(np.count_nonzero(peaks >= 1))
