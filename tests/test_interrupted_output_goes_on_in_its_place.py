"""After an underrun the output resumes with the same latency as before."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from livevox.device.jack_name import JACK_CLIENT
from livevox.dsp.stft import Audio
from tests.jack import JackServer, needs_jack
from tests.stalls import steady_period

pytestmark = [needs_jack, pytest.mark.real_time]

RATE = 44_100
SECONDS = 6
PROGRAM = f"""
import sys, threading, time
import numpy as np
from livevox.device import devices
from livevox.device.stream import AudioStream
from livevox.priority import real_time

listens, period, stall = sys.argv[1] == "listens", int(sys.argv[2]), float(sys.argv[3])
output = devices.choose(None, "output")
input = devices.choose_input(None) if listens else None
stream = AudioStream(output, (1, 2), input, (1, 2), {RATE}, period)
taken, begun = 0, np.inf
real_time(20)
stream.start()
print(stream.latency, flush=True)
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
stalls = [int(1.0 * {RATE}), int(3.0 * {RATE})]
while not ended.is_set():
    while stream.elapsed - taken >= period:
        counted = np.arange(taken, taken + period, dtype=np.float32) / 2**22
        block = stream.read() if listens else np.stack([counted, counted])
        # Stalls before the probe listens would not be heard whole.
        if block.any():
            begun = min(begun, taken)
        stream.write(block)
        taken += period
    stream.follow()
    if stalls and taken - begun > stalls[0]:
        del stalls[0]
        time.sleep(stall)
    time.sleep(0.0005)
print(stream.dropouts, stream.gaps, stream.gap_samples, flush=True)
stream.close()
"""


def stall_seconds(period: int) -> float:
    """A stall long enough to empty the output."""
    return 0.06 + 4 * period / RATE


@contextmanager
def program(server: JackServer, kind: str) -> Iterator[subprocess.Popen[str]]:
    period = server.period
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, kind, str(period), str(stall_seconds(period))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | server.environment,
    )
    try:
        server.wait_for_client(JACK_CLIENT)
        yield process
    finally:
        process.kill()
        process.communicate()


def gaps(heard: Audio, expected: Audio, period: int) -> list[int]:
    """The lengths of wrong passages, which are more than a period apart."""
    wrong = np.flatnonzero(np.abs(heard - expected).max(axis=0) > 1e-6)
    parts = np.split(wrong, np.flatnonzero(np.diff(wrong) > period) + 1)
    return [int(part[-1] - part[0] + 1) for part in parts if len(part)]


def test_the_latency_is_the_same_after_a_gap() -> None:
    played = 0.1 * np.random.default_rng(2).standard_normal((2, SECONDS * RATE)).astype(np.float32)
    period = steady_period(RATE)
    with JackServer(RATE, period) as server, program(server, "listens") as process:
        assert process.stdout is not None
        latency = int(process.stdout.readline())
        heard = server.probe(JACK_CLIENT, played).result()
        ended, _ = process.communicate("")
    late = latency + period
    found = gaps(heard[:, late:], played[:, :-late], period)
    # The stalls, and the time to realign the output.
    assert found
    assert max(found) < stall_seconds(period) * RATE + 17 * period
    _, count, samples = map(int, ended.split())
    assert len(found) == count
    # In addition to the gap, the block that fades in differs.
    assert samples <= sum(found) <= samples + count * period
    assert np.array_equal(heard[:, -RATE // 2 :], played[:, -late - RATE // 2 : -late])


def test_what_is_played_from_elsewhere_loses_nothing() -> None:
    unused = np.zeros((2, SECONDS * RATE), np.float32)
    with JackServer(RATE, steady_period(RATE)) as server, program(server, "only plays") as process:
        heard = server.probe(JACK_CLIENT, unused).result()
        ended, _ = process.communicate("")
    counted = np.round(heard[0] * 2**22).astype(int)
    assert int(ended.split()[0]) >= 1
    playing = counted[counted > 0]
    np.testing.assert_array_equal(np.diff(playing), 1)
    assert np.count_nonzero(np.diff(np.flatnonzero(counted)) > 1) >= 1
