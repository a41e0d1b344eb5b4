"""`livevox live --record` leaves complete recordings after an interrupt or a killed engine."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import soundfile

from tests.jack import JackServer, needs_jack
from tests.live import JACK_CLIENT, QUIET_STEMS, LiveProcess, delay, noise, tally, wrong_samples
from tests.stalls import steady_period

pytestmark = [needs_jack, pytest.mark.real_time]

RATE = 44_100


def test_an_interrupt_leaves_whole_recordings_of_what_was_heard(tmp_path: Path) -> None:
    period = steady_period(RATE)
    recordings = tmp_path / "recordings"
    arguments = (*QUIET_STEMS, "--record", str(recordings))
    with JackServer(RATE, period) as server, LiveProcess(server, tmp_path, *arguments) as live:
        first = live.wait_until_running()
        os.kill(first["pid"], signal.SIGKILL)
        live.wait(lambda line: line["pid"] != first["pid"] and line["load"] > 0)
        live.wait(lambda line: line["recording"])
        server.wait_for_client(JACK_CLIENT)
        before = live.newest()["late_blocks"]
        heard = server.probe(JACK_CLIENT, noise(RATE)).result()
        late_blocks = live.newest()["late_blocks"] - before
        summary = live.end()
    assert summary["memory_kib"] > 0
    folders = sorted(path.parent for path in recordings.glob("*/mix.wav"))
    assert [folder.name for folder in folders] == [folders[0].name, f"{folders[0].name}_part2"]
    assert f"the recording continues in {folders[1]}" in live.errors
    for folder in folders:
        dry, vocals, music, mix = (
            soundfile.read(folder / f"{name}.wav", dtype="float32")[0].T
            for name in ("dry", "vocals", "accompaniment", "mix")
        )
        assert dry.shape == vocals.shape == music.shape == mix.shape
        assert wrong_samples(vocals + music, dry) == 0
    late = summary["latency_samples"] + period
    heard = heard[:, late:]
    at = delay(mix, heard)
    # The recording has the result even of blocks that were too late to play.
    recorded, input = (part[:, at : at + heard.shape[1]] for part in (mix, dry))
    tally(heard, recorded, input).assert_in_time(late_blocks, period, RATE)
    assert "recorded" in live.errors
