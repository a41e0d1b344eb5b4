"""Random input for every reader: `fuzz(test, examples, strategy)`.

The fast tests draw the same examples every time; the slow ones draw others, and print what failed.
"""

from __future__ import annotations

import signal
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisWarning

from livevox.errors import LivevoxError, one_line

SLOW = 500
HANGS_SECONDS = 60
"""An input of kilobytes that takes longer will never end."""


def examples(fast: int) -> pytest.MarkDecorator:
    """The parameter `examples`: so many, and :data:`SLOW` in the slow run."""
    return pytest.mark.parametrize("examples", [fast, pytest.param(SLOW, marks=pytest.mark.slow)])


def fuzz(test: Callable[..., None], examples: int, *strategies: st.SearchStrategy[Any]) -> None:
    """Call ``test`` with what the strategies draw; none may take a minute."""

    def limited(drawn: tuple[Any, ...]) -> None:
        with ends():
            test(*drawn)

    checked = settings(
        max_examples=examples,
        derandomize=examples < SLOW,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )(given(st.tuples(*strategies))(limited))
    with warnings.catch_warnings():
        # A file is an overly large one.
        warnings.filterwarnings("ignore", "Generating overly large repr", HypothesisWarning)
        checked()


@contextmanager
def ends() -> Iterator[None]:
    """Raise TimeoutError where the work hangs."""

    def hangs(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"it has not ended after {HANGS_SECONDS} s")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(HANGS_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def refusal(read: Callable[[], object]) -> str | None:
    """The line with which ``read`` refuses; None where it takes the input. Any other exception is
    raised."""
    try:
        read()
    except LivevoxError as error:
        said = str(error)
    else:
        return None
    assert said
    assert said == one_line(said)
    return said


@st.composite
def damaged(draw: st.DrawFn, originals: Sequence[bytes], head: int = 512) -> bytes:
    """One of the originals with some bytes changed, lost, put in or cut off; often in its head."""
    data = bytearray(draw(st.sampled_from(originals)))
    anywhere = st.integers(0, max(0, len(data) - 1))
    places = st.integers(0, min(head, len(data)) - 1) | anywhere
    for at in draw(st.lists(places, min_size=1, max_size=6)):
        new = draw(st.binary(max_size=8))
        lost = draw(st.just(len(new)) | st.integers(0, 8))
        data[at : at + lost] = new
    if draw(st.booleans()):
        del data[draw(st.integers(0, len(data))) :]
    return bytes(data)
