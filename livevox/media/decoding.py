"""Files that FFmpeg decodes: libsndfile can't read them, or guesses their length or channels.

FFmpeg removes the encoder's delay and padding if the file states them, so that exactly the encoded
samples come out: MP3 with a LAME header, Opus, and AAC in MP4.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from livevox.dsp.stft import Audio
from livevox.media.headers import ogg_pages, xing_frames
from livevox.media.source import AudioSource
from livevox.media.streams import drop_custom_layout, missing_bytes

BEFORE_SEEK_SECONDS = 1.0
"""Decoded and discarded before the target of a seek, as decoders depend on earlier data."""
COARSE_GAP_SECONDS = 0.1
"""Smaller gaps between packets are rounding, if times are in milliseconds."""
TAGS = (b"ID3", b"TAG", b"APETAGEX", b"LYRICS")
"""First bytes of tags in an MP3 or AAC file, at its end or between two joined files."""
WITH_DURATION = frozenset(
    (
        "aiff",
        "ape",
        "asf",
        "au",
        "caf",
        "flac",
        "matroska",
        "tak",
        "tta",
        "w64",
        "wav",
        "webm",
        "wv",
    )
)
"""FFmpeg's names of containers whose headers state a duration. It estimates that of others."""

if TYPE_CHECKING:
    AudioPacket = Packet[AudioStream]  # generic in its stub only


