"""After a sound server changes its period, sound goes on at a latency that is reported."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.live.unheard import Unheard, lets_through
from livevox.parameters import SILENCE_DB, defaults
from tests.jack import JackServer, needs_jack
from tests.jack_changes import change_period, longer
from tests.live import (
    JACK_CLIENT,
    QUIET_STEMS,
    STEMS_GAIN,
    LiveProcess,
    delay,
    noise,
    tally,
)
from tests.pipewire import PipewireServer, needs_pipewire
from tests.stalls import steady_period

BREAKS_ONCE = """
from livevox.device.stream import AudioStream

in_order, streams = AudioStream.write, []

def broken(self, block):
    # The first output falls silent after two seconds, and livevox does not learn of it otherwise.
    streams.extend([self] if self not in streams else [])
    if self is streams[0] and self._handed > 2 * self.sample_rate:
        in_order(self, 0 * block)
        return False
    return in_order(self, block)

AudioStream.write = broken
"""

pytestmark = [needs_jack, pytest.mark.real_time]

RATE = 44_100
"""The longest period in samples that jackd takes."""
PERIODS_TO_OPEN = 20


def gap(heard: np.ndarray) -> int:
    """The length of the longest silence, in samples."""
    sounds = np.flatnonzero(np.abs(heard).max(axis=0) > 1e-6)
    return int(np.diff(sounds).max(initial=0))


def test_the_sound_resumes_soon_at_the_reported_latency(tmp_path: Path) -> None:
    first = steady_period(RATE)
    with JackServer(RATE, first) as server, LiveProcess(server, tmp_path, *QUIET_STEMS) as live:
        lines = [live.wait_until_running()]
        for period in (longer(first, 4), first, longer(first, 8)):
            earlier = live.newest()
            change_period(server, period)
            lines.append(live.wait(lambda line, to=period: line["block"] == to))
            before, played = live.newest()["late_blocks"], noise(2 * RATE)
            heard = server.probe(JACK_CLIENT, played).result()
            now = live.newest()
            after = now["late_blocks"]
            silent = now["gap_seconds"] - earlier["gap_seconds"]
            print(f"{silent:.2f} s of silence from {lines[-2]['block']} to {period} samples")
            assert now["gaps"] > earlier["gaps"]
            # Measuring the new period and opening the devices take some periods.
            assert silent < 1 + PERIODS_TO_OPEN * period / RATE
            late = lines[-1]["latency_samples"] + period
            assert delay(heard, played) == late
            played, heard = played[:, :-late], heard[:, late:]
            tally(heard, STEMS_GAIN * played, played).assert_in_time(after - before, period, RATE)
            ms = round(lines[-1]["latency_ms"])
            line = f"a period of {period} samples instead of {lines[-2]['block']}"
            assert f"{line}: the devices were reopened, the latency is now {ms} ms" in live.errors
        summary = live.end()
    assert summary["engine_restarts"] == 0
    assert summary["pid"] == lines[0]["pid"]


def test_a_song_resumes_at_its_position(tmp_path: Path) -> None:
    first = steady_period(RATE)
    song = tmp_path / "song.wav"
    soundfile.write(song, noise(60 * RATE).T, RATE)
    arguments = (*QUIET_STEMS, "--input", str(song))
    with JackServer(RATE, first) as server, LiveProcess(server, tmp_path, *arguments) as live:
        before = live.wait(lambda line: line["playing"] and line["position"] > 1)
        period = longer(first, 4)
        change_period(server, period)
        after = live.wait(lambda line: line["block"] == period)
        assert after["playing"]
        assert 0 < after["position"] - before["position"] < 5
        live.wait(lambda line: line["position"] > after["position"] + 1)
        live.end()


def test_an_output_that_is_silent_where_it_should_sound_is_opened_anew(tmp_path: Path) -> None:
    period = steady_period(RATE)
    (tmp_path / "sitecustomize.py").write_text(BREAKS_ONCE)
    variables = {"PYTHONPATH": str(tmp_path)}
    with (
        JackServer(RATE, period) as server,
        LiveProcess(server, tmp_path, *QUIET_STEMS, variables=variables) as live,
    ):
        first = live.wait_until_running()
        # What is silent is left alone as long as nothing sounds.
        live.wait(lambda line: line["seconds"] > 6)
        assert "the output was silent" not in live.errors
        probe = server.probe(JACK_CLIENT, noise(8 * RATE))
        mended = live.wait(lambda line: line["dropouts"] > first["dropouts"])
        assert not probe.result()[:, : 2 * RATE].any()
        heard = server.probe(JACK_CLIENT, noise(2 * RATE)).result()
        assert gap(heard) < RATE // 10
        assert live.newest()["dropouts"] == mended["dropouts"]
        live.end()
    assert "the output was silent for 2 s: the devices were reopened" in live.errors


@pytest.mark.parametrize(
    ("values", "through"),
    [
        ({}, True),
        ({"vocals_mute": 1.0}, False),
        ({"accompaniment_solo": 1.0}, False),
        ({"output": SILENCE_DB}, False),
        ({"vocals": SILENCE_DB}, False),
        ({"output": -40.0, "bypass": 1.0}, True),
    ],
)
def test_a_mute_is_no_fault(values: dict[str, float], through: bool) -> None:
    assert lets_through(defaults() | values) == through
    watch = Unheard()
    for _ in range(10):
        watch.add(noise(256), np.zeros((2, 256), np.float32), through, played=True)
    assert watch.samples == (2560 if through else 0)


@needs_pipewire
def test_pipewires_rate_and_quantum_are_followed(tmp_path: Path) -> None:
    first, song = steady_period(48_000), tmp_path / "song.wav"
    soundfile.write(song, noise(120 * RATE).T, RATE)
    arguments = (*QUIET_STEMS, "--input", str(song), "--output", "card")
    with PipewireServer(48_000, first, jack=True) as server, ExitStack() as stack:
        server.set_period(first)
        live = stack.enter_context(LiveProcess(server, tmp_path, *arguments))
        before = live.wait(lambda line: line["playing"] and line["block"] == first)
        changes = (
            partial(server.set_rate, RATE),
            partial(server.set_period, longer(first, 2)),
            partial(server.set_rate, 48_000),
        )
        for change in changes:
            change()
            after = live.wait(
                lambda line, gaps=before["gaps"]: (
                    (line["sample_rate"], line["block"]) == (server.rate, server.period)
                    and line["gaps"] > gaps
                )
            )
            assert after["state"] == "running"
            assert after["playing"]
            # The song goes on, at the place where it was.
            assert 0 < after["position"] - before["position"] < 6
            before = live.wait(
                lambda line, place=after["position"]: (
                    line["position"] > place + 1 and line["levels_db"]["output"] is not None
                )
            )
            message = f"the latency is now {round(before['latency_ms'])} ms"
            assert message in live.errors
        summary = live.end()
    assert summary["engine_restarts"] == 0
    assert f"a sample rate of {RATE} Hz instead of 48000 Hz" in live.errors
