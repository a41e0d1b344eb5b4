"""How many engines one computer serves: each plays a stream of its own, in real time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from livevox.bench.process import Measured, Round, UnmeasuredError
from livevox.dsp.stft import SAMPLE_RATE
from livevox.network.model import load_model
from livevox.processor import Processor


@dataclass(frozen=True)
class Lateness:
    """Of one engine or, as a mean, of several: the share of its blocks that were late, and of its
    time that it worked."""

    late: float
    busy: float


def measure_room(period: int, song: Path, seconds: float) -> Round[Lateness]:
    """The work of an engine of `live` that gets ``period`` samples of stereo at a time.

    A block is late if it is not done when the next one comes. There is no real-time priority: too
    many engines would take the computer from its user.
    """
    audio = np.load(song)
    processor = Processor(load_model("live", "cpu"))
    processor.prepare(SAMPLE_RATE, audio.shape[0], period)
    count = round(seconds * SAMPLE_RATE / period)
    blocks = [audio[:, i * period : (i + 1) * period] for i in range(count)]

    def run() -> Lateness:
        late, worked = 0, time.process_time()
        # Engines don't start at the same time, and their sixteenth frames not either.
        begun = time.perf_counter() + np.random.default_rng().uniform(0, 16 * period / SAMPLE_RATE)
        for number, block in enumerate(blocks):
            due = begun + number * period / SAMPLE_RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            processor.process(block)
            done = time.perf_counter()
            processor.catch_up()
            late += done > due + period / SAMPLE_RATE
        return Lateness(late / count, (time.process_time() - worked) / seconds)

    return run


def rooms(counts: Sequence[int], period: int, song: Path, seconds: float) -> dict[int, Lateness]:
    """The mean over the engines, for each number of them at once that the computer can run."""
    found = {}
    with ExitStack() as stack:
        engines: list[Measured[Lateness]] = []
        for count in counts:
            while len(engines) < count:
                make = partial(measure_room, period, song, seconds)
                engines.append(stack.enter_context(Measured(make)))
            try:
                # In the first of two rounds they load and warm up.
                for _ in range(2):
                    for engine in engines:
                        engine.begin()
                    results = [engine.result() for engine in engines]
            except UnmeasuredError:
                # Memory may not suffice for so many.
                break
            found[count] = Lateness(
                float(np.mean([each.late for each in results])),
                float(np.mean([each.busy for each in results])),
            )
    return found
