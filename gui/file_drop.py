"""Drag and drop of music files and folders on the window."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, pyqtSignal
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QWidget

from gui.model.viewmodel import ViewModel
from gui.widgets.dropped import dropped_paths


class FileDrop(QObject):
    """Plays the files and folders dropped on ``widget``, one after the other."""

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
            if paths := dropped_paths(event.mimeData()):
                event.acceptProposedAction()
                self._view_model.play_files(paths)
                return True
        elif isinstance(event, QDragEnterEvent) and event.type() == QEvent.Type.DragEnter:
            if dropped_paths(event.mimeData()):
                event.acceptProposedAction()
                self.hovering.emit(True)
                return True
        elif event is not None and event.type() == QEvent.Type.DragLeave:
            self.hovering.emit(False)
        return False
