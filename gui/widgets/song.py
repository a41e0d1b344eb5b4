"""The song that plays: its button, its name and its time."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QToolButton, QWidget

from gui.look.symbols import symbol
from gui.model.engine_reader import Playback
from gui.model.viewmodel import ViewModel
from gui.widgets.labels import ElidedLabel, Reading, clock
from livevox.live.status import Status


class PlayButton(QToolButton):
    """Plays and pauses the file."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIconSize(QSize(16, 16))
        self.clicked.connect(view_model.toggle_playback)
        view_model.playback_changed.connect(self._show)
        self._show(view_model.playback)

    def _show(self, playback: Playback) -> None:
        text = self.tr("Pause (Space)") if playback.playing else self.tr("Play (Space)")
        if text != self.toolTip():
            self.setIcon(symbol("pause" if playback.playing else "play"))
            self.setToolTip(text)
            self.setAccessibleName(text)


class SongName(ElidedLabel):
    """The name of the file that plays; the tooltip has its path."""

    def __init__(self, view_model: ViewModel, none: str, parent: QWidget | None = None) -> None:
        """``none`` is shown while no file is open."""
        super().__init__(parent)
        self._none = none
        self.setMinimumWidth(64)
        view_model.status_changed.connect(self._on_status)
        self._on_status(view_model.status)

    def _on_status(self, status: Status | None) -> None:
        self.show_song(status.playing if status else None)

    def show_song(self, path: Path | None) -> None:
        """Show the name of a file, or that none is open."""
        self.setText(path.name if path else self._none)
        self.setToolTip(str(path) if path else "")


class SongTime(Reading):
    """The time in the file and its length."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("number", parent)
        self.setAccessibleName(self.tr("Time in the file and its length"))
        self.setToolTip(self.tr("Time in the file and its length, minutes and seconds"))

    def show_place(self, position: float, duration: float) -> None:
        """Both in seconds."""
        self.show_text(f"{clock(position)} / {clock(duration)}")
