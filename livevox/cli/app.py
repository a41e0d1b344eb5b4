"""The command line. A command's module is imported when the command is used, so that `livevox gui`
waits for no other."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from livevox import __version__
from livevox.errors import LivevoxError

COMMANDS = (
    "separate",
    "activity",
    "models",
    "live",
    "midi",
    "latency",
    "bench",
    "devices",
    "gui",
    "demo",
    "presets",
)
"""The commands in the order of the help."""


class _ImportedOnUse(TyperGroup):
    """The group of :data:`COMMANDS`."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        # An unknown name is compared with all that there are.
        for name in (cmd_name,) if cmd_name in COMMANDS else COMMANDS:
            if name not in self.commands:
                command = typer.main.get_command(_imported(name))
                command.name = name
                self.add_command(command)
        return super().get_command(ctx, cmd_name)


def _imported(name: str) -> typer.Typer:
    """The command as an app of its own."""
    if name == "presets":
        from livevox.cli.presets import presets_app

        return presets_app
    command: Callable[..., None]
    match name:
        case "separate":
            from livevox.cli.separate import separate as command
        case "activity":
            from livevox.cli.activity import activity as command
        case "models":
            from livevox.cli.models import models as command
        case "live":
            from livevox.cli.live import live as command
        case "midi":
            from livevox.cli.hardware import midi as command
        case "latency":
            from livevox.cli.hardware import latency as command
        case "devices":
            from livevox.cli.hardware import list_devices as command
        case "bench":
            from livevox.cli.bench import bench as command
        case "gui":
            from livevox.cli.window import gui as command
        case "demo":
            from livevox.cli.demo import demo as command
    alone = typer.Typer(add_completion=False)
    alone.command(name)(command)
    return alone


app = typer.Typer(
    cls=_ImportedOnUse,
    help="Detects singing and separates it from the music, live and in files.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"livevox {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="print it and end"),
    ] = False,
) -> None:
    pass


def main() -> None:
    """The `livevox` command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A file name may have characters that the terminal can't show.
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except LivevoxError as error:
        from livevox.cli.reporter import console

        console.print(f"livevox: {error}")
        sys.exit(1)
