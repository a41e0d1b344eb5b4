"""Streaming short-time Fourier transform and its inverse, and the network's view of a spectrum.

Frame ``k`` covers the samples ``(k - 1) * HOP`` to ``(k + 1) * HOP`` of the stream and is centred
on sample ``k * HOP``. Silence precedes the stream. State is explicit: each stream keeps an
:class:`Analysis` and a :class:`Synthesis`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 44_100
"""Rate in Hz of the transform and the network; audio at other rates is resampled."""
N_FFT = 1024
HOP = 512
FRAME_RATE = SAMPLE_RATE / HOP
"""Frames of activity and mask per second; frame k is centred on second k / FRAME_RATE."""
BINS = N_FFT // 2 + 1
NET_BINS = 257
"""Bins 0..256 of the 1024-point spectrum: the 257 bins of the paper's 512 points at 22.05 kHz."""

Audio = npt.NDArray[np.float32]
Spectrum = npt.NDArray[np.complex64]

HANN: Audio = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)).astype(np.float32)
# Least-squares synthesis (Griffin and Lim, 1984): window / sum of the shifted squared windows.
_SYNTHESIS: Audio = (HANN / np.tile(HANN[:HOP] ** 2 + HANN[HOP:] ** 2, 2)).astype(np.float32)


def network_magnitude(spectrum: Spectrum) -> Audio:
    """The magnitudes x of the network's input, (frames, 257), from (channels, frames, 513).

    They are those of the mean of the channels. A transform with half as many points at half the
    rate sums half as many samples, so the half of a 44.1 kHz magnitude equals the 512-point
    transform of the 22.05 kHz signal.
    """
    mono: Spectrum = spectrum[..., :NET_BINS].mean(axis=0)
    return np.float32(0.5) * np.abs(mono)


def network_input(spectrum: Spectrum) -> Audio:
    """The paper's input (section 3.1), log(1 + x), from a 44.1 kHz spectrum without resampling.

    See :func:`network_magnitude` for x and the shapes.
    """
    return np.log1p(network_magnitude(spectrum))


class Analysis:
    """Streaming STFT of (channels, samples) audio."""

    def __init__(self, channels: int) -> None:
        # One hop of silence before the stream makes its first frame centred on sample 0.
        self._pending: Audio = np.zeros((channels, HOP), np.float32)

    def feed(self, block: Audio) -> Spectrum:
        """Take (channels, n) samples, n >= 0; return completed frames, (channels, frames, 513)."""
        audio = np.concatenate([self._pending, block], axis=1)
        frames = max(0, audio.shape[1] // HOP - 1)
        self._pending = audio[:, frames * HOP :].copy()
        if frames == 0:
            return np.zeros((audio.shape[0], 0, BINS), np.complex64)
        windows = np.lib.stride_tricks.sliding_window_view(audio, N_FFT, axis=1)[:, ::HOP]
        return np.fft.rfft(windows[:, :frames] * HANN, axis=-1).astype(np.complex64)


class Synthesis:
    """Streaming inverse: frames back to audio, one hop behind the newest frame."""

    def __init__(self, channels: int) -> None:
        self._tail: Audio | None = None
        self._channels = channels

    def feed(self, spectrum: Spectrum) -> Audio:
        """Take (channels, frames, 513); return the finished (channels, samples).

        Frame 0 only completes the silence before the stream, so it returns nothing; each later
        frame ``k`` returns the samples ``(k - 1) * HOP`` to ``k * HOP``.
        """
        frames = spectrum.shape[1]
        if frames == 0:
            return np.zeros((self._channels, 0), np.float32)
        parts = np.fft.irfft(spectrum, N_FFT, axis=-1).astype(np.float32) * _SYNTHESIS
        first, second = parts[..., :HOP], parts[..., HOP:]
        if self._tail is None:
            finished = first[:, 1:] + second[:, :-1]
        else:
            finished = first + np.concatenate([self._tail[:, None], second[:, :-1]], axis=1)
        self._tail = second[:, -1].copy()
        return finished.reshape(self._channels, -1)


def stft(audio: Audio) -> Spectrum:
    """The frames of a whole (channels, samples) signal, with silence after it.

    >>> stft(np.zeros((2, 1025), np.float32)).shape
    (2, 4, 513)
    """
    after = -audio.shape[1] % HOP + HOP
    return Analysis(audio.shape[0]).feed(np.pad(audio, ((0, 0), (0, after))))


def istft(spectrum: Spectrum, samples: int) -> Audio:
    """The (channels, samples) signal of a whole spectrum as :func:`stft` makes it."""
    return Synthesis(spectrum.shape[0]).feed(spectrum)[:, :samples]
