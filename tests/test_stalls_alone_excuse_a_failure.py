"""A failed test of live sound is repeated if the machine stalled; other failures count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import tests.repeats
from tests.repeats import REPEATS, Repeats
from tests.stalls import Stall

pytest_plugins = "pytester"

PERIOD = 0.006
SHORT, LONG = 0.4 * PERIOD, 0.6 * PERIOD
SOUND = """
import pytest

runs = []

@pytest.fixture(scope="module")
def server():
    runs.append("a server")

@pytest.mark.real_time
def test_sound(server):
    runs.append("a test")
    assert runs.count("a test") > {failures}, "a late block"
    assert runs.count("a server") == runs.count("a test")
"""


def outcome(
    pytester: pytest.Pytester,
    patch: pytest.MonkeyPatch,
    failures: int,
    stall: float,
    stolen: float = 0.0,
) -> tuple[int, str]:
    """The exit code and output of a test that fails so often while the machine stalls."""

    @contextmanager
    def watched() -> Iterator[Stall]:
        yield Stall(stall, stolen)

    patch.setattr(tests.repeats, "watched", watched)
    patch.setattr(tests.repeats, "shortest_period", lambda since: PERIOD)
    pytester.makeini("[pytest]\nmarkers = real_time")
    pytester.makepyfile(SOUND.format(failures=failures))
    done = pytester.runpytest_inprocess(plugins=[Repeats()])
    return int(done.ret), done.stdout.str()


def test_a_failure_during_a_stall_is_repeated_with_new_fixtures_and_reported(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, output = outcome(pytester, monkeypatch, 1, LONG)
    assert code == 0
    assert "stalled for 3.6 ms and lost 0% of its time to its host" in output
    assert "its sound in periods of 6.0 ms: repeated" in output
    assert "a late block" in output


def test_a_failure_while_the_host_takes_the_processors_is_repeated(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, output = outcome(pytester, monkeypatch, 1, SHORT, 0.3)
    assert code == 0
    assert "lost 30% of its time to its host" in output


def test_a_failure_without_a_stall_counts_at_once(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, output = outcome(pytester, monkeypatch, 1, SHORT)
    assert code == 1
    assert "stalled" not in output


def test_a_failure_that_stays_counts_in_the_end(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, output = outcome(pytester, monkeypatch, REPEATS + 1, LONG)
    assert code == 1
    assert f"repeated {REPEATS} times already" in output
