"""The demo song's instruments, synthesised in numpy, one sound or bar at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livevox.demo.singer import Signal, hertz
from livevox.dsp.stft import SAMPLE_RATE

_TOP_HZ = 15_000.0
_TINE = (
    (1, 1.0, 0.9),
    (2, 0.5, 0.6),
    (3, 0.3, 0.4),
    (4, 0.2, 0.3),
    (5, 0.15, 0.2),
    (7, 0.15, 0.08),
)
"""Partial, amplitude and decay time constant in seconds of an electric piano's sound."""


@dataclass(frozen=True)
class Drums:
    """One (samples,) sound of each drum, placed in time by the caller; peaks are about 1."""

    kick: Signal
    snare: Signal
    hat: Signal
    open_hat: Signal
    crash: Signal


def make_drums(rng: np.random.Generator) -> Drums:
    """Render a drum kit."""
    return Drums(
        kick=_kick(rng),
        snare=_snare(rng),
        hat=_cymbal(rng, 0.12, decay=0.025),
        open_hat=_cymbal(rng, 0.45, decay=0.11),
        crash=_cymbal(rng, 1.8, decay=0.5),
    )


def _seconds(length: float) -> Signal:
    return np.arange(int(length * SAMPLE_RATE)) / SAMPLE_RATE


def _noise(rng: np.random.Generator, samples: int, low: float, high: float) -> Signal:
    """Noise between two frequencies in Hz, with soft edges and unit power."""
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    f = np.fft.rfftfreq(samples, 1 / SAMPLE_RATE)
    spectrum *= (f / low) ** 4 / (1 + (f / low) ** 4) / (1 + (f / high) ** 4)
    noise = np.fft.irfft(spectrum, samples)
    return np.asarray(noise / np.sqrt(np.mean(noise**2)))


def _kick(rng: np.random.Generator) -> Signal:
    """A sine sweep from 190 down to 48 Hz, and the beater's click."""
    t = _seconds(0.4)
    # The integral of 48 + 142 exp(-t / 0.03), in periods.
    sweep = np.sin(2 * np.pi * (48 * t + 142 * 0.03 * (1 - np.exp(-t / 0.03))))
    click = 0.12 * _noise(rng, t.size, 1500, 6000) * np.exp(-t / 0.004)
    return _faded(sweep * np.exp(-t / 0.11) + click)


def _snare(rng: np.random.Generator) -> Signal:
    t = _seconds(0.35)
    shell = 0.5 * np.sin(2 * np.pi * 185 * t) + 0.25 * np.sin(2 * np.pi * 331 * t)
    wires = 0.36 * _noise(rng, t.size, 1200, 9000) * np.exp(-t / 0.075)
    return _faded(shell * np.exp(-t / 0.05) + wires)


def _cymbal(rng: np.random.Generator, length: float, decay: float) -> Signal:
    t = _seconds(length)
    return _faded(0.3 * _noise(rng, t.size, 6500, 15_000) * np.exp(-t / decay))


def _faded(sound: Signal) -> Signal:
    """Fade in over 1 ms and fade out at the end, for sounds cut off during their decay."""
    n = sound.size
    t = np.arange(n) / SAMPLE_RATE
    return np.asarray(sound * np.minimum(1, t / 0.001) * np.minimum(1, t[::-1] / 0.02))


def pad(chord: list[int], length: float, rng: np.random.Generator) -> Signal:
    """Detuned low-passed saws, left and right, on MIDI pitches with a slow attack: (2, samples)."""
    t = _seconds(length)
    sides = []
    for cents in (-7.0, 6.0):
        side = np.zeros(t.size)
        for detune in (cents, -cents / 3):
            for frequency in hertz(np.array(chord) + detune / 100):
                side += _saw(frequency, t, 2500.0, rng.random())
        sides.append(side)
    swell = np.minimum(1, t / 0.15) * np.minimum(1, t[::-1] / 0.15)
    return np.asarray(np.stack(sides) * swell / len(chord))


def electric_piano(chord: list[int], length: float) -> Signal:
    """An electric piano's chord of MIDI pitches: (samples,); high partials decay first."""
    t = _seconds(length)
    sound = np.zeros(t.size)
    for frequency in hertz(np.array(chord, np.float64)):
        for partial, level, decay in _TINE:
            tone = np.sin(2 * np.pi * frequency * partial * t)
            sound += level * tone * np.exp(-t / decay)
    return _faded(sound / len(chord))


def bass(pitch: int, length: float) -> Signal:
    """A plucked bass note: (samples,); its treble decays much faster than its fundamental."""
    t = _seconds(length)
    (frequency,) = hertz(np.array([float(pitch)]))
    bright, dark = (_saw(frequency, t, cutoff, 0.25) for cutoff in (900.0, 180.0))
    return _faded((0.6 * bright * np.exp(-t / 0.12) + dark) * np.exp(-t / 0.7))


def _saw(frequency: float, t: Signal, cutoff: float, phase: float) -> Signal:
    """A band-limited sawtooth through a second-order low-pass at ``cutoff`` Hz."""
    k = np.arange(1, max(2, int(_TOP_HZ / frequency)))
    levels = 1 / (k * (1 + (k * frequency / cutoff) ** 2))
    points = 2048
    spectrum = np.zeros(points // 2 + 1, np.complex128)
    spectrum[k] = -0.5j * levels * points
    table = np.fft.irfft(spectrum)
    position = (frequency * t + phase) % 1
    cycle = np.interp(position, np.arange(points + 1) / points, np.append(table, table[0]))
    return np.asarray(cycle)
