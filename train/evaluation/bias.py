"""Figure 2 of the paper: bias between data sets (section 2.2)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.files import atomic_path
from train.data.tracks import Track, read

WINDOW_SECONDS = 0.01
ACTIVE_AMPLITUDE = 5e-4
"""The paper's rule: vocals are active where a window's mean absolute amplitude exceeds this."""

TITLES = {
    "relative_energy_db": "Vocals relative to accompaniment (dB)",
    "level_db": "Level of the mixture (dB)",
    "vocal_share": "Share of time with vocals",
}


@dataclass(frozen=True)
class SongStatistics:
    """One song's statistics. ``relative_energy_db`` is the ratio of vocal to accompaniment energy,
    ``level_db`` the RMS of the mixture re full scale, ``vocal_share`` the share of 10 ms windows
    with active vocals; NaN if a source is silent throughout."""

    dataset: str
    song: str
    relative_energy_db: float
    level_db: float
    vocal_share: float


def statistics_of(track: Track) -> SongStatistics:
    """The statistics of a song with stems, at its own rate, mixed down to mono."""
    assert track.vocals is not None
    assert track.accompaniment is not None
    vocals, rate = read(track.vocals)
    accompaniment, _ = read(track.accompaniment)
    voice, music = vocals.mean(axis=0), accompaniment.mean(axis=0)
    window = round(WINDOW_SECONDS * rate)
    windows = np.abs(voice[: len(voice) // window * window]).reshape(-1, window).mean(axis=1)
    ratio_db = _power_db(voice) - _power_db(music)
    return SongStatistics(
        track.dataset,
        track.name,
        ratio_db if np.isfinite(ratio_db) else np.nan,
        _power_db(voice + music),
        float((windows > ACTIVE_AMPLITUDE).mean()) if len(windows) else np.nan,
    )


def _power_db(audio: Audio) -> float:
    power = float(np.square(audio, dtype=np.float64).mean()) if len(audio) else 0.0
    return 10 * np.log10(power) if power > 0 else -np.inf


def bias(tracks: Sequence[Track], folder: Path, finished: Callable[[], None]) -> None:
    """Write `bias.csv`, a row per song, and `bias.png`, a violin per data set, into ``folder``.

    ``finished`` is called after each song. Raises LivevoxError if no song has stems.
    """
    songs = songs_with_stems(tracks)
    if not songs:
        raise LivevoxError("no song with stems to measure: give a data set that has them")
    rows = []
    for track in songs:
        rows.append(statistics_of(track))
        finished()
    with atomic_path(folder / "bias.csv") as part, part.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(field.name for field in fields(SongStatistics))
        writer.writerows(astuple(row) for row in rows)
    _draw(rows, folder / "bias.png")


def songs_with_stems(tracks: Sequence[Track]) -> list[Track]:
    """The songs with vocals and accompaniment, true or estimated."""
    return [t for t in tracks if t.kind == "song" and t.vocals and t.accompaniment]


def _draw(rows: Sequence[SongStatistics], path: Path) -> None:
    datasets = sorted({row.dataset for row in rows})
    figure = Figure(figsize=(4 * len(TITLES), 1.5 + 0.6 * len(datasets)), layout="constrained")
    panels = figure.subplots(1, len(TITLES), sharey=True)
    for axes, (name, title) in zip(panels, TITLES.items(), strict=True):
        for position, dataset in enumerate(datasets):
            values = np.array([getattr(row, name) for row in rows if row.dataset == dataset])
            values = values[np.isfinite(values)]
            if len(values) > 1 and values.std() > 0:
                axes.violinplot(values, [position], orientation="horizontal", showextrema=False)
            axes.plot(values, np.full(len(values), position), "|", color="black", markersize=8)
        axes.set_yticks(range(len(datasets)), datasets)
        axes.set_title(title, fontsize="medium")
        axes.grid(axis="x", alpha=0.3)
    with atomic_path(path) as part:
        figure.savefig(part, format="png", dpi=130)
