"""Transports that play files, read like a sound device reads them, and files of noise."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.dsp.resample import Resampler
from livevox.dsp.stft import Audio
from livevox.media.files import open_audio
from livevox.media.playhead import FADE_SECONDS
from livevox.media.transport import Transport

RATE = 44_100
FADE = round(FADE_SECONDS * RATE)
SIZES = (0, 1, 2, 64, 441, 512, 1021, 6000)
Open = Callable[..., Transport]


def noise(seconds: float, channels: int = 2, rate: int = RATE, seed: int = 0) -> Audio:
    shape = (channels, round(seconds * rate))
    return np.random.default_rng(seed).uniform(-0.8, 0.8, shape).astype(np.float32)


def sine(seconds: float, hertz: float = 110) -> Audio:
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, -wave]).astype(np.float32)


def save(path: Path, audio: Audio, rate: int = RATE) -> Audio:
    """Write a file and return what is read of it, whole."""
    kind = path.suffix.lstrip(".")
    container, subtype = {
        "wav": ("WAV", "FLOAT"),
        "flac": ("FLAC", "PCM_24"),
        "ogg": ("OGG", "VORBIS"),
        "mp3": ("MP3", "MPEG_LAYER_III"),
    }[kind]
    with soundfile.SoundFile(path, "w", rate, len(audio), subtype, format=container) as file:
        for start in range(0, audio.shape[1], 8192):
            file.write(audio[:, start : start + 8192].T)
    with open_audio(path) as source:
        return np.concatenate(list(source.blocks(RATE)), axis=1)


def whole_resampled(audio: Audio, rate: int, to: int) -> Audio:
    resampler = Resampler(rate, to, len(audio))
    after = np.zeros((len(audio), 2 * max(rate, to)), np.float32)
    samples = -(-audio.shape[1] * to // rate)
    return np.concatenate([resampler.feed(audio), resampler.feed(after)], axis=1)[:, :samples]


def wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.001)


def listen(transport: Transport, samples: int) -> Audio:
    """Read so many samples in blocks of random sizes, no faster than the disk."""
    rng = np.random.default_rng(samples)
    parts: list[Audio] = []
    while samples > 0:
        wait_until(lambda: transport.buffered > 0.5)
        parts.append(transport.read(min(samples, int(rng.choice(SIZES)))))
        samples -= parts[-1].shape[1]
    return np.concatenate(parts, axis=1)


def arrive(transport: Transport) -> Audio:
    """Read until the last command has taken effect and the ring has enough samples."""
    parts = [transport.read(0)]
    end = time.monotonic() + 20
    start = transport.position
    while not transport.ended and (transport.buffered < 0.5 or transport.position == start):
        assert time.monotonic() < end, "waited in vain"
        parts.append(transport.read(64))
        time.sleep(0.001)
    return np.concatenate(parts, axis=1)


def at(transport: Transport, rate: int = RATE) -> int:
    """The position in samples, exact to float precision."""
    assert transport.position * rate == pytest.approx(round(transport.position * rate), abs=1e-6)
    return round(transport.position * rate)
