"""Audio files: whatever can be read, block by block; and files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import av
import soundfile

from livevox.errors import LivevoxError, UnwritableError
from livevox.media.decoding import DecodedSource
from livevox.media.sndfile import InexactError, SndfileSource, is_exact
from livevox.media.source import AudioSource

MUSIC_SUFFIXES = (
    *(".aac", ".aif", ".aifc", ".aiff", ".amr", ".ape", ".au", ".avi", ".caf", ".flac", ".m4a"),
    *(".m4v", ".mka", ".mkv", ".mov", ".mp2", ".mp3", ".mp4", ".mpc", ".oga", ".ogg", ".opus"),
    *(".rf64", ".w64", ".wav", ".wave", ".webm", ".wma", ".wv"),
)
"""What counts as music in a folder, videos included; a file that is named itself may be called
anything."""
PART = ".livevox-"
"""How the names of files begin that are not whole yet: hidden, and short, whatever they will be."""


def is_music(path: Path) -> bool:
    """Whether a file in a folder counts as music, by its name; hidden ones don't."""
    return (
        not path.name.startswith(".") and path.suffix.lower() in MUSIC_SUFFIXES and path.is_file()
    )


@contextmanager
def open_audio(path: Path, track: int | None = None) -> Iterator[AudioSource]:
    """Open a file that libsndfile reads exactly, or FFmpeg reads.

    ``track`` is the number, from 0, of an audio track in a file that holds several.

    Raises LivevoxError where there is no such file, no audio in it, or nothing that reads it.
    """
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise LivevoxError(f"{path} is a folder: name the files in it")
        if size == 0:
            raise LivevoxError(f"{path} is empty (0 bytes): get a good copy")
        source = _opened(path, track)
    except FileNotFoundError:
        raise LivevoxError(f"{path} does not exist: check the name") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise LivevoxError(
            f"{path} can't be opened ({reason}): check who may read it, and its disk"
        ) from None
    with closing(source):
        if source.samples == 0:
            raise LivevoxError(f"{path} holds no audio (0 samples): get a good copy")
        yield source


def _opened(path: Path, track: int | None) -> AudioSource:
    if track is None and is_exact(path):
        with suppress(soundfile.LibsndfileError, InexactError):
            return SndfileSource(path)
    try:
        return DecodedSource(path, track)
    except (av.FFmpegError, LookupError) as error:
        reason = error.strerror if isinstance(error, av.FFmpegError) else error.args[0]
    if track is None:
        # Rare formats of which FFmpeg knows nothing.
        with suppress(soundfile.LibsndfileError, InexactError):
            return SndfileSource(path)
    what = path if track is None else f"{path}, audio track {track + 1},"
    raise LivevoxError(
        f"{what} can't be read ({reason}): get a good copy, or convert it to WAV or FLAC"
    )


@contextmanager
def atomic_path(path: Path, mark: str = "") -> Iterator[Path]:
    """A path beside ``path``, with its suffix, that takes its place when all went well.

    :func:`remove_parts` finds by its ``mark`` what a process left that was killed meanwhile.
    Raises UnwritableError where the folder can't be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            path.lstat()  # a name that is too long is refused before the work
        handle, name = tempfile.mkstemp(
            suffix=path.suffix, prefix=f"{PART}{mark}-", dir=path.parent
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
        with suppress(OSError):  # some file systems have no permissions
            part.chmod(0o666 & ~_umask())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def remove_parts(folder: Path, mark: str) -> None:
    """Remove what processes that were killed have left of files with this mark."""
    with suppress(OSError):
        for part in folder.glob(f"{PART}{mark}-*"):
            part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
