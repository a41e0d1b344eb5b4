"""Undo and redo of parameters."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from PyQt6.QtGui import QUndoCommand

from livevox.parameters import PARAMETERS

PAUSE_SECONDS = 0.8
"""Changes of the same parameters in quicker succession, by key or wheel, are one step."""


class Change(QUndoCommand):
    """Parameters that changed from ``old`` to ``new``; ``apply`` sets them.

    Changes of the same parameters merge within one gesture, which has an odd number, or in quick
    succession. Changes of switches never merge.
    """

    def __init__(
        self,
        apply: Callable[[Mapping[str, float]], None],
        old: Mapping[str, float],
        new: Mapping[str, float],
        text: str,
        gesture: int = 0,
    ) -> None:
        super().__init__(text.replace("&", "&&"))
        self._apply = apply
        self._old = dict(old)
        self._new = dict(new)
        self._gesture = gesture
        self._at = time.monotonic()

    def redo(self) -> None:
        """Set the new values."""
        self._apply(self._new)

    def undo(self) -> None:
        """Set the old values."""
        self._apply(self._old)

    def id(self) -> int:
        """The same for all changes: :meth:`mergeWith` decides."""
        return 1

    def mergeWith(self, other: QUndoCommand | None) -> bool:  # noqa: N802
        """Add ``other`` to this change if the two are one step."""
        if not isinstance(other, Change) or other._new.keys() != self._new.keys():
            return False
        if other._gesture != self._gesture or all(PARAMETERS[n].is_switch for n in self._new):
            return False
        if self._gesture % 2 == 0 and other._at - self._at > PAUSE_SECONDS:
            return False
        self._new, self._at = other._new, other._at
        return True
