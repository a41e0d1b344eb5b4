"""The command line of presets: `livevox presets list`, `show`, `save`, `check`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from livevox.config.preset import load_preset, presets, problems, save_preset, user_folder
from livevox.config.settings import load_settings
from livevox.errors import LivevoxError
from livevox.midi.words import action_words, control_words
from livevox.parameters import PARAMETERS

presets_app = typer.Typer(
    add_completion=False,
    help="Presets: a model, its parameters and a MIDI map under one name.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="a preset, or its .toml file", show_default=False)]
WORDS = {"on": 1.0, "true": 1.0, "off": 0.0, "false": 0.0}
"""Values of a switch, besides 1 and 0."""


@presets_app.command("list")
def list_presets() -> None:
    """List the presets. Your own replace those of livevox with the same name."""
    table = Table("preset", "title", "model", "whose", "description")
    for name, path in presets().items():
        whose = "yours" if path.parent == user_folder() else "livevox"
        try:
            preset = load_preset(path)
            table.add_row(name, preset.title, preset.model, whose, preset.description)
        except LivevoxError:
            table.add_row(name, "", "", whose, "damaged: run livevox presets check")
    _console().print(table)


@presets_app.command()
def show(name: Name) -> None:
    """Show a preset: its parameters and its MIDI map."""
    preset = load_preset(name)
    parameters = Table("parameter", "value", "chosen", title=preset.title)
    for key, value in preset.values().items():
        parameter = PARAMETERS[key]
        shown = ("on" if value else "off") if parameter.is_switch else f"{value:g} {parameter.unit}"
        parameters.add_row(key, shown, "yes" if key in preset.parameters else "")
    programs_from = load_settings()[0].programs_from
    midi = Table("MIDI", "channel", "target", "range", "how")
    for binding in preset.midi:
        ends = "" if binding.preset else "{:g} to {:g}".format(*binding.ends)
        midi.add_row(
            control_words(binding, programs_from),
            str(binding.channel or "any"),
            binding.target,
            ends,
            action_words(binding),
        )
    _console().print(f"{preset.description}\nmodel {preset.model}", parameters, midi, sep="\n")


@presets_app.command()
def save(
    name: Annotated[str, typer.Argument(help="name of the new preset", show_default=False)],
    source: Annotated[str, typer.Option("--from", help="the preset to start from")],
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PARAMETER=VALUE", help="like vocals=-12; may be repeated"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="overwrite a preset of your own")] = False,
) -> None:
    """Save a preset of your own: a copy of another one, with changes."""
    preset = load_preset(source)
    parameters = preset.parameters | dict(assignment(change) for change in changes or [])
    if name != preset.name:
        # Title and description of the other preset may not fit this one.
        preset = replace(preset, name=name, title=name, description="")
    path = save_preset(replace(preset, parameters=parameters), overwrite=force)
    typer.echo(f"saved {path}", err=True)


@presets_app.command()
def check(
    names: Annotated[
        list[str] | None, typer.Argument(help="presets or .toml files, else all")
    ] = None,
) -> None:
    """Check presets: one line each, and exit code 1 if one can't be used."""
    failed = False
    for name in names or presets():
        try:
            preset = load_preset(name)
            if found := problems(preset):
                raise LivevoxError(f"preset '{preset.name}' can't be used: {'; '.join(found)}")
        except LivevoxError as error:
            typer.echo(f"livevox: {error}", err=True)
            failed = True
        else:
            typer.echo(f"{name}: good")
    if failed:
        raise typer.Exit(1)


def assignment(change: str) -> tuple[str, float]:
    """The name and the value in `vocals=-12`. The preset checks them."""
    name, _, text = (part.strip() for part in change.partition("="))
    if name in PARAMETERS and PARAMETERS[name].is_switch and text in WORDS:
        return name, WORDS[text]
    try:
        return name, float(text)
    except ValueError:
        raise LivevoxError(
            f"--set is '{change}': give PARAMETER=VALUE, where VALUE is a number, on or off"
        ) from None


def _console() -> Console:
    # Made when needed: a console keeps the width and colours that standard output has then.
    return Console(highlight=False, markup=False, emoji=False)
