"""The evaluation over singers mixes every voice alike and scores it correctly."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from livevox.dsp.stft import HOP, SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from tests.singers import noise, singer, tone
from train.data.corpus import Corpus, Song, activity_of_stem, frames_of
from train.data.datasets import load
from train.data.layouts.open_corpus import HELD_OUT
from train.data.tracks import Part, Recording, Track
from train.evaluation.evaluate import Separated, Stems, System
from train.evaluation.over_singers import (
    ALONE_FRAMES,
    LEVELS_DB,
    MEASURES,
    PIECES,
    VOICE_FRAMES,
    Row,
    Trial,
    needed,
    of_singer,
    over_all,
    over_singers,
    tables,
    trials,
    write_csv,
)
from train.evaluation.voice_variants import Variant

ALONE = ALONE_FRAMES * HOP
ALL = tuple(Variant)


@pytest.fixture
def corpus() -> Corpus:
    """Three singers, tones with pauses of a second, a short one among them; pieces of noise, two of
    them too short; a song with true stems and one with estimated ones."""
    pause = np.zeros(SAMPLE_RATE, np.float32)
    singing = [
        singer("low", pause, tone(150, 4), pause, tone(200, 8), pause),
        singer("short", tone(500, 2), pause, tone(400, 1)),
        singer("high", tone(700, 20)),
    ]
    songs = [
        Song(name, singer(name, tone(300, 20)), noise(20, seed), estimated, labelled=False)
        for seed, (name, estimated) in enumerate([("true", False), ("guess", True)], 10)
    ]
    music = [noise(seconds, n) for n, seconds in enumerate((30, 20, 25, 10, 1))]
    return Corpus(songs=songs, singing=singing, instrumental=music)


def takes_all(mixture: Audio, stems: Stems | None) -> Separated:
    """A system that takes everything for voice."""
    activity = np.ones(frames_of(mixture[0]), np.float32)
    return Separated(mixture, 0 * mixture, activity)


def judged(
    corpus: Corpus,
    system: System,
    variants: tuple[Variant, ...] = (Variant.AS_IS,),
    levels_db: tuple[float, ...] = (0.0,),
) -> list[Row]:
    return over_singers({"system": system}, trials(corpus), variants, levels_db, lambda: None)


def without_music(trial: Trial) -> Trial:
    """The same over silence, so that the mixture is the voice."""
    return Trial(
        trial.singer,
        trial.voice,
        trial.activity,
        {kind: [0 * piece for piece in pieces] for kind, pieces in trial.music.items()},
    )


def test_perfect_separation_scores_high_in_every_variant(corpus: Corpus) -> None:
    def perfect(mixture: Audio, stems: Stems | None) -> Separated:
        activity = activity_of_stem(mixture[0], estimated=False) == 1
        return Separated(mixture, 0 * mixture, activity.astype(np.float32))

    silent = [without_music(trial) for trial in trials(corpus)]
    for row in over_singers({"perfect": perfect}, silent, ALL, LEVELS_DB, lambda: None):
        assert row.sdr > 100
        assert row.found > 0.97
        assert row.false < 0.03
        assert row.au_roc > 0.98


def test_the_mixture_itself_scores_the_level_it_was_mixed_at(corpus: Corpus) -> None:
    corpus.singing = [corpus.singing[-1]]
    rows = judged(corpus, takes_all, ALL, LEVELS_DB)
    assert {row.level_db for row in rows} == set(LEVELS_DB)
    for row in rows:
        assert row.sdr == pytest.approx(row.level_db, abs=0.05)
        assert (row.found, row.false, row.au_roc) == (1, 1, 0.5)


def test_the_time_without_voice_counts_for_detection_and_not_for_the_sdr(corpus: Corpus) -> None:
    def late(mixture: Audio, stems: Stems | None) -> Separated:
        whole = takes_all(mixture, stems)
        whole.activity[:ALONE_FRAMES] = 0
        vocals = mixture.copy()
        vocals[:, :ALONE] = 1
        return Separated(vocals, mixture - vocals, whole.activity)

    corpus.singing = [corpus.singing[-1]]
    for plain, row in zip(judged(corpus, takes_all), judged(corpus, late), strict=True):
        assert row.sdr == plain.sdr
        assert (row.found, row.false, row.au_roc) == (1, 0, 1)


def test_a_system_that_detects_nothing_scores_nothing(corpus: Corpus) -> None:
    def deaf(mixture: Audio, stems: Stems | None) -> Separated:
        return Separated(0 * mixture, mixture, np.zeros(frames_of(mixture[0]), np.float32))

    for row in judged(corpus, deaf):
        assert row.sdr == pytest.approx(0, abs=1e-6)
        assert (row.found, row.false, row.au_roc) == (0, 0, 0.5)


def test_frames_without_a_label_do_not_count(corpus: Corpus) -> None:
    trial = trials(corpus)[-1]
    trial.activity[-300:] = -1

    def half(mixture: Audio, stems: Stems | None) -> Separated:
        whole = takes_all(mixture, stems)
        whole.activity[:ALONE_FRAMES] = 0
        whole.activity[ALONE_FRAMES:-1][trial.activity == -1] = 0.2
        return whole

    for row in over_singers({"half": half}, [trial], (Variant.AS_IS,), (0,), lambda: None):
        assert (row.found, row.false, row.au_roc) == (1, 0, 1)


def test_the_most_sung_passage_of_a_voice_is_taken(corpus: Corpus) -> None:
    low, short, high = trials(corpus)
    assert len(low.voice) == len(high.voice) == VOICE_FRAMES * HOP
    # In the first nine seconds there are two pauses.
    assert np.mean(low.activity == 1) > 0.85
    # A short voice is used whole: without repetition or added silence.
    whole = corpus.singing[1].audio
    np.testing.assert_array_equal(short.voice, whole[: len(whole) // HOP * HOP])
    for trial in (low, short, high):
        assert len(trial.voice) == len(trial.activity) * HOP


def test_music_is_drawn_by_the_singers_name(corpus: Corpus) -> None:
    first, again = trials(corpus), trials(corpus)
    alone = Corpus(corpus.songs, [], corpus.singing[1:2], [], corpus.instrumental)
    for one, other in zip([*first, first[1]], [*again, *trials(alone)], strict=True):
        assert one.singer == other.singer
        for kind in ("songs", "instrumentals"):
            for piece, same in zip(one.music[kind], other.music[kind], strict=True):
                np.testing.assert_array_equal(piece, same)
    # Estimated accompaniments contain some voice, and short pieces are not long enough.
    assert all(len(t.music["songs"]) == 1 for t in first)
    for trial in first:
        assert len(trial.music["instrumentals"]) == PIECES
        assert all(len(p) / HOP > ALONE_FRAMES + VOICE_FRAMES for p in trial.music["instrumentals"])
    starts = {float(t.music["songs"][0][0]) for t in first}
    assert len(starts) == len(first)


def test_music_sounds_where_the_voice_is_put(corpus: Corpus) -> None:
    quiet = np.concatenate([0.01 * noise(60, 1), noise(20, 2)])
    corpus.instrumental = [quiet] * PIECES
    loudness = [np.abs(p).mean() for t in trials(corpus) for p in t.music["instrumentals"]]
    assert min(loudness) > np.abs(quiet).mean() / 2


def test_the_interval_is_over_singers_and_contains_the_mean(corpus: Corpus) -> None:
    rows = judged(corpus, takes_all, ALL, LEVELS_DB)
    means = of_singer(rows, "sdr")
    assert list(means) == ["low", "short", "high"]
    estimate = over_all(rows, "sdr")
    assert estimate.value == pytest.approx(np.mean(list(means.values())))
    assert min(means.values()) <= estimate.low < estimate.value < estimate.high
    assert estimate.high <= max(means.values())
    # More rows of the same singers do not count as more singers.
    repeated = over_all(rows * 3, "sdr")
    assert (repeated.low, repeated.high) == pytest.approx((estimate.low, estimate.high))
    assert over_all(rows, "sdr") == over_all(judged(corpus, takes_all, ALL, LEVELS_DB), "sdr")


def test_a_system_that_gives_levels_is_not_judged_by_probabilities(corpus: Corpus) -> None:
    def by_level(mixture: Audio, stems: Stems | None) -> Separated:
        whole = takes_all(mixture, stems)
        return Separated(whole.vocals, whole.accompaniment, whole.activity - 3)

    for row in judged(corpus, by_level):
        assert math.isnan(row.found)
        assert math.isnan(row.false)
        assert row.au_roc == 0.5


def test_all_rows_are_written_and_the_worst_variant_shown(corpus: Corpus, tmp_path: Path) -> None:
    steps: list[int] = []
    chosen = (Variant.AS_IS, Variant.DARK)
    systems = {"one": takes_all, "other": takes_all}
    rows = over_singers(systems, trials(corpus), chosen, (0.0, 6.0), lambda: steps.append(1))
    assert len(steps) == 2 * len(corpus.singing)
    path = tmp_path / "rows.csv"
    write_csv(rows, path)
    with path.open(encoding="utf-8") as text:
        written = list(csv.DictReader(text))
    assert len(written) == len(rows) == 2 * len(corpus.singing) * 2 * 2 * 2
    for row, cells in zip(rows, written, strict=True):
        assert [float(cells[m]) for m in MEASURES] == pytest.approx(
            [getattr(row, m) for m in MEASURES], abs=1e-4
        )
        assert (cells["singer"], cells["variant"]) == (row.singer, row.variant.value)
    shown = io.StringIO()
    for table in tables(rows):
        Console(file=shown, width=200).print(table)
    (line,) = (line for line in shown.getvalue().splitlines() if " high " in line)
    by_variant = {v: of_singer([r for r in rows if r.variant == v], "sdr")["high"] for v in chosen}
    worst = min(chosen, key=lambda v: by_variant[v])
    assert f"{by_variant[chosen[0]]:.1f} / {by_variant[worst]:.1f} {worst.value}" in line


def test_missing_singers_or_music_are_reported_in_one_line(corpus: Corpus) -> None:
    with pytest.raises(
        LivevoxError, match="0 recordings of singing, and 3 instrumentals and 1 songs"
    ):
        trials(Corpus(songs=corpus.songs, instrumental=corpus.instrumental))
    with pytest.raises(
        LivevoxError, match="3 recordings of singing, and 0 instrumentals and 0 songs"
    ):
        trials(Corpus(singing=corpus.singing, instrumental=corpus.instrumental[-1:]))
    # One kind of music is enough.
    songs_alone = trials(Corpus(songs=corpus.songs, singing=corpus.singing))
    for one, other in zip(songs_alone, trials(corpus), strict=True):
        assert list(one.music) == ["songs"]
        np.testing.assert_array_equal(one.music["songs"], other.music["songs"])


def test_unused_tracks_are_not_decoded() -> None:
    recording = Recording((Part(Path("x.wav")),))

    def track(name: str, kind: str, **more: bool) -> Track:
        return Track("open", name, "valid", kind, recording, **more)  # type: ignore[arg-type]

    tracks = [
        track("a", "singing"),
        track("b", "instrumental"),
        track("c", "song"),
        track("d", "song", estimated=True),
        track("e", "speech"),
    ]
    assert [t.name for t in needed(tracks)] == ["a", "b", "c"]
    assert [t.name for t in needed(tracks, "speech")] == ["b", "c", "e"]


def test_speakers_can_be_judged_instead_of_singers(corpus: Corpus) -> None:
    corpus.speech = corpus.singing[:1]
    (spoken,), sung = trials(corpus, "speech"), trials(corpus)
    assert spoken.singer == sung[0].singer == "low"
    np.testing.assert_array_equal(spoken.voice, sung[0].voice)
    corpus.speech = []
    with pytest.raises(LivevoxError, match="0 recordings of speech"):
        trials(corpus, "speech")


def test_voices_held_out_are_for_validation_whatever_the_table_says(tmp_path: Path) -> None:
    lines = ["path,split,seconds,licence,credit,vocal_stem,activity_labels"]
    for kind in ("singing", "speech"):
        (tmp_path / kind).mkdir()
    for path in [*sorted(HELD_OUT), "singing/somebody.ogg"]:
        (tmp_path / path).touch()
        lines.append(f"{path},train,1,CC0-1.0,-,-,no")
    (tmp_path / "tracks.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    splits = {f"{track.name}.ogg": track.split for track in load("open", tmp_path)}
    assert splits.pop("singing/somebody.ogg") == "train"
    assert splits == dict.fromkeys(HELD_OUT, "valid")
