"""Audio files: whatever can be read, block by block; written whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import soundfile

from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError, UnwritableError

FORMATS = {"wav": ("WAV", "FLOAT"), "flac": ("FLAC", "PCM_24"), "ogg": ("OGG", "VORBIS")}
"""libsndfile's format and subtype by file name suffix. Float WAV keeps vocals + accompaniment
equal to the input, whatever its peak."""
MUSIC_SUFFIXES = (
    *(".aac", ".aif", ".aifc", ".aiff", ".amr", ".ape", ".au", ".caf", ".flac", ".m4a", ".mka"),
    *(".mp2", ".mp3", ".mp4", ".mpc", ".oga", ".ogg", ".opus", ".rf64", ".w64", ".wav", ".wave"),
    *(".webm", ".wma", ".wv"),
)
"""What counts as music in a folder; a file that is named itself may be called anything."""
SEEK_EARLIER = {"OGG": 65_536, "MP3": 16_384}
"""Samples to decode and forget after a seek, by format: what libsndfile gives after a seek in
Vorbis (its issue 885) and MP3 files is wrong at first, and near the end of a Vorbis file for as
long as a page of Ogg lasts."""
WAV_LIMIT_BYTES = 2**32 - 2**20
VORBIS_BLOCK = 16_384
"""libsndfile's Vorbis encoder needs stack in proportion to the block that it is given."""


@dataclass(frozen=True)
class AudioSource:
    """An open audio file: ``samples`` per channel at ``sample_rate`` Hz."""

    path: Path
    sample_rate: int
    channels: int
    samples: int
    _file: soundfile.SoundFile

    def blocks(self, samples: int, first: int = 0) -> Iterator[Audio]:
        """The audio from sample ``first`` on as float32 (channels, ``samples`` or, at the end,
        fewer).

        Raises LivevoxError where the file turns out to be damaged.
        """
        if first >= self.samples:
            return
        skip = min(first, SEEK_EARLIER.get(self._file.format, 0))
        try:
            # From anywhere else a seek to shortly after that place goes wrong in Vorbis files.
            self._file.seek(0)
            self._file.seek(first - skip)
        except soundfile.LibsndfileError as error:
            raise LivevoxError(
                f"{self.path} is damaged: {first / self.sample_rate:.1f} s can't be found in it "
                f"({error.error_string}): get a good copy"
            ) from None
        position = first - skip
        while True:
            try:
                block = self._file.read(samples, dtype="float32", always_2d=True)
            except soundfile.LibsndfileError as error:
                raise LivevoxError(
                    f"{self.path} is damaged after sample {position} ({error.error_string}): "
                    "get a good copy, or convert what is left with another program"
                ) from None
            if len(block) == 0:
                return
            position += len(block)
            wanted = block[skip:]
            skip -= min(skip, len(block))
            if len(wanted):
                yield wanted.T


@contextmanager
def open_audio(path: Path, stream: int | None = None) -> Iterator[AudioSource]:
    """Open what libsndfile reads and, where ffmpeg is on the path, everything else.

    ``stream`` is the number of an audio stream in a file that holds several, which ffmpeg reads.

    Raises LivevoxError where there is no such file, no audio in it, or nothing that reads it.
    """
    if not path.exists():
        raise LivevoxError(f"{path} does not exist: check the name")
    if path.is_dir():
        raise LivevoxError(f"{path} is a folder: name the files in it")
    if path.stat().st_size == 0:
        raise LivevoxError(f"{path} is empty (0 bytes): get a good copy")
    with tempfile.TemporaryDirectory(prefix="livevox-") as scratch:
        try:
            if stream is None:
                file = soundfile.SoundFile(path)
            else:
                reason = f"its audio stream {stream} is wanted"
                file = soundfile.SoundFile(_by_ffmpeg(path, Path(scratch), reason, stream))
        except soundfile.LibsndfileError as error:
            file = soundfile.SoundFile(_by_ffmpeg(path, Path(scratch), error.error_string))
        with file:
            if file.frames == 0:
                raise LivevoxError(f"{path} holds no audio (0 samples): get a good copy")
            yield AudioSource(path, file.samplerate, file.channels, file.frames, file)


def _by_ffmpeg(path: Path, scratch: Path, reason: str, stream: int = 0) -> Path:
    """Decode by ffmpeg into a scratch file; RF64 has no 4 GiB limit.

    libsndfile takes the floats of ffmpeg's W64 for integers, and so for noise.
    """
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise LivevoxError(
            f"{path} can't be read ({reason.rstrip('.')}): "
            "convert it to WAV, or install ffmpeg, which reads more formats"
        )
    decoded = scratch / "decoded.wav"
    command = [ffmpeg, "-v", "error", "-nostdin", "-i", f"file:{path}"]
    command += ["-map", f"0:a:{stream}", "-c:a", "pcm_f32le"]
    command += ["-rf64", "auto", str(decoded)]
    result = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if result.returncode != 0 or not decoded.exists():
        last = (result.stderr.strip().splitlines() or ["no audio in it"])[-1]
        what = f"{path}, audio stream {stream}," if stream else path
        raise LivevoxError(f"{what} can't be read, by ffmpeg neither ({last}): get a good copy")
    return decoded


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A path beside ``path``, with its suffix, that takes its place when all went well.

    Raises UnwritableError where the folder can't be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            suffix=path.suffix, prefix=f".{path.stem}-", dir=path.parent
        )
    except OSError as error:
        raise UnwritableError(
            f"{path} can't be written ({error.strerror}): choose another folder, or allow it",
            error.strerror,
        ) from None
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


class AudioSink:
    """A file being written; take it from :func:`writing`."""

    def __init__(self, path: Path, file: soundfile.SoundFile) -> None:
        self._path = path
        self._file = file

    def write(self, block: Audio) -> None:
        """Append (channels, samples). Raises LivevoxError where the disk takes no more."""
        try:
            for start in range(0, block.shape[1], VORBIS_BLOCK):
                self._file.write(block[:, start : start + VORBIS_BLOCK].T)
        except (soundfile.LibsndfileError, OSError) as error:
            raise LivevoxError(
                f"{self._path} can't be written on ({error}): is the disk full?"
            ) from None


@contextmanager
def writing(path: Path, sample_rate: int, channels: int, samples: int) -> Iterator[AudioSink]:
    """A file of ``samples`` at most, in the format of its suffix, that appears when it is whole.

    Raises LivevoxError where the format can't hold that rate or so many channels.
    """
    kind = path.suffix.lstrip(".")
    container, subtype = FORMATS[kind]
    if container == "WAV" and samples * channels * 4 > WAV_LIMIT_BYTES:
        container = "RF64"
    with atomic_path(path) as part:
        try:
            file = soundfile.SoundFile(part, "w", sample_rate, channels, subtype, format=container)
        except (soundfile.LibsndfileError, ValueError) as error:
            raise LivevoxError(
                f"{path} can't hold {channels} channels at {sample_rate} Hz as {kind} ({error}): "
                "choose --format wav"
            ) from None
        with file:
            yield AudioSink(path, file)
