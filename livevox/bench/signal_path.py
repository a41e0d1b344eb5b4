"""Rounds of livevox's own work, from a frame of the network to seconds of audio."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from livevox.bench.process import CLOCK, Round
from livevox.dsp.stft import FRAME_RATE, SAMPLE_RATE, Audio, network_input, stft
from livevox.network.masker import live_masker
from livevox.network.model import Model, load_model
from livevox.separator import StreamingSeparator

FILE_SECONDS = 7.5
"""The blocks in which `livevox separate` reads files."""
PERIOD = 256
"""Samples of a block, live."""
WINDOWS = 12


@dataclass(frozen=True)
class Stream:
    """A stream whose cost is measured: ``block`` in samples; None is a file."""

    model: str = "live"
    block: int | None = PERIOD
    channels: int = 2
    rate: int = SAMPLE_RATE

    def __str__(self) -> str:
        blocks = f"live, blocks of {self.block}" if self.block else "as a file"
        return f"{self.model} {blocks}, {self.channels} channels at {self.rate} Hz"


def measure_cost(stream: Stream, song: Path, seconds: float) -> Round[float]:
    """Processor time, in seconds, for a second of audio: the whole signal path.

    ``song`` is a .npy file, (2, samples) at 44.1 kHz. Its samples are repeated over the channels,
    and for other rates taken as they are.
    """
    audio = np.load(song)
    needed = round(seconds * stream.rate)
    audio = np.resize(np.tile(audio, (1, -(-needed // audio.shape[1]))), (stream.channels, needed))
    block = stream.block or round(FILE_SECONDS * stream.rate)
    separator = StreamingSeparator(
        load_model(stream.model, "cpu"),
        stream.rate,
        stream.channels,
        live=stream.block is not None,
    )

    def run() -> float:
        begun = time.process_time()
        for start in range(0, needed, block):
            separator.feed(audio[:, start : start + block])
            separator.catch_up()
        return (time.process_time() - begun) / seconds

    return run


def measure_steps(model: str, song: Path, seconds: float, paced: bool) -> Round[Audio]:
    """Processor times, in seconds, of each step of a live network, (2, steps): until its output,
    and the whole step.

    Paced, a step begins when its frames would have arrived: in between the processor sleeps, and
    its caches serve others.
    """
    net, inputs = _net_and_inputs(model, song)
    masker = live_masker(net)
    step = net.info.geometry.step
    steps = [inputs[i : i + step] for i in range(0, len(inputs) - step, step)]
    count = min(len(steps), round(seconds * FRAME_RATE / step))

    def run() -> Audio:
        times = np.zeros((2, count), np.float32)
        due = time.perf_counter()
        for number in range(count):
            if paced:
                due += step / FRAME_RATE
                time.sleep(max(0.0, due - time.perf_counter()))
            times[:, number] = _timed(partial(masker.feed, steps[number]))
            times[1, number] += _timed(masker.catch_up)
        return times

    return run


def measure_windows(model: str, song: Path) -> Round[Audio]:
    """Processor time, in seconds, of the shortest window that gives one step of the stream."""
    net, inputs = _net_and_inputs(model, song)
    geometry = net.info.geometry
    window = inputs[: geometry.window_frames(geometry.step)]
    net.run(window)
    return lambda: np.array([_timed(partial(net.run, window)) for _ in range(WINDOWS)], np.float32)


def _net_and_inputs(model: str, song: Path) -> tuple[Model, Audio]:
    return load_model(model, "cpu"), network_input(stft(np.load(song)))


def _timed(call: Callable[[], object]) -> float:
    begun = CLOCK()
    call()
    return CLOCK() - begun
