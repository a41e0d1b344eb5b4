"""Tones and notes, and the frequency of a tone."""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import SAMPLE_RATE as RATE
from livevox.dsp.stft import Audio


def tone(hertz: float, seconds: float, rate: int = RATE) -> Audio:
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    return np.stack([wave, wave]).astype(np.float32)


def frequency(wave: Audio, rate: int = RATE) -> float:
    """Of a tone (n,) in Hz: the mean slope of its phase, by halves of its spectrum's peak."""
    window = np.hanning(len(wave))
    peak = np.abs(np.fft.rfft(wave * window)).argmax() * rate / len(wave)
    down = wave * window * np.exp(-2j * np.pi * peak / rate * np.arange(len(wave)))
    half = len(wave) // 2
    turned = np.angle(down[half:].sum() * down[:half].sum().conj())
    # The centres of the halves of a Hann window are closer than the halves are long.
    apart = np.average(np.arange(half), weights=window[half : 2 * half])
    return float(peak + turned / (2 * np.pi) * rate / (2 * apart))


def envelope(rng: np.random.Generator, count: int) -> Audio:
    """Of a note: its attack lasts from 10 ms to 1 s."""
    rise = np.clip(np.arange(count) / RATE / 10 ** rng.uniform(-2, 0), 0, 1)
    shapes = (rise, np.sin(rise * np.pi / 2) ** 2, 1 - np.exp(-5 * rise))
    return shapes[rng.integers(3)]


def note(rng: np.random.Generator, kind: str) -> Audio:
    """Three seconds of a kind of sound that lasts."""
    t = np.arange(3 * RATE) / RATE
    frequency = rng.uniform(100, 1500)

    def phase(pitch: Audio | float) -> Audio:
        return 2 * np.pi * np.cumsum(np.broadcast_to(pitch, t.shape)) / RATE

    match kind:
        case "sung note":
            turn = phase(frequency * (1 + 0.02 * np.sin(2 * np.pi * 5.5 * t)))
            fall = rng.uniform(0.7, 2)
            sound = sum(np.sin(k * turn) / k**fall for k in range(1, 12)) * envelope(rng, len(t))
        case "flute":
            turn = phase(frequency)
            breath = 0.01 * rng.standard_normal(len(t))
            sound = np.sin(turn) + 0.15 * np.sin(2 * turn) + breath
            sound *= envelope(rng, len(t))
        case "sine":
            sound = np.sin(phase(frequency)) * envelope(rng, len(t))
        case "chord":
            # Of two oscillators a note, which beat.
            tuning = rng.uniform(0.998, 1.002, 4)
            ratios = np.repeat([1, 1.26, 1.5, 2], 2) * np.concatenate([np.ones(4), tuning])
            sound = sum(np.sin(phase(frequency * ratio)) for ratio in ratios)
            sound = sound * envelope(rng, len(t))
        case "beats":
            other = frequency + rng.uniform(0.4, 3)
            sound = np.sin(phase(frequency)) + 0.9 * np.sin(phase(other))
        case _:
            octaves = rng.uniform(-3, 3)
            sound = np.sin(phase(frequency * 2 ** (octaves * t / 3)))
    level = 10 ** (rng.uniform(-30, 0) / 20)
    return (level * sound / np.abs(sound).max()).astype(np.float32)
