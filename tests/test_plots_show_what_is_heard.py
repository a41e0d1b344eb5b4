"""The spectrogram, the curve and the waveform show the sound where and when it is heard."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PyQt6.QtGui import QColor, QImage

from gui.look.colours import MAGNITUDES, MASKS, colour_table
from gui.look.dark_and_light import DARK, LIGHT
from gui.look.theme import theme
from gui.model.engine_reader import Frames
from gui.model.frame_store import FrameStore
from gui.widgets.spectrogram import Spectrogram, frequency, place_of, rows_of_bins
from gui.widgets.waveform import Waveform
from livevox.dsp.stft import NET_BINS
from tests.gui_harness import live_for, needs_display

pytestmark = needs_display


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_lightness_depends_on_loudness_alone(theme: Any) -> None:
    table = colour_table(theme.dark, theme.sunken)
    assert table.shape == (MAGNITUDES, MASKS)
    rgb = np.stack([table >> 16 & 255, table >> 8 & 255, table & 255], axis=-1) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_lms = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.63]])
    lightness = np.cbrt(linear @ to_lms.T) @ [0.2105, 0.7936, -0.0041]
    assert np.ptp(lightness, axis=1).max() < 0.03
    steps = np.diff(lightness.mean(axis=1)) * (1 if theme.dark else -1)
    assert steps.min() > 0
    assert steps.max() < 1.5 * steps.mean() + 0.01
    voice, music = linear[MAGNITUDES // 2, -1], linear[MAGNITUDES // 2, 0]
    assert voice[0] > 2 * voice[2]
    assert music[2] > 2 * music[0]


def test_rows_hold_all_bins_where_they_belong() -> None:
    weights = rows_of_bins(300)
    assert weights.shape == (NET_BINS, 300)
    assert np.allclose(weights.sum(axis=0), 1)
    for hertz in (200, 1000, 5000):
        assert frequency(np.array(place_of(hertz))) == pytest.approx(hertz)
        row = round(300 * (1 - place_of(hertz)))
        centre = weights[:, row] @ np.arange(NET_BINS) * 44_100 / 1024
        assert centre == pytest.approx(hertz, abs=45)


def test_a_scroller_draws_the_same_however_frames_arrive(window: Any) -> None:
    rng = np.random.default_rng(3)
    count = 1500
    activity = rng.random(count, dtype=np.float32)
    spectrogram = rng.random((count, NET_BINS), dtype=np.float32)
    mask = rng.random((count, NET_BINS), dtype=np.float32)
    pictures = []
    for most in (3, 97, 400):
        store = FrameStore()
        scroller = Spectrogram(store)
        scroller.resize(430, 150)
        scroller.show()
        at = 0
        while at < count:
            end = min(count, at + int(rng.integers(1, most + 1)))
            store.append(Frames(at, activity[at:end], spectrogram[at:end], mask[at:end]))
            store.heard = end - 20.0
            scroller.advance()
            at = end
        pictures.append(scroller.grab().toImage())
        scroller.deleteLater()
    assert pictures[0] == pictures[1] == pictures[2]
    assert _colours(pictures[0]) > 150


def test_the_right_edge_is_what_is_heard_now(window: Any) -> None:
    store = FrameStore()
    scroller = Spectrogram(store)
    scroller.resize(861, 100)
    scroller.show()
    silence = np.zeros((900, NET_BINS), np.float32)
    click = silence.copy()
    click[700] = 3.0
    store.append(Frames(0, np.zeros(900, np.float32), click, silence))
    for heard, seen in ((690.0, False), (705.0, True)):
        store.heard = heard
        scroller.advance()
        image = scroller.grab().toImage()
        # Away from the grid, which does not scroll.
        edge = [image.pixelColor(x, 55).lightness() for x in range(850, 861)]
        assert (max(edge) > 100) == seen
    scroller.deleteLater()


def test_the_waveform_shows_what_is_loud_and_where_it_plays(window: Any) -> None:
    painted: list[int] = []

    class Counted(Waveform):
        def paintEvent(self, event: Any) -> None:  # noqa: N802
            painted.append(1)
            super().paintEvent(event)

    wave = Counted()
    wave.resize(400, 52)
    wave.show()
    loud = np.repeat([1.0, 0.0], 1000).astype(np.float32)
    wave.set_overview(np.stack([-loud, loud], axis=1))
    wave.set_place(0.0, 3600.0)
    image = wave.grab().toImage()
    ground = QColor(theme().sunken)
    assert image.pixelColor(100, 10) != ground
    assert image.pixelColor(300, 10) == ground
    assert wave.grab().toImage() == image
    live_for(0.1)
    painted.clear()
    # In a long file each step is much less than a pixel; 1000 s are 111 pixels.
    for second in np.arange(0, 1000, 0.1):
        wave.set_place(float(second), 3600.0)
    live_for(0.1)
    assert painted
    assert wave.grab().toImage().pixelColor(111, 50) == QColor(theme().text)
    wave.deleteLater()


def _colours(image: QImage) -> int:
    return len({image.pixel(x, y) for x in range(0, 430, 3) for y in range(0, 150, 3)})
