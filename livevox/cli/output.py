"""Output of the live commands, and their end on a signal."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from rich.console import Console


@contextmanager
def ending() -> Iterator[Callable[[], bool]]:
    """Return whether a signal to end has arrived. A second signal ends the process at once."""
    asked: list[int] = []
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    signals = [getattr(signal, name) for name in names if hasattr(signal, name)]

    def end(number: int, _: object) -> None:
        asked.append(number)
        for number, handler in before.items():
            signal.signal(number, handler)

    before = {number: signal.signal(number, end) for number in signals}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def print_json(value: object) -> None:
    """Print an object as a line of JSON, without buffering."""
    print(json.dumps(value), flush=True)


def console_of_results() -> Console:
    """Standard output without markup, which names of devices and files may resemble."""
    return Console(highlight=False, markup=False, emoji=False)


def say(line: str) -> None:
    """Print a line for the user on standard error; ignore failures."""
    with suppress(OSError):
        print(f"livevox: {line}", file=sys.stderr, flush=True)
