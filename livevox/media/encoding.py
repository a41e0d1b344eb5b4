"""How sound is kept in the files that FFmpeg writes: container, codec and numbers."""

from __future__ import annotations

from dataclasses import dataclass

import av

BIT_RATES = {"mp3": 256, "m4a": 256}
"""Formats that lose sound to save space, and their usual kbit/s."""


@dataclass(frozen=True)
class Encoding:
    """FFmpeg's names: of the container, the codec and the kind of numbers that it takes.

    ``most_channels`` is None where the codec itself refuses too many.
    """

    container: str
    codec: str
    numbers: str
    most_channels: int | None = None

    def check(self, sample_rate: int, channels: int) -> None:
        """Raises ValueError where the codec takes no such sound."""
        if self.most_channels is not None and channels > self.most_channels:
            raise ValueError(f"at most {self.most_channels} channels")
        rates = av.Codec(self.codec, "w").audio_rates
        if rates and sample_rate not in rates:
            raise ValueError(f"rates are {', '.join(map(str, sorted(rates)))} Hz")


ENCODINGS = {
    "wav": Encoding("wav", "pcm_f32le", "flt"),
    "flac": Encoding("flac", "flac", "s32", most_channels=8),
    "mp3": Encoding("mp3", "libmp3lame", "fltp", most_channels=2),
    # Of more channels AAC forgets the places.
    "m4a": Encoding("ipod", "aac", "fltp", most_channels=6),
}
"""By the file's suffix."""
