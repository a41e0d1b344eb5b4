"""All formats but Ogg, by FFmpeg."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
import numpy.typing as npt
import soxr
from av.audio.stream import AudioStream

from livevox.dsp.stft import Audio
from livevox.media.disk import Disk
from livevox.media.dither import Dither
from livevox.media.encoding import BIT_RATES, ENCODINGS, Quality
from livevox.media.sink import AudioSink
from livevox.media.tags import Tags
from livevox.media.video import CopiedStreams, Video

WAV_LIMIT_BYTES = 2**32 - 2**20
WITH_COVER = ("flac", "mp3", "m4a")
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


class FFmpegSink(AudioSink):
    """Writes to a Python file, so that every error of the disk is raised.

    Lossy formats resample rates that their codec does not take.
    """

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
        video: Video | None,
    ) -> None:
        kind = path.suffix.lstrip(".")
        bits = quality.bits_of(kind)
        encoding = ENCODINGS[kind, bits]
        encoding.check(channels)
        rate = encoding.rate_for(sample_rate)
        super().__init__(path, rate)
        self._resampler: soxr.ResampleStream | None = None
        if rate != sample_rate:
            self._resampler = soxr.ResampleStream(sample_rate, rate, channels, quality="HQ")
        self._dither: Dither | None = None
        self._limits = encoding.codec == "aac"  # FFmpeg's encoder lowers what would clip
        options = {}
        if kind == "wav":
            long = samples * channels * (bits or 32) // 8 > WAV_LIMIT_BYTES
            options["rf64"] = "always" if long else "never"
        elif kind == "m4a":
            options["brand"] = "M4A "
        self._disk = Disk(file)
        self._container = av.open(
            self._disk, "w", format=encoding.container, container_options=options
        )
        pictures = CopiedStreams(video, self._container) if video else None
        self._pictures, self._first = pictures, round(video.begins * rate) if video else 0
        stream = self._container.add_stream(encoding.codec, rate=rate)
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
        self._container.metadata.update(tags.texts)
        cover = tags.cover if kind in WITH_COVER else None
        picture = cover.add(self._container) if cover else None
        context.open()
        self._container.start_encoding()
        if cover and picture:
            cover.write(self._container, picture)

    def _write(self, block: Audio) -> int:
        if self._resampler is None:
            return self._encode(block)
        resampled: Audio = self._resampler.resample_chunk(np.ascontiguousarray(block.T)).T
        return self._encode(resampled)

    def _encode(self, block: Audio) -> int:
        if block.shape[1] == 0:
            return 0
        interleaved: npt.NDArray[Any]
        if self._dither:
            integers = self._dither(block) << self._shift
            interleaved = integers.astype(np.int16 if self._numbers == "s16" else np.int32)
        else:
            interleaved = np.ascontiguousarray(block.T, np.float32)
        frame = av.AudioFrame.from_ndarray(
            interleaved.reshape(1, -1), format=self._numbers, layout=self._layout
        )
        frame.sample_rate = self.sample_rate
        frame.pts = self._first + self.samples
        if self._pictures:
            self._pictures.copy_until(frame.pts / self.sample_rate)
        self._container.mux(self._stream.encode(frame))
        self._disk.raise_failure()
        return frame.samples

    def finish(self) -> None:
        if self._resampler:
            rest = np.zeros((0, self._stream.channels), np.float32)
            self.samples += self._encode(self._resampler.resample_chunk(rest, last=True).T)
        if self._pictures:
            self._pictures.copy_until(inf)
        self._container.mux(self._stream.encode(None))
        self._container.close()
        self._disk.raise_failure()

    @property
    def clips(self) -> bool:
        return self._dither is not None or self._limits
