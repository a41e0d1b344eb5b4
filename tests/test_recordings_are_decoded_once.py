"""Recordings are decoded once, to mono at the training rate, and anew when they change."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

import train.data.tracks
from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from tests.published_layouts import noise
from train.data.tracks import Part, Recording, decoded, read


def test_decoded_audio_is_mapped_mono_at_the_training_rate(tmp_path: Path) -> None:
    stereo = noise(tmp_path / "stereo.wav")
    audio = decoded(Recording((Part(tmp_path / "stereo.wav"),)), tmp_path / "cache")
    assert isinstance(audio, np.memmap)
    assert not audio.flags.writeable
    assert audio.dtype == np.float32
    np.testing.assert_array_equal(audio, stereo.mean(axis=0))
    seconds = np.arange(8000) / 16_000
    soundfile.write(tmp_path / "slow.wav", np.sin(2 * np.pi * 440 * seconds), 16_000, "FLOAT")
    audio = decoded(Recording((Part(tmp_path / "slow.wav"),)), tmp_path / "cache")
    true = np.sin(2 * np.pi * 440 * np.arange(len(audio)) / SAMPLE_RATE)
    assert len(audio) == SAMPLE_RATE // 2
    np.testing.assert_allclose(audio[2000:-2000], true[2000:-2000], atol=1e-3)


def test_a_file_is_decoded_once_and_again_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []

    def counting(recording: Recording) -> tuple[Audio, int]:
        reads.append(recording)
        return read(recording)

    monkeypatch.setattr(train.data.tracks, "read", counting)
    path, cache = tmp_path / "a.wav", tmp_path / "cache"
    recording = Recording((Part(path),))
    first = noise(path, 1)
    for _ in range(2):
        np.testing.assert_array_equal(decoded(recording, cache), first[0])
    assert len(reads) == 1
    # The same size as before: only the time has changed.
    second = noise(path, 1)
    os.utime(path, ns=(0, 1_000_000_000))
    np.testing.assert_array_equal(decoded(recording, cache), second[0])
    time = path.stat().st_mtime_ns
    third = noise(path, 1, samples=600)
    os.utime(path, ns=(time, time))
    np.testing.assert_array_equal(decoded(recording, cache), third[0])
    assert len(reads) == 3
    # Another view of the same file is another entry; no partial file is left.
    decoded(Recording((Part(path, gain=0.5),)), cache)
    assert len(list(cache.iterdir())) == len(reads) == 4
    path.unlink()
    with pytest.raises(LivevoxError, match=r"a\.wav can't be read"):
        decoded(recording, cache)


def test_nothing_is_left_of_a_decoding_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise OSError("No space left on device")

    noise(tmp_path / "a.wav")
    monkeypatch.setattr(np, "save", full_disk)
    with pytest.raises(OSError, match="No space"):
        decoded(Recording((Part(tmp_path / "a.wav"),)), tmp_path / "cache")
    assert list(tmp_path.iterdir()) == [tmp_path / "a.wav"]
