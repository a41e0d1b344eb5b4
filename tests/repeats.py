"""Repeats a test of live sound that failed during a stall of the machine; other failures count.

A stall that is too long for the sound server's period interrupts the sound through no fault of
livevox, and so does a host that takes away much of the processors' time. The repeated test uses
longer periods if it takes them from :func:`tests.stalls.steady_period`. The output reports every
such failure.
"""

from __future__ import annotations

import time

import pytest
from _pytest.runner import runtestprotocol

from tests.jack import shortest_period
from tests.stalls import MOST_STOLEN, is_steady, watched

REPEATS = 3
STALLED = "stalled"
"""The user property of a report that says how its test failed while the machine stalled. Reports
reach the process that prints the summary, even if another one runs the test."""


class Repeats:
    """The pytest plugin, for tests marked as `real_time`."""

    def __init__(self) -> None:
        self._failures: list[str] = []

    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool | None:
        if item.get_closest_marker("real_time") is None:
            return None
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        failures: list[tuple[str, object]] = []
        for attempt in range(1 + REPEATS):
            began = time.monotonic()
            with watched() as stall:
                reports = runtestprotocol(item, log=False, nextitem=nextitem)
            failed = [report for report in reports if report.failed]
            period = shortest_period(began)
            steady = is_steady(period, stall.seconds) and stall.stolen <= MOST_STOLEN
            if not failed or steady:
                break
            then = "repeated" if attempt < REPEATS else f"repeated {REPEATS} times already"
            stalled, played = (f"{1000 * seconds:.1f} ms" for seconds in (stall.seconds, period))
            failure = (
                f"{item.nodeid} failed while the machine stalled for {stalled} and lost "
                f"{stall.stolen:.0%} of its time to its host, its sound in periods of {played}: "
                f"{then}\n    {_reason(failed[0])}"
            )
            failures.append((STALLED, failure))
            if attempt == REPEATS:
                break
            # Of the fixtures of its module too, so that they find longer periods.
            item.session._setupstate.teardown_exact(item.session)  # type: ignore[arg-type]
        reports[-1].user_properties += failures
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failures += [str(said) for name, said in report.user_properties if name == STALLED]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._failures:
            terminalreporter.section("stalls of the machine")
            for line in self._failures:
                terminalreporter.write_line(line)


def _reason(report: pytest.TestReport) -> str:
    """The first line of it."""
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longrepr).split("\n")[0]
