"""Recording of a live session: audio files and the singing activity, valid at any time.

The audio worker fills wait-free rings of fixed size; the recorder's thread writes them to disk.
"""

from __future__ import annotations

import shutil
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import datetime
from itertools import count
from math import ceil
from pathlib import Path
from threading import Event, Thread
from typing import Literal

import numpy as np

from livevox.activity import LABEL_FORMATS, DetectionRule, curve_csv, singing_intervals
from livevox.dsp.stft import FRAME_RATE, Audio
from livevox.errors import LivevoxError
from livevox.media.files import atomic_path
from livevox.media.recording_ring import RecordingRing
from livevox.media.wav import SAMPLE_BYTES, GrowingFile, WavFile

STREAMS = ("dry", "vocals", "accompaniment", "mix")
MIC = "mic"
"""A further stream, where a microphone is in use."""
BUFFER_SECONDS = 10.0
"""Longest stall of the disk, in seconds, before blocks are dropped."""
SAVE_SECONDS = 0.25
"""Seconds between two writes to disk; a killed process loses little more than this."""
LABEL_SECONDS = 10.0
"""Seconds between two updates of the label file, which is made from the whole curve every time."""
CLOSE_SECONDS = 10.0
"""Longest time in seconds that closing waits for the disk."""
CURVE_HEADER = curve_csv(np.zeros(0, np.float32)).encode()
DEFAULT_RULE = DetectionRule()

State = Literal["recording", "closed", "failed"]


