"""The processes of this machine."""

from __future__ import annotations

from pathlib import Path


def parents() -> dict[int, int]:
    """The parent of every running process."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rsplit(")", 1)[1].split()[:2]
        except OSError:
            continue
        if state != "Z":
            found[int(stat.parent.name)] = int(parent)
    return found
