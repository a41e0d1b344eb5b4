"""The output of `livevox live` on a JACK server equals the offline result at the stated latency."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from livevox.dsp.stft import Audio
from livevox.parameters import gain
from tests.jack import JackServer, needs_jack
from tests.live import (
    JACK_CLIENT,
    QUIET_STEMS,
    STEMS_GAIN,
    TOLERANCE,
    LiveProcess,
    delay,
    noise,
    offline_music,
    tally,
    wrong_samples,
)
from tests.midi_peer import Peer
from tests.midi_peer import environment as variables
from tests.stalls import steady_period

pytestmark = [needs_jack, pytest.mark.real_time]

RATE = 44_100
MEMORY_SECONDS = 1.5
"""Samples after which earlier input no longer affects the network."""
LONG_PERIOD = 1024
"""Period in samples for stable sound on a machine with other load."""


@pytest.fixture(scope="module")
def server() -> Iterator[JackServer]:
    period = steady_period(RATE, LONG_PERIOD)
    with JackServer(RATE, period) as server, variables(**server.environment):
        yield server


@pytest.fixture(scope="module")
def desk(server: JackServer) -> Iterator[Peer]:
    with closing(Peer("desk")) as peer:
        yield peer


@pytest.fixture(scope="module")
def live(
    server: JackServer, desk: Peer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveProcess]:
    """livevox with quiet stems, other defaults and the presets' MIDI map; one process for all
    tests."""
    arguments = (*QUIET_STEMS, "--midi-in", "desk:keys")
    with LiveProcess(server, tmp_path_factory.mktemp("config"), *arguments) as live:
        live.wait_until_running()
        yield live


def latency(live: LiveProcess) -> int:
    # JACK closes the loop with a period's delay.
    return int(live.numbers["latency_samples"]) + live.server.period


def through(live: LiveProcess, played: Audio) -> tuple[Audio, Audio, int]:
    """The played audio, the recorded audio aligned by the computed latency, and the number of late
    blocks meanwhile."""
    before = live.newest()["late_blocks"]
    heard = live.server.probe(JACK_CLIENT, played).result()
    late_blocks = live.newest()["late_blocks"] - before
    late = latency(live)
    return played[:, :-late], heard[:, late:], late_blocks


def assert_exact(live: LiveProcess, played: Audio) -> None:
    """The output is the sum of the input's quiet stems."""
    played, heard, late_blocks = through(live, played)
    dry = level(live) * played
    tally(heard, STEMS_GAIN * dry, dry).assert_in_time(late_blocks, live.server.period, RATE)


def level(live: LiveProcess) -> np.float32:
    return np.float32(gain(live.numbers["parameters"]["output"]))


def test_the_delay_is_the_computed_latency_and_nothing_else_changes(live: LiveProcess) -> None:
    played = noise(2 * RATE)
    heard = live.server.probe(JACK_CLIENT, played).result()
    assert delay(heard, played) == latency(live)
    assert_exact(live, played)


def test_a_midi_control_moves_what_is_heard(live: LiveProcess, desk: Peer) -> None:
    before = live.numbers["parameters"]["output"]
    # Move through the current value, where takeover happens, to another one.
    desk.send(*([0xB0, 7, value] for value in [*range(127, 60, -1), *range(60, 91)]))
    live.wait(lambda line: abs(line["parameters"]["output"] - (90 / 127 * 72 - 60)) < 1e-3)
    assert abs(before - live.numbers["parameters"]["output"]) > 5
    assert_exact(live, noise(RATE, 1))


def test_without_the_voice_it_equals_the_offline_result(
    live: LiveProcess, desk: Peer, song: Audio
) -> None:
    desk.send([0xB0, 80, 127])
    live.wait(lambda line: line["parameters"]["vocals_mute"] == 1)
    time.sleep(MEMORY_SECONDS)
    whole = np.ascontiguousarray(song[:, : round(3.5 * RATE)])
    played, heard, late_blocks = through(live, whole)
    desk.send([0xB0, 80, 0], [0xB0, 80, 127], [0xB0, 80, 0])
    live.wait(lambda line: line["parameters"]["vocals_mute"] == 0)

    music_gain = level(live) * STEMS_GAIN
    expected = music_gain * offline_music(whole, heard / music_gain, live.server.period)
    expected = expected[:, : played.shape[1]]
    dry = level(live) * played
    assert wrong_samples(dry, expected / STEMS_GAIN, 0.01) > played.shape[1] // 10
    tally(heard, expected, dry, TOLERANCE).assert_in_time(late_blocks, live.server.period, RATE)


def test_sound_goes_on_unbroken_while_the_client_is_stopped(live: LiveProcess) -> None:
    played = noise(5 * RATE, 2)
    before = live.newest()["late_blocks"]
    probe = live.server.probe(JACK_CLIENT, played)
    live.send(signal.SIGSTOP)
    # For the whole duration of the probe.
    heard = probe.result()
    live.send(signal.SIGCONT)
    after = live.wait(lambda line: line["state"] == "running")
    late = latency(live)
    dry = level(live) * played[:, :-late]
    late_blocks = after["late_blocks"] - before
    tally(heard[:, late:], STEMS_GAIN * dry, dry).assert_in_time(
        late_blocks, live.server.period, RATE
    )


def test_a_killed_engine_is_started_again(live: LiveProcess) -> None:
    before = live.numbers
    os.kill(before["pid"], signal.SIGKILL)
    after = live.wait(lambda line: line["pid"] != before["pid"] and line["load"] > 0)
    assert after["engine_restarts"] == before["engine_restarts"] + 1
    assert after["parameters"] == before["parameters"]
    assert after["samples"] > before["samples"]
    assert_exact(live, noise(RATE, 3))


def test_sound_comes_back_with_the_server(live: LiveProcess) -> None:
    before = live.numbers
    live.server.kill()
    waiting = live.wait(lambda line: line["state"] == "waiting")
    assert any(notice.startswith("waiting: ") for notice in waiting["notices"])
    time.sleep(1)
    live.server.restart()
    after = live.wait_until_running()
    assert (after["input"], after["output"]) == (before["input"], before["output"])
    assert after["latency_samples"] == before["latency_samples"]
    live.server.wait_for_client(JACK_CLIENT)
    assert_exact(live, noise(RATE, 4))
