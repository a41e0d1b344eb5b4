"""Music files and folders that are dropped on the window."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QEvent, QMimeData, QObject, pyqtSignal
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QWidget

from gui.model.viewmodel import ViewModel


class FileDrop(QObject):
    """Plays what is dropped on ``widget``: one file or one folder, the first of several."""

    hovering = pyqtSignal(bool)
    """Whether something that could be dropped is above the widget."""

    def __init__(self, widget: QWidget, view_model: ViewModel) -> None:
        super().__init__(widget)
        self._view_model = view_model
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Take what is dropped."""
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            self.hovering.emit(False)
            if path := dropped_path(event.mimeData()):
                event.acceptProposedAction()
                self._view_model.play_file(path)
                return True
        elif isinstance(event, QDragEnterEvent) and event.type() == QEvent.Type.DragEnter:
            if dropped_path(event.mimeData()):
                event.acceptProposedAction()
                self.hovering.emit(True)
                return True
        elif event is not None and event.type() == QEvent.Type.DragLeave:
            self.hovering.emit(False)
        return False


def dropped_path(data: QMimeData | None) -> str | None:
    """The first file or folder of this computer in what is dragged."""
    urls = data.urls() if data is not None and data.hasUrls() else []
    paths = (Path(url.toLocalFile()) for url in urls if url.isLocalFile())
    return next((str(path) for path in paths if path.exists()), None)
