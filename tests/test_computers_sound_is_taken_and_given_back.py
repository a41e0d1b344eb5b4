"""`livevox live --system` on a real PipeWire server: what programs play is heard without the voice,
on the card where it would have been heard, and everything is given back at the end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from livevox.dsp.stft import Audio
from tests.live import (
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
from tests.pipewire import Listener, PipewireServer, needs_pipewire
from tests.stalls import steady_period

pytestmark = [needs_pipewire, pytest.mark.real_time]

RATE = 44_100
PERIOD = 512
"""The shortest in samples; longer ones where the machine stalls."""
SINK, WAY_OUT = "livevox", "livevox-out"


@pytest.fixture(scope="module")
def server() -> Iterator[PipewireServer]:
    with PipewireServer(RATE, steady_period(RATE, PERIOD)) as server:
        yield server


def system(server: PipewireServer, config: Path, *arguments: str) -> LiveProcess:
    size = ("--block-size", str(server.period))
    return LiveProcess(server, config, "--system", *size, *arguments)


def wait_until_taken(live: LiveProcess, server: PipewireServer) -> None:
    live.wait_until_running()
    server.wait(lambda: server.default == SINK)


def assert_given_back(server: PipewireServer, default: str, configured: str | None) -> None:
    server.wait(lambda: server.default == default)
    server.wait(lambda: not {SINK, WAY_OUT} & server.outputs())
    assert server.configured == configured
    assert server.links() == set()


def entered_and_left(listener: Listener, live: LiveProcess) -> tuple[Audio, Audio]:
    """What a listener to livevox's output and to a card heard: what programs played, and what a
    person heard of it, aligned by the computed latency."""
    heard, late = listener.heard(), live.numbers["latency_samples"]
    return heard[:2, :-late], heard[2:, late:]


def sounding(audio: Audio) -> slice:
    """From the first to the last sample that is not silent."""
    sounds = np.flatnonzero(np.abs(audio).max(axis=0) > 0)
    return slice(int(sounds[0]), int(sounds[-1]) + 1)


def assert_exact(live: LiveProcess, server: PipewireServer, card: str, seed: int) -> None:
    """What the card plays is the sum of the quiet stems, late by the computed latency."""
    before = live.newest()["late_blocks"]
    listener = server.listen(SINK, card)
    server.play(noise(2 * RATE, seed))
    late_blocks = live.newest()["late_blocks"] - before
    whole = listener.heard()
    late = delay(whole[2:], whole[:2])
    assert late == live.numbers["latency_samples"]
    whole = whole[:, sounding(whole[:2])]
    played, heard = whole[:2, :-late], whole[2:, late:]
    tally(heard, STEMS_GAIN * played, played).assert_in_time(late_blocks, server.period, RATE)


def test_a_song_that_a_player_plays_is_heard_without_the_voice(
    server: PipewireServer, tmp_path: Path, song: Audio
) -> None:
    with system(server, tmp_path, "--preset", "karaoke") as live:
        wait_until_taken(live, server)
        assert live.newest()["block"] == server.period
        assert (live.numbers["input"], live.numbers["output"]) == ("the computer's sound", "card")
        before = live.newest()["late_blocks"]
        listener = server.listen(SINK, "card")
        server.play(song)
        time.sleep(1)
        late_blocks = live.newest()["late_blocks"] - before
        played, heard = entered_and_left(listener, live)
        live.end()
    within = sounding(played)
    assert np.abs(played[:, within] - song[:, : within.stop - within.start]).max() < 1e-6
    # From a period's start on.
    first = within.start // server.period * server.period
    played, heard = played[:, first:], heard[:, first:]
    expected = offline_music(played, heard, server.period)
    assert wrong_samples(played, expected, 0.01) > played.shape[1] // 10
    tally(heard, expected, played, TOLERANCE).assert_in_time(late_blocks, server.period, RATE)
    assert_given_back(server, "card", None)


def test_the_delay_is_the_computed_latency_also_after_the_card_has_changed(
    server: PipewireServer, tmp_path: Path
) -> None:
    with system(server, tmp_path, *QUIET_STEMS) as live:
        wait_until_taken(live, server)
        assert_exact(live, server, "card", 1)
        # As with headphones that are plugged in and chosen, and pulled out again.
        headphones = server.add_card("headphones", description="Headphones (USB) + [2]")
        server.default = "headphones"
        line = live.wait(lambda now: now["output"] == "Headphones (USB) + [2]")
        server.wait(lambda: server.default == SINK)
        assert_exact(live, server, "headphones", 2)
        assert not any(target.startswith("card:") for _, target in server.links())
        server.remove_card(headphones)
        live.wait(lambda line: line["output"] == "card")
        server.wait(lambda: server.default == SINK)
        assert_exact(live, server, "card", 3)
        summary = live.end()
    assert summary["pid"] == line["pid"]
    assert summary["dropouts"] == 0
    # What the user chose last is not there any more: it stays the choice for when it is.
    assert_given_back(server, "card", "headphones")
    server.default = "card"


def test_a_singer_is_heard_on_the_card_a_period_later(
    server: PipewireServer, tmp_path: Path
) -> None:
    booth = server.add_card("booth")
    server.default = "card"
    microphone = ("--mic", "1", "--mic-input", "booth", "--set", "mic_limit=0")
    with system(server, tmp_path, *microphone) as live:
        wait_until_taken(live, server)
        line = live.wait(lambda line: line["mic"] is not None)
        listener = server.listen("booth", "card")
        server.play(noise(2 * RATE), "--device=booth")
        sung, heard = np.split(listener.heard(), 2)
        live.end()
    assert delay(heard, sung) == server.period
    assert line["mic_latency_ms"] == pytest.approx(1000 * server.period / RATE, abs=0.01)
    server.remove_card(booth)


def test_a_mono_card_gets_the_mean_of_both_channels(server: PipewireServer, tmp_path: Path) -> None:
    speaker = server.add_card("speaker", channels=1)
    server.default = "speaker"
    with system(server, tmp_path, *QUIET_STEMS) as live:
        wait_until_taken(live, server)
        listener = server.listen(SINK, "speaker")
        server.play(noise(2 * RATE))
        played, heard = entered_and_left(listener, live)
        live.end()
    assert len(heard) == 1
    within = sounding(played)
    expected = STEMS_GAIN * played[:, within].mean(axis=0, keepdims=True)
    assert wrong_samples(heard[:, within], expected) < RATE // 10
    assert_given_back(server, "speaker", "speaker")
    server.remove_card(speaker)
    server.default = "card"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_everything_is_given_back_however_it_ends(
    server: PipewireServer, tmp_path: Path, number: signal.Signals
) -> None:
    server.default = "card"
    with system(server, tmp_path) as live:
        wait_until_taken(live, server)
        live.send(number)
        assert_given_back(server, "card", "card")


def test_a_killed_engine_leaves_the_sound_to_the_card_until_another_plays(
    server: PipewireServer, tmp_path: Path
) -> None:
    with system(server, tmp_path) as live:
        wait_until_taken(live, server)
        engine = live.numbers["pid"]
        os.kill(engine, signal.SIGKILL)
        server.wait(lambda: server.default == "card")
        live.wait(lambda line: line["pid"] != engine and line["state"] == "running")
        server.wait(lambda: server.default == SINK)
        assert live.end()["engine_restarts"] == 1
    assert_given_back(server, "card", "card")


def test_a_second_livevox_is_refused(server: PipewireServer, tmp_path: Path) -> None:
    with system(server, tmp_path) as live:
        wait_until_taken(live, server)
        with system(server, tmp_path) as second:
            second.wait_for_refusal("another livevox plays the computer's sound: end it first")
        assert server.default == SINK
        live.end()
    assert_given_back(server, "card", "card")


def test_sound_comes_back_with_the_server(tmp_path: Path) -> None:
    with PipewireServer(RATE, steady_period(RATE, PERIOD)) as server:
        server.default = "card"
        with system(server, tmp_path, *QUIET_STEMS) as live:
            wait_until_taken(live, server)
            server.end()
            gone = "waiting: PipeWire has ended: the sound resumes when it is back"
            live.wait(lambda line: gone in line["notices"])
            server.start()
            server.wait(lambda: server.default == SINK)
            # Meanwhile the session manager may have offered a dummy.
            live.wait(lambda line: line["state"] == "running" and line["output"] == "card")
            assert_exact(live, server, "card", 4)
            live.end()
            # Also while the engine waited, and had no sample rate.
            assert max(line["seconds"] for line in live.lines) < 300
        assert_given_back(server, "card", "card")
