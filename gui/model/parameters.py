"""The parameters as the views show and change them, with undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QUndoStack

from gui.model.history import Change
from gui.model.scales import label
from livevox.parameters import PARAMETERS


class Parameters(QObject):
    """All parameters, and the undo stack of their changes."""

    changed = pyqtSignal(str, float)
    """A parameter's name and its new value, whoever changed it."""
    shown = pyqtSignal()
    """All changes made at once have been reported by :attr:`changed`."""

    def __init__(
        self,
        values: Mapping[str, float],
        set_in_engine: Callable[[dict[str, float]], None],
        parent: QObject,
    ) -> None:
        """``values`` are those of all parameters at the start. ``set_in_engine`` gets what the user
        changes."""
        super().__init__(parent)
        self._set_in_engine = set_in_engine
        self.undo_stack = QUndoStack(self)
        self._values = dict(values)
        self._gesture = 0

    @property
    def values(self) -> dict[str, float]:
        """All parameters, as the views show them."""
        return dict(self._values)

    def value(self, name: str) -> float:
        """A parameter's value."""
        return self._values[name]

    def set(self, name: str, value: float) -> None:
        """Set one parameter, limited to its range; undoable."""
        self.set_several({name: value})

    def set_several(self, values: Mapping[str, float], text: str = "") -> None:
        """Set several at once, limited to their ranges: one step of undo, called ``text``."""
        new = {name: PARAMETERS[name].limited(value) for name, value in values.items()}
        new = {name: value for name, value in new.items() if value != self._values[name]}
        if new:
            old = {name: self._values[name] for name in new}
            text = text or ", ".join(map(label, new))
            self.undo_stack.push(Change(self._apply, old, new, text, self._gesture))

    def toggle(self, name: str) -> None:
        """Turn a switch on or off."""
        self.set(name, 1 - self._values[name])

    @contextmanager
    def gesture(self) -> Iterator[None]:
        """Changes of the same parameters within the ``with`` block are one step of undo."""
        self.begin_gesture()
        yield
        self.end_gesture()

    def begin_gesture(self) -> None:
        """A drag begins: until its end, its changes are one step of undo."""
        self._gesture += 1

    def end_gesture(self) -> None:
        """The drag has ended."""
        self._gesture += 1

    def show(self, values: Mapping[str, float]) -> None:
        """Take values that the engine has already."""
        changed = {name: v for name, v in values.items() if self._values[name] != v}
        self._values |= changed
        for name, value in changed.items():
            self.changed.emit(name, value)
        if changed:
            self.shown.emit()

    def note_change(
        self, before: Mapping[str, float], values: Mapping[str, float], text: str
    ) -> None:
        """Show values that the engine has already, as a step of undo, called ``text``, to those
        ``before``."""
        old = {name: before[name] for name in values if before[name] != values[name]}
        new = {name: values[name] for name in old}
        self.show(new)
        if new:
            self.undo_stack.push(Change(self._apply, old, new, text))

    def _apply(self, values: Mapping[str, float]) -> None:
        self._set_in_engine(dict(values))
        self.show(values)
