"""The file player: waveform with the detected singing, play, seek, loop, and export of stems."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PyQt6.QtCore import QSize, Qt, QUrl
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.look.symbols import symbol
from gui.model.engine_reader import Frames, Playback, Snapshot
from gui.model.notices import Notice
from gui.model.processes import PythonProcess
from gui.model.singing_map import SingingMap
from gui.model.viewmodel import ViewModel
from gui.widgets.labels import ElidedLabel, Reading, clock
from gui.widgets.waveform import Waveform
from livevox.cli.events import Failed, Progress, Separated, from_line
from livevox.dsp.stft import Audio
from livevox.live.commands import EndLoop, Loop, NextFile, PreviousFile, Seek
from livevox.live.status import Status

COLUMNS = 2000
"""Of the overview: as many as a wide screen shows."""


class TransportBar(QWidget):
    """Shows and moves the file that plays instead of the input."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._shown: tuple[str | None, float] = (None, 0.0)
        self._model: str | None = None
        self._singing = SingingMap()
        self._reader = PythonProcess(self, self._overview_read)
        self._exporter = PythonProcess(self, self._exported)
        self._export_folder = ""
        self._export_error = ""
        self._cancelled = False
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
        self.open_button = self._button("folder", self.tr("Open a music file (Ctrl+O)"))
        self.open_button.clicked.connect(self.open_file)
        previous = self._button("previous", self.tr("Previous file, or the start of this one"))
        previous.clicked.connect(lambda: ask(PreviousFile()))
        self.play_button = self._button("play", self.tr("Play (Space)"))
        self.play_button.clicked.connect(self._view_model.toggle_playback)
        following = self._button("next", self.tr("Next file of the folder"))
        following.clicked.connect(lambda: ask(NextFile()))
        self.name = ElidedLabel()
        self.time = Reading("number")
        self.time.setAccessibleName(self.tr("Time in the file and its length"))
        self.time.setToolTip(self.tr("Time in the file and its length, minutes and seconds"))
        self.loop_button = self._button("loop", self.tr("End the loop (Escape)"))
        self.loop_button.setCheckable(True)
        self.loop_button.clicked.connect(lambda: ask(EndLoop()))
        self.loop_button.hide()
        self.export_button = self._button(
            "export", self.tr("Export the voice and the accompaniment of this file to a folder")
        )
        self.export_button.clicked.connect(self.choose_export_folder)
        self.progress = QProgressBar()
        self.progress.setFixedWidth(70)
        self.progress.setAccessibleName(self.tr("Progress of the export"))
        self.cancel_button = self._button("cross", self.tr("Cancel the export"))
        self.cancel_button.clicked.connect(self.cancel_export)
        self.close_button = self._button("cross", self.tr("Close the file and hear the input"))
        self.close_button.clicked.connect(lambda: self._view_model.play_file(None))
        self.progress.hide()
        self.cancel_button.hide()
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
        for widget in (self.time, self.loop_button, self.progress, self.cancel_button):
            row.addWidget(widget)
        row.addWidget(self.export_button)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.waveform)
        self._following = [previous, self.play_button, following, self.export_button]
        self.setAccessibleName(self.tr("File player"))

    def _button(self, name: str, text: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(symbol(name))
        button.setIconSize(QSize(16, 16))
        button.setToolTip(text)
        button.setAccessibleName(text)
        return button

    # Opening

    def open_file(self) -> None:
        """Ask for a file, without keeping the window from anything else."""
        dialog = QFileDialog(self.window(), self.tr("Open a music file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._ask(dialog, self._view_model.play_file)

    def _ask(self, dialog: QFileDialog, then: Any) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setModal(False)
        dialog.fileSelected.connect(then)
        dialog.show()

    # What the engine tells

    def _on_status(self, status: Status) -> None:
        if status.model != self._model:
            # Another model hears something else.
            self._model = status.model
            self._singing.begin(self._shown[1])
            self.waveform.set_marks(self._singing.marks)
        for button in self._following:
            button.setEnabled(bool(status.config.file))
        self.close_button.setEnabled(bool(status.config.file))
        name = status.playing or ""
        self.name.setText(name or self.tr("No file is open: drop one here"))
        self.name.setToolTip(self._path(status) or "")
        self.waveform.set_loop(status.loop)
        self.loop_button.setChecked(status.loop is not None)
        self.loop_button.setVisible(status.loop is not None)
        self._show_file(self._path(status), self._view_model.playback.duration)

    def _path(self, status: Status | None) -> str | None:
        """The file that plays, of a folder perhaps."""
        if status is None or not status.config.file or not status.playing:
            return None
        path = Path(status.config.file)
        return str(path / status.playing if path.is_dir() else path)

    def _on_playback(self, playback: Playback) -> None:
        text = self.tr("Pause (Space)") if playback.playing else self.tr("Play (Space)")
        if text != self.play_button.toolTip():
            self.play_button.setIcon(symbol("pause" if playback.playing else "play"))
            self.play_button.setToolTip(text)
            self.play_button.setAccessibleName(text)
        self._show_file(self._path(self._view_model.status), playback.duration)
        if self._singing.report(playback.frame, playback.position):
            self.waveform.set_marks(self._singing.marks)
        if not playback.playing:
            self._show_place(playback.position)

    def _show_file(self, path: str | None, duration: float) -> None:
        """Begin anew where this is another file."""
        same = path == self._shown[0]
        # For a moment after the engine has started anew it knows no duration.
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

    def _on_poll(self, snapshot: Snapshot) -> None:
        """While it plays, the place is that of what is heard."""
        playback = self._view_model.playback
        if playback.playing and self.isVisible():
            heard = self._singing.at(snapshot.heard_frame)
            self._show_place(playback.position if heard is None else heard)

    def _show_place(self, position: float) -> None:
        duration = self._shown[1]
        self.waveform.set_place(min(position, duration), duration)
        self.time.show_text(f"{clock(position)} / {clock(duration)}")

    # The overview, which a process reads: neither the window nor the engine waits for a long file.

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

    # Export

    @property
    def exporting(self) -> bool:
        """Whether an export is under way."""
        return self._exporter.running

    def choose_export_folder(self) -> None:
        """Ask for the folder that the stems go to."""
        dialog = QFileDialog(self.window(), self.tr("Export the stems to a folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._ask(dialog, self.export)

    def export(self, folder: str) -> None:
        """Write the voice and the accompaniment of the playing file to ``folder``/its name."""
        path = self._path(self._view_model.status)
        if path is None or self.exporting:
            return
        self._export_folder = str(Path(folder) / Path(path).stem)
        self._export_error = ""
        self._cancelled = False
        self._view_model.notices.clear("export")
        self.progress.setRange(0, 0)
        self.progress.setToolTip(self.tr("Exporting to {}").format(self._export_folder))
        self._show_exporting(True)
        self._exporter.start(
            "livevox.cli",
            *("separate", path, "--json", "--output", folder),
            *("--model", self._view_model.config.model),
            on_line=self._on_export_line,
        )

    def cancel_export(self) -> None:
        """End the export; no half a file stays."""
        self._cancelled = True
        self._exporter.interrupt()

    def _on_export_line(self, line: str) -> None:
        match from_line(line):
            case Progress(seconds=seconds, total_seconds=total):
                self.progress.setRange(0, 100)
                self.progress.setValue(int(100 * seconds / total))
            case Separated(outputs=outputs):
                self._export_folder = str(Path(outputs[0].path).parent)
            case Failed(message=message):
                self._export_error = message

    def _show_exporting(self, exporting: bool) -> None:
        self.progress.setVisible(exporting)
        self.cancel_button.setVisible(exporting)
        self.export_button.setVisible(not exporting)
        self.close_button.setVisible(not exporting)

    def _exported(self, well: bool, error: str) -> None:
        self._show_exporting(False)
        if self._cancelled:
            notice = Notice("export", self.tr("The export was cancelled."), "information")
        elif well:
            folder = self._export_folder

            def show() -> None:
                QDesktopServices.openUrl(QUrl.fromLocalFile(folder))

            notice = Notice(
                "export",
                self.tr("The stems are in {}.").format(folder),
                "information",
                (self.tr("Show"), show),
            )
        else:
            reason = self._export_error or error
            notice = Notice("export", self.tr("The export failed: {}").format(reason))
        self._view_model.notices.notify(notice)
