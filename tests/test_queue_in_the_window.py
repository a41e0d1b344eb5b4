"""The window's queue, with a real engine on a real JACK server: mouse and keys change it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from livevox.config.settings import load_settings
from livevox.dsp.stft import SAMPLE_RATE
from tests.gui_harness import LiveWindow, live_window, needs_display, wait_until

pytestmark = needs_display

LEFT = Qt.MouseButton.LeftButton
SPOKEN = Qt.ItemDataRole.AccessibleTextRole
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("songs")
    paths = [folder / f"{name}.wav" for name in "abcde"]
    for path in paths:
        audio = np.random.default_rng(0).uniform(-0.1, 0.1, 20 * SAMPLE_RATE)
        soundfile.write(path, audio, SAMPLE_RATE)
    return paths


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, songs: list[Path]) -> Iterator[LiveWindow]:
    files = tuple(map(str, songs[:3]))
    with live_window(tmp_path_factory.mktemp("config"), files=files) as live:
        live.window.transport_bar.queue_button.click()
        wait_until(lambda: live.window.queue_panel.isVisible())
        yield live


def shown(live: LiveWindow) -> str:
    songs = live.window.queue_panel.list
    spoken = [songs.item(row).data(SPOKEN) for row in range(songs.count())]
    return " ".join(f">{text[:-8]}" if text.endswith(" (plays)") else text for text in spoken)


def select(live: LiveWindow, row: int) -> None:
    songs = live.window.queue_panel.list
    QTest.mouseClick(songs.viewport(), LEFT, pos=songs.visualItemRect(songs.item(row)).center())


def drop(live: LiveWindow, mime: QMimeData, at: QPoint) -> None:
    """End a drag of another program at a place of the list."""
    songs = live.window.queue_panel.list
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, copy, mime, LEFT, none)
    QApplication.sendEvent(songs.viewport(), enter)
    assert enter.isAccepted()
    QApplication.sendEvent(songs.viewport(), QDropEvent(QPointF(at), copy, mime, LEFT, none))


def test_songs_are_moved_taken_away_added_and_chosen(live: LiveWindow, songs: list[Path]) -> None:
    panel = live.window.queue_panel
    live.view_model.play_files(tuple(map(str, songs[:3])))
    wait_until(lambda: shown(live) == ">a b c")
    select(live, 2)
    QTest.keyClick(panel.list, Qt.Key.Key_Up, ALT)
    wait_until(lambda: shown(live) == ">a c b")
    assert [item.text() for item in panel.list.selectedItems()] == ["c"]
    QTest.keyClick(panel.list, Qt.Key.Key_Up, ALT)
    wait_until(lambda: shown(live) == "c >a b")
    # Not beyond the top.
    QTest.keyClick(panel.list, Qt.Key.Key_Up, ALT)

    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in songs[3:]])
    drop(live, mime, QPoint(20, 20))
    wait_until(lambda: shown(live) == "c >a b d e")
    assert live.view_model.status.playing == songs[0]

    select(live, 3)
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    wait_until(lambda: shown(live) == "c a b >d e")
    select(live, 0)
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    wait_until(lambda: shown(live) == "a b >d e")
    select(live, 3)
    panel.remove_button.click()
    wait_until(lambda: shown(live) == "a b >d")
    kept = tuple(str(songs[n]) for n in (0, 1, 3))
    # The next run begins with them.
    wait_until(lambda: (load_settings()[0].files, load_settings()[0].song) == (kept, 2))


def test_the_list_is_put_in_order_by_dragging(live: LiveWindow, songs: list[Path]) -> None:
    panel = live.window.queue_panel
    live.view_model.play_files(tuple(map(str, songs)))
    wait_until(lambda: shown(live) == ">a b c d e")
    places = [panel.list.visualItemRect(panel.list.item(row)) for row in range(5)]
    viewport = panel.list.viewport()
    start = viewport.mapToGlobal(places[3].center())
    # To the upper edge of the second song.
    end = viewport.mapToGlobal(QPoint(places[1].center().x() + 20, places[1].top() + 1))
    steps = ["mousemove", str(start.x()), str(start.y()), "mousedown", "1", "sleep", "0.2"]
    for share in (0.2, 0.5, 0.8, 1.0, 1.0):
        at = start + share * (end - start)
        steps += ["mousemove", str(round(at.x())), str(round(at.y())), "sleep", "0.15"]
    mouse = subprocess.Popen(["xdotool", *steps, "mouseup", "1"], env=os.environ)
    wait_until(lambda: shown(live) == ">a d b c e")
    assert mouse.wait() == 0
    # Several at once.
    panel.list.clearSelection()
    order = panel.list.order
    for row in (1, 3):
        panel.list.item(row).setSelected(True)
    assert panel.list.moved(0) == tuple(order[n] for n in (1, 3, 0, 2, 4))
    assert panel.list.moved(5) == tuple(order[n] for n in (0, 2, 4, 1, 3))
    assert panel.list.moved(2) == tuple(order[n] for n in (0, 1, 3, 2, 4))


def test_the_last_song_taken_away_goes_back_to_the_input(
    live: LiveWindow, songs: list[Path]
) -> None:
    panel = live.window.queue_panel
    live.view_model.play_files((str(songs[0]),))
    wait_until(lambda: shown(live) == ">a")
    select(live, 0)
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    wait_until(lambda: live.view_model.status.config.files == ())
    wait_until(lambda: not panel.isVisible())
    wait_until(lambda: load_settings()[0].files == ())
