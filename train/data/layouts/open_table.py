"""Reading and writing tracks.csv, the table of a data set in the layout `open`."""

from __future__ import annotations

import csv
from pathlib import Path

from livevox.errors import LivevoxError
from livevox.media.files import atomic_path

COLUMNS = ("path", "split", "seconds", "licence", "credit", "vocal_stem", "activity_labels")

Row = dict[str, str]


def read_table(folder: Path) -> list[Row]:
    """The rows of the tracks.csv in ``folder``; none if there is no such file yet.

    Raises LivevoxError if it has other columns.
    """
    table = folder / "tracks.csv"
    if not table.exists():
        return []
    with table.open(encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise LivevoxError(
                f"{table} has the columns {reader.fieldnames}, not {', '.join(COLUMNS)}: "
                "choose another folder with -o"
            )
        return list(reader)


def add_track(
    folder: Path,
    rows: list[Row],
    *,
    path: str,
    split: str,
    seconds: float,
    licence: str,
    credit: str,
    vocal_stem: str,
) -> None:
    """Add an unlabelled track to ``rows``, and write them as the tracks.csv in ``folder``.

    Raises LivevoxError if it can't be written.
    """
    values = (path, split, f"{seconds:.1f}", licence, credit, vocal_stem, "no")
    rows.append(dict(zip(COLUMNS, values, strict=True)))
    table = folder / "tracks.csv"
    with atomic_path(table) as part, part.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
