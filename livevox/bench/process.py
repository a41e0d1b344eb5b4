"""What is measured runs in a process of its own, on one thread, and takes turns with the others."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from livevox.environment import added
from livevox.errors import LivevoxError

Key = TypeVar("Key")
Result = TypeVar("Result")
OnProgress = Callable[[str], None]
Round = Callable[[], Result]
"""Measures once."""
END_SECONDS = 5.0
CLOCK = (
    time.thread_time if time.get_clock_info("thread_time").resolution < 1e-5 else time.perf_counter
)
"""The thread's processor time, which other programs don't lengthen, where it is fine enough."""
ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMBA_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    ),
    "1",
)


class UnmeasuredError(LivevoxError):
    """Something can't be measured here, with the reason."""


@dataclass(frozen=True)
class _Failure:
    reason: str


class Measured(Generic[Result]):
    """A process that ``make``, a function that can be pickled, prepares for rounds of measuring."""

    def __init__(self, make: Callable[[], Round[Result]]) -> None:
        context = get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(make, theirs), daemon=True)
        with added(ONE_THREAD):
            self._process.start()
        theirs.close()

    def begin(self) -> None:
        """Start a round."""
        with suppress(OSError):
            self._connection.send(None)

    def result(self) -> Result:
        """Wait for the end of the round. Raises UnmeasuredError if it has failed."""
        try:
            result: Result | _Failure = self._connection.recv()
        except (EOFError, OSError):
            self._process.join(END_SECONDS)
            code = self._process.exitcode
            raise UnmeasuredError(f"its process was lost (exit code {code})") from None
        if isinstance(result, _Failure):
            raise UnmeasuredError(result.reason)
        return result

    def round(self) -> Result:
        """A whole round. Raises UnmeasuredError if it fails."""
        self.begin()
        return self.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.join(END_SECONDS)
        self._process.kill()
        self._process.join()
        self._connection.close()


def interleaved(
    makes: Mapping[Key, Callable[[], Round[Result]]], rounds: int, report: OnProgress
) -> tuple[dict[Key, list[Result]], dict[Key, str]]:
    """The results of all rounds, and for what can't be measured the reason.

    All take turns: what disturbs the machine for a while disturbs all alike. A round before the
    others, in which they warm up, does not count. ``report`` gets what comes next.
    """
    results: dict[Key, list[Result]] = {}
    failures: dict[Key, str] = {}
    with ExitStack() as stack:
        running = {key: stack.enter_context(Measured(make)) for key, make in makes.items()}
        for number in range(1 + rounds):
            for key, measured in running.items():
                if key in failures:
                    continue
                report(f"round {number} of {rounds}: {key}" if number else f"preparing {key}")
                try:
                    result = measured.round()
                except UnmeasuredError as error:
                    failures[key] = str(error)
                    results.pop(key, None)
                    continue
                if number:
                    results.setdefault(key, []).append(result)
    return results, failures


def _serve(make: Callable[[], Round[Any]], parent: Connection) -> None:
    """Measure when asked, until the parent ends."""
    # Ctrl+C goes to all processes of the terminal; the parent ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # An exception also ends the programs that are being measured.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    measure: Round[Any] | None = None
    with suppress(EOFError, OSError):
        while True:
            parent.recv()
            try:
                measure = measure or make()
                result = measure()
            except Exception as error:  # of other packages, too
                said = str(error).splitlines()
                result = _Failure(said[0] if said else type(error).__name__)
            parent.send(result)
