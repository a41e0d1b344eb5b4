"""Recording: a button, the elapsed time, and the time left on the disk."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QSettings, QSize, QStandardPaths, QTimer, QUrl
from PyQt6.QtGui import QAction, QDesktopServices
from PyQt6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from gui.look.plain_style import unkeyed
from gui.look.style_sheet import set_role
from gui.look.symbols import symbol
from gui.model.engine_reader import Recording
from gui.model.viewmodel import ViewModel
from gui.widgets.dialogs import show_dialog
from gui.widgets.labels import Reading, clock
from livevox.config.folder import config_folder
from livevox.live.commands import Record, StopRecording
from livevox.live.status import Status

LITTLE_SECONDS = 600.0
"""Time left on the disk below which a warning is shown."""
FOLDER_KEY = "recording/folder"


def remembered() -> QSettings:
    """The window's own settings, besides `livevox.config.settings.Settings`."""
    return QSettings(str(config_folder() / "window.ini"), QSettings.Format.IniFormat)


class RecordingBar(QWidget):
    """Records the input, both stems and the mix into a new folder each time."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._last: str | None = None
        self._shown: bool | None = None
        self._folded = False
        music = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MusicLocation)
        self.folder = str(remembered().value(FOLDER_KEY) or Path(music) / "livevox")
        self._make()
        view_model.recording_changed.connect(self._on_recording)
        view_model.status_changed.connect(self._on_status)
        view_model.state_changed.connect(lambda _: self._enable())
        self._on_recording(view_model.recording)
        if view_model.status:
            self._on_status(view_model.status)

    def _make(self) -> None:
        self.button = QPushButton(self.tr("Record"))
        self.button.setCheckable(True)
        self.button.setProperty("role", "record")
        self.button.setIcon(symbol("record", "alarm"))
        self.button.setIconSize(QSize(14, 14))
        self.button.clicked.connect(self.toggle)
        self.elapsed = Reading("number")
        self.elapsed.setAccessibleName(self.tr("Recorded time"))
        self.elapsed.setToolTip(self.tr("Recorded time, minutes and seconds"))
        self.left = Reading("dim")
        self.left.setAccessibleName(self.tr("Time that the disk has left"))
        self.error = QLabel("⚠")
        self.error.hide()
        self.menu_button = QToolButton()
        self.menu_button.setIcon(symbol("recordings"))
        self.menu_button.setIconSize(QSize(16, 16))
        self.menu_button.setAccessibleName(self.tr("Folder of the recordings"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        menu = QMenu(self.menu_button)
        self.where = QAction(self)
        self.where.setEnabled(False)
        choose = QAction(self.tr("Choose another folder…"), self)
        choose.triggered.connect(self.choose_folder)
        show = QAction(self.tr("Show the recordings"), self)
        show.triggered.connect(self.show_folder)
        menu.addActions([self.where, choose, show])
        self.menu_button.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self.button, self.error, self.elapsed, self.left, self.menu_button):
            row.addWidget(widget)
        self.setAccessibleName(self.tr("Recording"))
        self._show_folder()

    def fold(self, folded: bool) -> None:
        """Leave out the word on the button, the folder and the time left, or no longer."""
        self._folded = folded
        self._show_whether(self._view_model.recording.active)

    def _show_folder(self) -> None:
        self.where.setText(unkeyed(self.folder))
        self.menu_button.setToolTip(self.tr("Recordings go to {}").format(self.folder))

    # Actions

    def toggle(self) -> None:
        """Start or stop a recording."""
        # The button shows the state that the engine reports.
        if self._view_model.recording.active:
            self._view_model.requests.ask(StopRecording())
        else:
            self._view_model.requests.ask(Record(self.folder), self._began)
        QTimer.singleShot(0, lambda: self._on_recording(self._view_model.recording))

    def _began(self, folder: str) -> None:
        self._last = folder

    def choose_folder(self) -> None:
        """Ask for the folder with a non-blocking dialog."""
        dialog = QFileDialog(self.window(), self.tr("Folder of the recordings"), self.folder)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        show_dialog(dialog, self.set_folder)

    def set_folder(self, folder: str) -> None:
        """Record into new folders within this one from now on, and save that setting."""
        self.folder = folder
        remembered().setValue(FOLDER_KEY, folder)
        self._show_folder()

    def show_folder(self) -> None:
        """Open the folder of the last recording, or that of all."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._last or self.folder))

    # Engine state

    def _on_recording(self, recording: Recording) -> None:
        self.button.setChecked(recording.active)
        if recording.active != self._shown:
            self._shown = recording.active
            self._show_whether(recording.active)
        if recording.active:
            self.elapsed.show_text(clock(recording.elapsed))
            self.left.show_text(self.tr("{} left").format(self._length(recording.disk_left)))
            self.left.setToolTip(
                self.tr("The disk has room for {:.0f} more minutes").format(
                    recording.disk_left / 60
                )
            )
            set_role(self.left, "voice" if recording.disk_left < LITTLE_SECONDS else "dim")
        self._enable()

    def _show_whether(self, active: bool) -> None:
        words = self.tr("Stop") if active else self.tr("Record")
        self.button.setText("" if self._folded else words)
        self.button.setIcon(symbol("stop", "on_colour") if active else symbol("record", "alarm"))
        text = (
            self.tr("End the recording (R)")
            if active
            else self.tr("Record the input, both stems, the mix and the detected singing (R)")
        )
        self.button.setToolTip(text)
        self.button.setAccessibleName(text)
        self.elapsed.setVisible(active)
        self.left.setVisible(active and not self._folded)
        # The folder can't change during a recording; hide its button to make room for the times.
        self.menu_button.setVisible(not active and not self._folded)
        self.updateGeometry()

    def _length(self, seconds: float) -> str:
        """A duration as approximate text."""
        if seconds >= 86_400:
            return self.tr("> 1 day")
        if seconds >= 7200:
            return self.tr("{:.0f} h").format(seconds / 3600)
        if seconds >= 120:
            return self.tr("{:.0f} min").format(seconds / 60)
        return self.tr("{:.0f} s").format(seconds)

    def _on_status(self, status: Status) -> None:
        error = status.recording_error
        self.error.setVisible(bool(error))
        self.error.setToolTip(error or "")
        self.error.setAccessibleName(error or "")
        self._last = status.recording or self._last

    def _enable(self) -> None:
        self.button.setEnabled(
            self._view_model.state == "running" or self._view_model.recording.active
        )
