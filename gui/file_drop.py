"""Drag and drop of music files and folders on the window."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QEvent, QMimeData, QObject, pyqtSignal
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QWidget

from gui.model.viewmodel import ViewModel


class FileDrop(QObject):
    """Plays a file or a folder dropped on ``widget``, the first of several."""

    hovering = pyqtSignal(bool)
    """Emits whether a droppable file is being dragged over the widget."""

    def __init__(self, widget: QWidget, view_model: ViewModel) -> None:
        super().__init__(widget)
        self._view_model = view_model
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Handle drag and drop events."""
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
    """The first local file or folder of a drag."""
    urls = data.urls() if data is not None and data.hasUrls() else []
    paths = (Path(url.toLocalFile()) for url in urls if url.isLocalFile())
    return next((str(path) for path in paths if path.exists()), None)
