"""The window at every size and scale: what is needed on a stage never leaves it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QToolButton, QWidget

from gui.model.notices import Notice
from gui.place import SETTLE_MS, OnScreen
from gui.widgets.switch import Switch
from livevox.midi.binding import Binding
from tests.gui_harness import (
    XCB,
    application,
    live_for,
    needs_display,
    wait_until,
    window_alone,
    x_display,
)

pytestmark = needs_display

SIZES = [(1024, 600), (800, 500), (640, 480), (640, 384), (512, 300)]
"""The last two are screens of 800 x 480 and 1024 x 600 at scales of 1.25 and 2."""
SHOW = """
import sys
from pathlib import Path
from tests.gui_harness import live_for, window_alone
with window_alone(Path(sys.argv[1])) as window:
    live_for(0.4)
    for each in (window, window.compact):
        each.show()
        live_for(0.4)
        frame, free = each.frameGeometry(), each.screen().availableGeometry()
        print(each.devicePixelRatio(), free.contains(frame), free.width(), free.height())
"""


@pytest.fixture(params=["en", "de"])
def window(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A window whose engine never starts, in one of the languages."""
    with window_alone(tmp_path, request.param) as window:
        yield window


@pytest.fixture
def english(tmp_path: Path) -> Iterator[Any]:
    with window_alone(tmp_path) as window:
        yield window


def within(widget: QWidget, window: QWidget) -> bool:
    """Whether all of a widget is seen in its window."""
    box = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    return widget.isVisible() and window.rect().contains(box) and not _covered(widget, window)


def _covered(widget: QWidget, window: QWidget) -> bool:
    corners = (widget.rect().topLeft(), widget.rect().bottomRight(), widget.rect().center())
    found = (window.childAt(widget.mapTo(window, corner)) for corner in corners)
    return any(at is not widget for at in found)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_faders_and_mutes_never_leave(window: Any, size: tuple[int, int]) -> None:
    needed = [window.mixer.voice, window.mixer.music, window.mixer.output]
    # No microphone is chosen.
    switches = window.mixer.strips.findChildren(Switch)
    needed += [each for each in switches if each is not window.mixer.mic.mute]
    window.transport_bar.show()
    for topic in ("one", "two", "three"):
        window.view_model.notices.notify(Notice(topic, f"{topic} of many words. " * 12))
    assert len(needed) == 8
    for unfolded in (False, True):
        window.status.unfold.setChecked(unfolded)
        window.mixer.unfold.setChecked(unfolded)
        for page in range(3):
            window.show_page(page)
            # Its least size follows the parts that were folded.
            for _ in range(2):
                window.resize(*size)
                live_for(0.02)
            assert (window.width(), window.height()) == size
            assert [each.accessibleName() for each in needed if not within(each, window)] == []
            tabs = window.header.tabs.buttons()
            kept = [*tabs, window.recording_bar.button, window.menu_button]
            kept.append(window.transport_bar.play_button)
            assert [each.accessibleName() for each in kept if not within(each, window)] == []


@pytest.mark.parametrize(("screen", "scale"), [("1024x600", "2"), ("640x480", "1.25")])
def test_no_window_is_larger_than_its_screen(screen: str, scale: str, tmp_path: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", SHOW, str(tmp_path)],
        env=os.environ | XCB | {"DISPLAY": x_display(screen), "QT_SCALE_FACTOR": scale},
        check=True,
        capture_output=True,
        text=True,
    )
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert [line[:2] for line in lines] == [[str(float(scale)), "True"]] * 2


def test_a_window_that_goes_to_another_screen_fits_there() -> None:
    application()
    window = QWidget()
    OnScreen(window)
    here, other = QGuiApplication.screens()
    for screen in (here, other, here):
        window.setScreen(screen)
        window.resize(screen.availableGeometry().size() + QSize(50, 50))
        window.show()
        live_for(2 * SETTLE_MS / 1000)
        wait_until(lambda to=screen: within_screen(window, to))
        window.hide()
    window.deleteLater()


def within_screen(window: Any, screen: Any) -> bool:
    live_for(0.05)
    return window.screen() is screen and screen.availableGeometry().contains(window.frameGeometry())


def test_one_tab_alone_looks_selected(english: Any) -> None:
    tabs = english.header.tabs.buttons()
    tabs[0].setFocus()
    for page in (1, 2, 0):
        english.show_page(page)
        live_for(0.02)
        assert [tab.isChecked() for tab in tabs] == [index == page for index in range(3)]
        assert [tab.hasFocus() for tab in tabs] == [index == page for index in range(3)]


