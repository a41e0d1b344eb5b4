"""The microphone's stem of a recording: what is sung while a block of the mix is heard."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np

from livevox.dsp.channels import with_channels
from livevox.dsp.stft import FRAME_RATE, Audio
from livevox.live.telemetry import MIC_RING, Telemetry
from livevox.processor import Outputs

SLACK_SECONDS = 0.03
"""The two streams are put together anew when they are further apart, as after an interruption."""
PATIENCE_SECONDS = 0.5
"""A microphone that is later than this counts as silent."""


class MicStem:
    """Joins outputs, which are ready before they are heard, with the microphone's sound.

    Each stream times what is heard by the clock of its device. From then on samples are counted,
    so the stem has no seams. Use it from one thread, the worker.
    """

    def __init__(self, telemetry: Telemetry, sample_rate: int, channels: int) -> None:
        self._telemetry = telemetry
        self._rate = sample_rate
        self._channels = channels
        self._waiting: deque[tuple[Outputs, int]] = deque()
        """Outputs, and the number of the microphone's sample that is heard with their first."""
        self._next: int | None = None

    def join(self, outputs: Outputs, sample: int) -> Iterator[tuple[Outputs, Audio]]:
        """Take the next outputs, whose first sample is that one of the input; return all whose
        (channels, samples) of the microphone are there."""
        written = int(self._telemetry.fields.mic_samples)
        at = self._heard_with(sample)
        if at is not None and not self._agrees(at):
            for waiting, _ in self._waiting:
                yield waiting, self._silence(waiting)
            self._waiting.clear()
            self._next = at
        if self._next is None:
            yield outputs, self._silence(outputs)
            return
        self._waiting.append((outputs, self._next))
        self._next += outputs.mix.shape[1]
        late = self._next - PATIENCE_SECONDS * self._rate
        while self._waiting:
            waiting, first = self._waiting[0]
            samples = waiting.mix.shape[1]
            if first + samples > max(written, late):
                return
            self._waiting.popleft()
            yield waiting, self._sound(first, samples, written)

    def _agrees(self, at: int) -> bool:
        return self._next is not None and abs(at - self._next) <= SLACK_SECONDS * self._rate

    def _silence(self, outputs: Outputs) -> Audio:
        return np.zeros((self._channels, outputs.mix.shape[1]), np.float32)

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
