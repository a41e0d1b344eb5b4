"""The report is complete, in one file, safe with any name, and consistent in its numbers."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import math
import re
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from rich.console import Console

from tests.html_page import Page
from train.evaluation.comparison import compare, to_json
from train.evaluation.evaluate import Result
from train.evaluation.report import print_table, write_report
from train.evaluation.separation_metrics import (
    ExcerptScores,
    FrameScores,
    SourceScores,
    TrackScores,
)

TITLE = 'Tom & "Jerry" <script>alert(1)</script> [bold]'
SONGS = ["set/a <b> & [red]$x$", 'set/"two"', "set/three"]
SYSTEMS = ["first [i]<i>", "better & best", "no stems"]
PLAYERS = {SONGS[0]: [("mix <1>", 'a "b" #1 & 100%?.ogg'), ("vocals", "deep/er/v.ogg")]}


def track(song: str, gain: float, seed: int) -> TrackScores:
    rng = np.random.default_rng(seed)

    def source() -> SourceScores:
        return SourceScores(*(rng.normal(5, 0.3, 5) + gain))

    excerpts = tuple(
        ExcerptScores(15.0 * i, False, source(), source(), 20.0, math.nan) for i in range(8)
    )
    gap = SourceScores(*[math.nan] * 5)
    excerpts += (ExcerptScores(120.0, True, gap, gap, 30.0, 0.01),)
    frames = FrameScores(5 + gain, 9, 9, 4)
    return TrackScores(
        song, source(), source(), frames, frames, 20, 0.02, 0.01, -30, math.nan, 1, 0, excerpts
    )


def activity(seed: int, skill: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = np.repeat(rng.random(40) < 0.5, 25).astype(np.int8)
    noise = np.random.default_rng(seed + 1).standard_normal(len(labels))
    return labels, (1 / (1 + np.exp(-skill * labels - noise))).astype(np.float32)


@pytest.fixture(scope="module")
def results() -> list[Result]:
    found = []
    for number, system in enumerate(SYSTEMS):
        result = Result(system)
        if system != "no stems":
            result.tracks = [track(song, number, i) for i, song in enumerate(SONGS[:2])]
        for i, song in enumerate(SONGS[1:]):
            labels, probability = activity(i, 1 + number)
            result.names.append(song)
            result.labels.append(labels)
            # A baseline's score is a level, not a probability.
            result.activities.append(np.log10(probability) if number == 2 else probability)
        found.append(result)
    return found


@pytest.fixture(scope="module")
def page(results: list[Result], tmp_path_factory: pytest.TempPathFactory) -> Page:
    path = tmp_path_factory.mktemp("report") / "index.html"
    write_report(results, path, TITLE, ["by <us>"], PLAYERS)
    assert list(path.parent.iterdir()) == [path]
    parsed = Page(path.read_text(encoding="utf-8"))
    assert parsed.open == []
    return parsed


def test_text_arrives_as_text(page: Page) -> None:
    for text in (TITLE, "by <us>", *SONGS, *SYSTEMS, "mix <1>"):
        assert text in page.words
    assert len(page.all("script")) == 1, "the page's own"
    assert page.all("b") == page.all("i") == []


def test_every_file_and_song_is_there(page: Page) -> None:
    sources = [player["src"] or "" for player in page.all("audio")]
    assert [unquote(source) for source in sources] == [file for _, file in PLAYERS[SONGS[0]]]
    assert not any(set(source) & set('"<>#?& ') for source in sources)
    assert [link["href"] for link in page.all("a")] == [
        f"#{section['id']}" for section in page.all("section")
    ]
    assert len(page.all("section")) == len(SONGS)


def test_nothing_comes_from_elsewhere(page: Page) -> None:
    assert page.all("link") == []
    for image in page.all("img"):
        kind, data = (image["src"] or "").split(",", 1)
        assert kind == "data:image/png;base64"
        assert base64.b64decode(data, validate=True).startswith(b"\x89PNG")
        assert image["alt"]
    assert len(page.all("img")) == len(SONGS)
    assert not any(":" in (player["src"] or "") for player in page.all("audio"))


def test_better_is_bold_and_marked_where_it_is_no_chance(page: Page, results: list[Result]) -> None:
    cells = compare(results)
    first, better, without = cells["vocals_sdr"]
    assert math.isnan(first.p), "the one that the others are compared with"
    assert better.p < 0.001
    assert better.estimate.low <= better.estimate.value <= better.estimate.high
    assert math.isnan(without.estimate.value)
    assert math.isnan(first.difference.value + without.difference.value)
    gain = better.estimate.value - first.estimate.value
    assert better.difference.value == pytest.approx(gain)
    assert 0 < better.difference.low <= gain <= better.difference.high
    assert cells["au_roc"][1].p < 0.05
    assert cells["pes"][1].p == 1, "equal"
    assert f"{better.estimate.value:.2f}" in page.words
    assert any("***" in word for word in page.words)
    # The v4 metrics have one value per song: two pairs can't be significant.
    assert cells["vocals_v4_sdr"][1].p > 0.05


def test_the_terminal_shows_the_same(results: list[Result]) -> None:
    console = Console(width=150, record=True, file=io.StringIO())
    print_table(results, TITLE, console)
    text = console.export_text()
    for system in SYSTEMS:
        assert system in text
    value = compare(results)["vocals_sdr"][1].estimate.value
    assert f"{value:.2f}***" in text
    assert "EPS" not in text
    assert "Energy at predicted silence" not in text, "nobody has one"


def test_a_narrow_terminal_shows_every_number_in_tables_of_its_width(
    results: list[Result],
) -> None:
    numbers = []
    for width in (200, 70):
        console = Console(width=width, record=True, file=io.StringIO())
        print_table(results, "title", console)
        text = console.export_text()
        assert "\N{HORIZONTAL ELLIPSIS}" not in text
        assert max(map(len, text.splitlines())) <= width
        numbers.append(sorted(re.findall(r"\d+\.\d{2,}", text)))
    assert numbers[0] == numbers[1]


def test_json_has_every_number_and_no_nan(results: list[Result]) -> None:
    first, better, without = json.loads(json.dumps(to_json(results), allow_nan=False))
    assert [first["system"], better["system"], without["system"]] == SYSTEMS
    assert better["compared"]["vocals_sdr"]["p"] < 0.001
    assert first["compared"]["vocals_sdr"]["p"] is None
    assert [song["name"] for song in first["songs"]] == SONGS[:2]
    assert without["songs"] == []
    assert set(without["song_au_roc"]) == set(SONGS[1:])
    assert without["detection"]["frames"] == 2000


def test_detection_alone_and_separation_alone_have_a_report(
    results: list[Result], tmp_path: Path
) -> None:
    separation = dataclasses.replace(results[0], names=[], labels=[], activities=[])
    for number, result in enumerate((separation, results[2])):
        path = tmp_path / f"{number}.html"
        write_report([result], path, "one")
        words = Page(path.read_text(encoding="utf-8")).words
        assert not any(word.strip().lower() == "nan" for word in words)
