"""The round trips that `livevox latency` has measured, for the pairs of devices."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import tomli_w

from livevox.config.document import VERSION, Document
from livevox.config.folder import changing, config_folder
from livevox.errors import LivevoxError
from livevox.media.files import atomic_path

TABLE = "round_trip"


@dataclass(frozen=True)
class Pair:
    """Two devices by their full names, at a sample rate in Hz and in blocks of so many samples: the
    latency depends on all of it."""

    input: str
    output: str
    sample_rate: int
    block: int


def round_trips_file() -> Path:
    """The path of the measurements; it need not exist."""
    return config_folder() / "round-trips.toml"


def measured_round_trip(pair: Pair) -> int | None:
    """The latency of both devices together in samples, None where it was never measured or the file
    is damaged."""
    try:
        return _read(round_trips_file()).get(pair)
    except LivevoxError:
        return None


def keep_round_trip(pair: Pair, samples: int) -> None:
    """Keep a measurement in place of an earlier one; a damaged file is replaced.

    Raises LivevoxError if the folder can't be written to.
    """
    path = round_trips_file()
    try:
        known = _read(path)
    except LivevoxError:
        known = {}
    known[pair] = samples
    rows = [asdict(each) | {"samples": count} for each, count in known.items()]
    with changing(path), atomic_path(path) as part:
        part.write_text(tomli_w.dumps({"version": VERSION, TABLE: rows}), encoding="utf-8")


def _read(path: Path) -> dict[Pair, int]:
    if not os.path.lexists(path):
        return {}
    document = Document.read(path)
    document.check_keys([TABLE])
    found = {}
    rows = document.table.get(TABLE, [])
    with document.at(TABLE):
        if not isinstance(rows, list):
            raise LivevoxError(f"{TABLE} is {rows!r}: measure again with livevox latency")
    for n, row in enumerate(rows):
        with document.at(TABLE, n):
            pair, samples = _checked(row)
            found[pair] = samples
    return found


def _checked(row: Any) -> tuple[Pair, int]:
    kinds = {each.name: str if each.type == "str" else int for each in fields(Pair)}
    kinds["samples"] = int
    if not isinstance(row, dict) or {key: type(value) for key, value in row.items()} != kinds:
        raise LivevoxError(f"{row!r} is no measurement: measure again with livevox latency")
    samples = row.pop("samples")
    return Pair(**row), samples
