"""Files as people have them: containers, codecs, channel layouts and damages, by ffmpeg."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import soundfile

from livevox.dsp.stft import Audio

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")

SECONDS = 3.017
RATE = 48_000
"""Opus knows no other that is usual."""


@dataclass(frozen=True)
class Kind:
    """One way to keep sound in a file.

    ``later`` is by how many samples it comes out later than it went in, ``longer`` by how many it
    comes out longer, because the file does not state the encoder's delay and padding. ``through``
    is the suffix of a container that it is copied from, without being encoded again.
    """

    name: str
    options: str
    lossless: bool = False
    later: int = 0
    longer: int = 0
    copies: int = 1
    piped: bool = False
    through: str = ""
    mono_and_stereo: bool = False

    @property
    def codec(self) -> str:
        """As ffmpeg names it."""
        words = self.options.split()
        return words[words.index("-c:a") + 1]


KINDS = (
    Kind("float.wav", "-c:a pcm_f32le", lossless=True),
    Kind("16 bits.wav", "-c:a pcm_s16le", lossless=True),
    Kind("piped.wav", "-c:a pcm_s16le -f wav", lossless=True, piped=True),
    Kind("rf64.wav", "-c:a pcm_s16le -rf64 always", lossless=True),
    Kind("float.w64", "-c:a pcm_f32le", lossless=True),
    Kind("16 bits.aiff", "-c:a pcm_s16be", lossless=True),
    Kind("16 bits.au", "-c:a pcm_s16be", lossless=True),
    Kind("16 bits.caf", "-c:a pcm_s16le", lossless=True),
    Kind("music.flac", "-c:a flac", lossless=True),
    Kind("piped.flac", "-c:a flac -f flac", lossless=True, piped=True),
    Kind("flac.ogg", "-c:a flac", lossless=True),
    Kind("flac.mka", "-c:a flac", lossless=True),
    Kind("alac.m4a", "-c:a alac", lossless=True),
    Kind("music.tta", "-c:a tta", lossless=True),
    Kind("music.wv", "-c:a wavpack", lossless=True),
    Kind("cbr.mp3", "-c:a libmp3lame -b:a 128k", mono_and_stereo=True),
    Kind("vbr.mp3", "-c:a libmp3lame -q:a 4", mono_and_stereo=True),
    Kind(
        "cbr, no header.mp3",
        "-c:a libmp3lame -b:a 128k -write_xing 0",
        later=1105,
        longer=1152,
        mono_and_stereo=True,
    ),
    Kind(
        "vbr, no header.mp3",
        "-c:a libmp3lame -q:a 4 -write_xing 0",
        later=1105,
        longer=1152,
        mono_and_stereo=True,
    ),
    Kind("joined.mp3", "-c:a libmp3lame -q:a 4", copies=2, longer=2256, mono_and_stereo=True),
    Kind("aac.m4a", "-c:a aac -b:a 160k"),
    Kind("aac, index first.m4a", "-c:a aac -b:a 160k -movflags +faststart"),
    Kind(
        "aac.mp4", "-c:a aac -b:a 160k -movflags frag_keyframe+empty_moov", later=1024, longer=1024
    ),
    Kind("music.aac", "-c:a aac -b:a 160k", later=1024, longer=1984),
    Kind("aac.mka", "-c:a aac -b:a 160k", later=1024, longer=1984),
    Kind("music.opus", "-c:a libopus -b:a 128k"),
    Kind("opus.webm", "-c:a libopus -b:a 128k"),
    Kind("opus.mp4", "-c:a libopus -b:a 128k"),
    Kind("vorbis.ogg", "-c:a libvorbis"),
    Kind("joined.ogg", "-c:a libvorbis", copies=2, longer=1024),
    Kind("copied from webm.ogg", "-c:a libvorbis", longer=1024, through=".webm"),
    Kind("copied from webm.opus", "-c:a libopus", longer=960, through=".webm"),
    Kind("late.opus", "-c:a libopus -output_ts_offset 0.5"),
    Kind("vorbis.webm", "-c:a libvorbis", longer=1024),
    Kind("music.wma", "-c:a wmav2", later=-2048, longer=-2048, mono_and_stereo=True),
    Kind("music.ac3", "-c:a ac3", later=256, longer=1536),
    Kind("dvd.vob", "-c:a ac3", later=256, longer=1536),
    Kind("dvd, pcm.vob", "-c:a pcm_dvd", lossless=True),
)
"""``longer`` is a bound where the codec's blocks decide."""
LAYOUTS = {"mono": 1, "stereo": 2, "5.1": 6, "7.1": 8}


