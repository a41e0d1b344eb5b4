"""Starts the window: `livevox gui`, or `python -m gui`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QCoreApplication, QLocale
from PyQt6.QtGui import QIcon
from PyQt6.QtWidgets import QApplication

if TYPE_CHECKING:
    from gui.model.notices import Notice
    from livevox.live.engine_config import EngineConfig

ICON = Path(__file__).parent / "look" / "icons" / "livevox.svg"


def run() -> int:
    """Show the window until it is closed; return the exit code.

    The engine starts after the window is shown, with the devices and the preset of the last run.
    """
    application = make_application()
    from gui.main_window import MainWindow
    from gui.model.viewmodel import ViewModel

    config, notices = remembered_config()
    view_model = ViewModel(config)
    window = MainWindow(view_model)
    window.show()
    view_model.start()
    for notice in notices:
        view_model.notices.notify(notice)
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


def remembered_config() -> tuple[EngineConfig, list[Notice]]:
    """The configuration of the last run, and warnings if its songs are missing or its preset can't
    be loaded."""
    from dataclasses import replace

    from gui.model.notices import Notice
    from livevox.config.preset import load_preset
    from livevox.config.settings import load_settings, settings_file
    from livevox.errors import LivevoxError
    from livevox.live.engine_config import EngineConfig

    settings, _ = load_settings()
    first = not settings_file().exists()
    warnings = []
    if settings.files and not any(map(os.path.exists, settings.files)):
        settings = replace(settings, files=(), song=0)
        text = QCoreApplication.translate(
            "app",
            "The songs of the queue are missing. Connect their disk and start livevox again, "
            "or open other songs.",
        )
        warnings.append(Notice("file", text, "warning"))
    try:
        config = EngineConfig.remembered(settings, load_preset(settings.preset))
    except LivevoxError as error:
        config = EngineConfig.remembered(settings, None)
        warnings.append(Notice("preset", str(error), "warning"))
    # The guide's button Start opens the output.
    return (replace(config, guard="closed") if first else config), warnings
