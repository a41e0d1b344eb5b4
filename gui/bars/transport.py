"""The file player: waveform with detected singing, playback, seeking, loops and stem export."""

from __future__ import annotations

import numpy as np
from PyQt6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.bars.export import Export
from gui.model.engine_reader import Frames, Playback
from gui.model.processes import PythonProcess
from gui.model.singing_map import SingingMap
from gui.model.viewmodel import ViewModel
from gui.widgets.buttons import icon_button
from gui.widgets.dialogs import show_files_dialog
from gui.widgets.folding import FoldingBar
from gui.widgets.song import PlayButton, SongName, SongTime
from gui.widgets.waveform import Waveform
from livevox.dsp.stft import Audio
from livevox.live.commands import EndLoop, Loop, NextFile, PreviousFile, Seek
from livevox.live.status import Status

COLUMNS = 2000
"""Columns of the overview: enough for a wide screen."""


class TransportBar(FoldingBar):
    """Shows and controls the file that plays instead of the input."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._shown: tuple[str | None, float] = (None, 0.0)
        self._model: str | None = None
        self._singing = SingingMap()
        self._close_folded = self._exporting = False
        self._reader = PythonProcess(self, self._overview_read)
        self._make()
        view_model.status_changed.connect(self._on_status)
        view_model.playback_changed.connect(self._on_playback)
        view_model.frames_appended.connect(self._on_frames)
        view_model.frames_cleared.connect(self._singing.restart)
        view_model.polled.connect(self._on_poll)
        if view_model.status:
            self._on_status(view_model.status)
        self._on_playback(view_model.playback)

    def _make(self) -> None:
        ask = self._view_model.requests.ask
        self.open_button = icon_button("open", self.tr("Open music files (Ctrl+O)"))
        self.open_button.clicked.connect(self.open_file)
        previous = icon_button("previous", self.tr("Previous file, or the start of this one"))
        previous.clicked.connect(lambda: ask(PreviousFile()))
        self.play_button = PlayButton(self._view_model)
        following = icon_button("next", self.tr("Next file of the queue"))
        following.clicked.connect(lambda: ask(NextFile()))
        self.queue_button = icon_button("list", self.tr("Show the queue"))
        self.queue_button.setCheckable(True)
        self.name = SongName(self._view_model, self.tr("No file is open: drop one here"))
        self.time = SongTime()
        self.loop_button = icon_button("loop", self.tr("End the loop (Escape)"))
        self.loop_button.setCheckable(True)
        self.loop_button.clicked.connect(lambda: ask(EndLoop()))
        self.loop_button.hide()
        self.export = Export(self._view_model)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.clicked.connect(lambda: self._view_model.play_files(()))
        self.export.exporting_changed.connect(self._on_exporting)
        self.waveform = Waveform()
        self.waveform.seek.connect(lambda second: ask(Seek(second)))
        self.waveform.loop_chosen.connect(lambda start, end: ask(Loop(start, end)))
        self.waveform.loop_ended.connect(lambda: ask(EndLoop()))

        row = QHBoxLayout()
        row.setSpacing(5)
        for button in (self.open_button, previous, self.play_button, following):
            row.addWidget(button)
        row.addSpacing(6)
        row.addWidget(self.name, 1)
        for widget in (
            self.queue_button,
            self.time,
            self.loop_button,
            self.export,
            self.close_button,
        ):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.waveform)
        self._skips = previous, following
        self.folds = [self._fold_close, self.export.fold, self._fold_skips]
        self.folds += [self.open_button.setHidden, self.queue_button.setHidden]
        self.folds.append(self.name.setHidden)
        self._following = [previous, self.play_button, following, self.export.export_button]
        self.setAccessibleName(self.tr("File player"))

    def _fold_close(self, folded: bool) -> None:
        self._close_folded = folded
        self.close_button.setHidden(folded or self._exporting)

    def _fold_skips(self, folded: bool) -> None:
        for button in self._skips:
            button.setHidden(folded)

    def _on_exporting(self, exporting: bool) -> None:
        # A click that comes late must not close the song instead of ending the export.
        self._exporting = exporting
        self.close_button.setHidden(exporting or self._close_folded)

    # Opening

    def open_file(self) -> None:
        """Ask for files with a non-blocking dialog."""
        dialog = QFileDialog(self.window(), self.tr("Open music files"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        show_files_dialog(dialog, self._view_model.play_files)

    # Engine state

    def _on_status(self, status: Status) -> None:
        if status.model != self._model:
            # Another model detects other singing.
            self._model = status.model
            self._singing.begin(self._shown[1])
            self.waveform.set_marks(self._singing.marks)
        for button in self._following:
            button.setEnabled(bool(status.config.files))
        self._show_closable(self._view_model.playback.playing)
        self.export.path = path = _playing(status)
        self.waveform.set_loop(status.loop)
        self.loop_button.setChecked(status.loop is not None)
        self.loop_button.setVisible(status.loop is not None)
        self._show_file(path, self._view_model.playback.duration)

    def _on_playback(self, playback: Playback) -> None:
        self._show_closable(playback.playing)
        self._show_file(_playing(self._view_model.status), playback.duration)
        if self._singing.report(playback.place):
            self.waveform.set_marks(self._singing.marks)
        if not playback.playing:
            self._show_place(playback.position)

    def _show_closable(self, playing: bool) -> None:
        """A song that plays can't be ended by one wrong click."""
        self.close_button.setEnabled(bool(self._view_model.config.files) and not playing)
        self.close_button.setToolTip(
            self.tr("Pause first, then close the file and hear the input")
            if playing
            else self.tr("Close the file and hear the input")
        )

    def _show_file(self, path: str | None, duration: float) -> None:
        """Reset the views if this is another file."""
        same = path == self._shown[0]
        # For a moment after a restart the engine does not know the duration.
        if same and duration in (self._shown[1], 0.0):
            return
        if not same:
            self._read(path)
        self._shown = (path, duration)
        self._singing.begin(duration)
        self.waveform.set_marks(self._singing.marks)
        self._show_place(self._view_model.playback.position)

    def _on_frames(self, frames: Frames) -> None:
        if self._shown[0]:
            self._singing.add(frames.first, frames.activity)

    def _on_poll(self) -> None:
        """Set the position; during playback it is that of the audible sound."""
        if self._view_model.playback.playing and self.isVisible():
            self._show_place(self._view_model.heard_second)

    def _show_place(self, position: float) -> None:
        duration = self._shown[1]
        self.waveform.set_place(min(position, duration), duration)
        self.time.show_place(position, duration)

    # Overview, computed by a process so that neither the window nor the engine waits for it

    def _read(self, path: str | None) -> None:
        self._reader.stop()
        self._reader.deleteLater()
        self._reader = PythonProcess(self, self._overview_read)
        self.waveform.note = self.tr("Reading the file…") if path else ""
        self.waveform.set_overview(None)
        if path:
            self._reader.start("livevox.media.overview", path, str(COLUMNS))

    def _overview_read(self, well: bool, error: str) -> None:
        overview: Audio | None = None
        if well:
            overview = np.frombuffer(self._reader.output, "<f4").reshape(-1, 2)
        else:
            self.waveform.note = error
        self.waveform.set_overview(overview)


def _playing(status: Status | None) -> str | None:
    return str(status.playing) if status and status.playing else None
