"""Files that libsndfile reads exactly: PCM in its containers, FLAC, and Vorbis in Ogg."""

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
from livevox.media.streams import MediaFile

MAGIC = (b"RIFF", b"RIFX", b"RF64", b"FORM", b".snd", b"caff", b"fLaC", b"OggS")
"""First bytes of the files that are tried here first. MP3 is not, as libsndfile estimates its
length, nor W64, as it reads FFmpeg's floats as integers. Vorbis is, as FFmpeg truncates files of a
single page."""
WITH_LAYOUT = ("WAV", "WAVEX", "RF64", "FLAC", "OGG")
"""Formats whose channel layout is read. For AIFF and CAF see livevox.media.decoding."""
SEEK_EARLIER = 65_536
"""Samples of Vorbis to decode and discard after a seek: libsndfile's first ones are wrong (its
issue 885), near the end of a file as many as a page of Ogg holds."""
VORBIS_ORDER = {3: (0, 2, 1), 5: (0, 2, 1, 3, 4), 6: (0, 2, 1, 4, 5, 3)} | {
    7: (0, 2, 1, 5, 6, 4, 3),
    8: (0, 2, 1, 6, 7, 4, 5, 3),
}
"""The order of a WAV file's channels in Vorbis, by their number, where the two differ. libsndfile
does not reorder them."""
READ_SAMPLES = 4096
"""The size of a FLAC frame, so that at most one frame before damaged data is lost."""
TWO_VORBIS_PACKETS = 2048
"""The end of a Vorbis file may come so much sooner than its last page states: FFmpeg rounds the
times of what it copies from WebM. A lost page is found by the pages' numbers and checksums."""
NO_LENGTH = 2**62
"""libsndfile's count of samples is at least this, or 0, if the header has none."""


def is_exact(path: Path) -> bool:
    """Whether to try :class:`SndfileSource` first."""
    with path.open("rb") as file:
        return file.read(4) in MAGIC


class InexactError(Exception):
    """libsndfile can open the file, but does not read it exactly."""


class SndfileSource(AudioSource):
    """Raises soundfile.LibsndfileError if the file can't be opened, and InexactError."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._opened = ExitStack()
        with self._opened as opened:
            file = opened.enter_context(soundfile.SoundFile(self._openable(path)))
            pages = _pages(path) if file.format == "OGG" else None
            if pages and (pages.chained or file.subtype != "VORBIS"):
                raise InexactError
            if not 0 < file.frames < NO_LENGTH or file.subtype.startswith("MPEG"):
                raise InexactError
            self._file = file
            self._opened = opened.pop_all()
        self.sample_rate = file.samplerate
        self.channels = file.channels
        self.samples = file.frames
        self._vorbis = pages is not None
        if self.channels > 2 and file.format in WITH_LAYOUT:
            self.layout = _layout(path)
        if pages:
            self._check_pages(pages)
        data = pcm_data(path)
        if data and data.there < data.announced:
            announced = self.samples * data.announced / max(1, data.there)
            self._damaged(self._of(self.samples, announced), lenient=True)

    def _openable(self, path: Path) -> Path | BinaryIO:
        """What libsndfile can open: it accepts names in UTF-8 only."""
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
            # In Vorbis files, a seek to shortly after the position goes wrong, except from 0.
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
        if self.samples - position > (TWO_VORBIS_PACKETS if self._vorbis else 0):
            self._damaged(self._of(position, self.samples), lenient)

    def close(self) -> None:
        self._opened.close()


def _pages(path: Path) -> OggPages:
    with path.open("rb") as file:
        return ogg_pages(file)


def _layout(path: Path) -> str | None:
    """The channel layout, which libsndfile does not report."""
    with suppress(av.FFmpegError, IndexError), MediaFile(path) as file, av.open(file) as container:
        layout = container.streams.audio[0].layout
        return layout.name if layout.channels[0].name != "NONE" else None
    return None
