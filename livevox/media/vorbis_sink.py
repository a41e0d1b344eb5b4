"""Vorbis in Ogg, by libsndfile."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import soundfile

from livevox.dsp.stft import Audio
from livevox.media.disk import Disk
from livevox.media.sink import AudioSink
from livevox.media.sndfile import VORBIS_ORDER
from livevox.media.tags import Tags

MOST_RATE = 200_000
"""In Hz: that of libvorbis. At higher rates libsndfile ends the process by a segmentation fault."""
VORBIS_BLOCK = 16_384
"""Samples per write: the stack that libsndfile's Vorbis encoder needs grows with them."""
VORBIS_TAGS = {
    "title": "title",
    "artist": "artist",
    "album": "album",
    "genre": "genre",
    "date": "date",
    "track": "tracknumber",
}
"""The tags that libsndfile can write, and its names for them."""


class VorbisSink(AudioSink):
    """Writes to a Python file, as libsndfile accepts names in UTF-8 only."""

    def __init__(
        self, path: Path, file: BinaryIO, sample_rate: int, channels: int, tags: Tags
    ) -> None:
        super().__init__(path, sample_rate)
        if sample_rate > MOST_RATE:
            raise ValueError(f"at most {MOST_RATE} Hz")
        self._order = VORBIS_ORDER.get(channels, tuple(range(channels)))
        self._disk = Disk(file)
        self._file = soundfile.SoundFile(
            self._disk, "w", sample_rate, channels, "VORBIS", format="OGG"
        )
        for tag, name in VORBIS_TAGS.items():
            if tag in tags.texts:
                setattr(self._file, name, tags.texts[tag])

    def _write(self, block: Audio) -> int:
        ordered = block[list(self._order)].T
        for start in range(0, len(ordered), VORBIS_BLOCK):
            self._file.write(ordered[start : start + VORBIS_BLOCK])
            self._disk.raise_failure()
        return len(ordered)

    def finish(self) -> None:
        self._file.close()
        self._disk.raise_failure()
