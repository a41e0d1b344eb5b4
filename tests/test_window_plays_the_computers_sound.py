"""The window takes what the computer plays on a real PipeWire server, and goes back to a device."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from livevox.live.supervisor import COMPUTER
from tests.gui_harness import LiveWindow, live_window, needs_display, wait_until
from tests.pipewire import PipewireServer, needs_pipewire

pytestmark = [needs_display, needs_pipewire]


@pytest.fixture(scope="module")
def pipewire() -> Iterator[PipewireServer]:
    with PipewireServer() as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield server


@pytest.fixture(scope="module")
def live(
    pipewire: PipewireServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveWindow]:
    with live_window(tmp_path_factory.mktemp("config")) as live:
        yield live


def pick(live: LiveWindow, name: str | None) -> None:
    picker = live.window.device_page.input
    index = picker.findData(name)
    picker.setCurrentIndex(index)
    picker.activated.emit(index)


def test_it_is_an_input_that_comes_and_goes(live: LiveWindow, pipewire: PipewireServer) -> None:
    page, view_model = live.window.device_page, live.view_model
    live.window.show_page(1)
    device = view_model.status.input
    assert page.input.findText("This computer's sound") > 0

    pick(live, COMPUTER)
    wait_until(lambda: view_model.state == "running" and view_model.status.output == "card")
    wait_until(lambda: pipewire.default == "livevox")
    wait_until(lambda: page.state.text() == "● Sound flows from this computer's sound to card.")
    assert page.input.currentText() == "This computer's sound"
    assert not page.output.isEnabled()
    assert not page.rate.isEnabled()

    pick(live, None)
    wait_until(lambda: view_model.state == "running" and view_model.status.input == device)
    wait_until(lambda: pipewire.default == "card")
    assert "livevox" not in pipewire.outputs()
    assert page.output.isEnabled()


def test_what_is_missing_is_told_and_the_sound_goes_on(
    live: LiveWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    engine = live.view_model._supervisor.pid
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    pick(live, COMPUTER)
    notices = live.window.notices
    wait_until(lambda: any("PipeWire does not run" in text for text in notices.texts))
    assert live.view_model.state == "running"
    assert live.view_model._supervisor.pid == engine
    assert not live.view_model.config.system
