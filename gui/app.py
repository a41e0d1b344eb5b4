"""Starts the window: `livevox gui`, or `python -m gui`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QLocale
from PyQt6.QtGui import QIcon
from PyQt6.QtWidgets import QApplication

if TYPE_CHECKING:
    from livevox.live.engine_config import EngineConfig

ICON = Path(__file__).parent / "look" / "icons" / "livevox.svg"


def run() -> int:
    """Show the window until it is closed; return the exit code.

    The engine starts after the window is shown, with the devices and the preset of the last run.
    """
    application = make_application()
    from gui.main_window import MainWindow
    from gui.model.notices import Notice
    from gui.model.viewmodel import ViewModel

    config, warning = remembered_config()
    view_model = ViewModel(config)
    window = MainWindow(view_model)
    window.show()
    view_model.start()
    if warning:
        view_model.notices.notify(Notice("preset", warning, "warning"))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: window.close())
    code = application.exec()
    window.discard()
    return code


def make_application() -> QApplication:
    """The application, in the user's language."""
    from gui.look.plain_style import PlainStyle
    from gui.translation import install_translations

    application = QApplication(sys.argv[:1])
    application.setApplicationName("livevox")
    application.setApplicationDisplayName("livevox")
    application.setDesktopFileName("livevox")
    application.setWindowIcon(QIcon(str(ICON)))
    application.setStyle(PlainStyle())
    install_translations(application, QLocale.system())
    return application


def remembered_config() -> tuple[EngineConfig, str | None]:
    """The configuration of the last run, and a warning if its preset can't be loaded."""
    from dataclasses import replace

    from livevox.config.preset import load_preset
    from livevox.config.settings import load_settings, settings_file
    from livevox.errors import LivevoxError
    from livevox.live.engine_config import EngineConfig

    settings, _ = load_settings()
    first = not settings_file().exists()
    try:
        config, warning = EngineConfig.remembered(settings, load_preset(settings.preset)), None
    except LivevoxError as error:
        config, warning = EngineConfig.remembered(settings, None), str(error)
    # The guide's button Start opens the output.
    return (replace(config, guard="closed") if first else config), warning
