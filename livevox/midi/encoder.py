"""The codings of endless encoders, which send movements instead of positions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import Literal

Coding = Literal["twos_complement", "binary_offset", "sign_bit"]
"""What the value of a control change says about a movement, in steps: ``twos_complement``: 1 is +1,
127 is -1. ``binary_offset``: 65 is +1, 63 is -1. ``sign_bit``: 1 is +1, 65 is -1."""

WIDEST = 31
"""Most steps that one message may have while the coding is sought, so that the codings differ."""

USUAL = 8
"""Most steps of half of the messages: encoders send single steps unless they are spun, and send
single steps first."""

JUMP = 32
"""A knob that has a position does not move so far from one message to the next."""


def steps(value: int, coding: Coding) -> int:
    """The movement that the ``value`` of a control change, 0..127, means; clockwise is positive."""
    match coding:
        case "twos_complement":
            return value if value < 64 else value - 128
        case "binary_offset":
            return value - 64
        case "sign_bit":
            return value if value < 64 else 64 - value


def coding_of(values: Iterable[int]) -> tuple[Coding | None, bool]:
    """The coding that ``values`` can be of, None if it is none, and whether it is the only one.

    Of movements in one direction alone, two codings can be right; then it is that of a movement
    clockwise.
    """
    parts = {_part(value) for value in values}
    if not parts or None in parts:
        return None, True
    if parts <= {"low", "top"}:
        return "twos_complement", "top" in parts
    if parts <= {"below", "above"}:
        return "binary_offset", "below" in parts
    return ("sign_bit" if parts == {"low", "above"} else None), True


def detected(values: Sequence[int]) -> Coding | None:
    """The coding of the control changes of one control, in order; None for one with positions.

    Encoders repeat values, or jump where the direction changes. Knobs with positions get somewhere.
    """
    coding, _ = coding_of(values)
    if coding is None:
        return None
    moves = [abs(steps(value, coding)) for value in values]
    if min(moves) > 1 or median(moves) > USUAL:
        return None
    changes = [after - before for before, after in pairwise(values)]
    if any(abs(change) > JUMP for change in changes):
        return coding
    one_way = all(change >= 0 for change in changes) or all(change <= 0 for change in changes)
    # A slow fader whose values come twice also repeats them, but gets somewhere.
    if one_way and abs(values[-1] - values[0]) > 4:
        return None
    # The binary offset does not jump where the direction changes, but leaves out 64.
    to_and_fro = min(values) < 64 < max(values) and median(moves) <= 3
    return coding if to_and_fro or changes.count(0) >= 2 else None


def _part(value: int) -> str | None:
    """In which of four ranges a value is; None between them, where no small movement is."""
    for name, start in (("low", 1), ("below", 64 - WIDEST), ("above", 65), ("top", 128 - WIDEST)):
        if start <= value < start + WIDEST:
            return name
    return None