@cache
def sound(channels: int = 2, seconds: float = SECONDS) -> Audio:
    """Noise below 6 kHz, another in every channel, in steps of 16 bits: (channels, samples)."""
    rng = np.random.default_rng(11)
    spectrum = np.fft.rfft(rng.normal(0, 1, (channels, round(seconds * RATE))))
    spectrum[:, round(6000 * seconds) :] = 0
    noise = np.fft.irfft(spectrum, round(seconds * RATE))
    noise *= 0.5 / np.abs(noise).max()
    audio = np.asarray(np.rint(noise * 2**15) / 2**15, np.float32)
    # All callers share it.
    audio.flags.writeable = False
    return audio


def lag(out: Audio, fed: Audio) -> int:
    """By how many samples the first channel comes later."""
    size = 2 * max(out.shape[1], fed.shape[1])
    spectra = np.fft.rfft(out[0], size) * np.fft.rfft(fed[0], size).conj()
    at = int(np.argmax(np.fft.irfft(spectra, size)))
    return at if at < size // 2 else at - size


def encode(kind: Kind, audio: Audio, folder: Path, layout: str = "stereo") -> Path:
    """The sound in a file of this kind."""
    path = folder / kind.name
    path.write_bytes(_encoded(kind, audio.tobytes(), len(audio), layout))
    return path


@cache
def _encoded(kind: Kind, audio: bytes, channels: int, layout: str) -> bytes:
    """The file's content. Several tests need the same one, and an encoder takes a while."""
    with TemporaryDirectory() as folder:
        source, path = Path(folder) / "source.wav", Path(folder) / kind.name
        first = path.with_suffix(kind.through) if kind.through else path
        samples = np.frombuffer(audio, np.float32).reshape(channels, -1)
        soundfile.write(source, samples.T, RATE, "FLOAT")
        command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-channel_layout", layout]
        command += ["-i", str(source), *kind.options.split()]
        if kind.codec == "libopus" and channels > 2:
            command += ["-mapping_family", "1"]
        if kind.piped:
            data = subprocess.run([*command, "-"], check=True, capture_output=True).stdout
        else:
            subprocess.run([*command, str(first)], check=True)
            if kind.through:
                copy = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(first), "-c", "copy"]
                subprocess.run([*copy, str(path)], check=True)
            data = path.read_bytes()
    return data * kind.copies


def _cut_short(data: bytes) -> bytes:
    return data[: len(data) * 58 // 100]


def _zeros(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(6000) + data[middle + 6000 :]


def _piece_lost(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + data[middle + 6000 :]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut short": _cut_short,
    "zeros inside": _zeros,
    "piece lost": _piece_lost,
}
"""What happens to files, all of it in the middle or later."""


def noticeable(kind: Kind, damage: str) -> bool:
    """Whether anything in such a file shows the damage.

    Sound without compression has no checksums (only on DVDs it is in packets), nor does FFmpeg look
    at those of TTA and WavPack; and files written into a pipe, or consisting of packets alone,
    state no length.
    """
    if damage == "zeros inside":
        plain = kind.codec.startswith("pcm_") and kind.codec != "pcm_dvd"
        return not (plain or kind.codec in ("tta", "wavpack"))
    if kind.piped and kind.codec.startswith("pcm_"):
        return False
    if damage == "cut short":
        return kind.name not in (
            "cbr, no header.mp3",
            "vbr, no header.mp3",
            "joined.mp3",
            "music.ac3",
            "dvd.vob",
        )
    return True


def write(path: Path, audio: Audio, rate: int, subtype: str = "FLOAT") -> Path:
    soundfile.write(path, audio.T, rate, subtype)
    return path
