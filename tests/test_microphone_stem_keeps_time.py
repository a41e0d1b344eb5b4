"""The microphone's stem is what is heard with each block of the mix, without seams or waiting."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.dsp.stft import FRAME_RATE, Audio
from livevox.live.mic_stem import SLACK_SECONDS, MicStem
from livevox.live.recording import Recording
from livevox.live.telemetry import MIC_RING, Telemetry
from livevox.live.worker import HOPELESS_SECONDS, Job, Worker
from livevox.processor import Outputs, Processor
from livevox.separator import Separation

RATE = 48_000
BLOCK = 256


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    telemetry = Telemetry()
    yield telemetry
    telemetry.close()


def outputs(first: int) -> Outputs:
    """A block whose samples are their own numbers."""
    numbers = np.arange(first, first + BLOCK, dtype=np.float32)[None]
    empty = np.zeros((0, 1), np.float32)
    part = Separation(numbers, 0 * numbers, empty[:, 0], empty, empty)
    return Outputs(numbers, numbers, part)


def sing(telemetry: Telemetry, now: int, offset: int) -> None:
    """Let the microphone have sung until the sample ``now`` of the input is heard; its own sample n
    is heard with the input's n + ``offset``, and is n + 1."""
    fields = telemetry.fields
    until = now - offset
    numbers = np.arange(max(0, until - 2 * BLOCK), until)
    fields.mic_sound[numbers % MIC_RING] = numbers[:, None] + 1
    fields.mic_samples = until
    fields.mic_heard_at = now / RATE


def hear(telemetry: Telemetry, now: int) -> None:
    """Let the input's sample ``now`` be heard, by another look at the same clock."""
    telemetry.fields.heard_frame = now * FRAME_RATE / RATE
    telemetry.fields.heard_at = now / RATE


@pytest.mark.parametrize("jitter", [0, 40])
def test_each_block_gets_what_is_heard_with_it(telemetry: Telemetry, jitter: int) -> None:
    rng = np.random.default_rng(0)
    stem, offset = MicStem(telemetry, RATE, 1), 1000
    joined = []
    for now in range(4 * BLOCK, 400 * BLOCK, BLOCK):
        hear(telemetry, now)
        sing(telemetry, now, offset)
        telemetry.fields.heard_at += rng.uniform(-jitter, jitter) / RATE
        # A block is ready two blocks before it is heard.
        joined += list(stem.join(outputs(now + 2 * BLOCK), now + 2 * BLOCK))
    assert len(joined) > 390
    mix = np.concatenate([block.mix[0] for block, _ in joined])
    mic = np.concatenate([sung[0] for _, sung in joined])
    assert (np.diff(mix) == 1).all()
    # Counted without seams, and as far from each other as the first look had it.
    assert (np.diff(mic) == 1).all()
    assert abs(mix[0] - offset + 1 - mic[0]) <= jitter + 1


def test_nothing_waits_for_a_microphone_that_has_stopped(telemetry: Telemetry) -> None:
    stem = MicStem(telemetry, RATE, 2)
    joined, given = [], 0
    for now in range(4 * BLOCK, 400 * BLOCK, BLOCK):
        hear(telemetry, now)
        if now < 100 * BLOCK:
            sing(telemetry, now, 0)
        given += 1
        joined += list(stem.join(outputs(now), now))
    # All but the half second that it may still come in.
    assert len(joined) >= given - 0.6 * RATE / BLOCK
    assert not joined[-1][1].any()
    assert joined[50][1].shape == (2, BLOCK)


def test_the_stem_is_silent_before_and_in_time_after_an_interruption(telemetry: Telemetry) -> None:
    stem = MicStem(telemetry, RATE, 1)
    joined = []
    for now in range(4 * BLOCK, 600 * BLOCK, BLOCK):
        hear(telemetry, now)
        if now > 100 * BLOCK:
            # From the middle on, another process with other numbers.
            sing(telemetry, now, 500 if now < 300 * BLOCK else 20_000)
        joined += list(stem.join(outputs(now), now))
    assert not joined[10][1].any()
    for index in (200, 500):
        block, sung = joined[index]
        late = block.mix[0, 0] + 1 - sung[0, 0]
        assert late == pytest.approx(500 if index < 296 else 20_000, abs=2)
    mix = np.concatenate([block.mix[0] for block, _ in joined])
    assert (np.diff(mix) == 1).all()


