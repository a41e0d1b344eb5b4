"""The lyrics on a screen of their own, for those on a stage."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction, QGuiApplication, QHideEvent, QKeySequence, QMouseEvent, QShowEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.model.song_lyrics import SongLyrics
from gui.model.viewmodel import ViewModel
from gui.widgets.lyrics_view import STAGE, LyricsView

USUAL = (960, 540)


class LyricsScreen(QWidget):
    """A window with nothing but the lyrics. It fills another screen where there is one; a double
    click or F11 lets it fill its screen or not, Space plays and pauses, Escape closes it."""

    visible_changed = pyqtSignal()
    """It was shown or hidden."""

    def __init__(self, view_model: ViewModel, lyrics: SongLyrics) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._view_model = view_model
        self._lyrics = lyrics
        self.setWindowTitle(self.tr("livevox lyrics"))
        self.resize(*USUAL)
        self.view = LyricsView(STAGE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        for keys, act in (
            (("Esc", "L"), self.hide),
            (("F11",), self.fill_or_not),
            (("Space",), view_model.toggle_playback),
        ):
            action = QAction(self)
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.triggered.connect(lambda _, act=act: act())
            self.addAction(action)
        lyrics.changed.connect(self._on_lyrics)
        view_model.polled.connect(self._on_poll)
        self._on_lyrics()

    def show_beside(self, widget: QWidget) -> None:
        """Show it: filling a screen that ``widget`` is not on, else as a window."""
        others = (each for each in QGuiApplication.screens() if each is not widget.screen())
        if (other := next(others, None)) is not None:
            self.setScreen(other)
            self.setGeometry(other.geometry())
            self.showFullScreen()
        else:
            self.showNormal()
        self.activateWindow()

    def fill_or_not(self) -> None:
        """Fill the screen, or no longer."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _on_lyrics(self) -> None:
        note = ""
        if self._lyrics.song is None:
            note = self.tr("No song is open")
        elif self._lyrics.read:
            note = self.tr("No lyrics: {}").format(self._lyrics.song.stem)
        self.view.show_lyrics(self._lyrics.lyrics, note)

    def _on_poll(self) -> None:
        if self.isVisible():
            self.view.show_second(self._view_model.heard_second)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Fill the screen, or no longer."""
        self.fill_or_not()

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802
        """Draw."""
        self.visible_changed.emit()

    def hideEvent(self, event: QHideEvent | None) -> None:  # noqa: N802
        """Draw no more."""
        self.visible_changed.emit()
