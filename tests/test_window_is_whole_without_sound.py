"""Properties of the window without an engine: names, sizes, keys, undo, what it remembers."""

from __future__ import annotations

import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import Qt, QTranslator
from PyQt6.QtGui import QAction
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QWidget

import gui
from gui.app import remembered_config
from gui.bars.question import Question
from gui.model.notices import Notice
from gui.model.scales import SCALES
from gui.pages.first_run import FirstRun
from livevox.config.preset import load_preset
from livevox.config.settings import Settings, load_settings, save_settings
from livevox.live.engine_config import EngineConfig
from livevox.parameters import PARAMETERS, defaults
from tests.gui_harness import application, needs_display, wait_until

pytestmark = needs_display


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
    own_config: Path,
) -> None:
    application()
    from gui.main_window import MainWindow
    from gui.model.viewmodel import ViewModel

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
