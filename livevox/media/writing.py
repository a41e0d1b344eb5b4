"""Audio files, written atomically: Ogg Vorbis by libsndfile, all others by FFmpeg."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import av
import soundfile

from livevox.errors import LivevoxError
from livevox.media.disk import disk_error, disk_errors
from livevox.media.encoding import BIT_RATES, ENCODINGS, VIDEOS, Quality
from livevox.media.ffmpeg_sink import FFmpegSink
from livevox.media.files import atomic_path, open_audio
from livevox.media.sink import AudioSink
from livevox.media.tags import NO_TAGS, Tags
from livevox.media.video import Video
from livevox.media.vorbis_sink import VorbisSink

SUFFIXES = (*dict.fromkeys(name for name, _ in ENCODINGS if name not in VIDEOS), "ogg")
"""The formats of sound alone. Float WAV keeps vocals + accompaniment equal to the input, whatever
its peak; Ogg is Vorbis, M4A is AAC."""
USUAL_QUALITY = Quality()
AAC_FRAME = 1024
"""Samples. Matroska does not state the padding of the last frame, and times are rounded beside
pictures."""


@contextmanager
def writing(
    path: Path,
    sample_rate: int,
    channels: int,
    samples: int,
    layout: str | None = None,
    quality: Quality = USUAL_QUALITY,
    tags: Tags = NO_TAGS,
    video: Video | None = None,
    mark: str = "",
) -> Iterator[AudioSink]:
    """Write a file of ``samples`` at most, in the format of its suffix. It appears when complete.

    ``layout`` is a channel layout as in :class:`livevox.media.source.AudioSource`. WAV and Ogg take
    the texts of ``tags`` only. The pictures of ``video`` are copied, into MP4, MOV or MKV. ``mark``
    is that of :func:`atomic_path`.

    Raises LivevoxError if the format can't hold that rate, quality or number of channels, or if the
    disk is full, even if only the last bytes don't fit.
    """
    kind = path.suffix.lstrip(".")
    quality.check(kind)
    with atomic_path(path, mark) as part, ExitStack() as opened:
        file = part.open("wb")
        opened.callback(_close, file)
        sink: AudioSink
        try:
            if kind == "ogg":
                sink = VorbisSink(path, file, sample_rate, channels, tags)
            else:
                sink = FFmpegSink(
                    path, file, sample_rate, channels, samples, layout, quality, tags, video
                )
        except (av.FFmpegError, soundfile.LibsndfileError, ValueError) as error:
            raise LivevoxError(
                f"{path} can't hold {channels} channels at {sample_rate} Hz as {kind} ({error}): "
                "choose --format wav"
            ) from None
        except OSError as error:
            raise disk_error(path, error) from None
        try:
            yield sink
        except BaseException:
            with suppress(Exception):
                sink.finish()
            raise
        with disk_errors(path):
            sink.finish()
            file.close()
            _check(path, part, sink.samples)


def _close(file: BinaryIO) -> None:
    """Close the file after an error. A full disk has already been reported."""
    with suppress(OSError):
        file.close()


def _check(path: Path, part: Path, samples: int) -> None:
    """Check that all samples are on the disk: libsndfile reports no error at its last bytes."""
    reason, kind = "is it full?", path.suffix.lstrip(".")
    if not samples:
        there = 0
    elif kind in BIT_RATES:
        # These files state the encoder's delay and padding, so that reading gives all samples.
        reason = "is it full, or the sound too short?"
        try:
            with open_audio(part) as source:
                there = source.samples
        except LivevoxError:
            there = 0
    else:
        with part.open("rb") as file:
            there = soundfile.info(file).frames
    if abs(there - samples) > (AAC_FRAME if kind in VIDEOS else 0):
        raise LivevoxError(
            f"{path} can't be written whole ({there} of {samples} samples are on the disk): "
            f"{reason}"
        )
