"""The settings that the next run starts with."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from gui.model.requests import Requests
from livevox.config.settings import Settings, load_settings, save_settings


class Remembered:
    """Keeps :attr:`settings` and saves them in the background."""

    def __init__(self, requests: Requests) -> None:
        self.settings: Settings
        self.settings, self.warning = load_settings()
        self._requests = requests
        self._saving = threading.Lock()

    def change(self, **changes: Any) -> None:
        """Change fields of the settings, and save them if that makes a difference."""
        self._change(replace(self.settings, **changes))

    def change_queue(self, files: tuple[str, ...], song: int) -> None:
        """Change the queue, and save it if that makes a difference."""
        self._change(self.settings.with_queue(files, song))

    def _change(self, settings: Settings) -> None:
        if settings != self.settings:
            self.settings = settings
            self.save()

    def save(self) -> None:
        """Save the settings."""

        def save() -> None:
            # One at a time, so that the last one writes the latest settings.
            with self._saving:
                save_settings(self.settings)

        self._requests.run_in_background(save, lambda _: None, "settings")
