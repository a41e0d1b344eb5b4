"""MP3 and M4A hold as many samples as went in, at their places, at the bit rate asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from livevox.errors import LivevoxError
from livevox.media.encoding import Quality
from livevox.media.files import open_audio
from livevox.media.writing import writing
from tests.audio_files import RATE, lag, sound, write
from tests.commands import assert_refused, livevox


@pytest.mark.parametrize("suffix", ["mp3", "m4a"])
@pytest.mark.parametrize("samples", [1000, 1152, 50_001])
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_read_again_is_what_was_written(
    suffix: str, samples: int, channels: int, tmp_path: Path
) -> None:
    fed = sound(channels, 2.0)[:, :samples]
    path = tmp_path / f"a.{suffix}"
    with writing(path, RATE, channels, samples) as sink:
        for start in range(0, samples, 700):
            sink.write(fed[:, start : start + 700])
    with open_audio(path) as source:
        out = np.concatenate(list(source.blocks(1000)), axis=1)
    assert out.shape == fed.shape
    alike = [np.vdot(np.roll(out, -lag, axis=1), fed) for lag in range(-20, 21)]
    assert np.argmax(alike) == 20


@pytest.mark.parametrize("suffix", ["mp3", "m4a"])
def test_the_bit_rate_is_the_one_asked_for(suffix: str, tmp_path: Path) -> None:
    fed = sound(2, 6.0)
    for bit_rate in (96, 192):
        path = tmp_path / f"{bit_rate}.{suffix}"
        with writing(path, RATE, 2, fed.shape[1], quality=Quality(bit_rate=bit_rate)) as sink:
            sink.write(fed)
        assert path.stat().st_size * 8 / 6.0 == pytest.approx(1000 * bit_rate, rel=0.15)


@pytest.mark.parametrize(
    ("suffix", "rate", "channels", "samples", "said"),
    [
        ("mp3", 48_000, 3, 1000, "at most 2 channels"),
        ("ogg", 384_000, 2, 1000, "at most 200000 Hz"),
        ("mp3", 48_000, 2, 1, "too short"),
        ("m4a", 48_000, 2, 1, "too short"),
    ],
)
def test_audio_that_a_format_cannot_hold_is_refused(
    suffix: str, rate: int, channels: int, samples: int, said: str, tmp_path: Path
) -> None:
    path = tmp_path / f"a.{suffix}"
    with (
        pytest.raises(LivevoxError, match=said),
        writing(path, rate, channels, samples) as sink,
    ):
        sink.write(sound(channels, 1.0)[:, :samples])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("suffix", "rate", "written"),
    [
        ("mp3", 96_000, 48_000),
        ("mp3", 37_000, 44_100),
        ("mp3", 4_000, 8_000),
        ("m4a", 192_000, 96_000),
        ("m4a", 96_000, 96_000),
    ],
)
def test_rates_that_a_format_does_not_take_are_resampled(
    suffix: str, rate: int, written: int, tmp_path: Path
) -> None:
    seconds = np.arange(2 * rate) / rate
    fed = np.sin(2 * np.pi * 440 * seconds) * np.hanning(len(seconds))
    path = tmp_path / f"a.{suffix}"
    with writing(path, rate, 1, len(fed)) as sink:
        for start in range(0, len(fed), 7000):
            sink.write(fed[None, start : start + 7000].astype(np.float32))
    assert (sink.sample_rate, sink.samples) == (written, 2 * written)
    with open_audio(path) as source:
        assert (source.sample_rate, source.samples) == (written, 2 * written)
        (out,) = np.concatenate(list(source.blocks(1000)), axis=1)
    seconds = np.arange(2 * written) / written
    wanted = np.sin(2 * np.pi * 440 * seconds) * np.hanning(len(seconds))
    assert lag(out[None], wanted[None]) == 0
    assert np.sqrt(np.mean((out - wanted) ** 2)) < 0.06 * np.sqrt(np.mean(wanted**2))


def test_separate_reports_another_rate(tmp_path: Path) -> None:
    write(tmp_path / "song.wav", sound(2, 1.0), 96_000)
    result = livevox("separate", "song.wav", "--format", "mp3", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "its stems have 48000 Hz: .mp3 files can't have 96000 Hz" in result.stderr


def test_separate_writes_them(tmp_path: Path) -> None:
    write(tmp_path / "song.wav", sound(2, 1.0), RATE)
    command = ["separate", "song.wav", "--bit-rate", 128]
    result = livevox(*command, "--format", "mp3", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    with open_audio(tmp_path / "separated" / "song" / "vocals.mp3") as source:
        assert source.samples == RATE
    assert_refused(livevox(*command, cwd=tmp_path), "--bit-rate is 128, but wav has none")
