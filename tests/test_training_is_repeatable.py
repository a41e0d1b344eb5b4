"""Excerpts follow from seed and index; a resumed training goes on as if it had not stopped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from livevox.stft import SAMPLE_RATE
from livevox.synthesis import demo_song
from train.corpus import activity_of_stem, load_corpus, read_labels
from train.export import load_checkpoint
from train.fit import fit
from train.losses import detection_loss, separation_loss
from train.mixing import EXCERPT_FRAMES, Excerpts, Shares


@pytest.fixture(scope="session")
def corpus_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layout of the open singing corpus, filled with demo songs."""
    folder = tmp_path_factory.mktemp("corpus")
    rows = ["path,split,seconds,licence,credit,vocal_stem,activity_labels"]
    for seed, (split, stem, labels) in enumerate(
        [("train", "true", "no"), ("train", "estimated", "yes"), ("valid", "true", "yes")]
    ):
        song = demo_song(8.0, seed)
        path = folder / "tracks" / f"song-{seed}"
        path.mkdir(parents=True)
        soundfile.write(path / "vocals.ogg", song.vocals.T, SAMPLE_RATE)
        soundfile.write(path / "accompaniment.ogg", song.accompaniment.T, SAMPLE_RATE)
        lines = (f"{start:.3f} {end:.3f} sing\n" for start, end in song.activity)
        (path / "activity.lab").write_text("".join(lines))
        rows.append(f"tracks/song-{seed},{split},8.0,CC0,us,{stem},{labels}")
    for kind in ("singing", "speech", "instrumental"):
        (folder / kind).mkdir()
        song = demo_song(5.0, 9)
        audio = song.accompaniment if kind == "instrumental" else song.vocals
        soundfile.write(folder / kind / "one.ogg", audio.mean(axis=0), SAMPLE_RATE)
        rows.append(f"{kind}/one.ogg,train,5.0,CC0,us,-,no")
    (folder / "tracks.csv").write_text("\n".join(rows) + "\n")
    return folder


def test_an_excerpt_follows_from_seed_and_index(corpus_folder: Path, tmp_path: Path) -> None:
    corpus = load_corpus(corpus_folder, "train", tmp_path)
    first, again = (Excerpts(corpus, 1, 100, Shares()) for _ in range(2))
    other = Excerpts(corpus, 2, 100, Shares())
    for index in (0, 7, 3, 7):
        one, same = first[index], again[index]
        assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(first[0]["mixture"], other[0]["mixture"])
    assert not torch.equal(first[0]["mixture"], first[1]["mixture"])


def test_every_kind_of_excerpt_is_whole_and_labelled(corpus_folder: Path, tmp_path: Path) -> None:
    corpus = load_corpus(corpus_folder, "train", tmp_path)
    for name, shares in {
        "remixed": Shares(1, 0, 0),
        "vocal-free": Shares(0, 1, 0),
        "a cappella": Shares(0, 0, 1),
        "as it is": Shares(0, 0, 0),
    }.items():
        activities = []
        for index in range(20):
            excerpt = Excerpts(corpus, 5, 20, shares)[index]
            for part in ("mixture", "vocals", "accompaniment"):
                assert excerpt[part].shape == (EXCERPT_FRAMES, 257)
                assert torch.isfinite(excerpt[part]).all()
                assert (excerpt[part] >= 0).all()
            activities.append(excerpt["activity"])
            if name == "vocal-free":
                assert not excerpt["vocals"].any()
            if name == "a cappella":
                assert torch.equal(excerpt["vocals"], excerpt["mixture"])
        seen = set(torch.cat(activities).tolist())
        assert seen <= ({0.0} if name == "vocal-free" else {-1.0, 0.0, 1.0})
        assert name == "vocal-free" or 1.0 in seen


def test_levels_of_a_stem_agree_with_its_labels(corpus_folder: Path, tmp_path: Path) -> None:
    voice = load_corpus(corpus_folder, "valid", tmp_path).songs[0].vocals
    by_level = activity_of_stem(voice.audio, estimated=False)
    known = by_level >= 0
    assert known.mean() > 0.7
    assert (by_level[known] == voice.activity[known]).mean() > 0.85


def test_a_label_line_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "activity.lab"
    path.write_text("0.0 1.0 sing\n1.0 2.0 humming\n")
    with pytest.raises(ValueError, match=r"activity.lab:2: '1.0 2.0 humming'"):
        read_labels(path, 10)


def test_losses_vanish_for_the_truth_and_only_there() -> None:
    magnitude = torch.rand(2, 5, 257)
    mask = torch.rand(2, 5, 257)
    parts = torch.log1p(magnitude), torch.log1p(mask * magnitude), torch.log1p((1 - mask) * magnitude)
    assert float(separation_loss(mask, *parts)) < 1e-6
    assert float(separation_loss(1 - mask, *parts)) > 1e-2
    activity = torch.tensor([[0.0, 1.0, -1.0]])
    right, wrong = torch.tensor([[-20.0, 20.0, 20.0]]), torch.tensor([[20.0, -20.0, 20.0]])
    assert float(detection_loss(right, activity)) < 1e-6
    assert float(detection_loss(wrong, activity)) > 10
    assert float(detection_loss(right, torch.full((1, 3), -1.0))) == 0


def test_a_resumed_training_reaches_the_same_weights(
    corpus_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("train.fit.SAVE_EVERY", 2)
    monkeypatch.setattr("train.fit.BATCH", 2)
    fit(corpus_folder, tmp_path / "straight", steps=4)

    class Stopped(Exception):
        pass

    def stop(*_: object) -> float:
        raise Stopped

    learning_rate = __import__("train.fit", fromlist=["learning_rate"]).learning_rate
    monkeypatch.setattr(
        "train.fit.learning_rate", lambda s, n: learning_rate(s, n) if s < 3 else stop()
    )
    with pytest.raises(Stopped):
        fit(corpus_folder, tmp_path / "stopped", steps=4)
    monkeypatch.setattr("train.fit.learning_rate", learning_rate)
    fit(corpus_folder, tmp_path / "stopped", steps=4)

    nets = [load_checkpoint(tmp_path / run / "last.ckpt") for run in ("straight", "stopped")]
    for name, weights in nets[0].state_dict().items():
        np.testing.assert_array_equal(weights, nets[1].state_dict()[name], err_msg=name)
