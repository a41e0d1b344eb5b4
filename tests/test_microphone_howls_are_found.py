"""A howl of the microphone is found within 100 ms of being loud; singing is none."""

from __future__ import annotations

import numpy as np
import pytest

from livevox.demo.song import demo_song
from livevox.dsp.stft import Audio
from livevox.live.mic_howl import REST_SECONDS, MicHowl
from livevox.mic.chain import MicChain
from livevox.parameters import defaults, gain
from tests.sounds import note

RATE = 44_100
BLOCK = 64
VALUES = defaults()
LOOP = 640
"""Two periods of 256, and a metre of air."""
LOOP_SECONDS = LOOP / RATE
LOUD_DB = -12.0


def howls(audio: Audio, block: int = BLOCK, level_db: float = 0.0) -> list[float]:
    """The seconds at which a howl is found in (samples,), sung into the microphone."""
    values = VALUES | {"mic": level_db}
    detector, chain, found = MicHowl(RATE, LOOP_SECONDS), MicChain(RATE, values), []
    for end in range(block, len(audio) + 1, block):
        sung = audio[None, end - block : end]
        if detector.add(sung, chain.process(sung, values), chain.reduction):
            found.append(end / RATE)
    return found


def looped(rng: np.random.Generator, growth_db: float, seconds: float) -> tuple[Audio, float]:
    """What the microphone plays in a room that brings it back :data:`LOOP` samples later, and
    louder by ``growth_db`` at one frequency; and the second at which a howl is found in it."""
    chain, detector = MicChain(RATE, VALUES), MicHowl(RATE, LOOP_SECONDS)
    turn, radius = 2 * np.pi * rng.uniform(200, 3000) / RATE, 1 - np.pi * 100 / RATE
    # A resonance, with no gain at its peak: as rooms and loudspeakers have some.
    a1, a2 = 2 * radius * float(np.cos(turn)), -(radius**2)
    at = np.exp(1j * turn)
    peak = abs((1 - at**-2) / (1 - a1 / at - a2 / at**2))
    louder = gain(growth_db) / float(peak)
    out, found = np.zeros(round(seconds * RATE), np.float32), np.inf
    x1 = x2 = y1 = y2 = 0.0
    for start in range(LOOP, len(out) - BLOCK, BLOCK):
        back = []
        for x in map(float, out[start - LOOP : start - LOOP + BLOCK]):
            y = louder * (x - x2) + a1 * y1 + a2 * y2
            x2, x1, y2, y1 = x1, x, y1, y
            back.append(y)
        sung = np.array(back) + gain(-59.0) * rng.standard_normal(BLOCK)
        sung = np.clip(sung, -1, 1).astype(np.float32)[None]
        played = chain.process(sung, VALUES)
        out[start : start + BLOCK] = played[0]
        if detector.add(sung, played, chain.reduction):
            found = min(found, (start + BLOCK) / RATE)
    return out, found


@pytest.mark.parametrize("growth_db", [2.0, 4.0, 6.0])
def test_a_howl_is_found_before_it_is_loud_for_70_ms(growth_db: float) -> None:
    out, found = looped(np.random.default_rng(round(growth_db)), growth_db, 1.5)
    frame = RATE // 200
    levels = np.abs(out[: len(out) // frame * frame].reshape(-1, frame)).max(axis=1)
    loud = np.flatnonzero(levels > gain(LOUD_DB))[0] * frame / RATE
    # The guard needs less than 30 ms to turn it down.
    assert found <= loud + 0.07


@pytest.mark.parametrize("kind", ["sung note", "flute", "sine", "chord", "beats", "sweep"])
def test_sounds_that_last_are_no_howl(kind: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(10):
        assert howls(note(rng, kind), 512) == []


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [("sine", 10, 10), ("sung note", 0, 0), ("chord", 0, 1), ("sweep", 0, 1)],
)
def test_far_into_the_limiter_little_but_a_pure_tone_is_taken_for_a_howl(
    kind: str, least: int, most: int
) -> None:
    rng, found = np.random.default_rng(1), 0
    for _ in range(10):
        sound = note(rng, kind)[: 2 * RATE]
        found += bool(howls(sound / np.abs(sound).max(), 512, level_db=12.0))
    # A note almost without overtones, held without vibrato, is a pure tone.
    assert least <= found <= most


def test_a_song_is_no_howl_though_it_is_limited() -> None:
    voice = demo_song(12.0).vocals.mean(axis=0)
    assert howls(voice / np.abs(voice).max(), level_db=6.0) == []


@pytest.mark.parametrize("block", [1, 100, 8192])
def test_blocks_change_nothing(block: int) -> None:
    tone = 2 * np.sin(2 * np.pi * 1234 * np.arange(RATE // 4) / RATE).astype(np.float32)
    (first, *_), (other, *_) = howls(tone), howls(tone, block)
    assert abs(first - other) <= max(BLOCK, block) / RATE


def test_a_howl_is_told_once_while_it_fades_away() -> None:
    tone = 2 * np.sin(2 * np.pi * 1234 * np.arange(RATE) / RATE).astype(np.float32)
    assert np.diff(howls(tone)).min() >= REST_SECONDS - BLOCK / RATE
