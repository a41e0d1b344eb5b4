"""Starts the window: `livevox gui`, or `python -m gui`."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

from PyQt6.QtCore import QLibraryInfo, QLocale, QTranslator
from PyQt6.QtWidgets import QApplication

if TYPE_CHECKING:
    from livevox.engine import EngineConfig


def run(config: EngineConfig) -> int:
    """Show the window until it is closed; return the exit code.

    The engine starts with ``config`` while the window is there already.
    """
    application = make_application()
    from gui.main_window import MainWindow
    from gui.viewmodel import ViewModel

    view_model = ViewModel(config)
    window = MainWindow(view_model)
    window.show()
    view_model.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: window.close())
    return application.exec()


def make_application() -> QApplication:
    """The application, with Qt's own texts in the user's language."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("livevox")
    application.setApplicationDisplayName("livevox")
    application.setDesktopFileName("livevox")
    application.setStyle("Fusion")
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(QLocale(), "qtbase", "_", folder):
        application.installTranslator(translator)
    return application
