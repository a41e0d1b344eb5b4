"""Properties of the window without an engine: names, sizes, keys, undo, pictures."""

from __future__ import annotations

import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import Qt, QTranslator
from PyQt6.QtGui import QAction, QColor, QImage
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QWidget

import gui
from gui.app import remembered_config
from gui.bars.question import Question
from gui.look.colours import MAGNITUDES, MASKS, colour_table
from gui.look.dark_and_light import DARK, LIGHT
from gui.look.theme import theme
from gui.model.engine_reader import Frames
from gui.model.frame_store import FrameStore
from gui.model.notices import Notice
from gui.model.scales import SCALES
from gui.pages.first_run import FirstRun
from gui.widgets.spectrogram import Spectrogram, frequency, place_of, rows_of_bins
from gui.widgets.waveform import Waveform
from livevox.config.preset import load_preset
from livevox.config.settings import Settings, load_settings, save_settings
from livevox.dsp.stft import NET_BINS
from livevox.live.engine_config import EngineConfig
from livevox.parameters import PARAMETERS, defaults
from tests.gui_harness import application, live_for, needs_display, wait_until, window_alone

pytestmark = needs_display


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Any]:
    with window_alone(tmp_path) as window:
        yield window


def test_every_control_says_what_it_is(window: Any) -> None:
    show_everything(window)
    controls = [
        widget
        for kind in (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit)
        for widget in window.findChildren(kind) + window.compact.findChildren(kind)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and "qt_" not in widget.objectName()
    ]
    silent = [
        f"{type(w).__name__} {w.toolTip()!r} in {type(w.parent()).__name__}"
        for w in controls
        # A question that is not shown has no text yet.
        if not (isinstance(w.parent(), Question) and w.parent().isHidden())
        and not (w.accessibleName() or getattr(w, "text", str)())
    ]
    assert len(controls) > 40
    assert silent == []


def test_the_microphone_has_a_strip_while_one_is_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    application()
    from gui.main_window import MainWindow
    from gui.model.viewmodel import ViewModel

    monkeypatch.setenv("LIVEVOX_CONFIG_DIR", str(tmp_path))
    save_settings(Settings())
    for mic in (None, (1,)):
        window = MainWindow(ViewModel(EngineConfig(mic=mic)))
        window.show()
        mixer = window.mixer
        assert mixer.mic.isVisible() == mixer.unfold_mic.isVisible() == (mic is not None)
        if mic:
            mixer.unfold_mic.setChecked(True)
            assert mixer.effects.isVisible()
        window.resize(800, 500)
        assert (window.width(), window.height()) == (800, 500)
        window.close()
        window.discard()


def test_every_text_can_be_translated(window: Any) -> None:
    class Marker(QTranslator):
        def isEmpty(self) -> bool:  # noqa: N802
            return False

        def translate(self, context: Any, source: Any, *_: Any) -> str:
            return f"⟦{source}⟧"

    marker, app = Marker(), application()
    app.installTranslator(marker)
    try:
        marked = type(window)(type(window.view_model)(window.view_model.config))
        guide = FirstRun(marked.view_model)
        marked.pages.addWidget(guide)
        show_everything(marked)
        for index in range(5):
            marked.view_model._set_state(("starting", "waiting", "running", "ended")[index % 4])
        widgets = marked.findChildren(QWidget) + marked.compact.findChildren(QWidget)
        texts = {
            getattr(widget, say)()
            for widget in [marked, marked.compact, *widgets]
            for say in ("text", "toolTip", "accessibleName", "accessibleDescription", "title")
            if hasattr(widget, say) and widget.property("role") != "number"
        }
        texts |= {action.text() for action in marked.findChildren(QAction)}
        marked.close()
        marked.discard()
    finally:
        app.removeTranslator(marker)
    unmarked = {text for text in texts if "⟦" not in text and re.search("[a-z]{3}", text)}
    # Names are the same everywhere.
    assert unmarked == {"livevox", window.view_model.config.model, window.recording_bar.folder}
    assert len(texts) > 200


def test_keys_choose_modes_and_undo_brings_the_mix_back(window: Any) -> None:
    view_model = window.view_model
    bar = window.mix_page.modes
    for index, mode in enumerate(bar.modes):
        QTest.keyClick(window, Qt.Key(Qt.Key.Key_1 + index))
        assert bar.current == mode
        assert [b.isChecked() for b in bar.buttons].index(True) == index
    for _ in bar.modes:
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert view_model.parameters.values == defaults()


def test_a_drag_is_one_step_of_undo(window: Any) -> None:
    view_model = window.view_model
    with view_model.parameters.gesture():
        for value in range(10):
            view_model.parameters.set("vocals", -value)
    with view_model.parameters.gesture():
        view_model.parameters.set("vocals", -30)
    view_model.parameters.undo_stack.undo()
    assert view_model.parameters.value("vocals") == -9
    view_model.parameters.undo_stack.undo()
    assert view_model.parameters.value("vocals") == 0
    view_model.parameters.undo_stack.redo()
    assert window.mixer.voice.value() == -90


def test_arrows_move_the_fader_that_has_the_focus(window: Any) -> None:
    QTest.keyClick(window, Qt.Key.Key_A)
    fader = window.mixer.music
    wait_until(fader.hasFocus)
    QTest.keyClick(fader, Qt.Key.Key_Down)
    QTest.keyClick(fader, Qt.Key.Key_PageUp)
    assert window.view_model.parameters.value("accompaniment") == 2.5
    QTest.keyClick(fader, Qt.Key.Key_End)
    assert fader.accessibleDescription() == SCALES["accompaniment"].text(-60)
    QTest.keyClick(fader, Qt.Key.Key_Delete)
    assert window.view_model.parameters.value("accompaniment") == 0


