"""The export of a file's stems: button, progress and result."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QPushButton, QWidget

from gui.model.notices import Notice
from gui.model.processes import PythonProcess
from gui.model.viewmodel import ViewModel
from gui.widgets.buttons import icon_button
from gui.widgets.dialogs import show_dialog
from livevox.cli.events import Failed, Progress, Separated, from_line


class Export(QWidget):
    """A button, replaced by a progress bar while `livevox separate` runs."""

    exporting_changed = pyqtSignal(bool)

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path: str | None = None
        """The file to export."""
        self._view_model = view_model
        self._process = PythonProcess(self, self._exported)
        self._folder = ""
        self._error = ""
        self._cancelled = False
        self._folded = False
        self.export_button = icon_button(
            "export", self.tr("Export the voice and the accompaniment of this file to a folder")
        )
        self.export_button.clicked.connect(self.choose_folder)
        self.progress = QProgressBar()
        self.progress.setFixedWidth(70)
        self.progress.setAccessibleName(self.tr("Progress of the export"))
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setToolTip(self.tr("Cancel the export; the song stays open"))
        self.cancel_button.clicked.connect(self.cancel)
        self.progress.hide()
        self.cancel_button.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        for widget in (self.progress, self.cancel_button, self.export_button):
            row.addWidget(widget)

    def fold(self, folded: bool) -> None:
        """Leave out the button that exports, or no longer: the window's menu has it, too."""
        self._folded = folded
        self._show_exporting(not self.progress.isHidden())

    @property
    def exporting(self) -> bool:
        """Whether an export is running."""
        return self._process.running

    def choose_folder(self) -> None:
        """Ask for the stems' folder."""
        dialog = QFileDialog(self.window(), self.tr("Export the stems to a folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        show_dialog(dialog, self.export)

    def export(self, folder: str) -> None:
        """Write the voice and the accompaniment of the playing file to ``folder``/its name."""
        if self.path is None or self.exporting:
            return
        self._folder = str(Path(folder) / Path(self.path).stem)
        self._error = ""
        self._cancelled = False
        self._view_model.notices.clear("export")
        self.progress.setRange(0, 0)
        self.progress.setToolTip(self.tr("Exporting to {}").format(self._folder))
        self._show_exporting(True)
        self.exporting_changed.emit(True)
        self._process.start(
            "livevox.cli",
            *("separate", self.path, "--json", "--output", folder),
            *("--model", self._view_model.config.model),
            on_line=self._on_line,
        )

    def cancel(self) -> None:
        """Cancel the export; it leaves no partial file."""
        self._cancelled = True
        self._process.interrupt()

    def _on_line(self, line: str) -> None:
        match from_line(line):
            case Progress(seconds=seconds, total_seconds=total):
                self.progress.setRange(0, 100)
                self.progress.setValue(int(100 * seconds / total))
            case Separated(outputs=outputs):
                self._folder = str(Path(outputs[0].path).parent)
            case Failed(message=message):
                self._error = message

    def _show_exporting(self, exporting: bool) -> None:
        self.progress.setVisible(exporting)
        self.cancel_button.setVisible(exporting)
        self.export_button.setVisible(not exporting and not self._folded)
        self.updateGeometry()

    def _exported(self, well: bool, error: str) -> None:
        self._show_exporting(False)
        self.exporting_changed.emit(False)
        if self._cancelled:
            notice = Notice("export", self.tr("The export was cancelled."), "information")
        elif well:
            folder = self._folder

            def show() -> None:
                QDesktopServices.openUrl(QUrl.fromLocalFile(folder))

            notice = Notice(
                "export",
                self.tr("The stems are in {}.").format(folder),
                "information",
                (self.tr("Show"), show),
            )
        else:
            reason = self._error or error
            notice = Notice("export", self.tr("The export failed: {}").format(reason))
        self._view_model.notices.notify(notice)
