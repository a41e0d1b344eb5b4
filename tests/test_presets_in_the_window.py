"""Presets are saved, renamed, reverted and deleted in a real window with a real engine.

All tests share one window; each restores its state.
"""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from livevox.config.preset import load_preset, presets, user_folder
from tests.gui_harness import LiveWindow, needs_display, wait_until
from tests.pages import click, shown_name, type_name

pytestmark = needs_display


def test_presets_are_saved_renamed_reverted_and_deleted(live: LiveWindow) -> None:
    bar, view_model = live.window.preset_bar, live.view_model
    view_model.load_preset("karaoke")
    wait_until(lambda: shown_name(live) == "karaoke")

    view_model.parameters.set("output", -7.5)
    wait_until(lambda: shown_name(live) == "karaoke •")
    bar.save_as_action.trigger()
    type_name(live, "my evening")
    assert load_preset("my evening").values() == view_model.parameters.values
    assert view_model.parameters.value("output") == -7.5

    view_model.parameters.set("output", -20.0)
    wait_until(lambda: shown_name(live) == "my evening •")
    bar.revert_action.trigger()
    wait_until(lambda: shown_name(live) == "my evening")
    assert view_model.parameters.value("output") == -7.5

    view_model.parameters.set("output", -9.0)
    wait_until(lambda: bar.save_button.isEnabled())
    QTest.keyClick(live.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: shown_name(live) == "my evening")
    assert load_preset("my evening").parameters["output"] == -9.0

    wait_until(bar.rename_action.isEnabled)
    bar.rename_action.trigger()
    type_name(live, "late set")
    assert "my evening" not in presets()
    assert view_model.parameters.value("output") == -9.0

    wait_until(bar.delete_action.isEnabled)
    bar.delete_action.trigger()
    assert bar.question.yes.isVisible()
    QTest.keyClick(bar.question.no, Qt.Key.Key_Escape)
    assert not bar.question.yes.isVisible()
    assert "late set" in presets()
    bar.delete_action.trigger()
    click(bar.question.yes)
    wait_until(lambda: shown_name(live) == "")
    assert list(user_folder().iterdir()) == []
    assert view_model.parameters.value("output") == -9.0
    view_model.load_preset("karaoke")
    wait_until(lambda: shown_name(live) == "karaoke")


def test_a_name_that_is_taken_is_refused_and_can_be_corrected(live: LiveWindow) -> None:
    bar, view_model = live.window.preset_bar, live.view_model
    bar.save_as_action.trigger()
    type_name(live, "one")
    view_model.parameters.set("wet", 0.5)
    bar.save_as_action.trigger()
    QTest.keyClick(bar.question.name_edit, Qt.Key.Key_Return)
    wait_until(lambda: any("one.toml exists" in text for text in live.window.notices.texts))
    assert load_preset("one").values()["wet"] == 1.0
    type_name(live, "two")
    assert load_preset("two").parameters["wet"] == 0.5
    assert not any("exists" in text for text in live.window.notices.texts)
    for name in ("one", "two"):
        (user_folder() / f"{name}.toml").unlink()
    view_model.load_preset("karaoke")
    wait_until(lambda: shown_name(live) == "karaoke")
    bar.refresh()