class DecodedSource(AudioSource):
    """One audio stream of a file, number ``stream``. Every reading opens the file again.

    If no header states the exact number of samples, the file is decoded once to count them.

    Raises av.FFmpegError if FFmpeg can't open it, and LookupError if it has no such stream.
    """

    def __init__(self, path: Path, stream: int) -> None:
        super().__init__(path)
        self._number = stream
        self._formats: frozenset[str] = frozenset()
        self._announced: float | None = None
        self._first_packet: AudioPacket | None = None
        self._tick = Fraction(1)
        self._origin = 0.0
        self._seekable = False
        with self._open() as (container, audio):
            self._formats = frozenset(container.format.name.split(","))
            if not self._look(container, audio):
                return
            samples = self._stated_samples(container, audio)
        if samples is None:
            samples = sum(chunk.shape[1] for chunk in self._read(0, lenient=True))
        self.samples = samples

    def _look(self, container: InputContainer, audio: AudioStream) -> bool:
        """Find the rate, channels and time of the first sample; return whether there is one."""
        for packet in container.demux(audio):
            self._first_packet = self._first_packet or packet
            try:
                frames = packet.decode()
            except av.FFmpegError:
                continue
            for frame in frames:
                self.sample_rate = frame.sample_rate
                self.channels = frame.layout.nb_channels
                if self.channels > 2 and frame.layout.channels[0].name != "NONE":
                    self.layout = frame.layout.name
                self._tick = (audio.time_base or Fraction(1)) * self.sample_rate
                self._origin = self._samples(frame.pts) or 0.0
                # Times coarser than samples, as Matroska's milliseconds, give no exact position.
                self._seekable = self._tick <= 1
                return True
        return False

    def _stated_samples(self, container: InputContainer, audio: AudioStream) -> int | None:
        """The exact number of samples, if the headers state it. Keeps the announced duration."""
        duration = self._samples(audio.duration)
        with self.path.open("rb") as file:
            if "ogg" in self._formats:
                pages = ogg_pages(file)
                self._check_pages(pages)
                self._seekable &= not pages.chained
                if duration and not pages.chained and not self.damage:
                    return round(duration) - audio.codec_context.delay
            elif "mp3" in self._formats and self._first_packet:
                frames = xing_frames(file, self._first_packet.pos or 0)
                length = self._samples(self._first_packet.duration)
                # If the file is longer than the header says, as two joined files are, FFmpeg
                # estimates the duration. The header's duration is a whole number of samples.
                if frames and length and duration and _is_from_header(duration, frames * length):
                    self._announced = duration
                    return round(duration)
            elif "mp4" in self._formats and (missing := missing_bytes(audio, file)):
                self._damaged(f"it lacks the last {missing} bytes", lenient=True)
        if self._formats & WITH_DURATION:
            self._announced = duration or self._container_duration(container, audio)
        return None

    def _container_duration(self, container: InputContainer, audio: AudioStream) -> float | None:
        """In samples. It may be that of another stream; then a tag may have this one's."""
        if len(container.streams) == 1:
            return (container.duration or 0) / av.time_base * self.sample_rate or None
        try:
            hours, minutes, seconds = audio.metadata.get("DURATION", "").split(":")
            duration = 3600 * int(hours) + 60 * int(minutes) + float(seconds)
        except ValueError:
            return None
        return duration * self.sample_rate or None

    def _samples(self, ticks: int | None) -> float | None:
        """A time of FFmpeg in samples."""
        return None if ticks is None else float(ticks * self._tick)

    def _seconds(self, samples: float) -> str:
        return f"{max(0.0, samples) / self.sample_rate:.2f} s"

    def _read(self, first: int, lenient: bool) -> Iterator[Audio]:
        start = first - round(BEFORE_SEEK_SECONDS * self.sample_rate)
        if self._seekable and start > 0:
            chunks = self._decode(lenient, start)
            found = next(chunks, None)
            if found and found[0] <= first:
                yield from _from(first, *found)
                for found in chunks:
                    yield from _from(first, *found)
                return
        for found in self._decode(lenient):
            yield from _from(first, *found)

    def _decode(self, lenient: bool, start: int | None = None) -> Iterator[tuple[int, Audio]]:
        """Chunks and their positions, from the beginning or from shortly before ``start``.

        Gaps between them and a missing end are damage.
        """
        to_float = av.AudioResampler(format="flt")
        at = 0
        expected: float | None = None
        held: Audio | None = None
        end: float | None = None
        with self._open() as (container, audio):
            sought = start is not None
            if start is not None:
                container.seek(int((start + self._origin) / self._tick), stream=audio)
            for packet in self._packets(container, audio, lenient):
                if packet.pts is not None and packet.duration:
                    end = self._samples(packet.pts + packet.duration)
                try:
                    frames = packet.decode()
                except av.FFmpegError as error:
                    expected = None
                    if not self._is_not_sound(packet, at):
                        reason = _reason(error)
                        place = self._seconds(at)
                        self._damaged(f"after {place} it can't be decoded ({reason})", lenient)
                    continue
                for frame in frames:
                    self._check_same(frame)
                    time = self._samples(frame.pts)
                    if sought:
                        at, sought = round((time or 0.0) - self._origin), False
                    if time is not None:
                        # In joined files, times restart.
                        self._seekable &= abs(time - self._origin - at) < 1 or self._tick > 1
                        self._check_gap(time, expected, frame.samples, at, lenient)
                        expected = time + frame.samples
                    if held is not None:
                        yield at - held.shape[1], held
                    held = _float(to_float, frame)
                    at += held.shape[1]
        if held is not None:
            last = held.shape[1]
            if "mp4" in self._formats and end is not None:
                # In MP4, the duration of the last packet excludes the padding.
                padding = at - round(end - self._origin)
                held = held[:, : last - padding] if 0 < padding < last else held
            yield at - last, held
            self._check_end(at, end, last, lenient)

    def _packets(
        self, container: InputContainer, audio: AudioStream, lenient: bool
    ) -> Iterator[AudioPacket]:
        """The stream's packets, including the empty one at the end."""
        packets = container.demux(audio)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError as error:
                self._damaged(f"its container breaks off ({_reason(error)})", lenient)
                return
            if packet is None:
                return
            if packet.is_corrupt and "wav" not in self._formats:
                place = self._seconds((self._samples(packet.pts) or 0.0) - self._origin)
                self._damaged(f"it breaks off after {place}", lenient)
            yield packet

    def _is_not_sound(self, packet: AudioPacket, at: int) -> bool:
        """Whether a packet is tags, zeros, or data after the end stated in an MP3's header."""
        data = bytes(packet)
        end = self._announced if "mp3" in self._formats else None
        return data.startswith(TAGS) or not any(data) or (end is not None and at >= end)

    def _check_same(self, frame: AudioFrame) -> None:
        if (frame.layout.nb_channels, frame.sample_rate) != (self.channels, self.sample_rate):
            was = f"{self.channels} channels at {self.sample_rate} Hz"
            now = f"{frame.layout.nb_channels} channels at {frame.sample_rate} Hz"
            self._damaged(f"it changes from {was} to {now}", lenient=False)

    def _check_gap(
        self, time: float, expected: float | None, samples: int, at: int, lenient: bool
    ) -> None:
        """Report a packet that begins later than the previous one ended."""
        gap = 0.0 if expected is None else time - expected
        if gap >= max(0.9 * samples, self._rounding):
            self._damaged(f"{round(gap)} samples are missing after {self._seconds(at)}", lenient)

    def _check_end(self, at: int, end: float | None, last: int, lenient: bool) -> None:
        """Report an end that is more than two packets too early."""
        there, announced = float(at), self._announced or float(self.samples)
        if self._formats & WITH_DURATION:
            # Some decoders return less than the duration of their packets.
            there = max(there, (end or 0.0) - self._origin)
        if announced - there > max(2 * last, self._rounding):
            self._damaged(self._of(there, announced), lenient)

    @property
    def _rounding(self) -> float:
        """The error of times in samples."""
        return COARSE_GAP_SECONDS * self.sample_rate if self._tick > 2 else 0.0

    @contextmanager
    def _open(self) -> Iterator[tuple[InputContainer, AudioStream]]:
        # A file object: FFmpeg reads names as URLs, and accepts UTF-8 only.
        with (
            self.path.open("rb") as file,
            av.open(file, "r", metadata_errors="ignore") as container,
        ):
            streams = container.streams.audio
            if self._number >= len(streams):
                raise LookupError(f"it has {len(streams)} audio streams")
            audio = streams[self._number]
            drop_custom_layout(audio)
            yield container, audio

    def close(self) -> None:
        """Do nothing: no file is open between readings."""


def _is_from_header(duration: float, frames_last: float) -> bool:
    """Whether the duration is that of the header, minus the encoder's delay and padding."""
    return duration.is_integer() and 0 <= frames_last - duration < 3 * 1152


def _from(first: int, at: int, chunk: Audio) -> Iterator[Audio]:
    """The part of ``chunk``, which begins at ``at``, from ``first`` on, unless it is empty."""
    wanted = chunk[:, max(0, first - at) :]
    if wanted.shape[1]:
        yield wanted


def _float(to_float: av.AudioResampler, frame: AudioFrame) -> Audio:
    """A frame as float32 (channels, samples); integers span -1 to 1."""
    channels = frame.layout.nb_channels
    return np.concatenate(
        [part.to_ndarray().reshape(-1, channels).T for part in to_float.resample(frame)], axis=1
    )


def _reason(error: av.FFmpegError) -> str:
    return (error.strerror or type(error).__name__).rstrip(".")
