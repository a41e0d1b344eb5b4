"""Errors that are shown to the user as one line."""


class LivevoxError(Exception):
    """An input that livevox can't use: the message gives the value, the reason and the remedy."""


class UnwritableError(LivevoxError):
    """A path that can't be written, with the system's ``reason``."""

    def __init__(self, message: str, reason: str | None) -> None:
        super().__init__(message)
        self.reason = reason
