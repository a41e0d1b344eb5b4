"""`python -m train`: the command line for data sets, training, export and evaluation."""

from __future__ import annotations

import typer

from livevox.errors import LivevoxError
from train.commands import evaluation, making_data, reproduction, training
from train.commands.shared import console

app = typer.Typer(
    help="Reproduces Stoller, Ewert and Dixon (2018) and trains the models of livevox.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for topic in (training, evaluation, making_data, reproduction):
    app.add_typer(topic.app)


def main() -> None:
    """The command; a user's error prints one line."""
    try:
        app()
    except LivevoxError as error:
        console.print(f"train: {error}")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
