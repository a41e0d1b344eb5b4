"""Augmentation effects for voices, music and mixtures: reverb, equaliser, echo, double tracking,
distortion, vocoder, formants, band limits. Every effect draws its own random settings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import convolve1d

from livevox.dsp.stft import BINS, HOP, N_FFT, SAMPLE_RATE, Audio, Spectrum, istft, stft

Rng = np.random.Generator

SILENT_RMS = 1e-4
TILT_PIVOT_HZ = 500
ENVELOPE_BINS = 15
"""Width in bins, 650 Hz, over which the envelope of a spectrum is smoothed."""
MOST_CHANGE = 2.0
"""Natural logarithm of the largest gain, 17 dB, by which an envelope is changed."""

_BIN_HZ = np.arange(BINS) * SAMPLE_RATE / N_FFT


def level(audio: Audio) -> float:
    """RMS of the passages that are within 30 dB of the loudest; 0 for silence."""
    power = np.square(audio[: len(audio) // HOP * HOP]).reshape(-1, HOP).mean(axis=1)
    return float(np.sqrt(power[power > power.max() * 1e-3].mean())) if power.max() > 0 else 0.0


def relative_to(reference: Audio, audio: Audio, level_db: float) -> Audio:
    """``audio`` at ``level_db`` relative to the level of ``reference``; silence stays silent."""
    levels = level(reference), level(audio)
    if min(levels) <= SILENT_RMS:
        return audio
    return audio * np.float32(10 ** (level_db / 20) * levels[0] / levels[1])


def reverb(audio: Audio, rng: Rng) -> Audio:
    """Reverb: the voice convolved with decaying noise of 0.2 to 1.6 s, added at -22 to -6 dB."""
    seconds = rng.uniform(0.2, 1.6)
    n = int(seconds * SAMPLE_RATE)
    response = rng.standard_normal(n) * 10 ** (-3 * np.arange(n) / n)
    response[: int(rng.uniform(0.0, 0.03) * SAMPLE_RATE)] = 0
    response *= 10 ** (rng.uniform(-22, -6) / 20) / np.sqrt(np.square(response).sum())
    size = 1 << (len(audio) + n).bit_length()
    wet = np.fft.irfft(np.fft.rfft(audio, size) * np.fft.rfft(response, size), size)
    return (audio + wet[: len(audio)]).astype(np.float32)


def distortion(audio: Audio, rng: Rng) -> Audio:
    """Soft clipping, from hardly audible to heavy distortion; keeps the level."""
    return clipped(audio, rng.uniform(-6, 18))


def clipped(audio: Audio, drive_db: float) -> Audio:
    """Soft clipping of ``audio`` raised to a level of ``drive_db`` above 1; keeps the level."""
    drive = 10 ** (drive_db / 20) / max(level(audio), SILENT_RMS)
    return relative_to(audio, np.tanh(audio * np.float32(drive)), 0)


def vocoder(audio: Audio, rng: Rng) -> Audio:
    """A voice through a channel vocoder: whispered a third of the time, else a robot's."""
    return whispered(audio, rng) if rng.random() < 1 / 3 else robot(audio, rng)


def whispered(audio: Audio, rng: Rng) -> Audio:
    """The envelopes of a voice on noise; keeps the level."""
    return _vocoded(audio, rng.standard_normal(len(audio)), rng)


def robot(audio: Audio, rng: Rng) -> Audio:
    """The envelopes of a voice on one to three sawtooths; keeps the level."""
    notes_hz = 70 * 4 ** rng.random() * 2 ** (rng.choice(13, rng.integers(1, 4)) / 12)
    cycles = np.arange(len(audio))[:, None] * notes_hz / SAMPLE_RATE + rng.random(len(notes_hz))
    return _vocoded(audio, (cycles % 1 - 0.5).sum(axis=1), rng)


def _vocoded(audio: Audio, carrier: npt.NDArray[np.float64], rng: Rng) -> Audio:
    """The envelopes of 16 to 40 bands of ``audio``, 80 Hz to 10 kHz, on ``carrier``, (samples,)."""
    bands = int(rng.integers(16, 41))
    place = np.log(np.maximum(_BIN_HZ, 1) / 80) / np.log(10_000 / 80) * (bands - 1)
    # A bin between two bands' centres belongs to both, any other bin to none.
    shares = np.maximum(0, 1 - np.abs(place[:, None] - np.arange(bands))).astype(np.float32)
    voice, source = stft(audio[None]), stft(carrier.astype(np.float32)[None])
    wanted, had = (np.square(np.abs(x)) @ shares for x in (voice, source))
    spoken = source * (np.sqrt(wanted / np.maximum(had, 1e-6)) @ shares.T)
    return relative_to(audio, istft(spoken, len(audio))[0], 0)


