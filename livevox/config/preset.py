"""Presets, and the folder that livevox keeps them in: TOML, read whole or refused by its line."""

from __future__ import annotations

import os
import re
import tomllib
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
import tomli_w

from livevox.config.shipped import MIDI_MAP, shipped_folder
from livevox.errors import LivevoxError
from livevox.media.files import atomic_path
from livevox.midi.control import Binding
from livevox.parameters import PARAMETERS, checked, defaults

VERSION = 1
"""Of the files that this livevox writes; it reads no other."""


@dataclass(frozen=True)
class Preset:
    """What a name recalls: a model, parameters and what MIDI does.

    ``parameters`` holds those that were chosen, 0 or 1 for a switch; :meth:`values` has them all.
    ``midi`` is empty where no control shall do anything.
    ``model`` need not be installed, see :func:`problems`. Raises LivevoxError where a text is not
    one printable line, or a parameter is unknown or out of range.
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
        """Every parameter: as chosen, or at its default."""
        return defaults() | self.parameters

    def to_toml(self) -> str:
        """The text of the preset's file. The MIDI map is in it where it is not livevox's own."""
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
        # One table a binding, rather than an array, so that a mistake in one has a line of its own.
        own = () if self.midi == MIDI_MAP else self.midi
        bindings = (f"\n[[midi]]\n{tomli_w.dumps(binding.to_dict())}" for binding in own)
        return tomli_w.dumps(head) + "".join(bindings)


def load_preset(name_or_path: str | Path) -> Preset:
    """Load the user's preset of that name, else the shipped one, else the file of that path.

    Raises LivevoxError with the file, the line and the remedy where anything in it is wrong.
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
    """Every preset by name; the user's own hide shipped ones of the same name."""
    return dict(sorted((_files(shipped_folder()) | _files(user_folder())).items()))


def problems(preset: Preset) -> list[str]:
    """What keeps a preset from working here, a line each: the model or presets are not there."""
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
    """Write a preset to the user's folder, where it hides a shipped one of its name.

    Raises LivevoxError where the user has one of that name already, unless ``overwrite``, and
    where the folder can't be written to.
    """
    path = user_folder() / f"{preset.name}.toml"
    if os.path.lexists(path) and not overwrite:
        raise LivevoxError(f"{path} exists: choose another name, or overwrite it with --force")
    with changing(path), atomic_path(path) as part:
        part.write_text(preset.to_toml(), encoding="utf-8")
    return path


def delete_preset(name: str) -> None:
    """Delete one of the user's own presets; LivevoxError where there is none of that name."""
    path = _own(name)
    with changing(path):
        path.unlink()


def rename_preset(name: str, new_name: str) -> Path:
    """Rename one of the user's own presets, its title stays.

    Raises LivevoxError where there is none of that name, or one of the new name already.
    """
    _check_name(new_name)
    path, new_path = _own(name), user_folder() / f"{new_name}.toml"
    if os.path.lexists(new_path):
        raise LivevoxError(f"{new_path} exists: choose another name, or delete it first")
    with changing(path):
        return path.rename(new_path)


def config_folder() -> Path:
    """Where livevox keeps what it remembers: LIVEVOX_CONFIG_DIR, else the system's place for it."""
    folder = os.environ.get("LIVEVOX_CONFIG_DIR")
    return Path(folder) if folder else platformdirs.user_config_path("livevox", appauthor=False)


def user_folder() -> Path:
    """The folder of the user's own presets; it need not exist."""
    return config_folder() / "presets"


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """Turn the failure to change a file in the config folder into one LivevoxError."""
    try:
        yield
    except (OSError, LivevoxError) as error:
        # atomic_path's advice is about results, not about what is remembered: keep its reason only.
        cause = error if isinstance(error, OSError) else error.__context__
        raise LivevoxError(
            f"{path} can't be written ({getattr(cause, 'strerror', cause)}): make its folder "
            "writable, or set LIVEVOX_CONFIG_DIR to another"
        ) from None


Key = str | int
"""The name of an entry in a table, or the number of one in an array."""


