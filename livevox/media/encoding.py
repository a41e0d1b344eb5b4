"""How sound is kept in the files that FFmpeg writes: container, codec and numbers."""

from __future__ import annotations

from dataclasses import dataclass

import av

from livevox.errors import LivevoxError

VIDEOS = ("mp4", "mov", "mkv")
"""Formats for the sound of pictures, as AAC."""
BIT_RATES = {"mp3": 256, "m4a": 256} | dict.fromkeys(VIDEOS, 256)
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

    def check(self, channels: int) -> None:
        """Raises ValueError where the codec takes no such sound."""
        if self.most_channels is not None and channels > self.most_channels:
            raise ValueError(f"at most {self.most_channels} channels")

    def rate_for(self, sample_rate: int) -> int:
        """The rate that the codec takes: this one, else the next higher, else its highest."""
        rates = sorted(av.Codec(self.codec, "w").audio_rates or ())
        return next((rate for rate in rates if rate >= sample_rate), (rates or [sample_rate])[-1])


ENCODINGS: dict[tuple[str, int | None], Encoding] = {
    ("wav", 32): Encoding("wav", "pcm_f32le", "flt"),
    ("wav", 24): Encoding("wav", "pcm_s24le", "s32"),
    ("wav", 16): Encoding("wav", "pcm_s16le", "s16"),
    ("flac", 24): Encoding("flac", "flac", "s32", most_channels=8),
    ("flac", 16): Encoding("flac", "flac", "s16", most_channels=8),
    ("mp3", None): Encoding("mp3", "libmp3lame", "fltp", most_channels=2),
    # Of more channels AAC forgets the places.
    ("m4a", None): Encoding("mp4", "aac", "fltp", most_channels=6),
}
ENCODINGS |= {
    (name, None): Encoding(container, "aac", "fltp", most_channels=6)
    for name, container in zip(VIDEOS, ("mp4", "mov", "matroska"), strict=True)
}
"""By the file's suffix and the bits of a sample, of which the first are the usual ones."""


@dataclass(frozen=True)
class Quality:
    """How well a format keeps the sound, where there is a choice; None for what is usual.

    ``bits`` are those of a sample: 32 are floats, 16 and 24 are dithered integers. ``bit_rate`` is
    in kbit/s.
    """

    bits: int | None = None
    bit_rate: int | None = None

    def check(self, kind: str) -> None:
        """Raises LivevoxError where the format with this suffix has no such quality."""
        if self.bit_rate is not None and kind not in BIT_RATES:
            raise LivevoxError(
                f"--bit-rate is {self.bit_rate}, but {kind} has none: choose --format mp3 or m4a"
            )
        if self.bits is not None and (kind, self.bits) not in ENCODINGS:
            raise LivevoxError(
                f"--bits is {self.bits}, which {kind} has not: wav has 16, 24 and 32, "
                "flac 16 and 24"
            )

    def bits_of(self, kind: str) -> int | None:
        """The bits of a sample in the format with this suffix; None where it has none."""
        return self.bits or next(bits for name, bits in ENCODINGS if name == kind)
