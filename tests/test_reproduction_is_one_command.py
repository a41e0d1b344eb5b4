"""The paper's experiment runs in one command, and its figure shows the data."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
import soundfile

from livevox import LivevoxError
from train.__main__ import main
from train.data.datasets import load, with_validation
from train.data.tracks import Part, Recording, Track, song
from train.evaluation.bias import bias, statistics_of
from train.evaluation.evaluate import evaluate
from train.evaluation.reproduce import BASELINES, MODELS


def written(path: Path, audio: np.ndarray) -> Recording:
    soundfile.write(path, audio, 44_100, "FLOAT")
    return Recording((Part(path),))


@pytest.mark.parametrize("models", [1, pytest.param(len(MODELS), marks=pytest.mark.slow)])
def test_a_dry_run_trains_judges_and_reports_that_more_knowledge_is_better(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: int
) -> None:
    # Each model that is judged takes an export of many seconds.
    judged = dict(list(MODELS.items())[-models:])
    monkeypatch.setattr("train.evaluation.reproduce.MODELS", judged)
    command = ["train", "reproduce", "--quick", "--run", "run", "-o", "report"]
    monkeypatch.setattr(sys, "argv", command)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    assert all((tmp_path / "run" / run / best).exists() for run, best in MODELS.values())
    report = tmp_path / "report"
    text = (report / "results.json").read_text()
    for name in (*judged, *BASELINES):
        assert name in text
        assert name in (report / "index.html").read_text()
    scores = {of_one["system"]: of_one for of_one in json.loads(text)}
    (mixture,), (oracle,) = (scores[name]["songs"] for name in ("mixture", "oracle"))
    assert oracle["vocals_plain_sdr"] > mixture["vocals_plain_sdr"] + 6
    assert scores["oracle"]["detection"]["au_roc"] > 0.95
    assert (report / "bias.png").stat().st_size > 10_000
    page = (report / "index.html").read_text()
    players = [path.relative_to(report).as_posix() for path in report.glob("audio/*/*.ogg")]
    assert len(players) == 1 + 2 * (len(judged) + len(BASELINES))
    assert all(quote(file) in page for file in players)


def test_statistics_are_those_of_the_stems(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    music = 0.1 * rng.standard_normal(88_200).astype(np.float32)
    voice = np.where(np.arange(88_200) < 22_050, rng.standard_normal(88_200), 0).astype(np.float32)
    voice *= 0.2
    track = song(
        "made-up",
        "one",
        "train",
        vocals=written(tmp_path / "v.wav", voice),
        accompaniment=written(tmp_path / "a.wav", music),
    )
    statistics = statistics_of(track)
    # A quarter of the time at twice the amplitude has the same energy.
    assert statistics.relative_energy_db == pytest.approx(0, abs=0.2)
    assert statistics.level_db == pytest.approx(-17, abs=0.2)
    assert statistics.vocal_share == pytest.approx(0.25, abs=0.01)


def test_the_figure_has_a_row_per_song(corpus_folder: Path, tmp_path: Path) -> None:
    bias(load("open", corpus_folder), tmp_path, lambda: None)
    with (tmp_path / "bias.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3
    assert all(0.2 < float(row["vocal_share"]) < 0.9 for row in rows)
    assert (tmp_path / "bias.png").read_bytes().startswith(b"\x89PNG")


def test_every_tenth_song_validates_if_a_data_set_names_none(tmp_path: Path) -> None:
    nothing = Recording((Part(tmp_path / "none.wav"),))
    tracks = [
        Track("dsd100", f"song {i:02}", "train" if i < 25 else "test", "song", nothing)
        for i in range(30)
    ]
    split = {t.name: t.split for t in with_validation(tracks)}
    assert [n for n, s in split.items() if s == "valid"] == ["song 00", "song 10", "song 20"]
    assert list(split.values()).count("test") == 5


def test_mistakes_are_one_clear_line(
    corpus_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    data = f"open={corpus_folder}"
    cases = {
        ("fit", "live", "--data", "corpus", "--run", "run"): "write NAME=FOLDER",
        ("fit", "live", "--data", "none=x", "--run", "run"): "none is not a known data set",
        ("fit", "dead", "--data", data, "--run", "run"): "dead is no recipe",
        ("evaluate", "none.onnx", "--data", data): "no model 'none.onnx'",
        ("evaluate", "half", "--data", data, "--split", "test"): "no song with true stems",
        ("reproduce", "--run", "run", "-o", "report"): "either --data",
    }
    for arguments, said in cases.items():
        monkeypatch.setattr(sys, "argv", ["train", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 1
        lines = capsys.readouterr().err.splitlines()
        (line,) = [line for line in lines if line.startswith("train: ")]
        assert said in line


def test_evaluating_nothing_is_refused() -> None:
    with pytest.raises(LivevoxError, match="no song"):
        evaluate({}, [], lambda: None)
