"""The worker: separates and mixes the blocks of the I/O thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np

from livevox.dsp.stft import FRAME_RATE, Audio
from livevox.live.howl import HowlDetector
from livevox.live.telemetry import INFERENCE_EDGES, Telemetry
from livevox.priority import real_time
from livevox.processor import Outputs, Processor

Listener = Callable[[Outputs, int], None]
"""Gets the outputs, and the number of the job's first sample."""
PRIORITY = 15
HOPELESS_SECONDS = 0.5
"""A worker that is later than this skips the waiting blocks and resets, to catch up."""
LOAD_SECONDS = 1.0


@dataclass(frozen=True)
class Job:
    """A block of the input, (channels, samples), and the number of its first sample."""

    position: int
    block: Audio


@dataclass(frozen=True)
class Result:
    """The outputs for the job at that position."""

    position: int
    outputs: Outputs


class Worker:
    """Runs a processor in a thread of its own."""

    def __init__(
        self,
        processor: Processor,
        rate: int,
        telemetry: Telemetry,
        listen: Listener,
        howled: Callable[[], None],
        loop_seconds: float,
    ) -> None:
        """``listen`` gets all outputs in turn, for recording; it must not block. ``howled`` is
        called when the mix howls; ``loop_seconds`` is the latency from input to output."""
        self._processor = processor
        self._rate = rate
        self._telemetry = telemetry
        self._listen = listen
        self._howled = howled
        self._howl = HowlDetector(rate, loop_seconds)
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self.results: deque[Result] = deque()
        self._done = threading.Event()
        self._valid_from = 0
        self._busy, self._since = 0.0, time.perf_counter()
        self.refusal: str | None = None
        """Why the thread has no real-time priority; None if it has."""
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def put(self, job: Job) -> None:
        """Queue a block; its result appears in :attr:`results`."""
        self._jobs.put(job)

    def wait(self, seconds: float) -> None:
        """Wait for the next result, at most this many seconds."""
        self._done.wait(seconds)
        self._done.clear()

    def stop(self) -> None:
        """Stop the thread, and drop the waiting jobs."""
        while not self._jobs.empty():
            self._jobs.get()
        self._jobs.put(None)
        self._thread.join(2.0)

    def _run(self) -> None:
        self.refusal = real_time(PRIORITY)
        while (job := self._jobs.get()) is not None:
            if self._jobs.qsize() * job.block.shape[1] > HOPELESS_SECONDS * self._rate:
                newest = self._skip()
                if newest is None:
                    return
                job = newest
            started = time.perf_counter()
            outputs = self._processor.process_all(job.block)
            if job.position >= self._valid_from:
                self.results.append(Result(job.position, outputs))
                self._done.set()
            self._processor.catch_up()
            if self._howl.add(outputs.mix):
                self._howled()
            part = outputs.separation
            self._telemetry.add_frames(part.activity, part.spectrogram, part.mask)
            self._measure(time.perf_counter() - started, time.perf_counter())
            self._listen(outputs, job.position)

    def _skip(self) -> Job | None:
        """Skip all but the newest job; results before one latency has passed are discarded."""
        job: Job | None = None
        while not self._jobs.empty():
            job = self._jobs.get()
            self._telemetry.fields.skipped_blocks += 1
            if job is None:
                return None
        assert job is not None
        self._processor.reset()
        self._valid_from = job.position + self._processor.latency_samples
        # The frames shown continue at the sound's position.
        self._telemetry.fields.frames = round(job.position * FRAME_RATE / self._rate)
        return job

    def _measure(self, seconds: float, now: float) -> None:
        fields = self._telemetry.fields
        fields.inference_ms = 1000 * seconds
        fields.inference[np.searchsorted(INFERENCE_EDGES, 1000 * seconds)] += 1
        self._busy += seconds
        if now - self._since >= LOAD_SECONDS:
            fields.load = self._busy / (now - self._since)
            self._busy, self._since = 0.0, now
