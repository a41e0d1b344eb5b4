"""However late the worker is, every sample is written in time: the result, or the aligned input.

The clock is simulated, so that lateness is exact; the I/O thread is the real one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
import pytest

from livevox.device.blocks import headroom
from livevox.dsp.stft import Audio
from livevox.live.io_thread import IoThread
from livevox.live.telemetry import Telemetry
from livevox.live.worker import Job, Result
from livevox.processor import Outputs
from livevox.separator import Separation

RATE = 44_100
BLOCK = 256
LATENCY = 700
"""Latency of the worker in samples: not a multiple of the block."""
FIRST_LATE, LAST_LATE = 40, 60


class ClockedStream:
    """A device whose callbacks the test controls, with a burst of blocks at once."""

    block = BLOCK
    sample_rate = RATE
    stopped = False
    xruns = 0
    dropouts = 0
    gaps = 0
    gap_samples = 0
    drift_ratio = 1.0

    def __init__(self, blocks_at_once: int) -> None:
        self.burst = blocks_at_once * BLOCK
        self.headroom = self.latency = headroom(BLOCK, RATE, burst=self.burst)
        self.elapsed = 0
        self._queue: Audio = np.zeros((2, self.headroom), np.float32)
        self.played: list[Audio] = []

    @property
    def fill(self) -> int:
        return self._queue.shape[1]

    def callback(self) -> None:
        assert self.fill >= self.burst, "the output ran dry"
        self.played.append(self._queue[:, : self.burst])
        self._queue = self._queue[:, self.burst :]
        self.elapsed += self.burst

    def write(self, block: Audio) -> bool:
        self._queue = np.concatenate([self._queue, block], axis=1)
        return True

    def follow(self) -> None:
        pass


class DelayedWorker:
    """Doubles and delays its input; the test sets by how many blocks the results are late."""

    def __init__(self, late_blocks: Callable[[int], int]) -> None:
        self.results: deque[Result] = deque()
        self._late = late_blocks
        self._line: Audio = np.zeros((2, LATENCY), np.float32)
        self._waiting: deque[tuple[int, Result]] = deque()
        self._count = 0

    def put(self, job: Job) -> None:
        audio = np.concatenate([self._line, job.block], axis=1)
        dry, self._line = audio[:, :BLOCK], audio[:, BLOCK:]
        none = np.zeros((0, 257), np.float32)
        part = Separation(dry, dry, np.zeros(0, np.float32), none, none)
        due = self._count + self._late(self._count)
        self._waiting.append((due, Result(job.position, Outputs(2 * dry, dry, part))))
        self._count += 1

    def wait(self, seconds: float) -> None:
        raise AssertionError("only the I/O thread itself waits")

    def work(self) -> None:
        while self._waiting and self._waiting[0][0] < self._count:
            self.results.append(self._waiting.popleft()[1])


def play(late_blocks: Callable[[int], int], at_once: int = 1) -> tuple[Audio, Audio, int]:
    """Input, output without the latency, and the number of late blocks."""
    blocks = 120
    time = np.arange(blocks * BLOCK)
    tone = np.stack([np.sin(0.01 * time), np.cos(0.013 * time)]).astype(np.float32)
    stream, worker, telemetry = ClockedStream(at_once), DelayedWorker(late_blocks), Telemetry()
    sent = iter(np.split(tone, blocks, axis=1))
    try:
        io_thread = IoThread(stream, lambda: next(sent), worker, LATENCY, 2, False, 2, telemetry)
        for _ in range(blocks // at_once):
            stream.callback()
            io_thread.step()
            worker.work()
            io_thread.step()
        heard = np.concatenate(stream.played, axis=1)[:, stream.headroom + LATENCY :]
        return tone[:, : heard.shape[1]], heard, int(telemetry.fields.late_blocks)
    finally:
        telemetry.close()


@pytest.mark.parametrize(
    ("amount", "at_once"),
    [(0, 1), (1, 1), (2, 1), (7, 1), (10**6, 1), (0, 8), (16, 8), (10**6, 8)],
)
def test_the_output_is_the_result_or_the_input_at_one_latency(amount: int, at_once: int) -> None:
    """Lateness within the headroom does not change the output."""
    expected, heard, late = play(
        lambda block: amount if FIRST_LATE <= block <= LAST_LATE else 0, at_once
    )
    wet = np.isclose(heard, 2 * expected, atol=1e-6).all(axis=0)
    dry = np.isclose(heard, expected, atol=1e-6).all(axis=0)
    fading = ~(wet | dry)
    if amount == 0:
        assert late == 0
        assert wet.all()
    else:
        assert late >= LAST_LATE - FIRST_LATE + 1
        assert dry.sum() > (LAST_LATE - FIRST_LATE - 2) * BLOCK
        assert fading.sum() <= 2 * 0.006 * RATE
    assert np.abs(np.diff(heard)).max() < 0.04, "a step"
    if amount <= 16:
        assert wet[-20 * BLOCK :].all(), "the results are played again"


def test_a_worker_that_never_delivers_leaves_the_input() -> None:
    tone, heard, late = play(lambda block: 10**6)
    np.testing.assert_array_equal(heard, tone)
    assert late > 90


def test_the_headroom_is_whole_blocks_and_time_to_work() -> None:
    for rate in (22_050, 44_100, 96_000):
        for block in (16, 100, 256, 4096):
            for burst in (0, 50, 256, 1000, 8192):
                samples = headroom(block, rate, burst=burst)
                at_once = max(block, burst)
                assert samples % block == 0
                assert samples - at_once >= max(at_once, 0.0057 * rate)
