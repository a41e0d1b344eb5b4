"""The evaluation over music measures false detections and leakage correctly on known signals."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from livevox.dsp.stft import HOP, SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from train.data.corpus import Corpus, Song, Voice
from train.data.effects import level
from train.evaluation.evaluate import Separated, Stems
from train.evaluation.over_music import SECONDS, VOICE_DB, over_music, scenes, table

SAMPLES = 40 * SAMPLE_RATE


@pytest.fixture
def corpus() -> Corpus:
    """Two pieces of noise, and a song whose voice, a tone, sounds in its second half."""
    rng = np.random.default_rng(0)
    time = np.arange(SAMPLES) / SAMPLE_RATE
    voice = (0.1 * np.sin(2 * np.pi * 440 * time) * (time > 20)).astype(np.float32)
    sung = (np.arange(SAMPLES // HOP + 1) * HOP > SAMPLES // 2).astype(np.int8)
    sung[:100] = -1
    silence = np.zeros(SAMPLES, np.float32)
    song = Song("song", Voice("song", voice, sung), silence, estimated=False, labelled=False)
    music = [rng.uniform(-a, a, SAMPLES).astype(np.float32) for a in (0.1, 0.3)]
    return Corpus(songs=[song], instrumental=[*music, silence[: 5 * SAMPLE_RATE]])


def everything_is_a_voice(mixture: Audio, stems: Stems | None) -> Separated:
    frames = mixture.shape[1] // HOP + 1
    return Separated(mixture, 0 * mixture, np.ones(frames, np.float32))


def test_a_voice_has_its_level_over_the_middle_of_each_long_piece(corpus: Corpus) -> None:
    first, second = scenes(corpus)
    for scene, piece in zip((first, second), corpus.instrumental, strict=False):
        assert scene.music.shape == scene.voice.shape == (1, len(scene.activity) * HOP)
        spare = (SAMPLES - scene.music.shape[1]) // 2
        np.testing.assert_array_equal(scene.music[0], piece[spare : SAMPLES - spare])
        ratio_db = 20 * np.log10(level(scene.voice[0]) / level(scene.music[0]))
        assert ratio_db == pytest.approx(VOICE_DB, abs=0.01)
        loud = np.abs(scene.voice[0]).reshape(-1, HOP).max(axis=1) > 0
        known = scene.activity >= 0
        assert np.mean(loud[known] == (scene.activity[known] == 1)) > 0.99
        assert (scene.activity == 1).mean() >= 0.4


def test_a_system_that_takes_everything_for_voice_scores_so(corpus: Corpus) -> None:
    steps: list[int] = []
    scores = over_music({"all": everything_is_a_voice}, scenes(corpus), lambda: steps.append(1))
    assert len(steps) == 2
    assert scores["all"].pes == pytest.approx(0, abs=1e-6)
    assert scores["all"].sung == 1
    assert scores["all"].au_roc == 0.5
    # The mixture differs from the voice by the music.
    assert -6 < scores["all"].vocals_sdr < 0


def test_the_truth_has_the_best_scores(corpus: Corpus) -> None:
    trials = scenes(corpus)
    truths = iter(
        estimate
        for scene in trials
        for estimate in (
            Separated(0 * scene.music, scene.music, np.zeros(len(scene.activity), np.float32)),
            Separated(scene.voice, scene.music, (scene.activity == 1).astype(np.float32)),
        )
    )
    scores = over_music({"truth": lambda *_: next(truths)}, trials, lambda: None)["truth"]
    assert scores.pes < -80
    assert scores.sung == 0
    assert scores.vocals_sdr > 80
    assert scores.au_roc == 1


def test_a_system_that_gives_levels_is_not_judged_by_probabilities(corpus: Corpus) -> None:
    def by_level(mixture: Audio, stems: Stems | None) -> Separated:
        whole = everything_is_a_voice(mixture, stems)
        return Separated(whole.vocals, whole.accompaniment, whole.activity - 3)

    trials = scenes(corpus)
    scores = over_music({"level": by_level, "all": everything_is_a_voice}, trials, lambda: None)
    assert math.isnan(scores["level"].sung)
    shown = io.StringIO()
    Console(file=shown, width=200).print(table(scores, len(trials)))
    level, all_of_it = (line for line in shown.getvalue().splitlines() if " dB" in line)
    assert "%" not in level
    assert "100%" in all_of_it


def test_a_split_without_music_or_songs_is_refused_in_one_line(corpus: Corpus) -> None:
    with pytest.raises(LivevoxError, match=f"0 instrumentals and 1 songs of {SECONDS} s"):
        scenes(Corpus(songs=corpus.songs))
    with pytest.raises(LivevoxError, match=f"2 instrumentals and 0 songs of {SECONDS} s"):
        scenes(Corpus(instrumental=corpus.instrumental))
    voice = corpus.songs[0].vocals
    short = replace(voice, audio=voice.audio[: 5 * SAMPLE_RATE], activity=voice.activity[:431])
    songs = [replace(corpus.songs[0], vocals=short)]
    with pytest.raises(LivevoxError, match=f"2 instrumentals and 0 songs of {SECONDS} s"):
        scenes(Corpus(songs=songs, instrumental=corpus.instrumental))
