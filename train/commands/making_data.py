"""Commands that make data sets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from train.commands.shared import reported
from train.data.game_music import gather, pieces
from train.data.pseudo_stems import make_pseudo_stems, music_in
from train.evaluation.baselines import baseline

app = typer.Typer()


@app.command("pseudo-stems")
def pseudo_stems(
    folder: Annotated[Path, typer.Argument(help="music that you may use")],
    output: Annotated[Path, typer.Option("--output", "-o", help="folder of the data set")],
    licence: Annotated[str, typer.Option(help="of the music")] = "own use",
    credit: Annotated[str, typer.Option(help="credit for the music, in tracks.csv")] = "",
) -> None:
    """Make training tracks of a folder of music (--data open=OUTPUT) with Spleeter's stems."""
    files = music_in(folder)
    teacher = baseline("spleeter")
    with reported("songs", len(files)) as report:
        make_pseudo_stems(
            files, output, lambda mixture: teacher(mixture, None), licence, credit, report
        )


@app.command("game-music")
def game_music(
    output: Annotated[Path, typer.Option("--output", "-o", help="folder of the data set")],
) -> None:
    """Collect music without singing (--data open=OUTPUT) from Debian's games, 6 GB."""
    wanted = pieces()
    with reported("pieces", len(wanted)) as report:
        gather(wanted, output, report)
