"""Notices for the user: lines in the bar at the top of the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PyQt6.QtCore import QObject, pyqtSignal

Kind = Literal["information", "warning", "error"]


@dataclass(frozen=True)
class Notice:
    """What happened, and the remedy.

    A later notice with the same ``topic`` replaces it. ``action`` is the label of a button and
    what it does.
    """

    topic: str
    text: str
    kind: Kind = "error"
    action: tuple[str, Callable[[], None]] | None = None


class Notices(QObject):
    """Passes notices from all parts of the window to the bar."""

    noticed = pyqtSignal(object)
    """A :class:`Notice` to show."""
    cleared = pyqtSignal(str)
    """The topic of a notice to remove."""

    def notify(self, notice: Notice) -> None:
        """Show a notice."""
        self.noticed.emit(notice)

    def complain(self, topic: str, message: object, kind: Kind = "error") -> None:
        """Show an error message, or another reason, as a sentence."""
        text = str(message)
        self.notify(Notice(topic, text[:1].upper() + text[1:], kind))

    def clear(self, topic: str) -> None:
        """Remove the notice on a topic."""
        self.cleared.emit(topic)
