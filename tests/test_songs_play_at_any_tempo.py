"""Files at another tempo: their own pitch, exact length, true places, no clicks."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from math import log2
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.dsp.stft import Audio
from livevox.media.transport import Transport
from tests.sounds import frequency, tone

RATE = 44_100
BLOCK = 512
CLICK_SECONDS = 0.3
"""Between the clicks of a file."""


def saved(folder: Path, audio: Audio, name: str = "song.wav") -> Path:
    path = folder / name
    soundfile.write(path, audio.T, RATE, "FLOAT")
    return path


def played(
    transport: Transport, before: Callable[[int], None] = lambda at: None
) -> tuple[Audio, list[float]]:
    """All of the music in blocks, as fast as it is decoded, and the place after each block."""
    blocks: list[Audio] = []
    places: list[float] = []
    deadline = time.monotonic() + 20
    transport.play()
    while not transport.ended:
        assert time.monotonic() < deadline
        before(len(blocks) * BLOCK)
        if transport.buffered < 0.3:
            time.sleep(0.001)
            continue
        blocks.append(transport.read(BLOCK))
        places.append(transport.position)
    assert transport.starved == 0
    return np.concatenate(blocks, axis=1), places


@pytest.mark.parametrize("tempo", [0.5, 0.8, 1.5])
def test_pitch_and_length_are_exact(tmp_path: Path, tempo: float) -> None:
    audio = tone(440.0, 3.0)
    with closing(Transport([saved(tmp_path, audio)], RATE, 2)) as transport:
        transport.play_at(tempo)
        heard, places = played(transport)
    sound = np.flatnonzero(heard[0])
    assert abs((sound[-1] - sound[0]) - audio.shape[1] / tempo) <= BLOCK
    middle = heard[0, sound[0] + RATE // 2 : sound[-1] - RATE // 2]
    assert abs(1200 * log2(frequency(middle) / 440)) < 3
    assert places == sorted(places)


@pytest.mark.parametrize("tempo", [0.6, 1.4])
def test_the_place_is_that_of_the_sound(tmp_path: Path, tempo: float) -> None:
    """Clicks are where the transport says, within the 50 ms by which the stretch moves them. They
    also are after a seek, and in the next song."""
    audio = np.zeros((2, 3 * RATE), np.float32)
    step = round(CLICK_SECONDS * RATE)
    audio[:, ::step] = 0.9
    songs = [saved(tmp_path, audio), saved(tmp_path, audio, "next.wav")]
    with closing(Transport(songs, RATE, 2)) as transport:
        transport.play_at(tempo)
        transport.seek(1.0)
        heard, places = played(transport)
    place = np.repeat(places, BLOCK)[: heard.shape[1]]
    clicks = np.flatnonzero(np.abs(heard[0]) > 0.4)
    assert len(clicks) >= 15
    off = (place[clicks] + CLICK_SECONDS / 2) % CLICK_SECONDS - CLICK_SECONDS / 2
    assert np.abs(off).max() < 0.05 + BLOCK / RATE


def test_a_change_makes_no_click_and_keeps_the_place(tmp_path: Path) -> None:
    audio, changes = tone(440.0, 5.0), {0: 1.0, RATE // 2: 0.75, RATE: 1.2, 3 * RATE // 2: 1.0}
    with closing(Transport([saved(tmp_path, audio)], RATE, 2)) as transport:

        def before(at: int) -> None:
            transport.play_at(next(t for w, t in reversed(changes.items()) if at >= w))

        heard, places = played(transport, before)
    sound = np.flatnonzero(heard[0])
    steady = heard[0, sound[0] + 100 : sound[-1] - 100]
    steepest = 0.5 * 2 * np.pi * 440 / RATE
    assert np.abs(np.diff(steady)).max() < 1.15 * steepest
    # No pause: the level stays, but where two parts of the tone cross-fade.
    level = np.sqrt(2 * np.square(steady[: len(steady) // 441 * 441]).reshape(-1, 441).mean(axis=1))
    assert np.mean(level > 0.45) > 0.97
    steps = np.diff(places)
    assert steps.min() >= 0
    assert steps.max() < 1.3 * BLOCK / RATE + 0.01


def test_the_files_own_tempo_is_the_file_exactly(tmp_path: Path) -> None:
    audio = np.random.default_rng(0).uniform(-0.5, 0.5, (2, 2 * RATE)).astype(np.float32)
    with closing(Transport([saved(tmp_path, audio)], RATE, 2)) as transport:
        transport.play_at(0.7)
        transport.play_at(1.0)
        heard, _ = played(transport)
    first = int(np.flatnonzero(heard.any(axis=0))[0])
    np.testing.assert_array_equal(heard[:, first : first + audio.shape[1]], audio)


def test_loops_turn_in_their_places(tmp_path: Path) -> None:
    audio = tone(440.0, 4.0)
    with closing(Transport([saved(tmp_path, audio)], RATE, 2)) as transport:
        transport.play_at(0.5)
        transport.loop(1.0, 1.5)
        transport.play()
        deadline = time.monotonic() + 20
        places: list[float] = []
        while len(places) < 4 * RATE // BLOCK:
            assert time.monotonic() < deadline
            if transport.buffered < 0.3:
                time.sleep(0.001)
                continue
            transport.read(BLOCK)
            places.append(transport.position)
    # Half as fast, the half second lasts a second.
    inside = np.array(places[RATE // 2 // BLOCK :])
    assert inside.min() == pytest.approx(1.0, abs=0.02)
    assert inside.max() == pytest.approx(1.5, abs=0.02)
    turns = np.flatnonzero(np.diff(inside) < 0)
    assert np.diff(turns) * BLOCK / RATE == pytest.approx(1.0, abs=0.03)