def shifted_formants(audio: Audio, rng: Rng) -> Audio:
    """A voice with its formants up to four semitones higher or lower, as if of a shorter or longer
    vocal tract; keeps pitch, timing and level."""
    spectrum = stft(audio[None])
    smooth = np.hanning(ENVELOPE_BINS + 2)[1:-1]
    sizes = np.log(np.abs(spectrum[0]) + 1e-3)
    envelope = convolve1d(sizes, smooth / smooth.sum(), axis=1, mode="nearest")
    bins = np.arange(BINS)
    places = np.minimum(bins / 2 ** (rng.uniform(-4, 4) / 12), BINS - 1)
    low = places.astype(int)
    high, share = np.minimum(low + 1, BINS - 1), places - low
    moved = envelope[:, low] * (1 - share) + envelope[:, high] * share
    gain = np.exp(np.clip(moved - envelope, -MOST_CHANGE, MOST_CHANGE)).astype(np.float32)
    return relative_to(audio, istft(spectrum * gain, len(audio))[0], 0)


def equaliser(rng: Rng) -> Audio:
    """A smooth random gain per bin (513,), within about 9 dB."""
    knots = rng.uniform(-9, 9, 6) if rng.random() < 0.7 else np.zeros(6)
    octaves = np.log2(np.maximum(1, np.arange(BINS)))
    gain_db = np.interp(octaves, np.linspace(1, 9, 6), knots)
    return (10 ** (gain_db / 20)).astype(np.float32)


def tilt(rng: Rng) -> Audio:
    """The gain per bin (513,) of a spectral tilt of -6 to 3 dB per octave."""
    octaves = np.clip(np.log2(np.maximum(_BIN_HZ, 1) / TILT_PIVOT_HZ), -2, 5)
    gain: Audio = (10 ** (rng.uniform(-6, 3) * octaves / 20)).astype(np.float32)
    return gain


def tilted(spectrum: Spectrum, rng: Rng) -> Spectrum:
    """A spectrum (channels, n, 513) with a spectral tilt; keeps its energy, so that only the timbre
    changes."""
    moved = spectrum * tilt(rng)
    energy = np.square(np.abs(moved)).sum()
    if energy <= 0:
        return spectrum
    return moved * np.float32(np.sqrt(np.square(np.abs(spectrum)).sum() / energy))


def doubled(audio: Audio, rng: Rng) -> Audio:
    """Double tracking: one to three added copies of a voice, delayed by 8 to 40 ms, with a pitch
    deviation of up to 20 cents; keeps the level."""
    time = np.arange(len(audio))
    made = audio.copy()
    for _ in range(int(rng.integers(1, 4))):
        rate_hz = rng.uniform(0.3, 2.0)
        cents = rng.uniform(3, 20)
        # The slope of the delay shifts the pitch.
        swing = (2 ** (cents / 1200) - 1) * SAMPLE_RATE / (2 * np.pi * rate_hz)
        phase = 2 * np.pi * (rate_hz * time / SAMPLE_RATE + rng.random())
        late = rng.uniform(0.008, 0.04) * SAMPLE_RATE + swing * (1 + np.sin(phase))
        gain = np.float32(10 ** (rng.uniform(-9, 0) / 20))
        made += gain * np.interp(time - late, time, audio, left=0).astype(np.float32)
    return relative_to(audio, made, 0)


def echo(audio: Audio, rng: Rng) -> Audio:
    """A slap-back or a repeating echo, 60 to 450 ms; the first at -16 to -4 dB, then decaying."""
    late = int(rng.uniform(0.06, 0.45) * SAMPLE_RATE)
    first = 10 ** (rng.uniform(-16, -4) / 20)
    again = rng.uniform(0, 0.6)
    made = audio.copy()
    for n, start in enumerate(range(late, len(audio), late)):
        made[start:] += np.float32(first * again**n) * audio[: len(audio) - start]
    return made


def narrow_line(rng: Rng) -> Audio:
    """The gain per bin (513,) of a band-limited channel: a low-pass at 3.3 to 10 kHz and, as of a
    telephone or a small loudspeaker, a high-pass at 80 to 300 Hz."""
    highest = 3300 * (10 / 3.3) ** rng.random()
    gain_db = -80 * np.clip((_BIN_HZ / highest - 1) / 0.1, 0, 1)
    if rng.random() < 0.3:
        lowest = rng.uniform(80, 300)
        gain_db -= 12 * np.log2(np.maximum(1, lowest / np.maximum(_BIN_HZ, _BIN_HZ[1])))
    gain: Audio = (10 ** (gain_db / 20)).astype(np.float32)
    return gain
