"""Training tracks from any music: a teacher estimates the stems that nobody has.

A network that learns from them learns the teacher's mistakes, too. Tracks made here are marked as
estimated, so that no score is ever computed on them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soxr

from livevox.errors import LivevoxError
from livevox.files import MUSIC_SUFFIXES, open_audio, writing
from livevox.stft import SAMPLE_RATE, Audio
from train.open_layout import COLUMNS, read_table, write_table

Teacher = Callable[[Audio], Audio]
"""Mixture to vocals, both (channels, samples) at 44.1 kHz."""


def music_in(folder: Path) -> list[Path]:
    """The audio files in ``folder`` and all folders below, by their suffixes, in order.

    Raises LivevoxError where there is none.
    """
    files = sorted(
        p for p in folder.rglob("*") if p.suffix.lower() in MUSIC_SUFFIXES and p.is_file()
    )
    if not files:
        raise LivevoxError(f"{folder} holds no music: name a folder of {', '.join(MUSIC_SUFFIXES)}")
    return files


def teach(
    files: Sequence[Path],
    output: Path,
    teacher: Teacher,
    licence: str,
    credit: str,
    report: Callable[[Path, str | None], None],
) -> None:
    """Write every file's stems and an entry in tracks.csv to the data set ``output``.

    Songs that it has already are left alone, so an interrupted call goes on. ``report`` is told of
    every file that is done, and why it was left out if it was. Two files of one name become one
    track: the second is left out. Raises LivevoxError where ``output`` can't be written to.
    """
    rows = read_table(output)
    sources = {row["path"]: "" for row in rows}
    for file in files:
        path = f"tracks/{file.stem}"
        if path in sources:
            before = sources[path]
            report(file, f"{before} has the same name: rename one of them" if before else None)
            continue
        try:
            mixture = _mixture(file)
        except LivevoxError as error:
            report(file, str(error))
            continue
        vocals = teacher(mixture)
        for stem, audio in (("vocals", vocals), ("accompaniment", mixture - vocals)):
            target = output / path / f"{stem}.ogg"
            with writing(target, SAMPLE_RATE, audio.shape[0], audio.shape[1]) as sink:
                # Vorbis clips where the sum did not.
                sink.write(np.clip(audio, -1, 1))
        seconds = f"{mixture.shape[1] / SAMPLE_RATE:.1f}"
        values = (path, "train", seconds, licence, credit, "estimated", "no")
        rows.append(dict(zip(COLUMNS, values, strict=True)))
        sources[path] = str(file)
        write_table(output, rows)
        report(file, None)


def _mixture(file: Path) -> Audio:
    """One or two channels at 44.1 kHz."""
    with open_audio(file) as source:
        audio = np.concatenate(list(source.blocks(source.samples)), axis=1)[:2]
        rate = source.sample_rate
    if not np.isfinite(audio).all():
        raise LivevoxError(f"{file} has samples that are no numbers: get a good copy")
    return audio if rate == SAMPLE_RATE else soxr.resample(audio.T, rate, SAMPLE_RATE).T
