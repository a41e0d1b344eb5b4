"""`python -m train`: from data sets by trainings to models, and what they are worth."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from lightning_fabric.utilities.rank_zero import rank_zero_only
from rich.console import Console
from rich.progress import Progress

from livevox.errors import LivevoxError
from livevox.media.files import atomic_path
from livevox.network.model import ModelInfo
from train.data.corpus import load_corpus
from train.data.datasets import load, with_validation
from train.data.game_music import gather, pieces
from train.data.pseudo_stems import make_pseudo_stems, music_in
from train.data.synthetic import write_corpus
from train.data.tracks import Split, Track
from train.evaluation import bias as bias_module
from train.evaluation import detection_conditions
from train.evaluation import evaluate as evaluate_module
from train.evaluation import over_music as over_music_module
from train.evaluation import over_singers as over_singers_module
from train.evaluation import reproduce as reproduce_module
from train.evaluation.baselines import baseline
from train.evaluation.listening import Listening
from train.evaluation.report import print_table, to_json, write_report
from train.fitting.curves import draw as draw_curves
from train.fitting.fit import fit as fit_recipe
from train.fitting.hardware import Hardware
from train.network.checkpoints import load_checkpoint, save_mean
from train.network.export import export as export_net
from train.network.stage_graphs import convert as convert_model
from train.recipe import Recipe, load_recipe

app = typer.Typer(
    help="Rebuilds Stoller, Ewert and Dixon (2018) and makes the models that livevox plays.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

QUICK_STEPS = 6
QUICK_WIDTHS = (2, 4, 8, 16, 32)

Data = Annotated[list[str], typer.Option(help="NAME=FOLDER of a data set; repeatable")]
Cache = Annotated[Path | None, typer.Option(help="folder for decoded audio")]


@app.command()
def fit(
    recipe: Annotated[str, typer.Argument(help="name of a recipe in train/recipes, or a file")],
    data: Data,
    run: Annotated[Path, typer.Option(help="folder of this training, resumed if it exists")],
    cache: Cache = None,
    init: Annotated[Path | None, typer.Option(help="start from this checkpoint or .onnx")] = None,
    teacher: Annotated[
        Path | None, typer.Option(help="checkpoint or .onnx whose activity to learn, not labels")
    ] = None,
    devices: Annotated[int, typer.Option(min=1, help="on this machine")] = 1,
    num_nodes: Annotated[int, typer.Option(min=1, help="machines")] = 1,
    free: Annotated[
        bool, typer.Option("--free", help="train on licences that allow any use alone")
    ] = False,
) -> None:
    """Train, or go on where an earlier call was stopped."""
    # Validation leaves nothing in the weights.
    tracks = [t for t in with_validation(_tracks(data)) if t.free or t.split != "train" or not free]
    best = fit_recipe(
        load_recipe(recipe),
        tracks,
        run,
        cache or run.parent / "decoded",
        init,
        Hardware(devices, num_nodes),
        teacher,
    )
    rank_zero_only(print)(f"best checkpoint: {best}")


@app.command()
def mean(
    checkpoints: Annotated[list[Path], typer.Argument(help="of one training")],
    output: Annotated[Path, typer.Option("--output", "-o", help="file for the checkpoint")],
) -> None:
    """Make one checkpoint of the mean of the weights of several."""
    save_mean(checkpoints, output)
    print(f"{output}: the mean of {len(checkpoints)}")


@app.command()
def curves(
    runs: Annotated[list[Path], typer.Argument(help="folders of trainings, one from the other")],
    output: Annotated[Path, typer.Option("--output", "-o", help="file for the picture")],
) -> None:
    """Draw the losses and the validations of a training."""
    draw_curves(runs, output)


@app.command()
def export(
    checkpoint: Annotated[Path, typer.Argument(help="a .ckpt of a training")],
    output: Annotated[Path, typer.Argument(help="the .onnx file; its name is the model's")],
    version: Annotated[str, typer.Option(help="of the model, in its metadata")],
    training_data: Annotated[str, typer.Option(help="what it was trained on, in its metadata")],
    licence: Annotated[str, typer.Option(help="of the weights, in its metadata")],
) -> None:
    """Export a checkpoint to a model that livevox plays."""
    net = load_checkpoint(checkpoint)
    info = ModelInfo(output.stem, version, net.geometry, training_data, licence)
    difference = export_net(net, info, output)
    print(f"{output}: {output.stat().st_size / 1e6:.1f} MB, within {difference:.1g} of torch")


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(help="a causal .onnx file of an earlier livevox")],
    output: Annotated[Path, typer.Argument(help="the .onnx file to write")],
) -> None:
    """Let this livevox play a model that an earlier one exported; its weights stay as they are."""
    convert_model(source, output)


@app.command()
def evaluate(
    systems: Annotated[
        list[str],
        typer.Argument(help="models, .onnx files, checkpoints (all with +gate, too) or baselines"),
    ],
    data: Data,
    split: Annotated[str, typer.Option(help="train, valid or test")] = "valid",
    griffin_lim: Annotated[int, typer.Option(min=0, help="iterations, for the models")] = 0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="folder for a report and its numbers")
    ] = None,
) -> None:
    """Score models and baselines, side by side, on the songs of a split."""
    songs = evaluate_module.scorable([t for t in _tracks(data) if t.split == split])
    chosen = {name: evaluate_module.system(name, griffin_lim) for name in systems}
    with _counted("songs", len(songs) * len(chosen)) as finished:
        listening = Listening(output) if output else None
        results = evaluate_module.evaluate(chosen, songs, finished, listening)
    _publish(results, listening, f"Evaluation on the {split} split")


@app.command()
def detection(
    model: Annotated[str, typer.Argument(help="a model, an .onnx file or a checkpoint")],
    data: Data,
    split: Annotated[str, typer.Option(help="train, valid or test")] = "valid",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="file for a picture of the calibration")
    ] = None,
) -> None:
    """Judge a model's detection: other levels, bandwidths and codecs, rules, calibration."""
    songs = detection_conditions.labelled([t for t in _tracks(data) if t.split == split])
    with _counted("songs", len(songs) * len(detection_conditions.CONDITIONS)) as finished:
        result = detection_conditions.detection(evaluate_module.system(model), songs, finished)
    for table in detection_conditions.tables(result, f"{model}: {len(songs)} songs"):
        Console().print(table)
    if output:
        detection_conditions.draw_calibration(result, output)


