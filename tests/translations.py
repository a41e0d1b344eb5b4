"""Updates the window's translation files from its texts.

    python -m tests.translations

Qt's pylupdate finds the texts in the sources; this adds the texts in the data of parameters and
modes. It marks new ones as unfinished: translate them with Qt Linguist or a text editor.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from xml.etree import ElementTree

from PyQt6.lupdate import lupdate

from gui.translation import FOLDER
from livevox.config.modes import NAMES_OF_MODES
from livevox.config.preset import load_preset
from livevox.config.shipped import shipped_folder
from livevox.parameters import PARAMETERS

GUI = FOLDER.parent


def update(path: Path) -> None:
    """Update one file, or create it."""
    data = [("parameters", text) for p in PARAMETERS.values() for text in (p.label, p.help)]
    for name in NAMES_OF_MODES:
        preset = load_preset(shipped_folder() / f"{name}.toml")
        data += [("modes", preset.title), ("modes", preset.description)]
    with tempfile.TemporaryDirectory() as scratch:
        as_source = Path(scratch) / "data.py"
        as_source.write_text("".join(f"translate({c!r}, {text!r})\n" for c, text in data))
        sources = [str(source) for source in sorted(GUI.rglob("*.py"))]
        lupdate([*sources, str(as_source)], [str(path)], no_obsolete=True)
    _without_places(path)


def _without_places(path: Path) -> None:
    """Remove the line numbers, which change with any edit of the sources."""
    tree = ElementTree.parse(path)
    for message in tree.iter("message"):
        for place in message.findall("location"):
            message.remove(place)
    ElementTree.indent(tree, " ")
    text = ElementTree.tostring(tree.getroot(), encoding="unicode")
    head = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
    path.write_text(f"{head}{text}\n", encoding="utf-8")


if __name__ == "__main__":
    for each in sorted(FOLDER.glob("*.ts")):
        update(each)
