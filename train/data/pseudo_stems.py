"""Training tracks from any music, with pseudo stems estimated by a teacher network.

A network that learns from them learns the teacher's errors, too. The tracks are marked as
estimated, so that no separation score is computed on them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soxr

from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from livevox.media.files import MUSIC_SUFFIXES
from livevox.media.writing import writing
from train.data.layouts.open_table import add_track, read_table
from train.data.tracks import Part, Recording, read

Teacher = Callable[[Audio], Audio]
"""Mixture to vocals, both (channels, samples) at 44.1 kHz."""


def music_in(folder: Path) -> list[Path]:
    """The audio files in ``folder`` and all folders below, by suffix, sorted.

    Raises LivevoxError if there is none.
    """
    files = sorted(
        p for p in folder.rglob("*") if p.suffix.lower() in MUSIC_SUFFIXES and p.is_file()
    )
    if not files:
        raise LivevoxError(f"{folder} holds no music: name a folder of {', '.join(MUSIC_SUFFIXES)}")
    return files


def make_pseudo_stems(
    files: Sequence[Path],
    output: Path,
    teacher: Teacher,
    licence: str,
    credit: str,
    report: Callable[[Path, str | None], None],
) -> None:
    """Write every file's stems and an entry in tracks.csv to the data set ``output``.

    Existing songs are skipped, so an interrupted call resumes. ``report`` is called for every file
    that is done, with the reason if it was left out. Of two files with the same name, the second is
    left out. Raises LivevoxError if ``output`` can't be written to.
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
                # Vorbis clips the stems even where their sum does not clip.
                sink.write(np.clip(audio, -1, 1))
        add_track(
            output,
            rows,
            path=path,
            split="train",
            seconds=mixture.shape[1] / SAMPLE_RATE,
            licence=licence,
            credit=credit,
            vocal_stem="estimated",
        )
        sources[path] = str(file)
        report(file, None)


def _mixture(file: Path) -> Audio:
    """One or two channels at 44.1 kHz."""
    audio, rate = read(Recording((Part(file),)))
    audio = audio[:2]
    if not np.isfinite(audio).all():
        raise LivevoxError(f"{file} has NaN or infinite samples: get a good copy")
    return audio if rate == SAMPLE_RATE else soxr.resample(audio.T, rate, SAMPLE_RATE).T
