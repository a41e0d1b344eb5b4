"""Every text of the window is translated, and the window uses the system's language."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gui.translation import FOLDER, read_texts

pytest.importorskip("PyQt6.lupdate")
FILES = sorted(FOLDER.glob("*.ts"))
SHOW = """
from gui.app import make_application
application = make_application()
from gui.model.scales import label
print(label("vocals"))
"""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_text_has_its_translation(path: Path, tmp_path: Path) -> None:
    from tests.translations import update

    updated = tmp_path / path.name
    shutil.copy(path, updated)
    update(updated)
    there = set(read_texts(path))
    wanted = {
        (context.findtext("name"), message.findtext("source"))
        for context in ElementTree.parse(updated).iter("context")
        for message in context.iter("message")
    }
    assert wanted - there == set(), "run python -m tests.translations, and translate these"
    assert there - wanted == set(), "run python -m tests.translations: these are gone"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_translations_keep_places_and_keys(path: Path) -> None:
    texts = read_texts(path)
    for (_, source), text in texts.items():
        assert re.findall(r"{.*?}", text) == re.findall(r"{.*?}", source)
        assert len(re.findall("&[^ ]", text)) == len(re.findall("&[^ ]", source))
        assert text.strip() == text
    assert len(texts) > 300


@pytest.mark.parametrize(
    ("languages", "voice"),
    [("de", "Stimme"), ("de_AT:en", "Stimme"), ("en:de", "Voice"), ("xx", "Voice"), ("", "Voice")],
)
def test_the_systems_language_is_used(languages: str, voice: str) -> None:
    environment = os.environ | {
        "LANGUAGE": languages,
        "LC_ALL": "C.UTF-8",
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONIOENCODING": "utf-8",
    }
    printed = subprocess.run(
        [sys.executable, "-c", SHOW], env=environment, check=True, capture_output=True, text=True
    )
    assert printed.stdout.strip() == voice