@dataclass(frozen=True)
class Document:
    """A TOML file that was read, and where in it things stand."""

    path: Path
    text: str
    table: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> Document:
        """Read a file. Raises LivevoxError with the line where it is no UTF-8 or no TOML."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise LivevoxError(
                f"{path} can't be read ({error.strerror}): check its permissions"
            ) from None
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise LivevoxError(f"{path}, line {line}: no UTF-8 text: save it as UTF-8") from None
        try:
            return cls(path, text, tomllib.loads(text))
        except (ValueError, RecursionError) as error:
            reason, line = _syntax_error(error, text)
            raise LivevoxError(f"{path}, line {line}: no TOML ({reason}): correct it") from None

    def check_keys(self, keys: Collection[str]) -> None:
        """Raise LivevoxError unless the version is ours and no key but ``keys`` is there."""
        with self.at("version"):
            version = self.table.get("version")
            if type(version) is not int or version < 1:
                said = "no version" if version is None else f"version is {version!r}"
                raise LivevoxError(f"{said}: write version = {VERSION}")
            if version > VERSION:
                raise LivevoxError(f"version {version} was made by a newer livevox: update livevox")
        for key in self.table:
            with self.at(key):
                if key != "version" and key not in keys:
                    raise LivevoxError(f"no key '{key}' is known: choose from {', '.join(keys)}")

    @contextmanager
    def at(self, *keys: Key) -> Iterator[None]:
        """Add the file and the line of an entry to what is raised about it, as a LivevoxError."""
        try:
            yield
        except (LivevoxError, ValueError) as error:
            message = "".join(c if c.isprintable() else "?" for c in str(error))
            raise LivevoxError(f"{self.path}, line {self.line(*keys)}: {message}") from None

    def line(self, *keys: Key) -> int:
        """The line, from 1, of the statement that makes an entry, or the table that lacks it.

        The parser itself finds it: the shortest beginning of the file that holds the entry ends
        with that statement.
        """
        while keys and not _has(self.table, keys):
            keys = keys[:-1]
        lines = self.text.split("\n")
        counts = range(len(lines) + 1)
        end = bisect_left(counts, True, key=lambda n: _has(_statements(lines, n)[0], keys))
        return _statements(lines, max(end - 1, 0))[1] + 1


def _statements(lines: Sequence[str], count: int) -> tuple[dict[str, Any], int]:
    """What the whole statements in the first ``count`` lines say, and how many lines they are."""
    while True:
        try:
            return tomllib.loads("\n".join(lines[:count])), count
        except (ValueError, RecursionError):
            count -= 1


def _has(entry: Any, keys: Sequence[Key]) -> bool:
    try:
        for key in keys:
            entry = entry[key]
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _syntax_error(error: Exception, text: str) -> tuple[str, int]:
    """What the parser says, and the line; that of the statement where it names the end only."""
    reason = re.sub(r" \(at (line \d+, column \d+|end of document)\)$", "", str(error))
    if found := re.search(r" \(at line (\d+), column \d+\)$", str(error)):
        return reason, int(found[1])
    lines = text.split("\n")
    return reason, _statements(lines, len(lines))[1] + 1


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
        except ValueError as error:
            # The message begins with the key that is wrong, or names it as one too many.
            starts = ((key, (f"{key} ", f"a binding has no '{key}'")) for key in entry)
            wrong = [key for key, start in starts if str(error).startswith(start)]
            with document.at("midi", index, *wrong[:1]):
                raise
    return tuple(bindings)


def _files(folder: Path) -> dict[str, Path]:
    """The presets in a folder; LivevoxError where it can't be looked into."""
    try:
        paths = [folder / name for name in os.listdir(folder)]
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise LivevoxError(
            f"{folder} can't be read ({error.strerror}): make it readable, "
            "or set LIVEVOX_CONFIG_DIR to another folder"
        ) from None
    # What begins with a dot is the part of a file that was never finished.
    return {
        path.stem: path
        for path in paths
        if path.suffix == ".toml" and not path.name.startswith(".") and path.is_file()
    }


def _own(name: str) -> Path:
    if path := _files(user_folder()).get(name):
        return path
    if name in _files(shipped_folder()):
        raise LivevoxError(f"preset '{name}' came with livevox and stays: save one of your own")
    own = ", ".join(_files(user_folder())) or "none"
    raise LivevoxError(f"no preset '{name}' in {user_folder()}: choose from your own ({own})")
