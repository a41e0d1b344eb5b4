"""Loops are exact to the sample, and no command clicks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from livevox.dsp.stft import Audio
from livevox.media.playhead import FADE_SECONDS
from livevox.media.read_ahead import LEAD_SECONDS
from livevox.media.transport import BUFFER_SECONDS, MIN_LOOP_SECONDS
from tests.transports import (
    FADE,
    RATE,
    Open,
    arrive,
    at,
    listen,
    noise,
    save,
    sine,
    wait_until,
    whole_resampled,
)


def unrolled(start: int, samples: int, loop: tuple[int, int] | None) -> np.ndarray:
    """The samples of the file that follow ``start``."""
    straight = start + np.arange(samples)
    if loop is None:
        return straight
    first, last = loop
    return np.where(straight < last, straight, first + (straight - last) % (last - first))


def assert_follows(
    heard: Audio, audio: Audio, start: int, loop: tuple[int, int] | None, fade: int
) -> None:
    """Check that ``heard`` is the file from ``start`` on, with cross-fades at the loop's end."""
    place = unrolled(start, heard.shape[1], loop)
    first, last = loop or (0, 10**9)
    joint = (place >= last - fade) & (place < last)
    np.testing.assert_allclose(heard[:, ~joint], audio[:, place[~joint]], atol=2e-5)
    before = np.pad(audio, ((0, 0), (fade, 0)))[:, place[joint] - (last - first) + fade]
    weight = np.sin(np.pi / 2 * (place[joint] - (last - fade) + 1) / fade) ** 2
    expected = (1 - weight) * audio[:, place[joint]] + weight * before
    np.testing.assert_allclose(heard[:, joint], expected, atol=5e-5)


@pytest.mark.parametrize("to", [44_100, 48_000])
def test_loops_are_exact_to_the_sample_and_come_and_go_without_a_gap(
    tmp_path: Path, opened: Open, to: int
) -> None:
    audio = whole_resampled(save(tmp_path / "music.wav", noise(20)), RATE, to)
    fade = round(FADE_SECONDS * to)
    transport = opened(tmp_path / "music.wav", to)
    transport.play()
    listen(transport, to)
    rng = np.random.default_rng(to)
    loop: tuple[int, int] | None = None
    for _ in range(25):
        place = at(transport, to)
        if loop is None or loop[1] - place > 0.5 * to:
            loop = None
            if rng.random() < 0.7 or place > 12 * to:
                begin = rng.uniform(0.01, place / to - 0.01)
                end = place / to + rng.uniform(0.5, 3)
                loop = round(begin * to), round(end * to)
                transport.loop(begin, end)
            else:
                transport.loop(None)
            assert transport.looped == (loop and (loop[0] / to, loop[1] / to))
        heard = listen(transport, int(rng.uniform(0.25, 1.5) * to))
        assert_follows(heard, audio, place, loop, fade)
        assert at(transport, to) == unrolled(place, heard.shape[1] + 1, loop)[-1]
    assert transport.starved == 0


def test_a_loop_repeats_with_its_period_and_is_entered_at_its_start_from_outside(
    tmp_path: Path, opened: Open
) -> None:
    audio = save(tmp_path / "music.flac", noise(6))
    transport = opened(tmp_path / "music.flac")
    transport.play()
    spans = ((2.0, 2.0 + MIN_LOOP_SECONDS), (0.0, 1.234), (5.0, 6.0))
    for first, last in ((round(a * RATE), round(b * RATE)) for a, b in spans):
        listen(transport, 1000)
        transport.loop(first / RATE, last / RATE)
        assert at(transport) == first
        heard = arrive(transport)
        heard = heard[:, first - at(transport) :]
        heard = np.concatenate([heard, listen(transport, 3 * RATE)], axis=1)
        assert_follows(heard[:, FADE:], audio, first + FADE, (first, last), FADE)
        later = heard[:, FADE + last - first :]
        np.testing.assert_array_equal(heard[:, FADE:][:, : later.shape[1]], later)
        transport.seek(3.0)
        arrive(transport)


def test_a_loop_that_is_ended_while_it_cross_fades_goes_round_once_more(
    tmp_path: Path, opened: Open
) -> None:
    audio = save(tmp_path / "music.wav", noise(6))
    transport = opened(tmp_path / "music.wav")
    transport.play()
    loop = RATE, 3 * RATE
    transport.loop(1, 3)
    arrive(transport)
    lead = round(LEAD_SECONDS * RATE)
    for inside in (1, FADE // 2, FADE - 1):
        listen(transport, loop[1] - FADE + inside - lead - at(transport))
        place = at(transport)
        transport.loop(None)
        heard = listen(transport, loop[1] - place)
        assert_follows(heard, audio, place, loop, FADE)
        assert at(transport) == loop[0]
        np.testing.assert_array_equal(listen(transport, RATE), audio[:, RATE : 2 * RATE])
        transport.loop(1, 3)
        listen(transport, RATE // 2)


STEEPEST = 0.5 * 2 * np.pi * 110 / RATE + np.pi / 2 / FADE
"""Bound for :func:`sine` plus a cross-fade from one extreme to the other."""


def test_nothing_clicks_whatever_is_commanded_while_it_plays(tmp_path: Path, opened: Open) -> None:
    save(tmp_path / "a.wav", sine(4))
    save(tmp_path / "b.flac", sine(3))
    transport = opened(tmp_path)
    rng = np.random.default_rng(5)
    commands: list[Callable[[], None]] = [
        transport.play,
        transport.play,
        transport.pause,
        transport.next,
        transport.previous,
        lambda: transport.seek(rng.uniform(0, 4)),
        lambda: transport.seek(rng.uniform(0, 4)),
        lambda: transport.loop(start := rng.uniform(0, 2.8), start + rng.uniform(0.11, 1)),
        lambda: transport.loop(start := rng.uniform(0, 2.8), start + rng.uniform(0.11, 1)),
        lambda: transport.loop(None),
    ]
    over = threading.Event()
    failures: list[BaseException] = []

    def command() -> None:
        try:
            while not over.wait(rng.exponential(0.01)):
                commands[rng.integers(len(commands))]()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=command)
    thread.start()
    parts = []
    for k in range(800):
        # Sometimes more than the ring holds, so that it runs empty.
        parts.append(transport.read(300 if k % 100 else round(3 * BUFFER_SECONDS * RATE)))
        time.sleep(0.001)
    over.set()
    thread.join()
    assert not failures
    assert transport.error is None
    assert transport.starved > 0
    heard = np.concatenate(parts, axis=1)
    assert np.count_nonzero(heard[0]) > RATE
    assert np.abs(np.diff(heard, axis=1)).max() <= STEEPEST


def test_a_jump_just_before_the_end_does_not_click(tmp_path: Path, opened: Open) -> None:
    music = sine(1)
    save(tmp_path / "music.wav", music)
    transport = opened(tmp_path / "music.wav")
    transport.play()
    wait_until(lambda: transport.buffered == np.inf)
    before = transport.read(music.shape[1] - FADE // 2)
    transport.seek(0.3034)
    wait_until(lambda: transport.buffered > 0.3)
    heard = np.concatenate([before, transport.read(RATE // 10)], axis=1)
    assert np.abs(np.diff(heard, axis=1)).max() <= STEEPEST