def test_what_is_muted_fills_no_meter(english: Any) -> None:
    import numpy as np

    mixer = english.mixer
    loud = np.array([0.5, 0.5])

    def lit(meter: Any) -> int:
        """The number of pixels in the bars that are not of the ground."""
        meter.show_levels(loud, 0)
        image = meter.grab().toImage()
        ground = image.pixel(8, 20)
        return sum(image.pixel(4, y) != ground for y in range(20, image.height() - 2))

    filled = [lit(meter) for meter in mixer.meters]
    bright = mixer.voice.grab().toImage()
    QTest.keyClick(english, Qt.Key.Key_M)
    assert lit(mixer.meters[1]) < 0.1 * filled[1]
    assert lit(mixer.meters[2]) == filled[2]
    assert mixer.voice.grab().toImage() != bright
    QTest.keyClick(english, Qt.Key.Key_M)
    # The other's solo silences it, too.
    QTest.keyClick(english, Qt.Key.Key_S)
    assert lit(mixer.meters[1]) == filled[1]
    assert lit(mixer.meters[2]) < 0.1 * filled[2]


def test_meters_are_alike_and_have_figures(english: Any) -> None:
    english.resize(800, 500)
    live_for(0.05)
    meters = english.mixer.meters
    places = {(meter.mapTo(english, QPoint(0, 0)).y(), meter.height()) for meter in meters}
    assert len(places) == 1
    for meter in meters:
        image = meter.grab().toImage()
        beside = [(x, y) for x in range(17, image.width()) for y in range(image.height())]
        assert len({image.pixel(x, y) for x, y in beside}) > 4


def test_the_compact_strip_has_song_time_and_modes(english: Any) -> None:
    view_model, strip = english.view_model, english.compact
    english.toggle_compact()
    strip.resize(500, strip.height())
    live_for(0.05)
    assert strip.width() == 500
    strip.modes.setCurrentIndex(2)
    strip.modes.activated.emit(2)
    assert english.mix_page.modes.current == english.mix_page.modes.modes[2]
    assert strip.modes.currentText() == "A cappella"
    view_model.parameters.set("vocals", -3)
    assert strip.modes.currentIndex() == -1
    assert strip.modes.accessibleName()
    # Without a song there is nothing to play.
    assert not strip.play.isVisible()
    for playing, tip in ((True, "Pause (Space)"), (False, "Play (Space)")):
        view_model.playback_changed.emit(replace(view_model.playback, playing=playing))
        assert strip.play.toolTip() == tip
    strip.name.show_song(Path("/music/a song.wav"))
    strip.time.show_place(65, 190)
    assert (strip.name.text(), strip.time.text()) == ("a song.wav", "1:05 / 3:10")
    english.toggle_compact()


def test_no_two_buttons_of_the_bars_have_the_same_icon(english: Any) -> None:
    english.transport_bar.show()
    live_for(0.02)
    icons = [
        button.icon().pixmap(16, 16).toImage()
        for button in english.findChildren(QToolButton)
        if button.isVisible() and not button.icon().isNull()
    ]
    assert len(icons) > 6
    assert all(a != b for index, a in enumerate(icons) for b in icons[:index])


def test_the_same_error_is_shown_once(english: Any) -> None:
    notices = english.view_model.notices
    notices.complain("transport", "no song 'x.wav'")
    notices.complain("file", "No song 'x.wav'")
    assert english.notices.texts == ["No song 'x.wav'"]
    # The source page says this itself.
    notices.complain("waiting", "no sound card")
    assert "No sound card" in english.notices.texts
    english.show_page(1)
    assert "No sound card" not in english.notices.texts
    english.show_page(0)
    assert "No sound card" in english.notices.texts


def test_a_click_that_comes_late_ends_no_song(english: Any) -> None:
    bar = english.transport_bar
    bar.show()
    english.resize(1024, 600)
    live_for(0.02)
    place = bar.close_button.geometry()
    bar.export._show_exporting(True)
    bar.export.exporting_changed.emit(True)
    live_for(0.02)
    assert bar.export.cancel_button.text() == "Cancel"
    assert place.intersects(bar.export.geometry())
    assert not bar.close_button.isVisible()
    # Narrow or not, the button that ends the song is not there during an export.
    for width in (560, 1024):
        english.resize(width, 600)
        live_for(0.02)
        assert not bar.close_button.isVisible()
    bar.export._show_exporting(False)
    bar.export.exporting_changed.emit(False)
    live_for(0.02)
    assert bar.close_button.isVisible()


def test_mappings_are_shown_in_words(english: Any) -> None:
    english.show_page(2)
    mappings = english.midi_page.mappings
    mappings._show_bindings(
        (
            Binding("note", 60, "bypass", mode="momentary"),
            Binding("program", 0, "preset:karaoke"),
        )
    )
    table = mappings.table
    texts = [[table.item(row, column).text() for column in range(4)] for row in range(2)]
    assert texts[0][3] == "on while pressed"
    assert texts[1] == ["Program 1", "karaoke (preset)", "", "loads it"]
    assert mappings.delete_button.text() == "Delete mapping"
    table.selectRow(1)
    mappings.programs.setCurrentIndex(1)
    mappings.programs.activated.emit(1)
    assert table.item(1, 0).text() == "Program 0"
