"""Another key and tempo: exact pitch, exact duration, no clicks, stems in time with each other."""

from __future__ import annotations

from math import log2
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from livevox.cli.app import app
from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.stretch import Stretch, Stretcher
from livevox.network.info import SOURCES

RATE = 44_100
TONE_HZ = 440.0
TEMPOS = (0.5, 0.77, 1.0, 1.25, 1.5)
KEYS = (-600.0, -100.0, 0.0, 50.0, 600.0)


def stretched(audio: Audio, tempo: float, key: float, block: int = 4096) -> Audio:
    stretcher = Stretcher(RATE, len(audio), Stretch(tempo, key))
    parts = [
        stretcher.feed(audio[:, first : first + block]) for first in range(0, audio.shape[1], block)
    ]
    return np.concatenate([*parts, stretcher.flush()], axis=1)


def tone(seconds: float) -> Audio:
    wave = 0.5 * np.sin(2 * np.pi * TONE_HZ * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def frequency(audio: Audio) -> float:
    """Of a tone, in Hz, by the slope of its phase."""
    middle = audio[0, RATE:-RATE]
    spectrum = np.fft.rfft(middle * np.hanning(len(middle)), 1 << 21)
    return float(np.abs(spectrum).argmax() * RATE / (1 << 21))


@pytest.mark.parametrize("tempo", TEMPOS)
@pytest.mark.parametrize("key", KEYS)
def test_pitch_and_duration_are_what_was_asked_for(tempo: float, key: float) -> None:
    audio = tone(6.0)
    changed = stretched(audio, tempo, key)
    assert changed.shape == (2, round(audio.shape[1] / tempo))
    assert abs(1200 * log2(frequency(changed) / TONE_HZ) - key) < 3


@pytest.mark.parametrize(("tempo", "key"), [(0.8, 0.0), (1.0, -300.0), (1.3, 200.0)])
def test_a_steady_tone_stays_without_clicks(tempo: float, key: float) -> None:
    changed = stretched(tone(6.0), tempo, key)[0, RATE // 2 : -RATE // 2]
    steepest = 2 * np.pi * frequency(stretched(tone(6.0), tempo, key)) / RATE * 0.5
    assert np.abs(np.diff(changed)).max() < 1.1 * steepest


@pytest.mark.parametrize(("tempo", "key"), [(0.5, 0.0), (0.8, 300.0), (1.0, -500.0), (1.5, 0.0)])
def test_sounds_stay_in_their_place(tempo: float, key: float) -> None:
    rng = np.random.default_rng(0)
    seconds = np.arange(1, 10)
    audio = np.zeros((1, 10 * RATE), np.float32)
    for second in seconds:
        audio[0, second * RATE :][:400] = rng.standard_normal(400) * np.hanning(400)
    energy = np.convolve(np.square(stretched(audio, tempo, key)[0]), np.ones(400), "same")
    for second in seconds:
        due = round((second * RATE + 200) / tempo)
        window = energy[due - RATE // 4 : due + RATE // 4]
        assert abs(int(window.argmax()) - RATE // 4) < 0.05 * RATE


@pytest.mark.parametrize("channels", [1, 2, 6, 8, 12])
def test_channels_stay_apart_and_in_time(channels: int) -> None:
    rng = np.random.default_rng(1)
    audio = rng.standard_normal((1, 3 * RATE)).astype(np.float32) * 0.1
    gains = np.arange(channels, dtype=np.float32)[:, None]
    changed = stretched(audio * gains, 0.9, 100.0)
    np.testing.assert_allclose(changed, changed[-1] * gains / max(1, channels - 1), atol=1e-5)


@pytest.mark.parametrize(("tempo", "key"), [(0.9, 0.0), (1.1, -150.0)])
def test_the_cut_into_blocks_changes_nothing(tempo: float, key: float) -> None:
    audio = np.random.default_rng(2).standard_normal((2, 2 * RATE)).astype(np.float32) * 0.1
    whole = stretched(audio, tempo, key, audio.shape[1])
    np.testing.assert_allclose(stretched(audio, tempo, key, 1000), whole, atol=1e-6)


def test_empty_blocks_change_nothing() -> None:
    audio = np.random.default_rng(3).standard_normal((2, RATE)).astype(np.float32) * 0.1
    stretcher = Stretcher(RATE, 2, Stretch(0.9, 100.0))
    blocks = (audio[:, :0], audio[:, :1000], audio[:, :0], audio[:, 1000:])
    parts = [*map(stretcher.feed, blocks), stretcher.flush()]
    np.testing.assert_allclose(
        np.concatenate(parts, axis=1), stretched(audio, 0.9, 100.0), atol=1e-6
    )


def test_nothing_asked_for_changes_nothing() -> None:
    audio = tone(0.5)
    assert stretched(audio, 1.0, 0.0) is not None
    np.testing.assert_array_equal(stretched(audio, 1.0, 0.0), audio)


@pytest.mark.parametrize("samples", [0, 1, 100])
def test_the_shortest_sounds_have_the_right_length(samples: int) -> None:
    audio = np.ones((2, samples), np.float32)
    assert stretched(audio, 0.5, 100.0).shape == (2, 2 * samples)


@pytest.mark.parametrize(
    ("tempo", "key", "message"),
    [(0.4, 0.0, "tempo is 40 %"), (1.6, 0.0, "tempo is 160 %"), (1.0, 700.0, "key is 7 semitones")],
)
def test_what_is_out_of_range_is_refused(tempo: float, key: float, message: str) -> None:
    with pytest.raises(LivevoxError, match=message):
        Stretch(tempo, key)


def test_separated_songs_have_the_key_and_tempo_that_were_asked_for(tmp_path: Path) -> None:
    song = tmp_path / "song.wav"
    soundfile.write(song, tone(4.0).T, RATE)
    command = ["separate", str(song), "-o", str(tmp_path), "--tempo", "80", "--key", "-1.5"]
    assert CliRunner().invoke(app, command).exit_code == 0
    stems = [soundfile.read(tmp_path / "song" / f"{stem}.wav")[0].T for stem in SOURCES]
    assert [stem.shape for stem in stems] == 2 * [(2, 5 * RATE)]
    assert abs(1200 * log2(frequency(sum(stems)) / TONE_HZ) + 150) < 3


def test_pictures_keep_their_tempo(tmp_path: Path) -> None:
    song = tmp_path / "song.wav"
    soundfile.write(song, tone(0.5).T, RATE)
    done = CliRunner().invoke(app, ["separate", str(song), "--mux", "--tempo", "80"])
    assert done.exit_code != 0
    assert not (tmp_path / "song").exists()
