"""A synthesised corpus in the layout of the open singing corpus, for tests and dry runs."""

from __future__ import annotations

from pathlib import Path

import soundfile

from livevox.activity import LABEL_FORMATS
from livevox.demo.song import DemoSong, demo_song
from livevox.dsp.stft import SAMPLE_RATE

SONGS = (
    # split, whether the vocal stem counts as true (not estimated), whether there are labels
    ("train", "true", "no"),
    ("train", "estimated", "yes"),
    ("valid", "true", "yes"),
)


def write_corpus(folder: Path, seconds: float = 6.0) -> None:
    """Write demo songs of that length, a solo of each kind, and their `tracks.csv`."""
    rows = ["path,split,seconds,licence,credit,vocal_stem,activity_labels"]
    for seed, (split, stem, labelled) in enumerate(SONGS):
        name = f"tracks/song-{seed}"
        _write_song(folder / name, demo_song(seconds, seed), labelled == "yes", seconds)
        rows.append(f"{name},{split},{seconds},CC0-1.0,livevox,{stem},{labelled}")
    solo = demo_song(seconds, len(SONGS))
    for kind, audio in {
        "singing": solo.vocals,
        "speech": solo.vocals,
        "instrumental": solo.accompaniment,
    }.items():
        (folder / kind).mkdir(parents=True)
        soundfile.write(folder / kind / "solo.ogg", audio.mean(axis=0), SAMPLE_RATE)
        rows.append(f"{kind}/solo.ogg,train,{seconds},CC0-1.0,livevox,-,no")
    (folder / "tracks.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def _write_song(folder: Path, song: DemoSong, labelled: bool, seconds: float) -> None:
    folder.mkdir(parents=True)
    soundfile.write(folder / "vocals.ogg", song.vocals.T, SAMPLE_RATE)
    soundfile.write(folder / "accompaniment.ogg", song.accompaniment.T, SAMPLE_RATE)
    if labelled:
        labels = LABEL_FORMATS["lab"](song.activity, seconds)
        (folder / "activity.lab").write_text(labels, encoding="utf-8")
