"""`--json` prints one event per line for other programs: progress, results and errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.cli.events import (
    Detected,
    Event,
    Failed,
    Progress,
    Separated,
    Stem,
    Warned,
    from_line,
    to_line,
)
from tests.commands import livevox_process

RATE, SAMPLES = 22_050, 400_000


def events(*arguments: object, cwd: Path) -> tuple[list[Event], int, str]:
    """A command's events, its exit status, and its text on stderr."""
    result = livevox_process(*arguments, "--json", cwd=cwd)
    return (
        [from_line(line) for line in result.stdout.splitlines()],
        result.returncode,
        result.stderr,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A song with a NaN sample, and a file that is no audio."""
    noise = np.random.default_rng(0).normal(0, 0.1, (SAMPLES, 1)).astype(np.float32)
    noise[7] = np.nan
    soundfile.write(tmp_path / "song.wav", noise, RATE, "FLOAT")
    (tmp_path / "text.mp3").write_text("no song" * 50)
    return tmp_path


def test_separation_reports_progress_results_and_errors(
    folder: Path, model_files: dict[str, Path]
) -> None:
    reported, status, stderr = events(
        *("separate", "text.mp3", "song.wav", "-m", model_files["live"], "--mix", "vocals=-6"),
        *("-o", "out"),
        cwd=folder,
    )
    assert status == 1
    failed, *progress, warned, separated = reported
    assert isinstance(failed, Failed)
    assert failed.file == "text.mp3"
    assert f"livevox: {failed.message}" in stderr
    assert all(isinstance(event, Progress) and event.file == "song.wav" for event in progress)
    seconds = [event.seconds for event in progress if isinstance(event, Progress)]
    assert seconds[0] == 0
    assert seconds == sorted(set(seconds))
    assert len(seconds) > 3
    assert {p.total_seconds for p in progress if isinstance(p, Progress)} == {seconds[-1]}
    assert seconds[-1] == pytest.approx(SAMPLES / RATE, abs=1e-3)
    assert isinstance(warned, Warned)
    assert "1 samples are NaN" in warned.message
    assert isinstance(separated, Separated)
    assert [stem.stem for stem in separated.outputs] == ["vocals", "accompaniment", "mix"]
    for stem in separated.outputs:
        there = soundfile.info(folder / stem.path)
        assert (there.samplerate, there.frames) == (stem.sample_rate, stem.samples)
    assert "%" not in stderr, "no progress bar"


def test_detection_reports_intervals_and_paths(folder: Path, model_files: dict[str, Path]) -> None:
    options = ("activity", "song.wav", "-m", model_files["live"], "--curve", "curve.csv")
    reported, status, _ = events(*options, "-o", "song.lab", "--threshold", "0.5", cwd=folder)
    assert status == 0
    detected = reported[-1]
    assert isinstance(detected, Detected)
    assert detected.outputs == ("song.lab", "curve.csv")
    lines = [line.split() for line in (folder / "song.lab").read_text().splitlines()]
    sung = [(float(start), float(end)) for start, end, label in lines if label == "sing"]
    assert [pytest.approx(interval, abs=1e-3) for interval in detected.intervals] == sung


def test_a_failed_command_is_an_event_too(folder: Path) -> None:
    for command in ("separate", "activity"):
        reported, status, stderr = events(command, "song.wav", "-m", "none", cwd=folder)
        assert status == 1
        (failed,) = reported
        assert isinstance(failed, Failed)
        assert failed.file is None
        assert "no model 'none'" in failed.message
        assert stderr.splitlines() == [f"livevox: {failed.message}"]


@pytest.mark.parametrize(
    "event",
    [
        Progress("a\nb \udcff.wav", 0.0, 1.5),
        Warned("ä", '"quoted"'),
        Failed(None, "why"),
        Separated("s.wav", (Stem("out/s/vocals.wav", "vocals", 48_000, 3),)),
        Detected("s.wav", ((0.5, 1.25), (2.0, 3.0)), ()),
    ],
)
def test_every_event_survives_its_line(event: Event) -> None:
    line = to_line(event)
    assert "\n" not in line
    assert line.isascii()
    assert from_line(line) == event


@pytest.mark.parametrize("line", ["", "7", "{}", '{"event": "progress"}', '{"event": "other"}'])
def test_other_lines_are_refused(line: str) -> None:
    with pytest.raises(ValueError, match="is not an event"):
        from_line(line)
