"""Phase refinement (Griffin and Lim, 1984; paper, section 3.1), exact on a stream."""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import BINS, HOP, Analysis, Audio, Spectrum, Synthesis


class StreamingGriffinLim:
    """Refines the phases of spectra with a latency of ``iterations`` frames.

    An iteration spreads phase from a frame to its two neighbours, so a frame's result depends on
    ``iterations`` frames on each side. Keeping these makes the stream equal to the whole signal.
    """

    def __init__(self, channels: int, iterations: int) -> None:
        self._iterations = iterations
        self._channels = channels
        # Twice the context, so that the frames before the stream count as known silence.
        self._frames: Spectrum = np.zeros((channels, 2 * iterations, BINS), np.complex64)
        self._before_start = iterations

    def feed(self, spectrum: Spectrum) -> Spectrum:
        """Take estimates (channels, n, 513) with the mixture's phase; return refined frames."""
        frames = np.concatenate([self._frames, spectrum], axis=1)
        context = self._iterations
        self._frames = frames[:, max(0, frames.shape[1] - 2 * context) :]
        refined = self._refined(frames)[:, context : frames.shape[1] - context]
        skipped = min(self._before_start, refined.shape[1])
        self._before_start -= skipped
        return refined[:, skipped:]

    def _refined(self, frames: Spectrum) -> Spectrum:
        magnitude = np.abs(frames)
        for _ in range(self._iterations):
            consistent = _reanalysed(frames)
            phase = consistent / np.maximum(np.abs(consistent), 1e-12)
            frames = (magnitude * phase).astype(np.complex64)
        return frames


def _reanalysed(frames: Spectrum) -> Spectrum:
    """The spectrum of the least-squares signal of ``frames``, with silence on either side."""
    channels = frames.shape[0]
    silence = np.zeros((channels, 1, BINS), np.complex64)
    audio: Audio = Synthesis(channels).feed(np.concatenate([silence, frames, silence], axis=1))
    # The synthesis of n + 2 frames spans n + 1 hops, exactly what n frames cover.
    analysis = Analysis(channels)
    analysis.feed(audio[:, :HOP])
    return analysis.feed(audio[:, HOP:])
