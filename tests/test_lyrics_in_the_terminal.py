"""`livevox live` shows the lyrics of the song that plays, in time with what is heard."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.cli.sung import SungLines
from livevox.dsp.stft import FRAME_RATE, SAMPLE_RATE
from livevox.live.telemetry import LONGEST_GUESS, STAGES, Place, Telemetry
from tests.jack import JackServer, needs_jack
from tests.live import environment
from tests.terminal import Terminal


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.wav"
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, 6 * SAMPLE_RATE)
    soundfile.write(path, noise, SAMPLE_RATE)
    path.with_suffix(".lrc").write_text(
        "[00:01.00]The first line\n[00:03.00]<00:03.00>Second <00:04.00>one<00:05.00>\n"
    )
    return path


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    telemetry = Telemetry()
    yield telemetry
    telemetry.close()


def test_what_is_sung_is_marked_when_it_is_heard(song: Path, telemetry: Telemetry) -> None:
    sung = SungLines(telemetry)
    assert sung.shown() == []
    assert sung.follow(song) is None
    fields = telemetry.fields
    fields.playing = True
    device = 0.02
    fields.budget = [0.0] * (len(STAGES) - 1) + [device]
    late = 0.5
    for second in np.arange(0.0, 5.5, 0.1):
        telemetry.set_place(Place((second + late) * FRAME_RATE, second + late))
        fields.heard_frame = (second + device) * FRAME_RATE
        # Reckoned on from a little earlier.
        fields.heard_at = time.monotonic()
        first, following = sung.shown()
        marked = [str(line)[s.start : s.end] for line in (first, following) for s in line.spans]
        if second < 0.95:
            assert (str(first).strip(), marked) == ("The first line", [])
        elif 1.05 < second < 2.95:
            assert marked == ["The first line"]
            assert str(following).strip() == "Second one"
        elif 3.05 < second < 4.95:
            characters = 7 * (second - 3) if second < 4 else 7 + 3 * (second - 4)
            done = "".join(marked)
            assert "Second one".startswith(done)
            assert abs(len(done) - characters) <= 1.1
        elif second > 5.05:
            assert (str(first), str(following)) == ("", "")
    # Without news of what is heard it is reckoned on for a moment only.
    fields.heard_at = time.monotonic() - 100
    before = telemetry.heard_frame(time.monotonic())
    assert before == pytest.approx(fields.heard_frame + (LONGEST_GUESS - device) * FRAME_RATE)


def test_a_damaged_file_is_one_clear_line(song: Path, telemetry: Telemetry) -> None:
    song.with_suffix(".lrc").write_text("no times at all")
    sung = SungLines(telemetry)
    problem = sung.follow(song)
    assert problem is not None
    assert problem.startswith("no lyrics: ")
    assert "song.lrc has no line with a time" in problem
    assert sung.shown() == []
    # It is reported once.
    assert sung.follow(song) is None


@needs_jack
def test_the_lines_come_one_after_the_other(song: Path, tmp_path: Path) -> None:
    with JackServer() as server:
        terminal = Terminal(environment(server, tmp_path / "config"), "live", "--input", str(song))
        try:
            terminal.wait_for("The first line")
            terminal.wait_for(r"\x1b\[1;33mThe first line")
            terminal.wait_for(r"\x1b\[1;33mSeco")
            terminal.type("q")
            assert terminal.ended() == 0
        finally:
            terminal.close()
