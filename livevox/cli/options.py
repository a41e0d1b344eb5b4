"""The options of the live commands, and their meaning."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from livevox.device.devices import INPUT_WORDS
from livevox.errors import LivevoxError
from livevox.media.files import MUSIC_SUFFIXES
from livevox.media.queue import PLAYLIST_SUFFIXES

DEFAULT = "default"
"""The name that stands for the system's default device."""

PresetOption = Annotated[
    str | None, typer.Option("--preset", "-p", help="else the last one; see livevox presets list")
]
InputOption = Annotated[
    str | None,
    typer.Option(
        "--input",
        "-i",
        help="mic, line-in, default, part of a device's name, file, folder or playlist",
    ),
]
OutputOption = Annotated[
    str | None, typer.Option("--output", "-o", help="default, or part of a device's name")
]
RateOption = Annotated[int | None, typer.Option("--sample-rate", metavar="HZ")]
BlockOption = Annotated[int | None, typer.Option("--block-size", metavar="SAMPLES")]
ApiOption = Annotated[
    str | None, typer.Option("--midi-api", help="MIDI system, else the first that works")
]


def file_of(input: str | None) -> str | None:
    """The file, folder or playlist of ``--input``; None for a device."""
    if input is None or input.casefold() in (*INPUT_WORDS, DEFAULT):
        return None
    if Path(input).exists():
        return str(Path(input).resolve())
    music = (*MUSIC_SUFFIXES, *PLAYLIST_SUFFIXES)
    if Path(input).suffix.lower() in music or input.endswith(os.sep):
        raise LivevoxError(f"{input} does not exist: check the name")
    return None


def device_of(name: str) -> str | None:
    """Part of a device's name; None for the default device."""
    return None if name.casefold() == DEFAULT else name


def absolute_preset(preset: str) -> str:
    """A preset's name, or the absolute path of its file."""
    return str(Path(preset).resolve()) if preset.endswith(".toml") else preset


def checked_numbers(sample_rate: int | None, block_size: int | None) -> dict[str, Any]:
    """The given numbers, by the names of their settings."""
    given = {"sample_rate": sample_rate, "block_size": block_size}
    chosen = {name: value for name, value in given.items() if value is not None}
    for name, value in chosen.items():
        if value < 1:
            option = name.replace("_", "-")
            raise LivevoxError(f"--{option} is {value}: give a whole number above 0")
    return chosen


def channels_of(option: str, text: str | None) -> tuple[int, ...] | None:
    """The channels in text such as "1,2", counted from 1."""
    if text is None:
        return None
    try:
        found = tuple(int(part) for part in text.split(","))
    except ValueError:
        found = ()
    if not found or min(found) < 1 or len(set(found)) < len(found):
        raise LivevoxError(f"{option} is '{text}': give channels from 1 up, such as 1,2")
    return found
