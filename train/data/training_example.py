"""The network's input and the targets of the separation."""

from __future__ import annotations

import os

import numpy as np

from livevox.dsp.stft import Audio, Spectrum, network_input
from train.recipe import Target


def source_input(source: Spectrum, mixture: Spectrum, target: Target) -> Audio:
    """The (n, 257) log(1 + x) of a source within a mixture, both (channels, n, 513).

    The magnitude is the paper's target. The phase-sensitive target is the part of the source that
    is in phase with the mixture. As the output has the mixture's phase, it gives the mask nearest
    to the source (Erdogan, Hershey, Watanabe and Le Roux, 2015).
    """
    if target == "phase-sensitive":
        in_phase = (source * mixture.conj()).real / np.maximum(np.abs(mixture), 1e-9)
        return network_input(np.maximum(in_phase, 0).astype(np.complex64))
    return network_input(source)


RES = os.environ.get("RES", "0") == "1"
"""Whether the input has the resolution of 2,048 points: a probe, not a feature."""
LONG, SINGLE = 2048, 171
STARTS = np.concatenate([np.arange(SINGLE), np.arange(SINGLE, 513, 4)])
COUNTS = np.diff(np.append(STARTS, 513)).astype(np.float32)


def long_spectra(mono: Spectrum) -> Spectrum:
    """The (n, 1025) transform of 2,048 points from (n, 513) frames of 1,024."""
    parts = np.fft.irfft(mono, 1024, axis=-1).astype(np.float32)
    n = len(mono)
    audio = np.zeros((n + 3) * 512, np.float32)
    audio[512 : (n + 1) * 512] += parts[:, :512].reshape(-1)
    audio[1024 : (n + 2) * 512] += parts[:, 512:].reshape(-1)
    windows = np.lib.stride_tricks.sliding_window_view(audio, LONG)[::512][:n]
    return np.fft.rfft(windows * np.hanning(LONG + 1)[:-1].astype(np.float32), axis=-1)


def rows_of(power: np.ndarray) -> np.ndarray:
    """Means over the bins of each row, (n, 257)."""
    return np.add.reduceat(power[:, :513], STARTS, axis=1) / COUNTS


def long_input(mono: Spectrum) -> Audio:
    return np.log1p(0.25 * np.sqrt(rows_of(np.abs(long_spectra(mono)) ** 2))).astype(np.float32)


def long_example(vocals: Spectrum, accompaniment: Spectrum) -> dict[str, Audio]:
    v, a = (long_spectra(s.mean(axis=0)) for s in (vocals, accompaniment))
    x = v + a
    size = np.sqrt(rows_of(np.abs(x) ** 2))
    made = {"mixture": size}
    for name, source in (("vocals", v), ("accompaniment", a)):
        made[name] = np.maximum(rows_of((source * x.conj()).real), 0) / np.maximum(size, 1e-9)
    return {name: np.log1p(0.25 * value).astype(np.float32) for name, value in made.items()}


def training_example(vocals: Spectrum, accompaniment: Spectrum, target: Target) -> dict[str, Audio]:
    """``mixture``, ``vocals`` and ``accompaniment`` as (n, 257) of log(1 + x)."""
    if RES:
        return long_example(vocals, accompaniment)
    mixture = vocals + accompaniment
    return {
        "mixture": network_input(mixture),
        "vocals": source_input(vocals, mixture, target),
        "accompaniment": source_input(accompaniment, mixture, target),
    }
