"""What FFmpeg tells of the streams of a file."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import BinaryIO

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

PLACES_KNOWN = 6
"""Of more channels in MOV, AIFF and CAF the places are not asked: FFmpeg may have them in an order
of their own, and PyAV 18 damages its memory then."""


def moving_pictures(container: InputContainer) -> list[VideoStream]:
    """The streams of a file that are no covers."""
    streams = container.streams.video
    return [each for each in streams if not each.disposition & Disposition.attached_pic]


def start_seconds(container: InputContainer) -> float:
    """What the file's clock shows at its beginning."""
    return (container.start_time or 0) / av.time_base


def usual_track(streams: Sequence[AudioStream]) -> int:
    """The track that players choose."""
    defaults = (n for n, each in enumerate(streams) if each.disposition & Disposition.default)
    return next(defaults, 0)


def description(stream: AudioStream) -> str:
    """Language and title, where they are known."""
    language = None if stream.language == "und" else stream.language
    return ", ".join(filter(None, (language, stream.metadata.get("title"))))


def forget_unusual_places(audio: AudioStream) -> None:
    """Even to ask for their number would be the damage, so it is computed."""
    context = audio.codec_context
    bits = re.fullmatch(r"pcm_[suf](\d+)(le|be)?", context.name)
    if bits and context.bit_rate:
        channels = context.bit_rate // (context.sample_rate * int(bits[1]))
        if channels > PLACES_KNOWN:
            context.layout = f"{channels}C"


def missing_bytes(audio: AudioStream, file: BinaryIO) -> int:
    """By how many bytes the index of an MP4 file leads behind its end."""
    last = max((entry.pos + entry.size for entry in audio.index_entries), default=0)
    return max(0, last - os.fstat(file.fileno()).st_size)
