"""A real X display, and the window with a real engine on a real JACK server.

@pytest.fixture(scope="module")
def live(tmp_path_factory):
    with live_window(tmp_path_factory.mktemp("config")) as live:
        yield live
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from livevox.device.jack_name import JACK_CLIENT
from tests.jack import SAFE_PERIOD, JackServer
from tests.small_models import model_file

needs_display = pytest.mark.skipif(
    shutil.which("Xvfb") is None or shutil.which("jackd") is None,
    reason="Xvfb or jackd is not installed",
)

PATIENCE = 90.0
"""Timeout in seconds for operations that take a few seconds, generous for busy machines."""


XCB = {"QT_QPA_PLATFORM": "xcb", "QT_XCB_GL_INTEGRATION": "none", "LANGUAGE": "en"}
"""Variables for Qt."""


@cache
def display() -> str:
    """Start one X display for this process, and make Qt use it; returns its name."""
    name = x_display("1280x900")
    os.environ.update(XCB, DISPLAY=name)
    return name


@cache
def x_display(size: str) -> str:
    """Start one Xvfb with two screens; returns its name, such as `:1`. ``size`` is that of the
    first screen."""
    reader, writer = os.pipe()
    command = ["setpriv", "--pdeathsig", "TERM", "Xvfb", "-displayfd", str(writer)]
    command += ["-screen", "0", f"{size}x24", "-screen", "1", "1280x720x24", "-nolisten", "tcp"]
    # Else it begins anew when its last client leaves, and refuses the next one meanwhile.
    command.append("-noreset")
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    atexit.register(server.terminate)
    with os.fdopen(reader) as answer:
        return f":{answer.readline().strip()}"


@cache
def application() -> Any:
    """The one QApplication, on :func:`display`."""
    display()
    from gui.app import make_application

    return make_application()


@contextmanager
def window_alone(config_folder: Path, language: str = "en") -> Iterator[Any]:
    """A window whose engine never starts, with its settings in ``config_folder``."""
    app = application()
    from gui.main_window import MainWindow
    from gui.model.viewmodel import ViewModel
    from gui.translation import FOLDER, Translation
    from livevox.config.settings import Settings, save_settings
    from livevox.live.engine_config import EngineConfig

    translation = None
    if language != "en":
        translation = Translation(FOLDER / f"livevox_{language}.ts")
        app.installTranslator(translation)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIVEVOX_CONFIG_DIR", str(config_folder))
        save_settings(Settings())
        window = MainWindow(ViewModel(EngineConfig()))
        window.show()
        activate(window)
        try:
            yield window
        finally:
            window.close()
            window.discard()
            if translation is not None:
                app.removeTranslator(translation)


@dataclass
class LiveWindow:
    """A window whose engine runs on ``server``."""

    server: JackServer
    window: Any
    view_model: Any


@contextmanager
def live_window(
    config_folder: Path, first_run: bool = False, period: int = SAFE_PERIOD, **config: Any
) -> Iterator[LiveWindow]:
    """The window with a running engine, a small model and its settings in ``config_folder``.

    ``config`` are fields of EngineConfig, ``period`` is the server's, in samples. With
    ``first_run`` the window shows its guide.
    """
    application()
    from gui.main_window import MainWindow
    from gui.model.viewmodel import ViewModel
    from livevox.config.settings import Settings, save_settings
    from livevox.live.engine_config import EngineConfig

    with JackServer(period=period) as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        patch.setenv("LIVEVOX_CONFIG_DIR", str(config_folder))
        if not first_run:
            save_settings(Settings())
        model = str(model_file("live"))
        view_model = ViewModel(EngineConfig(**{"model": model} | config))
        window = MainWindow(view_model)
        window.show()
        view_model.start()
        try:
            ready = lambda: view_model.state == "running" and bool(view_model.status)  # noqa: E731
            wait_until(ready)
            activate(window)
            server.wait_for_client(JACK_CLIENT)
            yield LiveWindow(server, window, view_model)
        finally:
            window.close()
            window.discard()


def activate(window: Any) -> None:
    """Give a window the keyboard focus, because there is no window manager."""
    wait_until(lambda: window.isActiveWindow() or bool(window.activateWindow()))


def wait_until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Run the event loop until ``condition`` holds; AssertionError after the timeout."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        live_for(0.01)


def live_for(seconds: float) -> None:
    """Run the event loop for a while."""
    app = application()
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        app.processEvents()
        time.sleep(min(left, 0.002))
