"""The coding of an endless encoder is found from what it sends."""

from __future__ import annotations

import random
from typing import get_args

import pytest

from livevox.midi.binding import Binding
from livevox.midi.control import Learned, Move
from livevox.midi.encoder import Coding, detected, steps
from tests.midi_desk import Desk


def encoder_values(coding: Coding, moves: list[int]) -> list[int]:
    sent = {value: steps(value, coding) for value in range(1, 128)}
    return [next(value for value, step in sent.items() if step == move) for move in moves]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("coding", get_args(Coding))
def test_the_coding_of_an_encoder_is_found_and_moves_the_value_step_by_step(
    coding: Coding, seed: int
) -> None:
    rng = random.Random(seed)
    # Right, faster and slower, and back.
    right = [rng.choice([1, 1, 1, 2, 3]) for _ in range(rng.randrange(4, 15))]
    right[0] = 1
    moves = right + [-rng.choice([1, 1, 1, 2, 3]) for _ in range(rng.randrange(3, 15))]
    values = encoder_values(coding, moves)
    desk = Desk(vocals=-24.0)
    learned = Binding("encoder", 16, "vocals", 1, coding=coding)
    assert desk.learn("vocals", *([0xB0, 16, value] for value in values)) == [Learned(learned)]
    # It moves the value from where it is: no takeover, also after others have changed it.
    for present in (-24.0, -13.0, -41.3):
        desk.values["vocals"] = present
        for move, value in zip(moves, values, strict=True):
            desk.receive([0xB0, 16, value])
            present += move * 72 / 127
            assert desk.values["vocals"] == pytest.approx(present)
    for value, end in zip(encoder_values(coding, [9, -9]), (12.0, -60.0), strict=True):
        desk.receive(*[[0xB0, 16, value]] * 20)
        assert desk.values["vocals"] == end


@pytest.mark.parametrize("coding", get_args(Coding))
def test_an_encoder_learned_from_one_direction_is_corrected_before_it_moves_wrongly(
    coding: Coding,
) -> None:
    right, left = encoder_values(coding, [1, -1])
    desk = Desk(wet=0.5)
    (learned,) = desk.learn("wet", *[[0xB0, 16, right]] * 10)
    assert isinstance(learned, Learned)
    actions = desk.receive([0xB0, 16, left])
    assert desk.control.bindings == (Binding("encoder", 16, "wet", 1, coding=coding),)
    assert actions[-1] == Move("wet", pytest.approx(0.5 - 1 / 127))
    assert (len(actions) == 2) == (learned.binding.coding != coding)


@pytest.mark.parametrize("seed", range(30))
def test_a_knob_with_positions_is_no_encoder(seed: int) -> None:
    rng = random.Random(seed)
    at, values = rng.randrange(128), []
    # To and fro, at any speed, and with each value twice.
    for _ in range(rng.randrange(2, 5)):
        end = rng.randrange(128)
        speed = rng.choice([1, 2, 5, 20])
        values += range(at, end, speed if end > at else -speed)
        at = values[-1] if values else at
    twice = [value for value in values for _ in range(2)]
    for played in (values, twice):
        assert len(set(played)) < 5 or detected(played) is None
