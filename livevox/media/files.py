"""Audio files of any format, read block by block; and files that are written atomically."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex

import av
import soundfile

from livevox.errors import LivevoxError, UnwritableError
from livevox.media.decoding import DecodedSource
from livevox.media.sndfile import InexactError, SndfileSource, is_exact
from livevox.media.source import AudioSource

MUSIC_SUFFIXES = (
    *(".3gp", ".aac", ".ac3", ".aif", ".aifc", ".aiff", ".amr", ".ape", ".asf", ".au", ".avi"),
    *(".caf", ".dts", ".flac", ".flv", ".m2ts", ".m4a", ".m4b", ".m4v", ".mka", ".mkv", ".mov"),
    *(".mp2", ".mp3", ".mp4", ".mpc", ".mpeg", ".mpg", ".oga", ".ogg", ".ogv", ".opus", ".rf64"),
    *(".spx", ".tta", ".vob", ".w64", ".wav", ".wave", ".webm", ".wma", ".wmv", ".wv"),
)
"""Suffixes of music and videos in a folder. A file that is named itself may have any suffix."""
PART = ".livevox-"
"""Prefix of incomplete files: hidden, and short however long the final name is."""

_made_folders: set[Path] = set()
"""Folders of this process in which no file is complete yet. A signal may end the writing of two
files in any order: the last one removes the folder."""


def is_music(path: Path) -> bool:
    """Whether a file in a folder counts as music, by its name. Hidden files don't."""
    return (
        not path.name.startswith(".") and path.suffix.lower() in MUSIC_SUFFIXES and path.is_file()
    )


@contextmanager
def open_audio(
    path: Path, track: int | None = None, estimated: bool = False
) -> Iterator[AudioSource]:
    """Open an audio file, with libsndfile if that reads it exactly, else with FFmpeg.

    ``track`` is the number, from 0, of an audio track in a file that holds several. If
    ``estimated``, the number of samples may be an estimate, where it would take a decoding of the
    whole file.

    Raises LivevoxError if the file does not exist, has no audio or can't be read.
    """
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise LivevoxError(f"{path} is a folder: name the files in it")
        if size == 0:
            raise LivevoxError(f"{path} is empty (0 bytes): get a good copy")
        source = _opened(path, track, estimated)
    except FileNotFoundError:
        raise LivevoxError(f"{path} does not exist: check the name") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise LivevoxError(
            f"{path} can't be opened ({reason}): check its permissions and its disk"
        ) from None
    with closing(source):
        if source.samples == 0:
            raise LivevoxError(f"{path} holds no audio (0 samples): get a good copy")
        yield source


def _opened(path: Path, track: int | None, estimated: bool) -> AudioSource:
    if track is None and is_exact(path):
        with suppress(soundfile.LibsndfileError, InexactError):
            return SndfileSource(path)
    try:
        return DecodedSource(path, track, estimated)
    except (av.FFmpegError, LookupError) as error:
        reason = error.strerror if isinstance(error, av.FFmpegError) else error.args[0]
    if track is None:
        # Rare formats that FFmpeg does not know.
        with suppress(soundfile.LibsndfileError, InexactError):
            return SndfileSource(path)
    what = path if track is None else f"{path}, audio track {track + 1},"
    raise LivevoxError(
        f"{what} can't be read ({reason}): get a good copy, or convert it to WAV or FLAC"
    )


@contextmanager
def atomic_path(path: Path, mark: str = "") -> Iterator[Path]:
    """A path beside ``path``, with its suffix. On success that file replaces ``path``; on failure
    nothing is left, no folder that was made for it either.

    :func:`remove_parts` finds it by its ``mark`` if the process was killed meanwhile.
    Raises UnwritableError if the folder can't be written to.
    """
    # Named before it is there: a signal may end the work as soon as it is.
    part = path.parent / f"{PART}{mark}-{token_hex(4)}{path.suffix}"
    _made_folders.update(folder for folder in path.parents if not os.path.lexists(folder))
    try:
        _create(part, path)
        yield part
        with suppress(OSError):  # some file systems have no permissions
            part.chmod(0o666 & ~_umask())
        part.replace(path)
        _made_folders.difference_update(path.parents)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
            for folder in filter(_made_folders.__contains__, path.parents):
                folder.rmdir()
                _made_folders.discard(folder)
        raise


def _create(part: Path, path: Path) -> None:
    try:
        with suppress(FileNotFoundError):
            path.lstat()  # a name that is too long is refused before the work
        try:
            _create_in_folder(part)
        except FileNotFoundError:  # another job that failed has just removed the folder
            _create_in_folder(part)
    except OSError as error:
        raise UnwritableError(
            f"{path} can't be written ({error.strerror}): choose another folder, or change its "
            "permissions",
            error.strerror,
        ) from None


def _create_in_folder(part: Path) -> None:
    part.parent.mkdir(parents=True, exist_ok=True)
    part.touch(0o600, exist_ok=False)


def remove_parts(folder: Path, mark: str) -> None:
    """Remove the incomplete files with this mark, which killed processes left."""
    with suppress(OSError):
        for part in folder.glob(f"{PART}{mark}-*"):
            part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
