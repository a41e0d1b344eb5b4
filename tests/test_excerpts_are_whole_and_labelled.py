"""Excerpts depend on seed and index only; each kind is whole and has its labels."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.small_trainings import SMALL, recipe_of
from train.data.corpus import activity_of_stem, load_corpus
from train.data.mixing import Excerpts
from train.data.takes import EXCERPT_FRAMES
from train.data.tracks import Track
from train.recipe import Data, Objective


def test_an_excerpt_follows_from_seed_and_index(tracks: list[Track], cache: Path) -> None:
    corpus = load_corpus(tracks, "train", cache)
    first, again, other = (Excerpts(corpus, SMALL, seed) for seed in (1, 1, 2))
    for index in (0, 7, 3, 7):
        one, same = first[index], again[index]
        assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(first[0]["mixture"], other[0]["mixture"])
    assert not torch.equal(first[0]["mixture"], first[1]["mixture"])


def test_every_kind_of_excerpt_is_whole_and_labelled(tracks: list[Track], cache: Path) -> None:
    corpus = load_corpus(tracks, "train", cache)
    for name, data in {
        "remixed": Data(1, 0, True, remixed=1),
        "vocal-free": Data(1, 0, True, vocal_free=1),
        "speech as voice": Data(1, 0, True, vocal_free=1, speech="voice"),
        "speech in the vocals": Data(1, 0, True, vocal_free=1, speech="vocals"),
        "a cappella": Data(1, 0, True, a_cappella=1),
        "as it is": Data(1, 0, True),
        "passage": Data(1, 0),
        "labelled": Data(0, 1),
    }.items():
        mode = "detection" if name == "labelled" else "separation"
        recipe = dataclasses.replace(SMALL, data=data, objective=Objective(mode))
        activities = []
        for index in range(10):
            excerpt = Excerpts(corpus, recipe, 5)[index]
            for part in ("mixture", "vocals", "accompaniment"):
                assert excerpt[part].shape == (EXCERPT_FRAMES, 257)
                assert torch.isfinite(excerpt[part]).all()
                assert (excerpt[part] >= 0).all()
            activities.append(excerpt["activity"])
            assert float(excerpt["has_stems"]) == (name != "labelled")
            if name == "vocal-free":
                assert not excerpt["vocals"].any()
            if name == "a cappella":
                assert torch.equal(excerpt["vocals"], excerpt["mixture"])
        seen = set(torch.cat(activities).tolist())
        allowed = {
            "vocal-free": {0.0},
            "speech in the vocals": {-1.0, 0.0},
            "passage": {-1.0},
            "labelled": {0.0, 1.0},
        }.get(name, {-1.0, 0.0, 1.0})
        assert seen <= allowed
        assert 1.0 in seen or 1.0 not in allowed


def test_the_stems_of_a_song_keep_their_balance_of_tone(
    tracks: list[Track], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("train.data.mixing.equaliser", lambda rng: np.ones(513, np.float32))
    corpus = load_corpus(tracks, "train", cache)
    # Both stems are the same audio, so that a difference in tone comes from the tilt alone.
    corpus.songs = [
        dataclasses.replace(song, accompaniment=song.vocals.audio) for song in corpus.songs
    ]
    recipe = dataclasses.replace(SMALL, data=Data(1, 0, True), objective=Objective("separation"))
    for index in range(20):
        excerpt = Excerpts(corpus, recipe, 5)[index]
        vocals, music = (torch.expm1(excerpt[part]) for part in ("vocals", "accompaniment"))
        heard = music > 1e-3 * music.max()
        ratios = vocals[heard] / music[heard]
        torch.testing.assert_close(ratios, ratios.median().expand(len(ratios)), rtol=1e-2, atol=0)


def test_substitution_puts_labelled_music_in_place_of_silent_vocals(
    tracks: list[Track], cache: Path
) -> None:
    corpus = load_corpus(tracks, "train", cache)
    # Stems without a voice: every passage is silent, so N / (N + M) of them are replaced.
    for i, song in enumerate(corpus.songs):
        silent = dataclasses.replace(song.vocals, audio=np.zeros_like(song.vocals.audio))
        corpus.songs[i] = dataclasses.replace(song, vocals=silent)
    excerpts = Excerpts(corpus, recipe_of("substitution"), 3)
    plain = Excerpts(corpus, recipe_of("separation"), 3)
    changed = [
        not torch.equal(excerpts[i]["mixture"], plain[i]["mixture"]) for i in range(0, 240, 4)
    ]
    # One labelled song, two with stems, all of one length.
    assert 0.15 < np.mean(changed) < 0.5
    assert not any(excerpts[i]["vocals"].any() for i in range(0, 40, 4))


def test_levels_of_a_stem_agree_with_its_labels(tracks: list[Track], cache: Path) -> None:
    voice = load_corpus(tracks, "valid", cache).songs[0].vocals
    by_level = activity_of_stem(voice.audio, estimated=False)
    known = by_level >= 0
    assert known.mean() > 0.7
    assert (by_level[known] == voice.activity[known]).mean() > 0.85
