"""Two `livevox live` at once on a server at 48 kHz: one plays its input, one a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.jack import JackServer, needs_jack
from tests.live import JACK_CLIENT, QUIET_STEMS, STEMS_GAIN, LiveProcess, delay, noise, tally
from tests.stalls import steady_period

pytestmark = [needs_jack, pytest.mark.real_time]

RATE = 48_000


def test_both_play_what_they_should_as_late_as_they_say(tmp_path: Path) -> None:
    period = steady_period(RATE, 128)
    held = noise(60 * RATE, 1)
    song = tmp_path / "song.wav"
    soundfile.write(song, held.T, RATE, "FLOAT")
    with (
        JackServer(RATE, period) as server,
        LiveProcess(server, tmp_path / "a", *QUIET_STEMS) as first,
    ):
        first.wait_until_running()
        arguments = (*QUIET_STEMS, "--input", str(song))
        with LiveProcess(server, tmp_path / "b", *arguments) as second:
            began = second.wait(lambda line: line["playing"])
            server.wait_for_client(f"{JACK_CLIENT}-01")
            played = noise(2 * RATE)
            before = [live.newest()["late_blocks"] for live in (first, second)]
            of_input = server.probe(JACK_CLIENT, played).result()
            of_file = server.probe(f"{JACK_CLIENT}-01", np.zeros_like(played)).result()
            later = second.wait(lambda line: line["position"] > began["position"])
            after = [live.newest()["late_blocks"] for live in (first, second)]
            summaries = second.end(), first.end()

    assert [summary["sample_rate"] for summary in summaries] == [RATE, RATE]
    late = summaries[1]["latency_samples"] + period
    assert delay(of_input, played) == late
    late_first, late_second = np.subtract(after, before)
    of_input, played = of_input[:, late:], played[:, :-late]
    tally(of_input, STEMS_GAIN * played, played).assert_in_time(late_first, period, RATE)

    at = delay(held, of_file)
    assert 0 < at / RATE < later["position"] + 1
    part = held[:, at : at + of_file.shape[1]]
    tally(of_file, STEMS_GAIN * part, part).assert_in_time(late_second, period, RATE)
