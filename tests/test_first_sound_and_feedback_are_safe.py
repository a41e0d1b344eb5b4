"""The first sound is quiet, and feedback turns the output down: by a JACK server, and by seeds."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import iirpeak, lfilter

from livevox.demo.song import demo_song
from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.live.guard import HOLD_SECONDS, HOWL_DB, RISE_DB_PER_SECOND, START_DB, Guard
from livevox.live.howl import HowlDetector
from tests.gui_harness import live_for, live_window, needs_display, wait_until
from tests.jack import SHORT_PERIOD, JackServer, needs_jack
from tests.live import JACK_CLIENT, LiveProcess, noise
from tests.sounds import note

RATE = SAMPLE_RATE
LOOP_SECONDS = 0.058
NEUTRAL = ("--preset", "karaoke", "--set", "vocals_mute=off")
"""The output is the input, delayed."""


def howls(audio: Audio, loop_seconds: float = LOOP_SECONDS, block: int = 256) -> list[float]:
    """The seconds at which (samples,) is found to howl."""
    detector = HowlDetector(RATE, loop_seconds)
    blocks = range(0, len(audio), block)
    return [i / RATE for i in blocks if detector.add(audio[None, i : i + block])]


def feedback(rng: np.random.Generator, gain_db: float, music: Audio, seconds: float) -> Audio:
    """What comes out of a loop through a room with one resonance, which clips as converters do."""
    frequency = 10 ** rng.uniform(2.2, 3.6)
    b, a = iirpeak(frequency, rng.uniform(3, 30), RATE)
    # The way through the air is longer than livevox knows.
    late = round((LOOP_SECONDS + rng.uniform(0.002, 0.012)) * RATE)
    source = 1e-3 * rng.standard_normal(round(seconds * RATE)) + music[: round(seconds * RATE)]
    out, state = np.zeros_like(source), np.zeros(2)
    for start in range(0, len(out), late):
        before = out[start - late : start] if start else np.zeros(late)
        part = source[start : start + late]
        heard, state = lfilter(b, a, before[: len(part)], zi=state)
        out[start : start + late] = np.clip(part + 10 ** (gain_db / 20) * heard, -1, 1)
    return out.astype(np.float32)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("gain_db", [2.0, 3.0, 6.0, 10.0])
def test_feedback_is_found_before_it_is_loud(gain_db: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    loop = feedback(rng, gain_db, np.zeros(10 * RATE), 4.0)
    found = howls(loop)
    assert found
    before = loop[: round(found[0] * RATE)]
    assert np.abs(before).max() < 0.5


@pytest.mark.parametrize("kind", ["sung note", "flute", "sine", "chord", "beats", "sweep"])
def test_sounds_that_last_are_no_feedback(kind: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(40):
        assert howls(note(rng, kind), rng.choice([0.035, LOOP_SECONDS, 0.15])) == []


def test_a_song_is_no_feedback_but_feedback_in_it_is_found() -> None:
    song = demo_song(20.0).mixture.mean(axis=0)
    assert howls(song) == []
    loop = feedback(np.random.default_rng(3), 3.0, 0.3 * song, 6.0)
    assert howls(loop)


@pytest.mark.parametrize("block", [1, 64, 1000, 8192])
def test_blocks_change_nothing(block: int) -> None:
    loop = feedback(np.random.default_rng(4), 4.0, np.zeros(2 * RATE), 2.0)
    (first, *_), (other, *_) = howls(loop, block=256), howls(loop, block=block)
    assert abs(first - other) <= max(256, block) / RATE


def test_the_guard_moves_without_clicks_and_comes_back() -> None:
    guard = Guard("closed")
    guard.prepare(RATE)
    ones = np.ones((2, 441), np.float32)

    def play(seconds: float) -> Audio:
        return np.concatenate([guard.apply(ones)[0] for _ in range(round(100 * seconds))])

    assert not play(1.0).any()
    guard.let_through()
    rise = play(-START_DB / RISE_DB_PER_SECOND + 0.2)
    assert 20 * np.log10(rise[round(0.1 * RATE)]) == pytest.approx(START_DB + 0.4, abs=0.3)
    assert 20 * np.log10(rise[round(2.5 * RATE)]) == pytest.approx(START_DB + 10, abs=0.3)
    assert guard.state == "open"
    assert guard.apply(ones) is ones
    guard.howled()
    fall = play(0.1)
    assert 20 * np.log10(fall[-1]) == pytest.approx(HOWL_DB, abs=0.1)
    assert guard.state == "howl"
    # It stays in force until nothing has howled for a while; another howl lowers it further.
    guard.howled()
    low = play(HOLD_SECONDS - 0.1)
    assert 20 * np.log10(low[-1]) == pytest.approx(2 * HOWL_DB, abs=0.1)
    back = play(-2 * HOWL_DB / RISE_DB_PER_SECOND + 1)
    assert guard.state == "open"
    whole = np.concatenate([[0.0], rise, fall, low, back])
    assert np.abs(np.diff(whole)).max() < 0.005
    assert np.diff(back).min() >= 0


@needs_jack
@pytest.mark.real_time
def test_real_feedback_is_turned_down_reported_and_comes_back(tmp_path: Path) -> None:
    with (
        JackServer(RATE, SHORT_PERIOD) as server,
        # Every time round is 4 dB louder.
        LiveProcess(server, tmp_path, *NEUTRAL, "--set", "output=4") as live,
    ):
        live.wait_until_running()
        connect(server, "out", "in")
        tone = np.sin(2 * np.pi * 700 * np.arange(RATE) / RATE)[: RATE // 5]
        played = np.zeros((2, 8 * RATE), np.float32)
        played[0, RATE : RATE + len(tone)] = 0.003 * tone
        quiet = 0.001 * np.random.default_rng(0).standard_normal(RATE // 2)
        played[0, 4 * RATE : 4 * RATE + len(quiet)] = quiet
        probe = server.probe(JACK_CLIENT, played)
        found = live.wait(lambda line: any("feedback" in said for said in line["notices"]))
        heard = probe.result()[0]
        # It grows by itself, is turned down before it is at full scale, and dies away.
        loudest = int(np.abs(heard).argmax())
        assert 0.01 < np.abs(heard[loudest]) < 1
        assert loudest / RATE < 3
        assert level(heard, 3.8, 4.0) < -70
        # What is played then is lower by 20 dB, and does not grow.
        at, gain = echo(quiet, heard[4 * RATE : 5 * RATE])
        assert 20 * np.log10(gain) == pytest.approx(4 + HOWL_DB, abs=0.5)
        assert at / RATE == pytest.approx(found["latency_ms"] / 1000, abs=0.03)
        disconnect(server, "out", "in")
        live.wait(lambda line: not line["notices"])
        live.end()


@needs_jack
@pytest.mark.real_time
def test_the_first_sound_begins_softly_and_rises(tmp_path: Path) -> None:
    with JackServer(RATE, SHORT_PERIOD) as server:
        with LiveProcess(server, tmp_path, *NEUTRAL, first=True) as live:
            live.wait_until_running()
            played = noise(round(6.5 * RATE), 3)
            heard = server.probe(JACK_CLIENT, played).result()
            late = round(live.numbers["latency_ms"] / 1000 * RATE)
            windows = np.arange(RATE // 2, 6 * RATE, RATE // 10)
            gains = np.array([gain_at(played, heard, late, at) for at in windows])
            live.end()
        rising = gains[gains < -0.5]
        assert START_DB - 0.5 < gains[0] < -4
        assert np.diff(rising) == pytest.approx(RISE_DB_PER_SECOND / 10, abs=0.15)
        assert gains[-5:] == pytest.approx(0, abs=0.01)
        # From the second start on it is as loud as it was.
        with LiveProcess(server, tmp_path, *NEUTRAL) as live:
            assert not live.wait_until_running()["notices"]


@needs_display
def test_nothing_is_heard_in_the_window_before_start(tmp_path: Path) -> None:
    from PyQt6.QtCore import Qt
    from PyQt6.QtTest import QTest
    from PyQt6.QtWidgets import QPushButton

    with live_window(tmp_path, first_run=True, guard="closed") as live:
        window = live.window
        assert live.view_model.status.guard == "closed"

        def heard() -> Audio:
            probe = live.server.probe(JACK_CLIENT, noise(RATE))
            live_for(1.5)
            return probe.result()

        assert not heard().any()
        # Another page is no consent.
        window.show_page(1)
        live_for(0.2)
        assert not heard().any()
        assert any("until you press Start" in text for text in window.notices.texts)
        button = next(b for b in window.notices.findChildren(QPushButton) if b.text() == "Start")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        wait_until(lambda: live.view_model.status.guard == "rising")
        first = np.abs(heard()).max()
        assert first > 0
        wait_until(lambda: live.view_model.status.guard == "open")
        assert np.abs(heard()).max() > first


def level(audio: Audio, start: float, end: float) -> float:
    """The peak in dB of some seconds."""
    return 20 * float(np.log10(np.abs(audio[round(start * RATE) : round(end * RATE)]).max() + 1e-9))


def echo(sent: Audio, heard: Audio) -> tuple[int, float]:
    """How many samples later ``sent`` is heard, and how loud."""
    likeness = np.correlate(heard, sent, "valid") / np.square(sent).sum()
    at = int(np.abs(likeness).argmax())
    return at, float(np.abs(likeness[at]))


def gain_at(played: Audio, heard: Audio, late: int, at: int) -> float:
    """In dB, over 50 ms from the sample ``at`` of what is heard; the lag is within a period."""
    now = heard[0, at : at + RATE // 20]
    best = 0.0
    for lag in range(late - 600, late + 600):
        then = played[0, at - lag : at - lag + RATE // 20]
        best = max(best, float(now @ then / (then @ then)))
    return 20 * float(np.log10(best + 1e-9))


def connect(server: JackServer, source: str, target: str) -> None:
    jack(server, "jack_connect", source, target)


def disconnect(server: JackServer, source: str, target: str) -> None:
    jack(server, "jack_disconnect", source, target)


def jack(server: JackServer, command: str, source: str, target: str) -> None:
    # PortAudio does not always count its ports from 0.
    ports = [
        min(port for port in server.ports() if port.startswith(f"{JACK_CLIENT}:{kind}_"))
        for kind in (source, target)
    ]
    environment = os.environ | server.environment
    subprocess.run([command, "-s", server.name, *ports], env=environment, check=True)
