"""Presets: loading by name or file, checking, and saving to the user's folder."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from livevox.config.document import VERSION, Document
from livevox.config.folder import changing, config_folder
from livevox.config.shipped import MIDI_MAP, shipped_folder
from livevox.errors import LivevoxError
from livevox.media.files import atomic_path
from livevox.midi.binding import Binding, BindingError
from livevox.parameters import PARAMETERS, checked, defaults


@dataclass(frozen=True)
class Preset:
    """A model, parameters and MIDI bindings under one name.

    ``parameters`` holds those that the preset sets, 0 or 1 for a switch; :meth:`values` has all.
    An empty ``midi`` means no bindings. ``model`` need not be installed, see :func:`problems`.
    Raises LivevoxError if a text is not one printable line, or a parameter is unknown or out of
    range.
    """

    name: str
    title: str
    description: str
    model: str
    parameters: dict[str, float]
    midi: tuple[Binding, ...] = MIDI_MAP

    def __post_init__(self) -> None:
        _check_name(self.name)
        for key in ("title", "description", "model"):
            _checked_text(key, getattr(self, key))
        object.__setattr__(self, "parameters", checked(self.parameters))

    def values(self) -> dict[str, float]:
        """All parameters: as set, or at their defaults."""
        return defaults() | self.parameters

    def to_toml(self) -> str:
        """The text of the preset's file. It has the MIDI map only if it is not the default one."""
        head: dict[str, Any] = {
            "version": VERSION,
            "title": self.title,
            "description": self.description,
            "model": self.model,
        }
        if not self.midi:
            head["midi"] = []
        head["parameters"] = {
            name: bool(value) if PARAMETERS[name].is_switch else value
            for name, value in self.parameters.items()
        }
        # A table for each binding instead of an array, so that errors can name its line.
        own = () if self.midi == MIDI_MAP else self.midi
        bindings = (f"\n[[midi]]\n{tomli_w.dumps(binding.to_dict())}" for binding in own)
        return tomli_w.dumps(head) + "".join(bindings)


def load_preset(name_or_path: str | Path) -> Preset:
    """Load the user's preset of that name, else the shipped one, else the file at that path.

    Raises LivevoxError with the file, the line and the remedy if anything in it is wrong.
    """
    path = presets().get(str(name_or_path), Path(name_or_path))
    if path.suffix != ".toml" or not os.path.isfile(path):
        raise LivevoxError(
            f"no preset '{name_or_path}': choose from {', '.join(presets())}, or give a .toml file"
        )
    try:
        _check_name(path.stem)
    except LivevoxError as error:
        raise LivevoxError(f"{path} can't be a preset: {error}") from None
    document = Document.read(path)
    document.check_keys(("title", "description", "model", "parameters", "midi"))
    return Preset(
        path.stem,
        _text(document, "title", path.stem),
        _text(document, "description", ""),
        _text(document, "model", "live"),
        _parameters(document),
        _bindings(document),
    )


def presets() -> dict[str, Path]:
    """Every preset by name; the user's own override shipped ones of the same name."""
    return dict(sorted((_files(shipped_folder()) | _files(user_folder())).items()))


def problems(preset: Preset) -> list[str]:
    """The problems of a preset on this computer, a line each: missing models and presets."""
    from livevox.network.model import shipped_models

    found = []
    if preset.model not in shipped_models() and not os.path.isfile(preset.model):
        names = ", ".join(shipped_models()) or "none"
        found.append(f"model '{preset.model}' is not installed: choose from {names}")
    known = presets()
    found += [
        f"{binding.control} {binding.number} loads preset '{binding.preset}', which is not there: "
        f"choose from {', '.join(known)}"
        for binding in preset.midi
        if binding.preset is not None and binding.preset not in known
    ]
    return found


def save_preset(preset: Preset, overwrite: bool = False) -> Path:
    """Write a preset to the user's folder, where it overrides a shipped one of the same name.

    Raises LivevoxError if the user already has one of that name, unless ``overwrite``, or if the
    folder can't be written to.
    """
    path = user_folder() / f"{preset.name}.toml"
    if os.path.lexists(path) and not overwrite:
        raise LivevoxError(f"{path} exists: choose another name, or overwrite it with --force")
    with changing(path), atomic_path(path) as part:
        part.write_text(preset.to_toml(), encoding="utf-8")
    return path


def delete_preset(name: str) -> None:
    """Delete one of the user's own presets; LivevoxError if there is none of that name."""
    path = _own(name)
    with changing(path):
        path.unlink()


def rename_preset(name: str, new_name: str) -> Path:
    """Rename one of the user's own presets; its title stays.

    Raises LivevoxError if there is none of that name, or already one of the new name.
    """
    _check_name(new_name)
    path, new_path = _own(name), user_folder() / f"{new_name}.toml"
    if os.path.lexists(new_path):
        raise LivevoxError(f"{new_path} exists: choose another name, or delete it first")
    with changing(path):
        return path.rename(new_path)


def user_folder() -> Path:
    """The folder of the user's own presets; it need not exist."""
    return config_folder() / "presets"


def _checked_text(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise LivevoxError(f"{key} is {value!r}: write one line of text")
    if not value and key != "description":
        raise LivevoxError(f"{key} is empty: write one line of text")
    return value


def _check_name(name: str) -> None:
    if not re.fullmatch(r"\w([\w -]*[\w-])?", name):
        raise LivevoxError(
            f"the name {name!r} is not letters, digits, inner spaces, - and _ only: choose another"
        )


def _text(document: Document, key: str, default: str) -> str:
    with document.at(key):
        return _checked_text(key, document.table.get(key, default))


def _parameters(document: Document) -> dict[str, float]:
    table = document.table.get("parameters", {})
    if not isinstance(table, dict):
        with document.at("parameters"):
            raise LivevoxError(f"parameters is {table!r}: write a [parameters] table")
    parameters: dict[str, float] = {}
    for name, value in table.items():
        with document.at("parameters", name):
            if name in PARAMETERS and PARAMETERS[name].is_switch != isinstance(value, bool):
                wanted = "true or false" if PARAMETERS[name].is_switch else "a number"
                raise LivevoxError(f"{name} is {value!r}: write {wanted}")
            parameters |= checked({name: value})
    return parameters


def _bindings(document: Document) -> tuple[Binding, ...]:
    if "midi" not in document.table:
        return MIDI_MAP
    entries = document.table["midi"]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        with document.at("midi"):
            raise LivevoxError(f"midi is {entries!r}: write a [[midi]] table for every binding")
    bindings = []
    for index, entry in enumerate(entries):
        try:
            bindings.append(Binding.from_dict(entry))
        except BindingError as error:
            with document.at("midi", index, error.key):
                raise
    return tuple(bindings)


def _files(folder: Path) -> dict[str, Path]:
    """The presets in a folder; LivevoxError if it can't be read."""
    try:
        paths = [folder / name for name in os.listdir(folder)]
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise LivevoxError(
            f"{folder} can't be read ({error.strerror}): make it readable, "
            "or set LIVEVOX_CONFIG_DIR to another folder"
        ) from None
    # Names with a leading dot are unfinished files.
    return {
        path.stem: path
        for path in paths
        if path.suffix == ".toml" and not path.name.startswith(".") and path.is_file()
    }


def _own(name: str) -> Path:
    if path := _files(user_folder()).get(name):
        return path
    if name in _files(shipped_folder()):
        raise LivevoxError(f"preset '{name}' is part of livevox: only your own can be changed")
    own = ", ".join(_files(user_folder())) or "none"
    raise LivevoxError(f"no preset '{name}' in {user_folder()}: choose from your own ({own})")
