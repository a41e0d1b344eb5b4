"""Measure the round trip from the computer's output through a cable to its input."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from livevox.device import devices
from livevox.device.blocks import headroom, host_period, work_seconds
from livevox.device.stream import AudioStream
from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from livevox.network.model import load_model, shipped_models
from livevox.parameters import decibels
from livevox.processor import Processor

AMPLITUDE = 0.1
"""RMS of the test noise, -20 dB of full scale."""
PERIOD_SECONDS = 1.2
"""Shortest period of the noise in seconds, and so the longest round trip that can be measured."""
PERIODS = 5
AHEAD_SECONDS = 3.0
"""Seconds of noise written ahead, so that this code has no deadline."""
ENOUGH = 0.12
"""Least correlation at which the noise counts as found; other sound reaches 0.08 by chance."""
PART = 4096
"""Samples of the parts in which the noise is found: between two clocks the delay changes, but
hardly within one of them."""


@dataclass(frozen=True)
class RoundTrip:
    """The latency from output to input, in samples at ``rate``, of the devices and their drivers.
    ``buffers`` is the latency of livevox's own buffers at that ``block`` and ``burst`` of samples
    that arrive at once. ``reported`` is the devices' own claim, input and output in seconds, None
    where they make none.
    ``level`` is the gain of the loop in dB."""

    samples: int
    level: float
    rate: int
    block: int
    burst: int
    channels: int
    buffers: int
    reported: tuple[float | None, float | None]
    input: str
    output: str


def measure(
    input_name: str | None, output_name: str | None, rate: int | None, block: int | None
) -> RoundTrip:
    """Play noise and find it in the input; None means the same as in the engine's settings.

    Takes about 3 s if output and input are connected. Raises LivevoxError if they are not, or if a
    device is missing or refuses.
    """
    output = devices.choose(output_name, "output")
    input = devices.choose_input(input_name)
    rate = rate or output.default_rate
    in_channels = tuple(range(1, min(2, input.inputs) + 1))
    out_channels = tuple(range(1, min(2, output.outputs) + 1))
    devices.check_format(output, "output", rate, len(out_channels))
    devices.check_format(input, "input", rate, len(in_channels))
    period = host_period(output, rate)
    block = block or period
    stream = AudioStream(output, out_channels, input, in_channels, rate, block, period)
    try:
        # Between two clocks, a block has to be written when one has arrived.
        ahead = round(AHEAD_SECONDS * rate) if devices.same_clock(input, output) else 0
        delay, level = _found(stream, len(in_channels), len(out_channels), ahead)
    finally:
        stream.close()
    return RoundTrip(
        delay,
        level,
        rate,
        block,
        stream.burst,
        len(in_channels),
        stream.latency,
        stream.device_latencies,
        input.full_name,
        output.full_name,
    )


def noise(rate: int) -> Audio:
    """One period of the test noise, (samples,)."""
    samples = 1 << (round(PERIOD_SECONDS * rate) - 1).bit_length()
    sound = np.random.default_rng(0).uniform(-AMPLITUDE, AMPLITUDE, samples)
    return sound.astype(np.float32)


def find(heard: Audio, played: Audio) -> tuple[int, float, float]:
    """The delay in samples of ``heard`` against ``played``, one period each, (samples,).

    Also returns their correlation, 0 to 1, and the gain between them in dB. All three are found
    in parts of `PART` samples; delay and correlation are the medians.
    """
    parts = heard.reshape(-1, PART)
    both = np.fft.rfft(parts, len(played)) * np.conj(np.fft.rfft(played))
    products = np.abs(np.fft.irfft(both, len(played)))
    peaks = products.max(axis=1)
    delays = products.argmax(axis=1) + PART * np.arange(len(parts))
    # The delay is circular: its median is that of the distances from one of them.
    half = len(played) // 2
    distances = (delays - delays[0] + half) % len(played) - half
    delay = int(delays[0] + np.median(distances)) % len(played)
    power = float(played @ played)
    powers = np.square(parts).sum(axis=1) * power * PART / len(played)
    correlation = np.median(peaks / np.maximum(1e-30, np.sqrt(powers)))
    return delay, float(correlation), decibels(float(peaks.sum()) / power)


def _found(stream: AudioStream, inputs: int, outputs: int, ahead: int) -> tuple[int, float]:
    """The round trip minus the stream's own buffers, in samples, and its gain in dB. ``ahead`` is
    the number of samples to write ahead."""
    played = noise(stream.sample_rate)
    period, block = len(played), stream.block
    heard: Audio = np.zeros((inputs, PERIODS * period + block), np.float32)
    count = 0
    # The first period is incomplete.
    done = 1
    found = False
    written = _write(stream, played, outputs, 0, ahead)
    stream.start()
    while done < PERIODS:
        if stream.stopped:
            raise LivevoxError("the sound stopped during the measurement: try again")
        # With noise written ahead, the output doesn't find its place again.
        if ahead and stream.dropouts:
            raise LivevoxError(
                "the sound was interrupted during the measurement: "
                "close other programs, or choose a longer block (--block-size), and try again"
            )
        while stream.elapsed - count >= block and count < PERIODS * period:
            heard[:, count : count + block] = stream.read()
            count += block
        written = _write(stream, played, outputs, written, count + ahead)
        stream.follow()
        if count >= (done + 1) * period:
            part = heard[:, done * period : (done + 1) * period]
            delay, correlation, level = max((find(c, played) for c in part), key=lambda f: f[1])
            # The first period found may be incomplete.
            if found and correlation >= ENOUGH:
                return round(delay - stream.recent_latency) % period, level
            found = correlation >= ENOUGH
            done += 1
        time.sleep(block / stream.sample_rate / 2)
    loudest = decibels(float(np.abs(heard).max()))
    raise LivevoxError(
        f"the output does not reach the input (input level {loudest:.0f} dB at most): connect them "
        "by a cable, or by their ports in JACK, turn both up, and try again"
    )


def _write(stream: AudioStream, played: Audio, outputs: int, first: int, end: int) -> int:
    """Write the noise in blocks, from sample ``first`` to ``end`` or beyond; return that end."""
    while first < end:
        at = (first + np.arange(stream.block)) % len(played)
        stream.write(np.tile(played[at], (outputs, 1)))
        first += stream.block
    return first


@dataclass(frozen=True)
class Budget:
    """The parts of a model's latency in seconds; ``devices`` is measured."""

    model: str
    resampling: float
    network: float
    buffers: float
    devices: float

    @property
    def total(self) -> float:
        """The whole latency from input to output."""
        return self.resampling + self.network + self.buffers + self.devices


def budgets(trip: RoundTrip) -> list[Budget]:
    """The latency of every installed model with the measured devices."""
    found = []
    for path in shipped_models().values():
        # Only its timing is asked for.
        processor = Processor(load_model(path, "cpu"))
        processor.prepare(trip.rate, trip.channels, trip.block)
        geometry = processor.model.info.geometry
        network = geometry.latency / SAMPLE_RATE
        # The measured stream had the headroom of a causal model.
        usual = headroom(trip.block, trip.rate, burst=trip.burst)
        own = headroom(trip.block, trip.rate, work_seconds(geometry), trip.burst)
        resampling = processor.latency_samples / trip.rate - network
        found.append(
            Budget(
                processor.model.info.name,
                resampling,
                network,
                (trip.buffers + own - usual) / trip.rate,
                trip.samples / trip.rate,
            )
        )
    return found
