"""The files that the arguments of a command stand for: files, folders and patterns."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from livevox.cli.events import Failed, OnEvent
from livevox.media.files import is_music


def music_files(inputs: Sequence[Path], report: OnEvent, output: Path | None = None) -> list[Path]:
    """All files, each once. A folder stands for all music in it and in its subfolders.

    A name that does not exist may be a pattern ("*.mp3", "**/*.flac"), as not every shell expands
    these. Hidden files and the folder ``output`` are left out. Folders and patterns without music
    are reported as failures.
    """
    files: dict[str, Path] = {}
    for given in inputs:
        found = [given]
        if not os.path.exists(given) and glob.has_magic(str(given)):
            found = sorted(Path(name) for name in glob.glob(str(given), recursive=True))
            found = [path for path in found if os.path.isdir(path) or is_music(path)]
            if not found:
                report(Failed(str(given), f"{given} matches no music: check the pattern"))
        for path in found:
            if not os.path.isdir(path):  # unlike Path, it takes names that are too long
                files.setdefault(os.path.abspath(path), path)
                continue
            inside = sorted(_inside(path, report, output))
            if not inside:
                message = f"{path} holds no music: choose a folder with audio files"
                report(Failed(str(path), message))
            for file in inside:
                files.setdefault(os.path.abspath(file), file)
    return list(files.values())


def _inside(folder: Path, report: OnEvent, output: Path | None) -> Iterator[Path]:
    def refused(error: OSError) -> None:
        message = f"{error.filename} can't be read ({error.strerror}): check its permissions"
        report(Failed(str(folder), message))

    left_out = os.path.realpath(output) if output else None
    for name, folders, files in os.walk(folder, onerror=refused):
        here = Path(name)
        folders[:] = [
            each
            for each in folders
            if not each.startswith(".") and os.path.realpath(here / each) != left_out
        ]
        yield from (here / each for each in files if is_music(here / each))
