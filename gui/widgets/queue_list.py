"""A list of songs that is put in order by dragging."""

from __future__ import annotations

from PyQt6.QtCore import QItemSelectionModel, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent
from PyQt6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from gui.look.symbols import symbol
from gui.widgets.dropped import dropped_paths
from livevox.media.queue import Queued

NUMBER = Qt.ItemDataRole.UserRole


class QueueList(QListWidget):
    """Drag songs to another place; Delete takes the selected ones away, Return or a double click
    plays one; files that are dropped are added."""

    arranged = pyqtSignal(object)
    """The numbers that are to stay, a tuple, in their new order."""
    chosen = pyqtSignal(int)
    """Play this number."""
    dropped = pyqtSignal(object)
    """Paths, a tuple."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[Queued, ...], int | None] = ((), None)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setIconSize(QSize(12, 12))
        self.setMinimumHeight(60)
        self.setAccessibleName(self.tr("Queue"))
        self.setToolTip(
            self.tr(
                "Drag songs to put them in order, or drop files here to add them.\n"
                "Keys: Return plays a song, Del takes it away, Alt+↑ and Alt+↓ move it."
            )
        )
        self.itemDoubleClicked.connect(lambda item: self.chosen.emit(item.data(NUMBER)))

    def show_queue(self, queue: tuple[Queued, ...], playing: int | None) -> None:
        """Show these songs, and which of them plays."""
        if (queue, playing) == self._shown:
            return
        self._shown = queue, playing
        selected = self._selected
        current = self.currentItem()
        focus = current.data(NUMBER) if current else playing
        self.clear()
        for queued in queue:
            item = self._item(queued, playing)
            self.addItem(item)
            item.setSelected(queued.number in selected)
            if queued.number == focus:
                self.setCurrentItem(item, QItemSelectionModel.SelectionFlag.NoUpdate)
            if queued.number == playing:
                self.scrollToItem(item)

    def _item(self, queued: Queued, playing: int | None) -> QListWidgetItem:
        name = spoken = queued.path.stem
        sign = "blank"
        if queued.number == playing:
            sign, spoken = "play", self.tr("{} (plays)").format(name)
        elif queued.problem:
            sign, spoken = "warning", self.tr("{} (can't be played)").format(name)
        item = QListWidgetItem(symbol(sign, "warning" if sign == "warning" else "text"), name)
        item.setData(NUMBER, queued.number)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        item.setToolTip(queued.problem or str(queued.path))
        return item

    @property
    def order(self) -> tuple[int, ...]:
        """The numbers as they are shown."""
        items = (self.item(row) for row in range(self.count()))
        return tuple(item.data(NUMBER) for item in items if item is not None)

    def remove_selected(self) -> None:
        """Take the selected songs away."""
        gone = self._selected
        if gone:
            self.arranged.emit(tuple(number for number in self.order if number not in gone))

    def move_selected(self, by: int) -> None:
        """Move the selected songs up (-1) or down (1)."""
        order = list(self.order)
        moving = self._selected
        rows = sorted((order.index(number) for number in moving), reverse=by > 0)
        for row in rows:
            if not 0 <= row + by < len(order) or order[row + by] in moving:
                return
            order[row], order[row + by] = order[row + by], order[row]
        if rows:
            self.arranged.emit(tuple(order))

    def moved(self, place: int) -> tuple[int, ...]:
        """The order with the selected songs before the row ``place``."""
        moving = [number for number in self.order if number in self._selected]
        before, after = (
            [number for number in part if number not in moving]
            for part in (self.order[:place], self.order[place:])
        )
        return (*before, *moving, *after)

    @property
    def _selected(self) -> set[int]:
        return {item.data(NUMBER) for item in self.selectedItems()}

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """See the class."""
        assert event is not None
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        item = self.currentItem()
        match event.key():
            case Qt.Key.Key_Delete:
                self.remove_selected()
            case Qt.Key.Key_Up | Qt.Key.Key_Down if alt:
                self.move_selected(-1 if event.key() == Qt.Key.Key_Up else 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if item is not None:
                self.chosen.emit(item.data(NUMBER))
            case _:
                super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:  # noqa: N802
        """Take songs of this list, and files."""
        assert event is not None
        if event.source() is self or dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent | None) -> None:  # noqa: N802
        """Show where they would go."""
        assert event is not None
        super().dragMoveEvent(event)
        if event.source() is not self and dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:  # noqa: N802
        """Add files, or put songs at their new place."""
        assert event is not None
        if event.source() is not self:
            self.dropped.emit(dropped_paths(event.mimeData()))
            event.acceptProposedAction()
            return
        at = self.indexAt(event.position().toPoint()).row()
        below = self.dropIndicatorPosition() == self.DropIndicatorPosition.BelowItem
        place = self.count() if at < 0 else at + below
        # The engine reports the new order: nothing is moved here, or it would be moved twice.
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        self.arranged.emit(self.moved(place))
