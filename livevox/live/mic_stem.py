"""The microphone's stem of a recording: what is sung while a block of the mix is heard."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from livevox.dsp.channels import with_channels
from livevox.dsp.stft import FRAME_RATE, Audio
from livevox.live.telemetry import MIC_RING, Telemetry
from livevox.processor import Outputs

SLACK_SECONDS = 0.03
"""The two streams are put together anew when they are further apart, as after an interruption."""
PATIENCE_SECONDS = 0.5
"""A microphone that is later than this counts as silent."""


@dataclass(frozen=True)
class _Block:
    """Outputs, the number of the microphone's sample that is heard with their first, and the
    number that would be if the block before went on."""

    outputs: Outputs
    first: int
    before: int

    @property
    def samples(self) -> int:
        return int(self.outputs.mix.shape[1])

    @property
    def end(self) -> int:
        return max(self.first, self.before) + self.samples


class MicStem:
    """Joins outputs, which are ready before they are heard, with the microphone's sound.

    Each stream times what is heard by the clock of its device. From then on samples are counted,
    so the stem has no seams. Where the two have to be put together anew, one block fades from the
    old place to the new one. Use it from one thread at a time.
    """

    def __init__(self, telemetry: Telemetry, sample_rate: int, channels: int) -> None:
        self._telemetry = telemetry
        self._rate = sample_rate
        self._channels = channels
        self._waiting: deque[_Block] = deque()
        self._waiting_samples = 0
        self._next: int | None = None

    def join(self, outputs: Outputs, sample: int) -> Iterator[tuple[Outputs, Audio]]:
        """Take the next outputs, whose first sample is that one of the input; return all whose
        (channels, samples) of the microphone are there."""
        before, at = self._next, self._heard_with(sample)
        if at is not None and not self._agrees(at):
            self._next = at
        if self._next is None:
            yield outputs, np.zeros((self._channels, outputs.mix.shape[1]), np.float32)
            return
        block = _Block(outputs, self._next, self._next if before is None else before)
        self._waiting.append(block)
        self._waiting_samples += block.samples
        self._next += block.samples
        written = int(self._telemetry.fields.mic_samples)
        while self._waiting:
            block = self._waiting[0]
            late = self._waiting_samples - block.samples >= PATIENCE_SECONDS * self._rate
            if block.end > written and not late:
                return
            yield self._popped(written)

    def rest(self) -> Iterator[tuple[Outputs, Audio]]:
        """The outputs that still wait, with what there is of the microphone."""
        written = int(self._telemetry.fields.mic_samples)
        while self._waiting:
            yield self._popped(written)

    def _popped(self, written: int) -> tuple[Outputs, Audio]:
        block = self._waiting.popleft()
        self._waiting_samples -= block.samples
        sound = self._sound(block.first, block.samples, written)
        if block.before != block.first:
            old = self._sound(block.before, block.samples, written)
            sound = old + (sound - old) * np.linspace(0, 1, block.samples, dtype=np.float32)
        return block.outputs, sound

    def _agrees(self, at: int) -> bool:
        return self._next is not None and abs(at - self._next) <= SLACK_SECONDS * self._rate

    def _heard_with(self, sample: int) -> int | None:
        """The number of the microphone's sample that is heard with that one of the input; None
        while it is being written, and without a microphone."""
        fields = self._telemetry.fields
        mic_heard_at, written = float(fields.mic_heard_at), int(fields.mic_samples)
        if not written or mic_heard_at != float(fields.mic_heard_at):
            return None
        after = sample / self._rate - float(fields.heard_frame) / FRAME_RATE
        heard_at = float(fields.heard_at) + after
        return round(written + (heard_at - mic_heard_at) * self._rate)

    def _sound(self, first: int, samples: int, written: int) -> Audio:
        numbers = np.arange(first, first + samples)
        # The writer may be a little further by now.
        there = (numbers >= max(0, written - MIC_RING // 2)) & (numbers < written)
        sound = self._telemetry.fields.mic_sound[numbers % MIC_RING] * there[:, None]
        return with_channels(sound.T, self._channels)
