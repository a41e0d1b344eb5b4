"""Level correction of the network's input: quiet music is raised to the training's level."""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import FRAME_RATE, HANN, NET_BINS, Audio

QUIET_DB = -22.0
"""Loudness in dBFS. Input below this is raised to it. Training excerpts have -18 dBFS on average,
with a standard deviation of 7 dB."""
MOST_GAIN_DB = 42.0
FALL_DB_PER_S = 6.0
"""How fast the tracked loudness falls after its peak: too slow to raise pauses, fast enough to
raise quiet pieces."""

# The power of a frame of noise with an RMS of 1, summed over its bins.
_FULL_SCALE = NET_BINS * float(np.square(HANN).sum())


class Leveller:
    """Slowly raises the network's input where the music is quiet.

    Only the network's input changes: a mask is a ratio and does not depend on the level. The gain
    of a frame depends on no later frame, so live and file results are equal. Music louder than
    :data:`QUIET_DB` passes unchanged.
    """

    def __init__(self) -> None:
        self._frames = 0
        self._loudest: float = QUIET_DB
        """The tracked peak loudness, with the fall up to now added back, as a running maximum."""

    def gains(self, magnitude: Audio) -> Audio:
        """The linear gains (frames,) of a stream's next frames, of which ``magnitude`` holds those
        that :func:`livevox.dsp.stft.network_magnitude` gives."""
        power = np.square(2 * magnitude).sum(axis=-1)
        loudness_db = 10 * np.log10(power.astype(np.float64) / _FULL_SCALE + 1e-12)
        fallen_db = FALL_DB_PER_S / FRAME_RATE * (self._frames + np.arange(len(loudness_db)))
        risen = np.maximum.accumulate(np.concatenate([[self._loudest], loudness_db + fallen_db]))
        self._frames += len(loudness_db)
        self._loudest = float(risen[-1])
        gain_db = np.clip(QUIET_DB - (risen[1:] - fallen_db), 0, MOST_GAIN_DB)
        gains: Audio = (10 ** (gain_db / 20)).astype(np.float32)
        return gains
