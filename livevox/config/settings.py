"""Settings that are kept from one run to the next."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import tomli_w

from livevox.config.document import VERSION, Document
from livevox.config.folder import changing, config_folder
from livevox.errors import LivevoxError
from livevox.media.files import atomic_path


@dataclass(frozen=True)
class Settings:
    """Devices and ports by name, the queue, and the last preset. None means livevox's own choice.

    ``files`` are the songs of the queue, ``song`` is the index of the one that played last.
    ``sample_rate`` is in Hz, ``block_size`` in samples; channels count from 1; with ``stems`` voice
    and accompaniment go to the channels after the mix's; ``mic`` has the channels of the
    microphone, of the input or of ``mic_input``; ``midi_api`` is python-rtmidi's name;
    ``programs_from`` is the number, 0 or 1, that the user's device gives MIDI's first program.
    ``osc`` is the address that OSC listens at, ``osc_to`` are those that it sends to, as
    :meth:`livevox.osc.port.Address.parse` reads them; None and () are off.
    """

    input: str | None = None
    files: tuple[str, ...] = ()
    song: int = 0
    output: str | None = None
    sample_rate: int | None = None
    block_size: int | None = None
    input_channels: tuple[int, ...] | None = None
    output_channels: tuple[int, ...] | None = None
    stems: bool = False
    mic: tuple[int, ...] | None = None
    mic_input: str | None = None
    preset: str = "karaoke"
    midi_inputs: tuple[str, ...] = ()
    midi_outputs: tuple[str, ...] = ()
    midi_api: str | None = None
    programs_from: int = 1
    osc: str | None = None
    osc_to: tuple[str, ...] = ()

    def with_queue(self, files: tuple[str, ...], song: int) -> Settings:
        """The settings with that queue, but for files whose names are no text: TOML can't hold
        them."""
        kept = tuple(filter(_is_text, files))
        return replace(self, files=kept, song=sum(map(_is_text, files[:song])))


def settings_file() -> Path:
    """The path of the settings; it need not exist."""
    return config_folder() / "settings.toml"


def load_settings() -> tuple[Settings, str | None]:
    """The settings of the last run, and a warning if their file is damaged.

    Without a file, or with a damaged one, all settings are at their defaults.
    """
    path = settings_file()
    try:
        return _read(path), None
    except LivevoxError as error:
        return Settings(), (
            f"{error}; the defaults are used, and the next save keeps this file as {_kept(path)}"
        )


def save_settings(settings: Settings) -> None:
    """Save ``settings``. A damaged file is kept beside it, under the name given in the warning.

    Raises LivevoxError if the folder can't be written to; the old file is then unchanged.
    """
    path = settings_file()
    chosen = {key: value for key, value in asdict(settings).items() if value is not None}
    with changing(path), atomic_path(path) as part:
        part.write_text(tomli_w.dumps({"version": VERSION, **chosen}), encoding="utf-8")
        try:
            _read(path)
        except LivevoxError:
            path.replace(_kept(path))


def _kept(path: Path) -> Path:
    return path.with_name(f"{path.name}.damaged")


def _read(path: Path) -> Settings:
    """The settings in a file, the defaults without one; LivevoxError if it is damaged."""
    if not os.path.lexists(path):
        return Settings()
    document = Document.read(path)
    document.check_keys([field.name for field in fields(Settings)])
    values = {}
    for key, value in document.table.items():
        if key != "version":
            with document.at(key):
                values[key] = _checked(key, value)
    return Settings(**values)


def _checked(key: str, value: object) -> Any:
    """A value converted for :class:`Settings`; LivevoxError if it has the wrong type."""
    match key:
        case "sample_rate" | "block_size":
            if type(value) is not int or value < 1:
                raise LivevoxError(f"{key} is {value!r}: write a whole number above 0")
        case "input_channels" | "output_channels" | "mic":
            if not isinstance(value, list) or not value or not all(map(_is_channel, value)):
                raise LivevoxError(f"{key} is {value!r}: write a list of channels, as in [1, 2]")
            return tuple(value)
        case "programs_from":
            if type(value) is not int or value not in (0, 1):
                raise LivevoxError(f"{key} is {value!r}: write 0 or 1")
        case "stems":
            if not isinstance(value, bool):
                raise LivevoxError(f"{key} is {value!r}: write true or false")
        case "song":
            if type(value) is not int or value < 0:
                raise LivevoxError(f"{key} is {value!r}: write a whole number, 0 for the first")
        case "files" | "midi_inputs" | "midi_outputs" | "osc_to":
            if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
                raise LivevoxError(f"{key} is {value!r}: write a list of names, [] for none")
            return tuple(value)
        case _:
            if not isinstance(value, str):
                raise LivevoxError(f"{key} is {value!r}: write a name in quotes")
    return value


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_channel(value: object) -> bool:
    return type(value) is int and value > 0
