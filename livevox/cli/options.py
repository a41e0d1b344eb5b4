"""The options of the live commands, and their meaning."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from livevox.config.settings import Settings
from livevox.device.devices import INPUT_WORDS
from livevox.errors import LivevoxError
from livevox.media.files import MUSIC_SUFFIXES
from livevox.media.queue import PLAYLIST_SUFFIXES

DEFAULT = "default"
"""The name that stands for the system's default device."""
QUEUE = "queue"
"""The name that stands for the songs of the last run."""

PresetOption = Annotated[
    str | None, typer.Option("--preset", "-p", help="else the last one; see livevox presets list")
]
InputOption = Annotated[
    str | None,
    typer.Option("--input", "-i", help="default, mic, line-in or part of a device's name"),
]
InputsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        "-i",
        help="mic, line-in, default, part of a device's name, file, folder or playlist "
        "(may be repeated); queue: the songs of the last run",
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


@dataclass(frozen=True)
class Source:
    """An input device, or files, and the index of the song to begin with."""

    device: str | None = None
    files: tuple[str, ...] = ()
    song: int = 0


def source_of(inputs: list[str], settings: Settings) -> Source:
    """What all ``--input`` stand for. Raises LivevoxError if they don't go together."""
    if [name.casefold() for name in inputs] == [QUEUE]:
        if not settings.files:
            raise LivevoxError("--input queue: no songs are remembered, so give files or a folder")
        return Source(files=settings.files, song=settings.song)
    files = tuple(filter(None, map(file_of, inputs)))
    if not files:
        if len(inputs) > 1:
            raise LivevoxError(f"--input names {' and '.join(inputs)}: give one device, or files")
        return Source(device=inputs[0] if inputs else None)
    if len(files) < len(inputs):
        device = next(each for each in inputs if file_of(each) is None)
        raise LivevoxError(f"--input names files and {device}, which is none: check the name")
    return Source(files=files)


def file_of(input: str) -> str | None:
    """The file, folder or playlist of ``--input``; None for a device."""
    if input.casefold() in (*INPUT_WORDS, DEFAULT, QUEUE):
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