class Recorder:
    """Records (channels, samples) streams at ``sample_rate`` Hz into a new folder in ``folder``.

    :attr:`folder` is named by local date and time, or after the folder ``part_of`` with a number
    from 2 on. It gets `dry.wav`, `vocals.wav`, `accompaniment.wav`, `mix.wav`, and with ``mic``
    `mic.wav` (32-bit float; RF64 from 4 GiB on), `activity.csv` (the curve, as
    :func:`livevox.activity.curve_csv` writes it) and `activity.lab` (the intervals that ``rule``
    finds in it). All are valid files of equal length at any time, also after the process was
    killed. The recording ends by itself if the disk is full or gone: see :attr:`state`.

    Raises LivevoxError if files can't be created in ``folder``.
    """

    def __init__(
        self,
        folder: Path,
        sample_rate: int,
        channels: int,
        rule: DetectionRule = DEFAULT_RULE,
        part_of: Path | None = None,
        mic: bool = False,
    ) -> None:
        self.activity_start = 0.0
        """Time in the recording, in seconds, of the first frame of activity; set it before the
        first :meth:`write`. Frames are ready earlier than their audio."""
        self.disk_left = 0.0
        """Seconds of recording that fit on the disk, updated while recording."""
        self.state: State = "recording"
        """ "failed": the disk ended the recording. "closed": :meth:`close` ended it."""
        self.is_part = part_of is not None
        self.error: str | None = None
        """Why the recording failed, in one line."""
        self._sample_rate = sample_rate
        self._channels = channels
        self._rule = rule
        self._streams = (*STREAMS, MIC) if mic else STREAMS
        rows = ceil(BUFFER_SECONDS * sample_rate)
        self._audio = RecordingRing(rows, len(self._streams), channels)
        self._frames = RecordingRing(ceil(BUFFER_SECONDS * FRAME_RATE), 1, 1)
        self._labelled = 0.0
        try:
            self.folder = _new_part(part_of) if part_of else _new_folder(folder)
            with ExitStack() as opened:
                opened.callback(shutil.rmtree, self.folder, ignore_errors=True)
                self._waves = [
                    opened.enter_context(
                        WavFile(self.folder / f"{name}.wav", sample_rate, channels)
                    )
                    for name in self._streams
                ]
                self._curve = opened.enter_context(_Curve(self.folder / "activity.csv"))
                self._measure_disk()
                opened.pop_all()
        except OSError as error:
            raise LivevoxError(
                f"nothing can be recorded in {folder} ({error.strerror}): choose another folder"
            ) from None
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="livevox recorder", daemon=True)
        self._thread.start()

    @property
    def seconds(self) -> float:
        """Length of the files, with gaps; they lag :data:`SAVE_SECONDS` behind the audio."""
        return min(wave.samples for wave in self._waves) / self._sample_rate

    @property
    def dropped(self) -> int:
        """Samples dropped because the disk was too slow; the files have silence instead."""
        return self._audio.skipped

    def write(
        self,
        dry: Audio,
        vocals: Audio,
        accompaniment: Audio,
        mix: Audio,
        activity: Audio,
        mic: Audio | None = None,
    ) -> None:
        """Record a block, (channels, n) of each stream, and the new (frames,) of activity.

        For one thread, the audio worker; wait-free. If the rings lack room for the whole block, it
        is dropped from all streams and counted. After the end of the recording this does nothing.
        Raises ValueError if the shapes differ, or for another number of streams than recorded.
        """
        if self.state != "recording" or self._stopping.is_set():
            return
        blocks = (dry, vocals, accompaniment, mix, *(() if mic is None else (mic,)))
        samples = dry.shape[1]
        if len(blocks) != len(self._streams):
            raise ValueError(f"{len(blocks)} streams came, not {len(self._streams)}")
        if any(block.shape != (self._channels, samples) for block in blocks):
            raise ValueError(
                f"blocks of shapes {[block.shape for block in blocks]} are not all "
                f"({self._channels}, {samples})"
            )
        if samples <= self._audio.room and len(activity) <= self._frames.room:
            self._frames.push(activity[np.newaxis])
            self._audio.push(*blocks)
        else:
            self._frames.skip(len(activity))
            self._audio.skip(samples)

    def close(self) -> None:
        """Save everything written and end; waits for the disk, at most :data:`CLOSE_SECONDS`.

        Not for the audio worker. Closing twice is fine.
        """
        self._stopping.set()
        self._thread.join(CLOSE_SECONDS)
        if self._thread.is_alive() and self.state == "recording":
            self._fail("the disk does not respond")

    def _run(self) -> None:
        try:
            while not self._stopping.wait(SAVE_SECONDS):
                self._save()
            self._save(last=True)
            self._label()
            self.state, self.error = "closed", None
        except (OSError, LivevoxError) as error:
            self._fail(getattr(error, "strerror", None) or str(error))
            # The following may fail, too, and leaves valid files if it does.
            samples = min(wave.samples for wave in self._waves)
            for wave in self._waves:
                with suppress(OSError):
                    wave.shorten(samples)
            with suppress(OSError):
                self._curve.resize(self._curve.size)
            with suppress(OSError, LivevoxError):
                # Do not recreate a folder that vanished, with nothing but labels in it.
                if self.folder.exists():
                    self._label()
        finally:
            for file in (*self._waves, self._curve):
                with suppress(OSError):
                    file.close()

    def _fail(self, reason: str) -> None:
        self.error = (
            f"the recording {self.folder} ended after {self.seconds:.1f} s ({reason}): "
            "check the disk, or choose another folder, and record again"
        )
        self.state = "failed"

    def _save(self, last: bool = False) -> None:
        """Update the files; the ``last`` update adds the gap at the end, if any."""
        for rows, gap in self._audio.pull(self._sample_rate, last):
            for wave, stream in zip(self._waves, rows.swapaxes(0, 1), strict=True):
                wave.append(stream, gap)
            for wave in self._waves:
                wave.save()
        for rows, gap in self._frames.pull(self._sample_rate, last):
            frames = np.concatenate([rows.ravel(), np.zeros(gap, np.float32)])
            self._curve.append(frames, self.activity_start)
        self._measure_disk()
        if self.seconds - self._labelled >= LABEL_SECONDS:
            self._label()

    def _measure_disk(self) -> None:
        """Update :attr:`disk_left`; OSError if the folder is gone, which no write reports."""
        per_second = len(self._streams) * self._channels * SAMPLE_BYTES * self._sample_rate
        self.disk_left = shutil.disk_usage(self.folder).free / per_second

    def _label(self) -> None:
        """Write the intervals found so far, cut to the recording."""
        end, start = self.seconds, self.activity_start
        found = singing_intervals(np.array(self._curve.frames, np.float32), self._rule)
        moved = [(max(0.0, a + start), min(end, b + start)) for a, b in found]
        with atomic_path(self.folder / "activity.lab") as part:
            text = LABEL_FORMATS["lab"]([(a, b) for a, b in moved if a < b], end)
            part.write_text(text, encoding="utf-8")
        self._labelled = end


def _new_folder(parent: Path) -> Path:
    """Create a new folder, named by the time."""
    parent.mkdir(parents=True, exist_ok=True)
    name = f"{datetime.now():%Y-%m-%d_%H-%M-%S}"
    return _created(parent / name if n == 1 else parent / f"{name}_{n}" for n in count(1))


def _new_part(first: Path) -> Path:
    """Create the folder of the next part of a recording that began in ``first``."""
    return _created(first.with_name(f"{first.name}_part{n}") for n in count(2))


def _created(names: Iterator[Path]) -> Path:
    """Create the first folder that does not exist yet."""
    for folder in names:
        with suppress(FileExistsError):
            folder.mkdir()
            return folder
    raise AssertionError("names do not end")


class _Curve(GrowingFile):
    """`activity.csv`, and its frames in memory: 1.2 MB per hour."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, CURVE_HEADER)
        self.frames = array("f")

    def append(self, frames: Audio, start: float) -> None:
        """Append (n,) probabilities; the curve's first frame is at ``start`` seconds."""
        first = len(self.frames)
        times = start + np.arange(first, first + len(frames)) / FRAME_RATE
        lines = (f"{time:.4f},{p:.4f}\n" for time, p in zip(times, frames, strict=True))
        self.write("".join(lines).encode(), self.size)
        self.frames.frombytes(frames.tobytes())
