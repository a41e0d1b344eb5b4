"""Recordings of the worker's outputs, in one part or several."""

from __future__ import annotations

import shutil
from pathlib import Path
from threading import Lock
from typing import Any

from livevox.dsp.stft import FRAME_RATE, Audio
from livevox.errors import LivevoxError
from livevox.live.mic_stem import MicStem
from livevox.live.telemetry import Telemetry
from livevox.live.worker import Listener
from livevox.media.recorder import Recorder
from livevox.processor import Outputs, Processor


class Recording:
    """Starts and stops recordings. The worker calls what :meth:`follow` returns, the engine all
    others.

    A part has one sample rate and no gap. When the sound starts anew, the recording therefore
    continues in a new part, which is a folder of its own.
    """

    def __init__(self, first: str | None, into: str | None, telemetry: Telemetry) -> None:
        """``first`` is the folder of the first part of a recording to continue, ``into`` the folder
        in which one begins with the sound; ``telemetry`` has the microphone's sound."""
        self._telemetry = telemetry
        self.with_mic = False
        """Whether the next part has the microphone's stem."""
        self._stem: MicStem | None = None
        self._recorder: Recorder | None = None
        self._first = Path(first) if first else None
        self.into = into
        """The folder in which a recording will begin; None if none will."""
        self._error: str | None = None
        """Why no further part could be started."""
        self._fresh = False
        """Whether the part waits for its first block."""
        self._processor: Processor | None = None
        self._writing = Lock()
        """Held while a block is written. The worker never waits for it: what it has while a part
        ends is not recorded."""

    def follow(self, processor: Processor) -> Listener:
        """Record from this prepared processor, which must be at the start of its stream. A
        recording continues in a new part, or begins. Returns the function that records the
        outputs."""
        self._processor = processor
        if self.into is not None:
            try:
                self.begin(self.into)
            except LivevoxError as error:
                self._error = str(error)
            return self._listen
        if self.first is not None:
            first = Path(self.first)
            self._end_part()
            try:
                self._begin_part(first.parent, processor, first)
            except LivevoxError as error:
                self._first, self._error = None, f"the recording {first} has ended: {error}"
        return self._listen

    def _listen(self, outputs: Outputs, position: int) -> None:
        """Record the outputs of the job at that position. The worker calls this for every block,
        after it has added the frames to telemetry."""
        if not self._writing.acquire(blocking=False):
            return
        try:
            if self._recorder is not None and self._processor is not None:
                self._record(self._recorder, self._processor, outputs, position)
        finally:
            self._writing.release()

    def _record(
        self, recorder: Recorder, processor: Processor, outputs: Outputs, position: int
    ) -> None:
        first = position - processor.separation_latency_samples
        if self._fresh:
            # Both go on with the sound's position after the worker has skipped blocks.
            frames = int(self._telemetry.fields.frames) - len(outputs.separation.activity)
            recorder.activity_start = frames / FRAME_RATE - first / processor.sample_rate
            self._fresh = False
        if self._stem is None:
            _write(recorder, outputs, None)
        else:
            for ready, mic in self._stem.join(outputs, first):
                _write(recorder, ready, mic)

    def begin(self, folder: str) -> str:
        """End the current recording, start one in a new folder within ``folder`` and return the
        new folder. Raises LivevoxError if it can't be written to, or before :meth:`follow`."""
        self.end()
        if self._processor is None:
            raise LivevoxError("nothing plays that could be recorded: choose devices first")
        self._first = self._begin_part(Path(folder), self._processor, None)
        return str(self._first)

    def end(self) -> str | None:
        """End the recording; return the folder of its last part, or None if there is none."""
        self._first = self._error = self.into = None
        recorder = self._end_part()
        return None if recorder is None else str(recorder.folder)

    @property
    def first(self) -> str | None:
        """The folder of the first part; None without a recording that can continue."""
        failed = self._recorder is not None and self._recorder.state == "failed"
        return None if self._first is None or failed else str(self._first)

    @property
    def folder(self) -> str | None:
        """The folder of the current part, or None."""
        return str(self._recorder.folder) if self._recorder else None

    @property
    def error(self) -> str | None:
        """Why the recording failed; None if it did not."""
        return self._recorder.error if self._recorder else self._error

    def write_telemetry(self, fields: Any) -> None:
        """Write to the fields of :class:`livevox.live.telemetry.Telemetry`."""
        recorder = self._recorder
        fields.recording = recorder is not None and recorder.state == "recording"
        if recorder is not None:
            fields.recorded = recorder.seconds
            fields.disk_left = recorder.disk_left

    def _begin_part(self, folder: Path, processor: Processor, part_of: Path | None) -> Path:
        rate, channels = processor.sample_rate, processor.channels
        recorder = Recorder(folder, rate, channels, part_of=part_of, mic=self.with_mic)
        self._stem = MicStem(self._telemetry, rate, channels) if self.with_mic else None
        self._fresh = True
        self._recorder = recorder
        return recorder.folder

    def _end_part(self) -> Recorder | None:
        with self._writing:
            recorder, self._recorder = self._recorder, None
            if recorder is not None and self._stem is not None:
                for ready, mic in self._stem.rest():
                    _write(recorder, ready, mic)
        if recorder is not None:
            recorder.close()
            if recorder.is_part and recorder.state == "closed" and not recorder.seconds:
                # The devices were opened but no sound arrived.
                shutil.rmtree(recorder.folder, ignore_errors=True)
        return recorder


def _write(recorder: Recorder, outputs: Outputs, mic: Audio | None) -> None:
    part = outputs.separation
    dry, mix = outputs.dry, outputs.mix
    recorder.write(dry, part.vocals, part.accompaniment, mix, part.activity, mic)
