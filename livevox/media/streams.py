"""What FFmpeg reports about the streams of a file."""

from __future__ import annotations

import os
import re
from typing import BinaryIO

from av.audio.stream import AudioStream

MAX_LAYOUT_CHANNELS = 6
"""For more channels in MOV, AIFF and CAF, the layout is not read: FFmpeg may have a custom one,
with which PyAV 18 corrupts its memory."""


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
