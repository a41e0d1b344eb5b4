"""The streams of a file, as FFmpeg describes them."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Sequence
from errno import EINVAL
from typing import BinaryIO

import av
from av.audio.stream import AudioStream
from av.codec import CodecContext
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

MAX_LAYOUT_CHANNELS = 6
"""For more channels in MOV, AIFF and CAF, the layout is not read: FFmpeg may have a custom one,
with which PyAV 18 corrupts its memory."""


class MediaFile(io.FileIO):
    """A file for `av.open`: FFmpeg reads names as URLs, and accepts UTF-8 only.

    Damaged files send FFmpeg to places before the beginning. :meth:`seek` answers with an error
    number, because PyAV prints a traceback for an exception.
    """

    def seek(self, place: int, whence: int = io.SEEK_SET, /) -> int:
        """As of any file, but a negative number of the system's error instead of an OSError."""
        try:
            return super().seek(place, whence)
        except OSError as error:
            return -(error.errno or EINVAL)


def moving_pictures(container: InputContainer) -> list[VideoStream]:
    """The video streams, without cover pictures."""
    streams = container.streams.video
    return [each for each in streams if not each.disposition & Disposition.attached_pic]


def start_seconds(container: InputContainer) -> float:
    """The first time stamp of the file."""
    return (container.start_time or 0) / av.time_base


def default_track(streams: Sequence[AudioStream]) -> int:
    """The index of the track that players choose."""
    defaults = (n for n, each in enumerate(streams) if each.disposition & Disposition.default)
    return next(defaults, 0)


def description(stream: AudioStream) -> str:
    """Language and title, where they are known."""
    language = None if stream.language == "und" else stream.language
    return ", ".join(filter(None, (language, stream.metadata.get("title"))))


def codec_of(stream: Stream) -> str | None:
    """The name of its codec; None if FFmpeg does not know it."""
    # PyAV's types do not say that it may be missing.
    context: CodecContext | None = stream.codec_context
    return context.codec.canonical_name if context else None


def drop_custom_layout(audio: AudioStream) -> None:
    """Compute the channel count, as reading it would corrupt PyAV's memory."""
    context = audio.codec_context
    bits = re.fullmatch(r"pcm_[suf](\d+)(le|be)?", context.name)
    if bits and context.bit_rate:
        channels = context.bit_rate // (context.sample_rate * int(bits[1]))
        if channels > MAX_LAYOUT_CHANNELS:
            context.layout = f"{channels}C"


def missing_bytes(audio: AudioStream, file: BinaryIO) -> int:
    """The number of bytes that are missing at the end of an MP4 file, by its index."""
    last = max((entry.pos + entry.size for entry in audio.index_entries), default=0)
    return max(0, last - os.fstat(file.fileno()).st_size)
