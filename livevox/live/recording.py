"""Recordings of the worker's outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from livevox.dsp.stft import FRAME_RATE
from livevox.media.recorder import Recorder
from livevox.processor import Outputs, Processor


class Recording:
    """Starts and stops recordings. The worker calls :meth:`listen`, the engine all others."""

    def __init__(self, processor: Processor) -> None:
        self._recorder: Recorder | None = None
        self._fresh = False
        """Whether the recording waits for its first block."""
        self.follow(processor)

    def follow(self, processor: Processor) -> None:
        """Record from this processor, which must be at the start of its stream."""
        self._processor = processor
        self._positions = (0, 0)
        """Samples and frames that the processor has returned so far."""

    def listen(self, outputs: Outputs) -> None:
        """Take the next outputs; called by the worker for every block."""
        recorder, part = self._recorder, outputs.separation
        samples, frames = self._positions
        if recorder is not None:
            if self._fresh:
                heard = (samples - self._processor.latency_samples) / self._processor.sample_rate
                recorder.activity_start = frames / FRAME_RATE - heard
                self._fresh = False
            recorder.write(outputs.dry, part.vocals, part.accompaniment, outputs.mix, part.activity)
        self._positions = (samples + outputs.mix.shape[1], frames + len(part.activity))

    def begin(self, folder: str) -> str:
        """End the current recording, start one in a new folder within ``folder`` and return the
        new folder. Raises LivevoxError if it can't be written to."""
        self.end()
        processor = self._processor
        recorder = Recorder(Path(folder), processor.sample_rate, processor.channels)
        self._fresh = True
        self._recorder = recorder
        return str(recorder.folder)

    def end(self) -> str | None:
        """End the recording; return its folder, or None if there is none."""
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return None
        recorder.close()
        return str(recorder.folder)

    @property
    def folder(self) -> str | None:
        """The recording's folder, or None."""
        return str(self._recorder.folder) if self._recorder else None

    @property
    def error(self) -> str | None:
        """Why the recording failed; None if it did not."""
        return self._recorder.error if self._recorder else None

    def tell(self, fields: Any) -> None:
        """Write to the fields of :class:`livevox.live.telemetry.Telemetry`."""
        recorder = self._recorder
        fields.recording = recorder is not None and recorder.state == "recording"
        if recorder is not None:
            fields.recorded = recorder.seconds
            fields.disk_left = recorder.disk_left
