"""Separate a song with known stems: audio files, a picture, a page and the SDR."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from livevox.demo.song import demo_song
from livevox.dsp.stft import SAMPLE_RATE, stft
from livevox.media.writing import writing
from livevox.metrics import sdr
from livevox.network.model import Model
from livevox.report.page import write_page
from livevox.report.picture import check_pictures, separation_picture
from livevox.separator import separate


def run_demo(folder: Path, model: Model, seed: int) -> dict[str, tuple[float, float]]:
    """Write the demo into ``folder``; return, per source, the SDR in dB of the mixture and of the
    separated source.

    Raises LivevoxError if matplotlib, which draws the picture, is not installed.
    """
    check_pictures()
    song = demo_song(seed=seed)
    mixture = song.vocals + song.accompaniment
    result = separate(mixture, SAMPLE_RATE, model)
    players = {
        "mixture": ("the song", mixture),
        "vocals": ("the voice, separated", result.vocals),
        "accompaniment": ("the accompaniment, separated", result.accompaniment),
        "true-vocals": ("the voice as it was made", song.vocals),
        "true-accompaniment": ("the accompaniment as it was made", song.accompaniment),
    }
    for name, (_, audio) in players.items():
        with writing(folder / f"{name}.wav", SAMPLE_RATE, audio.shape[0], audio.shape[1]) as file:
            file.write(audio)
    level_db = 20 * np.log10(np.abs(stft(mixture)).mean(axis=0)[: len(result.mask)] + 1e-4)
    title = f"livevox demo: model {model.info.name}, song {seed}"
    separation_picture(
        folder / "picture.png", level_db, result.mask, result.activity, song.activity, title
    )
    truth = {"vocals": song.vocals, "accompaniment": song.accompaniment}
    scores = {
        name: (sdr(true, mixture), sdr(true, getattr(result, name))) for name, true in truth.items()
    }
    write_page(
        folder / "index.html",
        title,
        [(label, f"{name}.wav") for name, (label, _) in players.items()],
        "picture.png",
        [
            (f"SDR of the {name}", f"{before:.1f} dB before, {after:.1f} dB after")
            for name, (before, after) in scores.items()
        ],
    )
    return scores
