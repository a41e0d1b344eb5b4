"""Audio files, written atomically: Ogg Vorbis by libsndfile, all others by FFmpeg."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
import numpy.typing as npt
import soundfile
from av.audio.stream import AudioStream

from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.dither import Dither
from livevox.media.encoding import BIT_RATES, ENCODINGS, Quality
from livevox.media.files import atomic_path, open_audio
from livevox.media.sndfile import VORBIS_ORDER
from livevox.media.tags import NO_TAGS, Tags

SUFFIXES = (*dict.fromkeys(name for name, _ in ENCODINGS), "ogg")
"""The formats. Float WAV keeps vocals + accompaniment equal to the input, whatever its peak; Ogg is
Vorbis, M4A is AAC."""
WAV_LIMIT_BYTES = 2**32 - 2**20
VORBIS_BLOCK = 16_384
"""Samples per write: the stack that libsndfile's Vorbis encoder needs grows with them."""
WITH_COVER = ("flac", "mp3", "m4a")
VORBIS_TAGS = {
    "title": "title",
    "artist": "artist",
    "album": "album",
    "genre": "genre",
    "date": "date",
    "track": "tracknumber",
}
"""The tags that libsndfile can write, and its names for them."""
USUAL_LAYOUTS = {
    1: "mono",
    2: "stereo",
    3: "3.0",
    4: "quad",
    5: "5.0",
    6: "5.1",
    7: "6.1",
    8: "7.1",
}
"""The channel layouts of FLAC and Vorbis, by the number of channels."""

USUAL_QUALITY = Quality()


class AudioSink(ABC):
    """A file being written; take it from :func:`writing`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.samples = 0

    def write(self, block: Audio) -> None:
        """Append (channels, samples). Raises LivevoxError if the disk fails or is full."""
        with _disk_errors(self.path):
            self._write(block)
        self.samples += block.shape[1]

    @property
    def clipped(self) -> int:
        """The number of clipped samples, in formats that end at full scale."""
        return 0

    @abstractmethod
    def _write(self, block: Audio) -> None: ...

    @abstractmethod
    def finish(self) -> None:
        """Write buffered audio, and close the file."""


@contextmanager
def writing(
    path: Path,
    sample_rate: int,
    channels: int,
    samples: int,
    layout: str | None = None,
    quality: Quality = USUAL_QUALITY,
    tags: Tags = NO_TAGS,
) -> Iterator[AudioSink]:
    """Write a file of ``samples`` at most, in the format of its suffix. It appears when complete.

    ``layout`` is a channel layout as in :class:`livevox.media.source.AudioSource`. WAV and Ogg take
    the texts of ``tags`` only.

    Raises LivevoxError if the format can't hold that rate, quality or number of channels, or if the
    disk is full, even if only the last bytes don't fit.
    """
    kind = path.suffix.lstrip(".")
    quality.check(kind)
    with atomic_path(path) as part, ExitStack() as opened:
        file = part.open("wb")
        opened.callback(_close, file)
        sink: AudioSink
        try:
            if kind == "ogg":
                sink = _VorbisSink(path, file, sample_rate, channels, tags)
            else:
                sink = _FFmpegSink(
                    path, file, sample_rate, channels, samples, layout, quality, tags
                )
        except (av.FFmpegError, soundfile.LibsndfileError, ValueError) as error:
            raise LivevoxError(
                f"{path} can't hold {channels} channels at {sample_rate} Hz as {kind} ({error}): "
                "choose --format wav"
            ) from None
        except OSError as error:
            raise _disk_error(path, error) from None
        try:
            yield sink
        except BaseException:
            with suppress(Exception):
                sink.finish()
            raise
        with _disk_errors(path):
            sink.finish()
            file.close()
            _check(path, part, sink.samples)


def _close(file: BinaryIO) -> None:
    """Close the file after an error. A full disk has already been reported."""
    with suppress(OSError):
        file.close()


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (av.FFmpegError, soundfile.LibsndfileError, OSError) as error:
        raise _disk_error(path, error) from None


def _disk_error(path: Path, error: Exception) -> LivevoxError:
    reason = getattr(error, "strerror", None) or str(error)
    return LivevoxError(f"{path} can't be written further ({reason}): is the disk full?")


def _check(path: Path, part: Path, samples: int) -> None:
    """Check that all samples are on the disk: libsndfile reports no error at its last bytes."""
    reason = "is it full?"
    if not samples:
        there = 0
    elif path.suffix.lstrip(".") in BIT_RATES:
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
    if there != samples:
        raise LivevoxError(
            f"{path} can't be written whole ({there} of {samples} samples are on the disk): "
            f"{reason}"
        )


class _Disk:
    """A file for libsndfile, which hides the reason of a failure; :attr:`failure` has it.

    It is a file as libsndfile accepts names in UTF-8 only.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.failure: OSError | None = None
        self.seek, self.tell = file.seek, file.tell

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.failure = self.failure or error
            return 0


