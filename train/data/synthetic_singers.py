"""A data set of synthetic singers: speech and single sung syllables, given melodies by WORLD.

The corpus has few singers and more speakers. A voice bank has many syllables, all on few pitches.
Sung along melodies, with other formants, both become voices that the network has not heard.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from livevox.media.writing import writing
from train.data.effects import Rng
from train.data.layouts.open_table import add_track, read_table
from train.data.sung import Singer, sung
from train.data.tracks import Track, decoded

SECONDS = 180
"""Length of each singer's file."""

_PASSAGE = 8 * SAMPLE_RATE
_PAUSE: Audio = np.zeros(SAMPLE_RATE // 2, np.float32)
_MOST_UNVOICED = 20
"""Passages without a pitch, after which a speaker is given up."""


def speakers(tracks: Iterable[Track]) -> list[Track]:
    """The training split's speech and voice banks. Raises LivevoxError if there are none."""
    found = [
        track
        for track in tracks
        if track.split == "train"
        and (track.kind == "speech" or Path(track.name).name.startswith("voicebank-"))
    ]
    if not found:
        raise LivevoxError("no speech and no voice bank to sing: add such a data set with --data")
    return found


def make_singers(
    tracks: Iterable[Track],
    output: Path,
    cache: Path,
    report: Callable[[str, str | None], None],
) -> None:
    """Write a singer for each of ``tracks`` to the data set ``output``, mono at 44.1 kHz.

    Existing singers are skipped, so an interrupted call resumes. ``report`` is called for every
    singer that is done, with the reason if it was left out. Raises LivevoxError if a track can't
    be read or ``output`` can't be written to.
    """
    rows = read_table(output)
    there = {row["path"] for row in rows}
    for track in tracks:
        path = f"singing/synthetic-{Path(track.name).name}.flac"
        if path in there:
            report(path, None)
            continue
        audio = _song(
            decoded(track.mixture, cache), np.random.default_rng(zlib.crc32(path.encode()))
        )
        if audio is None:
            report(path, "too little of it has a pitch")
            continue
        with writing(output / path, SAMPLE_RATE, 1, len(audio)) as sink:
            sink.write(audio[None])
        add_track(
            output,
            rows,
            path=path,
            split="train",
            seconds=len(audio) / SAMPLE_RATE,
            licence=track.licence,
            credit=f"{track.dataset}/{track.name}, sung by WORLD",
            vocal_stem="-",
        )
        report(path, None)


def _song(speech: Audio, rng: Rng) -> Audio | None:
    """SECONDS of singing made of passages of ``speech``, (samples,), each by a singer of its own;
    None if too little of the speech is voiced."""
    parts: list[Audio] = []
    unvoiced = 0
    while sum(map(len, parts)) < SECONDS * SAMPLE_RATE:
        start = int(rng.integers(max(1, len(speech) - _PASSAGE)))
        passage = sung(np.asarray(speech[start : start + _PASSAGE]), Singer.drawn(rng), rng)
        if passage is not None:
            parts += [passage, _PAUSE]
        elif (unvoiced := unvoiced + 1) == _MOST_UNVOICED:
            return None
    whole = np.concatenate(parts)[: SECONDS * SAMPLE_RATE]
    return whole * np.float32(0.9 / max(0.9, float(np.abs(whole).max())))
