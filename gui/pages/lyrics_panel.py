"""The lyrics in the window, above the file player, and on a screen of their own."""

from __future__ import annotations

from PyQt6.QtWidgets import QHBoxLayout, QWidget

from gui.model.song_lyrics import SongLyrics
from gui.model.viewmodel import ViewModel
from gui.pages.lyrics_screen import LyricsScreen
from gui.widgets.buttons import icon_button
from gui.widgets.lyrics_view import PANEL, LyricsView

HEIGHT = 66


class LyricsPanel(QWidget):
    """The line that is heard and the next one; hidden where the song has no lyrics.

    :attr:`lyrics_screen` is a window of its own: close it where the panel's window is closed.
    """

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._folded = False
        self.lyrics = SongLyrics(view_model)
        self.view = LyricsView(PANEL)
        self.lyrics_screen = LyricsScreen(view_model, self.lyrics)
        self.screen_button = icon_button(
            "screen", self.tr("Lyrics on a screen of their own (key L)")
        )
        self.screen_button.clicked.connect(self.toggle_screen)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 0)
        row.addWidget(self.view, 1)
        row.addWidget(self.screen_button)
        self.setFixedHeight(HEIGHT)
        self.lyrics.changed.connect(self._on_lyrics)
        view_model.polled.connect(self._on_poll)
        self._on_lyrics()

    def fold(self, folded: bool) -> None:
        """Leave out the panel, or no longer; the screen stays."""
        self._folded = folded
        self._show()

    def _show(self) -> None:
        self.setVisible(self.lyrics.lyrics is not None and not self._folded)

    def toggle_screen(self) -> None:
        """Show or hide the lyrics on a screen of their own."""
        if self.lyrics_screen.isVisible():
            self.lyrics_screen.hide()
        else:
            self.lyrics_screen.show_beside(self)

    def _on_lyrics(self) -> None:
        self._show()
        self.view.show_lyrics(self.lyrics.lyrics)

    def _on_poll(self) -> None:
        if self.isVisible():
            self.view.show_second(self._view_model.heard_second)
