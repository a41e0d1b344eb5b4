"""What went wrong, in one line for the person at the keyboard."""


class LivevoxError(Exception):
    """An input that livevox can't use: the message gives the value, the reason and the remedy."""
