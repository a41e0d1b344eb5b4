"""What the window has to say to its user: lines for the bar at its top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PyQt6.QtCore import QObject, pyqtSignal

Kind = Literal["information", "warning", "error"]


@dataclass(frozen=True)
class Notice:
    """What happened, and the remedy.

    A later notice with the same ``topic`` takes its place. ``action`` is the label of a button and
    what it does.
    """

    topic: str
    text: str
    kind: Kind = "error"
    action: tuple[str, Callable[[], None]] | None = None


class Notices(QObject):
    """Where all parts of the window say something, and the bar hears it."""

    noticed = pyqtSignal(object)
    """A :class:`Notice` to show."""
    cleared = pyqtSignal(str)
    """The notice with this topic is over."""

    def notify(self, notice: Notice) -> None:
        """Show a notice."""
        self.noticed.emit(notice)

    def complain(self, topic: str, message: object, kind: Kind = "error") -> None:
        """Show an error, or another reason that livevox gives, as a sentence."""
        text = str(message)
        self.notify(Notice(topic, text[:1].upper() + text[1:], kind))

    def clear(self, topic: str) -> None:
        """Take back the notice on a topic."""
        self.cleared.emit(topic)