@pytest.mark.parametrize("drift", [-0.02, 0.02])
def test_a_microphone_with_another_clock_is_followed_without_holes(
    telemetry: Telemetry, drift: float
) -> None:
    stem, mic = MicStem(telemetry, RATE, 1), []
    for now in range(4 * BLOCK, 1000 * BLOCK, BLOCK):
        hear(telemetry, now)
        sung = round(now * (1 + drift))
        sing(telemetry, now, now - sung)
        # A block is ready long before it is heard.
        ready = now + 20 * BLOCK
        mic += [sound[0] for _, sound in stem.join(outputs(ready), ready)]
    heard = np.concatenate(mic)
    # Put together anew several times: by 1440 samples within a block of 256.
    assert len(heard) > 900 * BLOCK
    assert 3 < np.abs(np.diff(heard)).max() < 8
    assert heard[-1] == pytest.approx(sung, abs=1.1 * SLACK_SECONDS * RATE)


@pytest.fixture(scope="module")
def processor() -> Processor:
    processor = Processor()
    processor.prepare(RATE, 1, BLOCK)
    return processor


def recorded(
    telemetry: Telemetry, processor: Processor, folder: Path, jobs: int, skipped: int
) -> dict[str, Audio]:
    """What the worker and a recording make of so many jobs, (samples,) each, where the worker
    comes so late that it skips the first ones."""
    processor.reset()
    recording = Recording(None, None, telemetry)
    recording.with_mic = True
    worker = Worker(processor, RATE, telemetry, recording.follow(processor), lambda: None, 0.1)
    part = Path(recording.begin(str(folder)))
    silence = np.zeros((1, BLOCK), np.float32)
    for number in range(skipped + 1):
        worker.put(Job(number * BLOCK, silence))
    worker.start()
    deadline = time.monotonic() + 60
    for number in range(skipped + 1, skipped + jobs):
        worker.put(Job(number * BLOCK, silence))
        while telemetry.fields.inference.sum() <= number - skipped:
            assert time.monotonic() < deadline
            time.sleep(0.001)
    worker.stop()
    recording.end()
    return {
        name: soundfile.read(part / f"{name}.wav", dtype="float32")[0] for name in ("mix", "mic")
    }


def test_the_stem_is_in_time_after_the_worker_has_skipped_blocks(
    telemetry: Telemetry, processor: Processor, tmp_path: Path
) -> None:
    jobs, skipped = 20, 200
    assert skipped * BLOCK > HOPELESS_SECONDS * RATE
    sung = (skipped + jobs) * BLOCK
    numbers = np.arange(sung - MIC_RING // 4, sung)
    hear(telemetry, sung)
    sing(telemetry, sung, 0)
    telemetry.fields.mic_sound[numbers % MIC_RING] = numbers[:, None] + 1
    part = recorded(telemetry, processor, tmp_path, jobs, skipped)
    assert telemetry.fields.skipped_blocks == skipped
    first = skipped * BLOCK - processor.latency_samples
    assert part["mic"] == pytest.approx(first + 1 + np.arange(jobs * BLOCK), abs=1)


def test_what_waits_for_the_microphone_at_the_end_is_recorded(
    telemetry: Telemetry, processor: Processor, tmp_path: Path
) -> None:
    jobs = 40
    # So far the first half is heard.
    sung = jobs // 2 * BLOCK
    hear(telemetry, sung)
    sing(telemetry, sung, 0)
    telemetry.fields.mic_sound[:sung] = 1
    part = recorded(telemetry, processor, tmp_path, jobs, 0)
    assert len(part["mix"]) == len(part["mic"]) == jobs * BLOCK
    there = processor.latency_samples + np.arange(sung)
    assert (part["mic"][there] == 1).all()
    assert not part["mic"][there[-1] + 2 :].any()
