"""Names of songs, devices, folders and presets are shown as they are, in any script, with markup or
without."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication, QLabel, QToolTip

from tests.gui_harness import live_for, needs_display, wait_until

pytestmark = needs_display

NAMES = [
    "<b>Loud & <i>quiet.wav",
    "R&B &amp; Soul <img src='x.png'>.flac",
    "夜に駆ける — ばびぶ.mp3",
    "שיר ישן.ogg",
    "أغنية.wav",
    "Ноктюрн №1.wav",
    "Zoë 🎤.wav",
    "two\nlines\tand a tab.wav",
    os.fsdecode(b"caf\xe9.wav"),
]


def labels(*roots: Any) -> list[QLabel]:
    return [label for root in roots for label in root.findChildren(QLabel)]


def test_no_label_takes_a_name_for_markup(window: Any) -> None:
    for page in range(3):
        window.show_page(page)
    window.compact.show()
    window.lyrics_panel.lyrics_screen.show()
    window.view_model.notices.complain("file", "no song '<b>x</b>'")
    live_for(0.05)
    found = labels(window, window.compact, window.lyrics_panel.lyrics_screen)
    assert len(found) > 40
    assert [label.text() for label in found if label.textFormat() != Qt.TextFormat.PlainText] == []


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_song_is_named_as_its_file(window: Any, name: str) -> None:
    bar = window.transport_bar
    path = Path("/music") / name
    bar.show()
    window.resize(1200, 600)
    for song in (bar.name, window.compact.name):
        song.show_song(path)
        assert song.text() == name
        assert song.toolTip() == str(path)
    live_for(0.02)
    plain = bar.name.grab().toImage()
    bar.name.show_song(Path("/music/x.wav"))
    live_for(0.02)
    assert plain != bar.name.grab().toImage()


def test_a_tooltip_shows_markup_as_it_is(window: Any) -> None:
    QToolTip.showText(window.mapToGlobal(QPoint(50, 50)), NAMES[0], window)
    tips = lambda: [w for w in QApplication.topLevelWidgets() if w.inherits("QTipLabel")]  # noqa: E731
    wait_until(lambda: bool(tips()))
    tip = tips()[-1]
    assert tip.text() == NAMES[0]
    assert tip.textFormat() == Qt.TextFormat.PlainText
    QToolTip.hideText()


def test_a_folder_and_a_model_keep_their_ampersand(window: Any) -> None:
    window.recording_bar.set_folder("/music/R&B")
    assert window.recording_bar.where.text() == "/music/R&&B"
    window.view_model._config = replace(window.view_model._config, model="/models/R&B.onnx")
    window.device_page.models.refresh()
    [button] = window.device_page.models._group.buttons()
    assert button.text() == "R&&B"
