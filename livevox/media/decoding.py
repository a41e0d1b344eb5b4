"""Files that FFmpeg decodes: libsndfile can't read them, or guesses their length or channels.

FFmpeg removes the encoder's delay and padding if the file states them, so that exactly the encoded
samples come out: MP3 with a LAME header, Opus, and AAC in MP4.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
from livevox.media.stream_times import WITH_DURATION, StreamTimes
from livevox.media.streams import (
    MediaFile,
    codec_of,
    default_track,
    description,
    drop_custom_layout,
    missing_bytes,
    moving_pictures,
    start_seconds,
)

BEFORE_SEEK_SECONDS = 1.0
"""Decoded and discarded before the target of a seek, as decoders depend on earlier data."""
TAGS = (b"ID3", b"TAG", b"APETAGEX", b"LYRICS")
"""First bytes of tags in an MP3 or AAC file, at its end or between two joined files."""

if TYPE_CHECKING:
    AudioPacket = Packet[AudioStream]  # generic in its stub only


class DecodedSource(AudioSource):
    """An audio track of a file, from 0, or the default one. Every reading opens the file again.

    If no header states the exact number of samples, the file is decoded once to count them. If
    ``estimated``, the duration that FFmpeg estimates is enough, and opening takes no longer for
    long files.

    Raises av.FFmpegError if FFmpeg can't open it, and LookupError if it has no such track.
    """

    def __init__(self, path: Path, track: int | None, estimated: bool = False) -> None:
        super().__init__(path)
        self._wanted = track
        self._lead = 0
        self._formats: frozenset[str] = frozenset()
        self._announced: float | None = None
        self._first_packet: AudioPacket | None = None
        self._times = StreamTimes(self.sample_rate)
        self._seekable = False
        self._counted = True
        with self._open() as (container, audio):
            self._formats = frozenset(container.format.name.split(","))
            if not self._look(container, audio):
                return
            samples = self._stated_samples(container, audio)
            if samples is None and estimated:
                duration = self._duration(container, audio)
                samples = round(duration) if duration else None
                self._counted = samples is None
        if samples is None:
            samples = sum(chunk.shape[1] for chunk in self._read_sound(0, lenient=True))
        self.samples = self._lead + samples

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
                self._times = StreamTimes.of(audio, self.sample_rate, frame.pts, self._formats)
                self._place(container)
                self._seekable = self._times.exact
                return True
        return False

    def _place(self, container: InputContainer) -> None:
        """Find the start: silence fills the time from the start of the video, if there is one."""
        for pictures in moving_pictures(container)[:1]:
            start = float((pictures.start_time or 0) * (pictures.time_base or 0))
            self._lead = max(0, round(self._times.origin - start * self.sample_rate))
        begin = (self._times.origin - self._lead) / self.sample_rate
        self.begins = begin - start_seconds(container)

    def _stated_samples(self, container: InputContainer, audio: AudioStream) -> int | None:
        """The exact number of samples, if the headers state it. Keeps the announced duration."""
        duration = self._times.duration(audio.duration)
        with self.path.open("rb") as file:
            if "ogg" in self._formats:
                pages = ogg_pages(file)
                self._check_pages(pages)
                self._seekable &= not pages.chained
                if duration and not pages.chained and not self.damage:
                    # It is the time of the end, even if the sound starts late.
                    late = max(0.0, self._times.origin)
                    return round(duration - late) - audio.codec_context.delay
            elif "mp3" in self._formats and self._first_packet:
                frames = xing_frames(file, self._first_packet.pos or 0)
                length = self._times.duration(self._first_packet.duration)
                # If the file is longer than the header says, as two joined files are, FFmpeg
                # estimates the duration. The header's duration is a whole number of samples.
                if frames and length and duration and _is_from_header(duration, frames * length):
                    self._announced = duration
                    return round(duration)
            elif "mp4" in self._formats and (missing := missing_bytes(audio, file)):
                self._damaged(f"it lacks the last {missing} bytes", lenient=True)
        if self._formats & WITH_DURATION:
            self._announced = self._duration(container, audio)
        return None

    def _duration(self, container: InputContainer, audio: AudioStream) -> float | None:
        """Of the stream, or else of the container, in samples. FFmpeg may have estimated it."""
        times = self._times
        return times.duration(audio.duration) or times.container_duration(container, audio)

    def _read(self, first: int, lenient: bool) -> Iterator[Audio]:
        for at in range(first, self._lead, self.sample_rate):
            yield np.zeros((self.channels, min(self.sample_rate, self._lead - at)), np.float32)
        yield from self._read_sound(max(0, first - self._lead), lenient)

    def _read_sound(self, first: int, lenient: bool) -> Iterator[Audio]:
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
                container.seek(self._times.time(start), stream=audio)
            for packet in self._packets(container, audio, lenient):
                if packet.pts is not None and packet.duration:
                    end = self._times.position(packet.pts + packet.duration)
                try:
                    frames = packet.decode()
                except av.FFmpegError as error:
                    expected = None
                    if not self._is_not_sound(packet, at):
                        reason = _reason(error)
                        place = self._times.seconds(at)
                        self._damaged(f"after {place} it can't be decoded ({reason})", lenient)
                    continue
                for frame in frames:
                    self._check_same(frame)
                    begin = self._times.position(frame.pts)
                    if sought:
                        at, sought = round(begin or 0.0), False
                    if begin is not None:
                        # In joined files, times restart.
                        self._seekable &= abs(begin - at) < 1
                        self._check_gap(begin, expected, frame.samples, at, lenient)
                        expected = begin + frame.samples
                    if held is not None:
                        yield at - held.shape[1], held
                    held = _float(to_float, frame)
                    at += held.shape[1]
        if held is not None:
            last = held.shape[1]
            if "mp4" in self._formats and end is not None:
                # In MP4, the duration of the last packet excludes the padding.
                padding = at - round(end)
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
                place = self._times.seconds(self._times.position(packet.pts) or 0.0)
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
        self, begin: float, expected: float | None, samples: int, at: int, lenient: bool
    ) -> None:
        """Report a packet that begins later than the previous one ended."""
        gap = 0.0 if expected is None else begin - expected
        if gap >= self._times.least_gap(samples):
            place = self._times.seconds(at)
            self._damaged(f"{round(gap)} samples are missing after {place}", lenient)

    def _check_end(self, at: int, end: float | None, last: int, lenient: bool) -> None:
        """Report an end that is more than two packets too early."""
        sound = self._counted and self.samples - self._lead
        there, announced = float(at), self._announced or float(sound)
        if self._formats & WITH_DURATION:
            # Some decoders return less than the duration of their packets.
            there = max(there, end or 0.0)
        if announced - there > max(2 * last, self._times.error):
            self._damaged(self._of(there, announced), lenient)

    @contextmanager
    def _open(self) -> Iterator[tuple[InputContainer, AudioStream]]:
        with (
            MediaFile(self.path) as file,
            av.open(file, "r", metadata_errors="ignore") as container,
        ):
            streams = container.streams.audio
            self.tracks = tuple(map(description, streams))
            self.track = default_track(streams) if self._wanted is None else self._wanted
            if self.track >= len(streams):
                raise LookupError(f"it has {len(streams)} audio tracks")
            audio = streams[self.track]
            if codec_of(audio) is None:
                raise LookupError("the codec of its audio is unknown")
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
