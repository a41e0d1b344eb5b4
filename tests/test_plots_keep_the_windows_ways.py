"""The plots of pyqtgraph behave as the rest of the window: nothing but what was made for it moves,
and errors are reported as Python reports them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QColor, QHelpEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolTip

from gui.look.theme import theme
from gui.model.engine_reader import Frames
from livevox.dsp.stft import NET_BINS
from tests.gui_harness import live_for, needs_display, wait_until, window_alone

pytestmark = needs_display

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Any]:
    with window_alone(tmp_path) as window:
        window.transport_bar.show()
        live_for(0.1)
        yield window


@pytest.fixture
def plots(window: Any) -> dict[str, Any]:
    page, bar = window.mix_page, window.transport_bar
    return {"curve": page.curve, "spectrogram": page.spectrogram, "waveform": bar.waveform}


def filled(window: Any, count: int = 900) -> None:
    """Frames in which somebody sings in the second half."""
    activity = np.repeat([0.1, 0.9], count // 2).astype(np.float32)
    noise = np.random.default_rng(0).random((count, NET_BINS), dtype=np.float32)
    window.frames.append(Frames(0, activity, noise, noise))
    window.frames.heard = float(count)
    window.mix_page.curve.advance()
    window.mix_page.spectrogram.advance()


def loop_of(window: Any, start: float, end: float) -> Any:
    """The waveform of a file of 100 s with a loop, and the loops that it asks for."""
    wave = window.transport_bar.waveform
    wave.set_overview(np.tile(np.array([-0.5, 0.5], np.float32), (2000, 1)))
    wave.set_place(50.0, 100.0)
    wave.set_loop((start, end))
    return wave


def drag(plot: Any, begin: QPoint, end: QPoint) -> None:
    mouse = plot.viewport()
    QTest.mouseMove(mouse, begin)
    live_for(0.05)
    QTest.mousePress(mouse, LEFT, pos=begin)
    for step in range(1, 6):
        QTest.mouseMove(mouse, begin + (end - begin) * step / 5)
        live_for(0.03)
    QTest.mouseRelease(mouse, LEFT, pos=end)


def line_y(curve: Any) -> float:
    """Pixels from the top to the line of the threshold."""
    return float(curve.line.sceneBoundingRect().center().y())


def test_uncaught_errors_are_reported_as_ever() -> None:
    code = (
        "import sys, threading, gui.main_window, gui.compact, pyqtgraph\n"
        "print(sys.excepthook is sys.__excepthook__)\n"
        "print(threading.excepthook is threading.__excepthook__)\n"
        "raise ValueError('oh')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["True", "True"]
    assert done.stderr.startswith("Traceback")
    assert done.stderr.endswith("ValueError: oh\n")


def test_the_window_needs_no_scipy() -> None:
    code = "import sys; sys.modules['scipy'] = None; import gui.main_window, gui.compact"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_threshold_is_dragged_as_one_step_of_undo(window: Any) -> None:
    curve, parameters = window.mix_page.curve, window.view_model.parameters
    filled(window)
    assert parameters.value("gate_threshold") == 0.5
    # Taken a little beside the line, which follows the mouse.
    begin = QPoint(200, round(line_y(curve)) + 4)
    drag(curve, begin, QPoint(200, begin.y() - curve.height() // 4))
    assert parameters.value("gate_threshold") == pytest.approx(0.75, abs=0.03)
    assert curve.line.value() == pytest.approx(100 * parameters.value("gate_threshold"))
    assert f"{curve.line.value():.0f} %" in curve.line.label.toPlainText()
    parameters.undo_stack.undo()
    assert parameters.value("gate_threshold") == 0.5
    assert curve.line.value() == 50

    drag(curve, QPoint(200, round(line_y(curve))), QPoint(200, -300))
    assert parameters.value("gate_threshold") == 0.95


def test_only_the_line_is_dragged(window: Any) -> None:
    curve, parameters = window.mix_page.curve, window.view_model.parameters
    filled(window)
    far = round(line_y(curve)) + 20
    drag(curve, QPoint(200, far), QPoint(200, 2))
    assert parameters.value("gate_threshold") == 0.5


def test_the_curve_is_orange_where_somebody_sings(window: Any) -> None:
    curve = window.mix_page.curve
    filled(window)
    area = curve.grab().toImage()
    y = curve.height() - 4
    dim, sung = (area.pixelColor(round(share * curve.width()), y) for share in (0.25, 0.75))
    assert abs(dim.hue() - QColor(theme().voice).hue()) > 60
    assert sung.hue() == pytest.approx(QColor(theme().voice).hue(), abs=10)
    window.view_model.parameters.set("gate_threshold", 0.95)
    assert curve.grab().toImage().pixelColor(round(0.75 * curve.width()), y) == dim


@pytest.mark.parametrize("name", ["curve", "spectrogram", "waveform"])
def test_the_mouse_neither_zooms_nor_opens_menus(
    window: Any, plots: dict[str, Any], name: str
) -> None:
    filled(window)
    plot = plots[name]
    if name == "waveform":
        loop_of(window, 20.0, 40.0)
    middle = QPoint(plot.width() // 2, plot.height() - 3)
    before = plot.box.viewRange()
    where = QPointF(middle)
    turn = QPoint(0, 240)
    wheel = QWheelEvent(
        where, where, turn, turn, Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(plot.viewport(), wheel)
    # A page that scrolls must get it.
    assert not wheel.isAccepted()
    QTest.mouseClick(plot.viewport(), RIGHT, pos=middle)
    QTest.mouseDClick(plot.viewport(), RIGHT, pos=middle)
    # It leaves the button pressed, for all tests that follow.
    QTest.mouseRelease(plot.viewport(), RIGHT, pos=middle)
    live_for(0.05)
    assert QApplication.activePopupWidget() is None
    drag(plot, middle, middle + QPoint(90, 0))
    assert plot.box.viewRange() == before
    assert not plot.acceptDrops()
    assert not plot.viewport().acceptDrops()


@pytest.mark.parametrize("name", ["curve", "spectrogram", "waveform"])
def test_plots_say_what_they_are(plots: dict[str, Any], name: str) -> None:
    plot = plots[name]
    assert plot.accessibleName()
    inside = QPoint(30, 10)
    event = QHelpEvent(QEvent.Type.ToolTip, inside, plot.mapToGlobal(inside))
    QApplication.sendEvent(plot.viewport(), event)
    wait_until(lambda: QToolTip.text() == plot.toolTip() != "")
    QToolTip.hideText()


def test_tab_stops_at_the_waveform_alone(plots: dict[str, Any]) -> None:
    stops = {
        name: any(
            widget.focusPolicy() & Qt.FocusPolicy.TabFocus for widget in (plot, plot.viewport())
        )
        for name, plot in plots.items()
    }
    assert stops == {"curve": False, "spectrogram": False, "waveform": True}


def test_an_end_of_the_loop_is_dragged(window: Any) -> None:
    wave = loop_of(window, 20.0, 40.0)
    asked: list[tuple[float, float]] = []
    wave.loop_chosen.connect(lambda *loop: asked.append(loop))
    x, y = wave.width() / 100, wave.height() // 2
    drag(wave, QPoint(round(40 * x) + 2, y), QPoint(round(60 * x), y))
    drag(wave, QPoint(round(20 * x), y), QPoint(round(10 * x), y))
    assert len(asked) == 2
    assert asked[0] == pytest.approx((20.0, 60.0), abs=0.3)
    assert asked[1] == pytest.approx((10.0, 60.0), abs=0.3)
    # A click goes there, as elsewhere, also one that moves by a pixel at an end.
    sought: list[float] = []
    wave.seek.connect(sought.append)
    QTest.mouseClick(wave.viewport(), LEFT, pos=QPoint(round(30 * x), y))
    drag(wave, QPoint(round(60 * x), y), QPoint(round(60 * x) + 1, y))
    assert sought == [pytest.approx(30.0, abs=0.3), pytest.approx(60.0, abs=0.4)]
    assert len(asked) == 2


def test_the_nearer_end_of_a_short_loop_is_dragged(window: Any) -> None:
    wave = window.transport_bar.waveform
    x, y = wave.width() / 100, wave.height() // 2
    loop_of(window, 60.0, 60.0 + 3 / x)
    asked: list[tuple[float, float]] = []
    wave.loop_chosen.connect(lambda *loop: asked.append(loop))
    drag(wave, QPoint(round(60 * x) + 3, y), QPoint(round(70 * x), y))
    assert asked == [pytest.approx((60.0, 70.0), abs=0.3)]


def test_what_is_hidden_is_drawn_when_it_is_shown(window: Any) -> None:
    wave = loop_of(window, 20.0, 40.0)
    before = wave.grab().toImage()
    wave.hide()
    wave.set_marks(np.ones(2000, np.float32))
    assert wave._stale
    wave.show()
    assert not wave._stale
    assert wave.grab().toImage() != before


def test_a_note_is_shown_as_it_is(window: Any) -> None:
    wave = window.transport_bar.waveform
    wave.set_overview(None)
    wave.note = "<b>song</b>: can't be read"
    assert wave.note == "<b>song</b>: can't be read"
    assert wave._note.isVisible()
    assert wave._note.textFormat() == Qt.TextFormat.PlainText
    assert wave.minimumSizeHint().width() == 120


def test_both_themes_colour_all_plots(window: Any, plots: dict[str, Any]) -> None:
    pictures = []
    filled(window)
    loop_of(window, 20.0, 40.0)
    for choice in ("light", "dark"):
        window.choose_theme(choice)
        live_for(0.1)
        ground = QColor(theme().sunken)
        assert {plot.backgroundBrush().color().name() for plot in plots.values()} == {ground.name()}
        # Above the curve, where it is low.
        assert plots["curve"].grab().toImage().pixelColor(20, 4) == ground
        pictures.append([plot.grab().toImage() for plot in plots.values()])
    assert all(light != dark for light, dark in zip(*pictures, strict=True))
