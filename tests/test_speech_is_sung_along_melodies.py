"""Speech becomes singing: with notes, other formants and the level of the speech."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import pyworld
import soundfile
from scipy.signal import lfilter

from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from train.data import synthetic_singers
from train.data.datasets import load
from train.data.effects import level
from train.data.layouts.open_table import COLUMNS
from train.data.sung import Singer, sung
from train.data.synthetic_singers import make_singers, speakers

SINGER = Singer(transposed=0, formants=1, vibrato_hz=5, vibrato=0)
SECONDS = 3


def vowel(pitch_hz: float = 120, formant_hz: float = 700) -> Audio:
    """Syllables of 0.4 s and pauses of 0.1 s, on one pitch."""
    pulses = np.zeros(SECONDS * SAMPLE_RATE)
    pulses[:: round(SAMPLE_RATE / pitch_hz)] = 1
    radius, angle = 0.99, 2 * np.pi * formant_hz / SAMPLE_RATE
    audio = lfilter([1], [1, -2 * radius * np.cos(angle), radius**2], pulses)
    time = np.arange(len(audio)) / SAMPLE_RATE
    audio *= 0.2 * (time % 0.5 < 0.4) / np.abs(audio).max()
    return (audio + np.random.default_rng(0).normal(0, 1e-5, len(audio))).astype(np.float32)


def pitches(audio: Audio) -> tuple[np.ndarray, np.ndarray]:
    """Times in seconds, and pitches in Hz there, 0 where there is none."""
    coarse, times = pyworld.dio(audio.astype(np.float64), SAMPLE_RATE, f0_floor=50.0)
    return times, pyworld.stonemask(audio.astype(np.float64), coarse, times, SAMPLE_RATE)


def semitones(audio: Audio) -> np.ndarray:
    pitch = pitches(audio)[1]
    found: np.ndarray = 12 * np.log2(pitch[pitch > 0])
    return found


def loudest_hz(audio: Audio) -> float:
    """The peak of the mean spectral envelope."""
    times, pitch = pitches(audio)
    envelopes = pyworld.cheaptrick(audio.astype(np.float64), pitch, times, SAMPLE_RATE)
    envelope = envelopes[pitch > 0].mean(axis=0)
    return float(np.argmax(envelope) * SAMPLE_RATE / 2 / (len(envelope) - 1))


def singing(singer: Singer = SINGER, seed: int = 1, speech: Audio | None = None) -> Audio:
    audio = sung(vowel() if speech is None else speech, singer, np.random.default_rng(seed))
    assert audio is not None
    return audio


def test_speech_on_one_pitch_becomes_notes_of_a_scale() -> None:
    spoken, heard = semitones(vowel()), semitones(singing())
    assert np.ptp(np.percentile(spoken, [5, 95])) < 0.5
    notes = np.round(heard - np.median(spoken))
    steady = np.abs(heard - np.median(spoken) - notes) < 0.3
    assert steady.mean() > 0.6
    assert len(np.unique(notes[steady])) >= 4


def test_a_singer_sings_as_high_as_asked() -> None:
    higher = dataclasses.replace(SINGER, transposed=7)
    moved = np.median(semitones(singing(higher))) - np.median(semitones(singing()))
    assert moved == pytest.approx(7, abs=0.5)


def test_vibrato_swings_around_the_notes() -> None:
    trembling = dataclasses.replace(SINGER, vibrato=1)
    plain, swinging = (np.abs(np.diff(semitones(singing(s)))) for s in (SINGER, trembling))
    assert np.median(swinging) > 2 * np.median(plain)


def test_formants_move_apart_from_the_pitch() -> None:
    shorter = dataclasses.replace(SINGER, formants=1.25)
    plain, moved = singing(), singing(shorter)
    assert loudest_hz(moved) / loudest_hz(plain) == pytest.approx(1.25, abs=0.1)
    assert np.median(semitones(moved)) == pytest.approx(np.median(semitones(plain)), abs=0.3)


def test_singing_is_as_loud_as_the_speech() -> None:
    assert level(singing()) == pytest.approx(level(vowel()), rel=0.01)


def test_a_whisper_is_not_sung() -> None:
    whisper = np.random.default_rng(0).normal(0, 0.1, SECONDS * SAMPLE_RATE).astype(np.float32)
    assert sung(whisper, SINGER, np.random.default_rng(0)) is None


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    noise = np.random.default_rng(0).normal(0, 0.1, SAMPLE_RATE * SECONDS)
    files = {
        "speech/low.ogg": (vowel(), "train"),
        "speech/whisper.ogg": (noise, "train"),
        "speech/held-out.ogg": (vowel(), "valid"),
        "singing/voicebank-anna.ogg": (vowel(240), "train"),
        "singing/soprano.ogg": (vowel(480), "train"),
    }
    rows = [",".join(COLUMNS)]
    for path, (audio, split) in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / path, audio, SAMPLE_RATE)
        rows.append(f"{path},{split},{SECONDS},CC0-1.0,Anna,-,no")
    (folder / "tracks.csv").write_text("\n".join(rows) + "\n")
    return folder


def test_speakers_and_voice_banks_of_the_training_split_sing(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthetic_singers, "SECONDS", 5)
    output = tmp_path / "singers"
    reasons: dict[str, str | None] = {}
    for _ in range(2):
        make_singers(speakers(load("open", corpus)), output, tmp_path, reasons.__setitem__)
        written = {path: path.stat().st_mtime_ns for path in output.rglob("*.flac")}
    assert reasons == {
        "singing/synthetic-low.flac": None,
        "singing/synthetic-whisper.flac": "too little of it has a pitch",
        "singing/synthetic-voicebank-anna.flac": None,
    }
    tracks = load("open", output)
    assert [(t.kind, t.split, t.licence) for t in tracks] == [("singing", "train", "CC0-1.0")] * 2
    for track in tracks:
        audio, rate = soundfile.read(track.mixture.parts[0].path)
        assert (len(audio), rate) == (5 * SAMPLE_RATE, SAMPLE_RATE)
        assert 0.01 < np.abs(audio).max() <= 0.9
    assert written == {path: path.stat().st_mtime_ns for path in output.rglob("*.flac")}


def test_a_data_set_without_speech_is_refused(corpus: Path) -> None:
    songs = [track for track in load("open", corpus) if track.name == "singing/soprano"]
    with pytest.raises(LivevoxError, match="no speech and no voice bank"):
        speakers(songs)
