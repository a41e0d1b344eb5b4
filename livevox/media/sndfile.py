"""Files that libsndfile reads to the sample: PCM in its containers, FLAC, and Vorbis in Ogg."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
import soundfile

from livevox.dsp.stft import Audio
from livevox.media.headers import OggPages, ogg_pages, pcm_data
from livevox.media.source import AudioSource

MAGIC = (b"RIFF", b"RIFX", b"RF64", b"FORM", b".snd", b"caff", b"fLaC", b"OggS")
"""How files begin that are tried here first. libsndfile estimates the length of MP3 files, and
takes the floats of FFmpeg's W64 for integers; FFmpeg cuts Vorbis files of a single page."""
WITH_PLACES = ("WAV", "WAVEX", "RF64", "FLAC", "OGG")
"""Of AIFF and CAF the places of channels are not asked: see livevox.media.decoding."""
SEEK_EARLIER = 65_536
"""Samples of Vorbis to decode and forget after a seek: what libsndfile gives then is wrong at first
(its issue 885), near the end of a file for as long as a page of Ogg lasts."""
VORBIS_ORDER = {3: (0, 2, 1), 5: (0, 2, 1, 3, 4), 6: (0, 2, 1, 4, 5, 3)} | {
    7: (0, 2, 1, 5, 6, 4, 3),
    8: (0, 2, 1, 6, 7, 4, 5, 3),
}
"""Which channel of a WAV file comes first, second, ... in Vorbis, where that differs; libsndfile
leaves them as they are."""
READ_SAMPLES = 4096
"""As many as a frame of FLAC: what precedes a damage is kept but for one."""
MANY = 2**62
"""libsndfile's count of samples where the header has none."""


def is_exact(path: Path) -> bool:
    """Whether :class:`SndfileSource` is the one to try first."""
    with path.open("rb") as file:
        return file.read(4) in MAGIC


class InexactError(Exception):
    """libsndfile reads the file, but another decoder must."""


class SndfileSource(AudioSource):
    """Raises soundfile.LibsndfileError where it can't be opened, and InexactError."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._opened = ExitStack()
        with self._opened as opened:
            file = opened.enter_context(soundfile.SoundFile(self._openable(path)))
            pages = _pages(path) if file.format == "OGG" else None
            if pages and (pages.chained or file.subtype != "VORBIS"):
                raise InexactError
            if file.frames >= MANY or file.subtype.startswith("MPEG"):
                raise InexactError
            self._file = file
            self._opened = opened.pop_all()
        self.sample_rate = file.samplerate
        self.channels = file.channels
        self.samples = file.frames
        self._vorbis = pages is not None
        if self.channels > 2 and file.format in WITH_PLACES:
            self.layout = _layout(path)
        if pages:
            self._check_pages(pages)
        data = pcm_data(path)
        if data and data.there < data.announced:
            announced = self.samples * data.announced / max(1, data.there)
            self._damaged(self._of(self.samples, announced), lenient=True)

    def _openable(self, path: Path) -> Path | BinaryIO:
        """libsndfile takes names in UTF-8 only."""
        try:
            os.fspath(path).encode("utf-8")
        except UnicodeEncodeError:
            return self._opened.enter_context(path.open("rb"))
        return path

    def _read(self, first: int, lenient: bool) -> Iterator[Audio]:
        skip = min(first, SEEK_EARLIER) if self._vorbis else 0
        position = first - skip
        order = VORBIS_ORDER.get(self.channels) if self._vorbis else None
        places = np.argsort(order) if order else slice(None)
        try:
            # From anywhere else a seek to shortly after that place goes wrong in Vorbis files.
            self._file.seek(0)
            self._file.seek(position)
            while len(block := self._file.read(READ_SAMPLES, dtype="float32", always_2d=True)):
                position += len(block)
                wanted = block[skip:].T
                skip -= min(skip, len(block))
                if wanted.shape[1]:
                    yield wanted[places]
        except soundfile.LibsndfileError as error:
            reason = error.error_string.rstrip(".")
            self._damaged(f"{self._of(position, self.samples)}, then: {reason}", lenient)
            return
        if position < self.samples:
            self._damaged(self._of(position, self.samples), lenient)

    def close(self) -> None:
        self._opened.close()


def _pages(path: Path) -> OggPages:
    with path.open("rb") as file:
        return ogg_pages(file)


def _layout(path: Path) -> str | None:
    """The places of the channels, which libsndfile does not tell."""
    with suppress(av.FFmpegError, IndexError), path.open("rb") as file, av.open(file) as container:
        layout = container.streams.audio[0].layout
        return layout.name if layout.channels[0].name != "NONE" else None
    return None