@app.command("over-music")
def over_music(
    systems: Annotated[list[str], typer.Argument(help="as for evaluate, but for the oracle")],
    data: Data,
    split: Annotated[Split, typer.Option(help="train, valid or test")] = "valid",
) -> None:
    """Judge models and baselines on the instrumentals of a split, alone and under its voices."""
    tracks = _tracks(data)
    chosen = {name: evaluate_module.system(name) for name in systems}
    with tempfile.TemporaryDirectory() as scratch:
        scenes = over_music_module.scenes(load_corpus(tracks, split, Path(scratch)))
    with _counted("pieces", len(scenes) * len(chosen)) as finished:
        scores = over_music_module.over_music(chosen, scenes, finished)
    Console().print(over_music_module.table(scores, len(scenes)))


@app.command("over-singers")
def over_singers(
    systems: Annotated[list[str], typer.Argument(help="as for evaluate, but for the oracle")],
    data: Data,
    variant: Annotated[
        list[over_singers_module.Variant], typer.Option(help="of the voices; repeatable")
    ] = list(over_singers_module.Variant),  # noqa: B006 - typer copies it
    level: Annotated[
        list[float], typer.Option(help="dB of the voices over the music; repeatable")
    ] = list(over_singers_module.LEVELS_DB),  # noqa: B006 - typer copies it
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="file for all numbers, .csv")
    ] = None,
) -> None:
    """Judge models and baselines on the unknown singers of the validation split."""
    tracks = over_singers_module.needed(_tracks(data))
    chosen = {name: evaluate_module.system(name) for name in systems}
    with tempfile.TemporaryDirectory() as scratch:
        trials = over_singers_module.trials(load_corpus(tracks, "valid", Path(scratch)))
    with _counted("singers", len(trials) * len(chosen)) as finished:
        rows = over_singers_module.over_singers(chosen, trials, variant, level, finished)
    for table in over_singers_module.tables(rows):
        Console().print(table)
    if output:
        over_singers_module.write_csv(rows, output)


@app.command()
def bias(
    data: Data,
    output: Annotated[Path, typer.Option("--output", "-o", help="folder for bias.png and .csv")],
) -> None:
    """Show how data sets differ in balance, level and singing (figure 2 of the paper)."""
    tracks = _tracks(data)
    with _counted("songs", len(bias_module.songs_with_stems(tracks))) as finished:
        bias_module.bias(tracks, output, finished)
    print(f"{output / 'bias.png'}")


