"""The lyrics of the song that plays."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from gui.model.viewmodel import ViewModel
from livevox.errors import LivevoxError
from livevox.live.status import Status
from livevox.media.lyrics import Lyrics
from livevox.media.lyrics_files import lyrics_beside


class SongLyrics(QObject):
    """Reads them whenever another song plays; a damaged file becomes a notice."""

    changed = pyqtSignal()
    """Another song plays, or its lyrics have been read."""

    def __init__(self, view_model: ViewModel) -> None:
        super().__init__(view_model)
        self._view_model = view_model
        self.song: Path | None = None
        """The file that plays."""
        self.lyrics: Lyrics | None = None
        """None where it has none, and until they have been read."""
        self.read = False
        """Whether they have been."""
        view_model.status_changed.connect(self._on_status)

    def _on_status(self, status: Status) -> None:
        if status.playing == self.song:
            return
        self.song, self.lyrics, self.read = status.playing, None, False
        self._view_model.notices.clear("lyrics")
        self.changed.emit()
        if (song := self.song) is not None:
            self._view_model.requests.run_in_background(
                lambda: lyrics_beside(song),
                lambda lyrics: self._show(song, lyrics),
                "lyrics",
                lambda error: self._complain(song, error),
            )

    def _show(self, song: Path, lyrics: Lyrics | None) -> None:
        # Another song may play by now.
        if song == self.song:
            self.lyrics, self.read = lyrics, True
            self.changed.emit()

    def _complain(self, song: Path, error: LivevoxError) -> None:
        if song == self.song:
            self._show(song, None)
            text = self.tr("No lyrics: {}").format(error)
            self._view_model.notices.complain("lyrics", text)