def test_return_presses_the_button_that_has_the_focus(window: Any) -> None:
    pressed: list[str] = []
    action = ("Do it", lambda: pressed.append("notice"))
    window.view_model.notices.notify(Notice("topic", "text", action=action))
    buttons = window.notices.findChildren(QAbstractButton)
    for button in (window.mixer.unfold, next(b for b in buttons if b.text() == "Do it")):
        button.setFocus()
        wait_until(button.hasFocus)
        QTest.keyClick(button, Qt.Key.Key_Return)
    assert window.mixer.unfold.isChecked()
    assert pressed == ["notice"]
    window.mixer.voice.setFocus()
    wait_until(window.mixer.voice.hasFocus)
    QTest.keyClick(window.mixer.voice, Qt.Key.Key_Return)
    assert pressed == ["notice"]


def test_notices_replace_those_on_their_topic(window: Any) -> None:
    for text in ("one", "two"):
        window.view_model.notices.notify(Notice("topic", text))
    window.view_model.notices.notify(Notice("other", "three"))
    assert window.notices.texts == ["three", "two"]
    QTest.keyClick(window, Qt.Key.Key_Escape)
    window.view_model.notices.clear("topic")
    assert window.notices.texts == []
    assert not window.notices.isVisible()


def test_the_compact_strip_takes_the_windows_place(window: Any) -> None:
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.compact.isVisible()
    assert not window.isVisible()
    assert window.compact.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    window.toggle_compact()
    assert window.isVisible()
    assert not window.compact.isVisible()


def test_a_theme_is_remembered(window: Any) -> None:
    window.choose_theme("light")
    assert window.settings.value("theme") == "light"
    window.choose_theme("dark")


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_scale_goes_both_ways(name: str) -> None:
    scale, parameter = SCALES[name], PARAMETERS[name]
    assert scale.value(0) == pytest.approx(parameter.minimum)
    assert scale.value(1) == pytest.approx(parameter.maximum)
    places = np.linspace(0, 1, 41)
    values = [scale.value(place) for place in places]
    assert values == sorted(values)
    if not parameter.is_switch:
        assert all(
            abs(scale.from_step(scale.to_step(value)) - value) < 1e-9 and scale.text(value)
            for value in values
        )


def test_the_key_moves_in_semitones_and_finely_in_cents() -> None:
    scale = SCALES["key"]
    assert {scale.value(place) for place in np.linspace(0, 1, 200)} == set(range(-6, 7))
    assert scale.value(0.54, fine=True) == pytest.approx(0.48)
    assert scale.moved(-1.5, 2) == 0.5
    assert (scale.text(0), scale.text(-1.5), scale.text(2)) == (
        "0 st",
        "\N{MINUS SIGN}1.5 st",
        "+2 st",
    )


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


def test_the_last_choices_are_there_at_the_next_start(window: Any) -> None:
    window.view_model.set_devices(stems=True, output_channels=(3, 4), sample_rate=48_000)
    window.view_model.set_midi_ports(("knobs",), (), "jack")
    wait_until(lambda: load_settings()[0].midi_api == "jack")
    config, warnings = remembered_config()
    assert not warnings
    assert (config.stems, config.output_channels, config.sample_rate) == (True, (3, 4), 48_000)
    assert (config.midi_inputs, config.midi_api) == (("knobs",), "jack")
    preset = load_preset(config.preset or "")
    assert (config.parameters, config.bindings) == (preset.values(), preset.midi)


def test_a_preset_that_has_gone_keeps_no_window_from_opening(window: Any) -> None:
    save_settings(Settings(preset="gone", input="microphone"))
    config, warnings = remembered_config()
    assert (config.preset, config.input) == (None, "microphone")
    assert [notice.topic for notice in warnings] == ["preset"]
    assert "no preset 'gone'" in warnings[0].text


def test_a_queue_that_has_gone_is_kept_and_the_input_is_heard(window: Any, tmp_path: Path) -> None:
    there, gone = tmp_path / "there.wav", str(tmp_path / "gone.wav")
    there.touch()
    save_settings(Settings(files=(gone, str(there)), song=1))
    config, warnings = remembered_config()
    assert (config.files, config.song, warnings) == ((gone, str(there)), 1, [])
    there.unlink()
    config, warnings = remembered_config()
    assert config.files == ()
    assert [notice.topic for notice in warnings] == ["file"]
    assert len(load_settings()[0].files) == 2


def test_the_windows_process_loads_nothing_that_only_the_engine_needs() -> None:
    modules = (module.name for module in pkgutil.walk_packages(gui.__path__, "gui."))
    code = f"import sys, livevox.live.client, {', '.join(modules)}; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    engine = (
        "onnx",
        "onnxruntime",
        "rtmidi",
        "rtmixer",
        "sounddevice",
        "soxr",
        "livevox.live.engine",
    )
    assert not set(engine) & set(loaded)
    assert "gui.main_window" in loaded


def show_everything(window: Any) -> None:
    """Pages and strips are created on first use."""
    for page in range(3):
        window.show_page(page)
    window.sheet.toggle()
    window.sheet.toggle()
    window.toggle_compact()
    window.toggle_compact()


def _colours(image: QImage) -> int:
    return len({image.pixel(x, y) for x in range(0, 430, 3) for y in range(0, 150, 3)})
