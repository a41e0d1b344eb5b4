"""--start and --duration take these samples of a file, and say where there are none."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.cli.events import Detected, from_line
from livevox.cli.span import Span
from livevox.errors import LivevoxError
from livevox.media.files import open_audio
from tests.audio_files import RATE, sound, write
from tests.commands import assert_refused, livevox


@pytest.mark.parametrize("suffix", ["wav", "flac"])
@pytest.mark.parametrize(("start", "duration"), [(0, None), (0.5, None), (0, 0.7), (0.51, 0.3)])
@pytest.mark.parametrize("block", [1000, 100_000])
def test_a_span_has_the_samples_of_the_file(
    suffix: str, start: float, duration: float | None, block: int, tmp_path: Path
) -> None:
    fed = sound(2, 1.0)
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, fed.T, RATE, "PCM_16")
    span = Span(start, duration)
    first = round(start * RATE)
    wanted = fed[:, first:] if duration is None else fed[:, first : first + round(duration * RATE)]
    with open_audio(path) as source:
        out = np.concatenate(list(span.blocks(source, block, lenient=False)), axis=1)
        assert span.samples(source) == wanted.shape[1]
    np.testing.assert_array_equal(out, wanted)


def test_longer_spans_end_with_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", sound(2, 1.0), RATE)
    with open_audio(path) as source:
        assert Span(0.75, 10).samples(source) == RATE // 4
        with pytest.raises(LivevoxError, match=r"has 1\.00 s, but --start is 1"):
            Span(1.0).samples(source)
    for bad in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(LivevoxError, match="--duration is"):
            Span(0.0, bad)
    for bad in (-1.0, float("nan"), float("inf")):
        with pytest.raises(LivevoxError, match="--start is"):
            Span(bad)


def test_activity_of_a_span_has_the_times_of_the_file(tmp_path: Path) -> None:
    write(tmp_path / "song.wav", sound(2, 3.0), RATE)
    command = ["activity", "song.wav", "--start", 1, "--duration", 1.5, "--threshold", 0.001]
    options = ["--hysteresis", 0, "-o", "song.lab", "--curve", "song.csv", "--json"]
    result = livevox(*command, *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    lines = [line.split() for line in (tmp_path / "song.lab").read_text().splitlines()]
    assert (lines[0][0], lines[-1][1]) == ("1.000", "2.500")
    assert all(first[1] == second[0] for first, second in pairwise(lines))
    detected = from_line(result.stdout.splitlines()[-1])
    assert isinstance(detected, Detected)
    sung = [(float(start), float(end)) for start, end, label in lines if label == "sing"]
    assert sung
    assert [pytest.approx(interval, abs=0.0015) for interval in detected.intervals] == sung
    curve = np.loadtxt(tmp_path / "song.csv", delimiter=",", skiprows=1)
    assert curve[0, 0] == 1
    assert curve[-1, 0] == pytest.approx(2.5, abs=0.03)


def test_stems_of_a_span_sum_to_it(tmp_path: Path) -> None:
    fed = sound(2, 2.0)
    write(tmp_path / "song.wav", fed, RATE)
    command = ["separate", "song.wav", "--start", 0.5]
    result = livevox(*command, "--duration", 1, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    vocals, accompaniment = (
        soundfile.read(tmp_path / "separated" / "song" / f"{stem}.wav")[0].T
        for stem in ("vocals", "accompaniment")
    )
    np.testing.assert_allclose(
        vocals + accompaniment, fed[:, RATE // 2 : RATE // 2 + RATE], atol=1e-6
    )
    assert_refused(livevox(*command, "--start", 9, cwd=tmp_path), "but --start is 9")