class _VorbisSink(AudioSink):
    def __init__(
        self, path: Path, file: BinaryIO, sample_rate: int, channels: int, tags: Tags
    ) -> None:
        super().__init__(path)
        self._order = VORBIS_ORDER.get(channels, tuple(range(channels)))
        self._disk = _Disk(file)
        self._file = soundfile.SoundFile(
            self._disk, "w", sample_rate, channels, "VORBIS", format="OGG"
        )
        for tag, name in VORBIS_TAGS.items():
            if tag in tags.texts:
                setattr(self._file, name, tags.texts[tag])

    def _write(self, block: Audio) -> None:
        ordered = block[list(self._order)].T
        for start in range(0, len(ordered), VORBIS_BLOCK):
            self._file.write(ordered[start : start + VORBIS_BLOCK])
            self._raise_failure()

    def finish(self) -> None:
        self._file.close()
        self._raise_failure()

    def _raise_failure(self) -> None:
        if self._disk.failure:
            raise self._disk.failure


class _FFmpegSink(AudioSink):
    """Writes to a Python file, so that every error of the disk is raised."""

    def __init__(
        self,
        path: Path,
        file: BinaryIO,
        sample_rate: int,
        channels: int,
        samples: int,
        layout: str | None,
        quality: Quality,
        tags: Tags,
    ) -> None:
        super().__init__(path)
        self._dither: Dither | None = None
        kind = path.suffix.lstrip(".")
        bits = quality.bits_of(kind)
        encoding = ENCODINGS[kind, bits]
        encoding.check(sample_rate, channels)
        options = {}
        if kind == "wav":
            long = samples * channels * (bits or 32) // 8 > WAV_LIMIT_BYTES
            options["rf64"] = "always" if long else "never"
        elif kind == "m4a":
            options["brand"] = "M4A "
        self._container = av.open(file, "w", format=encoding.container, container_options=options)
        stream = self._container.add_stream(encoding.codec, rate=sample_rate)
        assert isinstance(stream, AudioStream)
        self._stream = stream
        context = stream.codec_context
        usual = f"{channels}C" if kind == "wav" and channels > 2 else USUAL_LAYOUTS[channels]
        context.layout = self._layout = layout or usual
        context.format = encoding.numbers
        self._numbers, self._shift = encoding.numbers.rstrip("p"), 0
        if bits in (16, 24):
            self._dither = Dither(bits)
            self._shift = 8 if bits == 24 else 0  # FFmpeg has 24 bits in the upper ones of 32
            context.options = {"bits_per_raw_sample": str(bits)}
        if kind in BIT_RATES:
            context.bit_rate = 1000 * (quality.bit_rate or BIT_RATES[kind])
        self._rate = sample_rate
        self._container.metadata.update(tags.texts)
        cover = tags.cover if kind in WITH_COVER else None
        picture = cover.add(self._container) if cover else None
        context.open()
        self._container.start_encoding()
        if cover and picture:
            cover.write(self._container, picture)

    def _write(self, block: Audio) -> None:
        if block.shape[1] == 0:
            return
        interleaved: npt.NDArray[Any]
        if self._dither:
            integers = self._dither(block) << self._shift
            interleaved = integers.astype(np.int16 if self._numbers == "s16" else np.int32)
        else:
            interleaved = np.ascontiguousarray(block.T, np.float32)
        frame = av.AudioFrame.from_ndarray(
            interleaved.reshape(1, -1), format=self._numbers, layout=self._layout
        )
        frame.sample_rate = self._rate
        frame.pts = self.samples
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()

    @property
    def clipped(self) -> int:
        return self._dither.clipped if self._dither else 0
