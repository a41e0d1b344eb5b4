"""A row of controls that leaves out those that matter least where it has no room for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QSize
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QWidget

Fold = Callable[[bool], object]
"""Folds a part for True, and unfolds it for False."""


@dataclass
class _Folded:
    unfold: Fold
    saved: int
    """The pixels that folding it saved."""


class FoldingBar(QWidget):
    """Folds parts in the order of :attr:`folds` until the others fit its width, in any language
    and with any font. It may become as narrow as its parent wants."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folds: list[Fold] = []
        """The parts that can be folded, those that matter least first."""
        self._folded: list[_Folded] = []

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """No least width: parts that don't fit are folded."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Fold what no longer fits, and unfold what does."""
        self._fit()

    def event(self, event: QEvent | None) -> bool:
        """Fit again where the parts have changed."""
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        while len(self._folded) < len(self.folds) and self._needed() > self.width():
            fold, before = self.folds[len(self._folded)], self._needed()
            fold(True)
            self._folded.append(_Folded(fold, before - self._needed()))
        # Only where the part is known to fit: each change brings another request.
        while self._folded and self._needed() + self._folded[-1].saved <= self.width():
            self._folded.pop().unfold(False)

    def _needed(self) -> int:
        layout = self.layout()
        assert layout is not None
        # A layout within it learns of changes only so.
        layout.activate()
        return layout.minimumSize().width()
