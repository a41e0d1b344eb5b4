"""What becomes of sound in every format that livevox writes, as a table for docs/files.md."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.encoding import VIDEOS, Quality
from livevox.media.files import open_audio
from livevox.media.tags import TAGS, Cover, Tags, read_tags
from livevox.media.writing import writing
from tests.audio_files import RATE, lag, sound

FORMATS = {
    "wav": ("wav", Quality()),
    "wav, `--bits 24`": ("wav", Quality(bits=24)),
    "wav, `--bits 16`": ("wav", Quality(bits=16)),
    "flac": ("flac", Quality()),
    "flac, `--bits 16`": ("flac", Quality(bits=16)),
    "ogg": ("ogg", Quality()),
    "mp3": ("mp3", Quality()),
    "mp3, `--bit-rate 128`": ("mp3", Quality(bit_rate=128)),
    "m4a": ("m4a", Quality()),
    "m4a, `--bit-rate 128`": ("m4a", Quality(bit_rate=128)),
    **{f"{name} (`--mux`)": (name, Quality()) for name in VIDEOS},
}
CHANNELS = (1, 2, 6, 8, 16, 32)
RATES = (4_000, 44_100, 48_000, 96_000, 192_000, 384_000, 768_000)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)

HEAD = f"""
## Written

Stereo noise at {RATE} Hz was written in every format of `livevox separate`, and read again. "exact"
is every sample as it was; otherwise this is the level of the error. "1.5" is what becomes of
samples of 1.5, which are above full scale. Of {", ".join(map(str, CHANNELS))} channels the
table has the most that are taken, and of {", ".join(map(str, RATES))}
Hz the lowest and the highest. Anything else is refused, but for the rates of MP3 and AAC: there the
stems are resampled.

| format | samples | error, dB | kbit/s | channels | rates, Hz | 1.5 | tags | cover |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


def output_table() -> str:
    """The section of the page."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [output_row(name, *how, Path(folder)) for name, how in FORMATS.items()]
    return HEAD + "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def output_row(name: str, kind: str, quality: Quality, folder: Path) -> list[str]:
    """What became of sound in one format."""
    path = folder / f"out.{kind}"
    fed = sound(2, 10.0)
    out, _ = _through(path, fed, RATE, quality)
    more = out.shape[1] - fed.shape[1]
    samples = "the same" if not more else f"{more} more"
    if later := lag(out, fed):
        samples += f", {later} later"
    seconds = fed.shape[1] / RATE
    channels = [n for n in CHANNELS if _taken(path, n, RATE, quality) == RATE]
    kept = [rate for rate in RATES if _taken(path, 2, rate, quality) == rate]
    loud = sound(2, 1.0).copy()
    loud[:, RATE // 2 - 500 : RATE // 2 + 500] = 1.5
    peak = float(np.abs(_through(path, loud, RATE, quality)[0][:, RATE // 2]).max())
    _through(path, fed, RATE, quality)
    size = path.stat().st_size
    texts = dict.fromkeys(TAGS, "7")
    with writing(path, RATE, 2, RATE, quality=quality, tags=Tags(texts, _cover())) as sink:
        sink.write(loud)
    tags = read_tags(path)
    return [
        name,
        samples,
        _error(out[:, : fed.shape[1]], fed),
        f"{size * 8 / seconds / 1000:.0f}",
        f"at most {channels[-1]}",
        f"{kept[0]} to {kept[-1]}",
        f"{peak:.2f}",
        f"{len(tags.texts)} of {len(TAGS)}",
        "yes" if tags.cover else "no",
    ]


def _cover() -> Cover:
    return Cover("png", 1, 1, PIXEL)


def _error(out: Audio, fed: Audio) -> str:
    if np.array_equal(out, fed):
        return "exact"
    return f"{10 * np.log10(np.mean((out - fed) ** 2) / np.mean(fed**2)):.0f}"


def _through(path: Path, fed: Audio, rate: int, quality: Quality) -> tuple[Audio, int]:
    """The sound that was written and read again, and its rate."""
    with writing(path, rate, fed.shape[0], fed.shape[1], quality=quality) as sink:
        sink.write(fed)
    with open_audio(path) as source:
        return np.concatenate(list(source.blocks(RATE)), axis=1), source.sample_rate


def _taken(path: Path, channels: int, rate: int, quality: Quality) -> int | None:
    """The rate at which such sound is written, if it is."""
    try:
        return _through(path, sound(channels, 1.0), rate, quality)[1]
    except LivevoxError:
        return None