@app.command("pseudo-stems")
def pseudo_stems(
    folder: Annotated[Path, typer.Argument(help="music that you may use")],
    output: Annotated[Path, typer.Option("--output", "-o", help="folder of the data set")],
    licence: Annotated[str, typer.Option(help="of the music")] = "own use",
    credit: Annotated[str, typer.Option(help="whose music it is")] = "",
) -> None:
    """Turn a folder of music into training tracks (--data open=OUTPUT), by Spleeter's network."""
    files = music_in(folder)
    teacher = baseline("spleeter")
    with _reported("songs", len(files)) as report:
        make_pseudo_stems(
            files, output, lambda mixture: teacher(mixture, None), licence, credit, report
        )


@app.command("game-music")
def game_music(
    output: Annotated[Path, typer.Option("--output", "-o", help="folder of the data set")],
) -> None:
    """Gather music without singing (--data open=OUTPUT) from games that Debian has, 6 GB."""
    wanted = pieces()
    with _reported("pieces", len(wanted)) as report:
        gather(wanted, output, report)


@app.command()
def reproduce(
    run: Annotated[Path, typer.Option(help="folder of the trainings, resumed if it exists")],
    output: Annotated[Path, typer.Option("--output", "-o", help="folder for the report")],
    data: Data = [],  # noqa: B006 - typer wants a list and copies it
    steps: Annotated[int, typer.Option(min=1, help="of each training")] = 100_000,
    cache: Cache = None,
    quick: Annotated[bool, typer.Option(help="a dry run of minutes on made-up songs")] = False,
) -> None:
    """Run the paper's trainings, then make its table 1 and figure 2."""
    if quick == bool(data):
        raise LivevoxError("reproduce needs either --data NAME=FOLDER or --quick")
    with tempfile.TemporaryDirectory() as scratch:
        if quick:
            write_corpus(Path(scratch) / "corpus")
            data, steps = [f"open={scratch}/corpus"], QUICK_STEPS
        tracks = with_validation(_tracks(data))
        change: Callable[[Recipe], Recipe] = _narrowed if quick else lambda recipe: recipe
        reproduce_module.train_all(tracks, run, cache or run / "decoded", steps, change)
        with _counted("evaluations", None) as finished:
            listening = Listening(output)
            split, results = reproduce_module.table_1(tracks, run, finished, listening)
        _publish(results, listening, f"Table 1 on the {split} split, {steps} steps of each model")
        bias_module.bias(tracks, output, lambda: None)


def _narrowed(recipe: Recipe) -> Recipe:
    network = dataclasses.replace(recipe.network, widths=QUICK_WIDTHS)
    data = dataclasses.replace(
        recipe.data, stems=min(recipe.data.stems, 2), labelled=min(recipe.data.labelled, 2)
    )
    return dataclasses.replace(recipe, network=network, data=data)


def _tracks(data: list[str]) -> list[Track]:
    """The tracks of NAME=FOLDER pairs."""
    tracks = []
    for pair in data:
        name, equals, folder = pair.partition("=")
        if not equals:
            raise LivevoxError(f"--data has '{pair}': write NAME=FOLDER, such as open=corpus")
        tracks += load(name, Path(folder))
    return tracks


def _publish(
    results: list[evaluate_module.Result], listening: Listening | None, title: str
) -> None:
    print_table(results, title)
    if listening:
        with atomic_path(listening.folder / "results.json") as part:
            part.write_text(json.dumps(to_json(results), indent=2) + "\n", encoding="utf-8")
        page = listening.folder / "index.html"
        write_report(results, page, title, players=listening.players)


@contextmanager
def _counted(what: str, total: int | None) -> Iterator[Callable[[], None]]:
    """A progress bar; the function that it yields moves it on by one."""
    with Progress(console=console) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


@contextmanager
def _reported(what: str, total: int) -> Iterator[Callable[[object, str | None], None]]:
    """A progress bar; the function that it yields moves it on by one, and tells what was left out
    and why where there is a reason."""
    with _counted(what, total) as finished:

        def report(name: object, reason: str | None) -> None:
            finished()
            if reason:
                console.print(f"train: {name} was left out: {reason}")

        yield report


def main() -> None:
    """The command; what the user can mend is one line."""
    try:
        app()
    except LivevoxError as error:
        console.print(f"train: {error}")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
