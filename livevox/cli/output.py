"""Output of the live commands, and their end by a signal."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from rich.console import Console


@contextmanager
def ending() -> Iterator[Callable[[], bool]]:
    """Whether the system has asked for an end; asked a second time it ends as usual."""
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
    """Print one object on a line of standard output, at once."""
    print(json.dumps(value), flush=True)


def console_of_results() -> Console:
    """Standard output without markup: names of devices and files may look like it."""
    return Console(highlight=False, markup=False, emoji=False)


def tell(line: str) -> None:
    """To the person who started this, whatever becomes of standard output."""
    with suppress(OSError):
        print(f"livevox: {line}", file=sys.stderr, flush=True)
