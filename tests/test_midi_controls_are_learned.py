"""Learning takes the control that is meant, as it is."""

from __future__ import annotations

import random

import pytest

from livevox.midi.binding import PRESET, Binding
from livevox.midi.control import Learned, Move
from livevox.midi.learning import LEARN_S, PAIR_S
from livevox.parameters import defaults
from tests.midi_desk import Desk, some_knob, turn


def test_learning_takes_the_control_that_suits_and_leaves_the_others_alone() -> None:
    wet = Binding("cc", 1, "wet", channel=2)
    desk = Desk(wet, Binding("note", 9, "bypass"))
    # MIDI learn ignores the touch of a fader, a program change, note-offs, clock and garbage.
    desk.control.learn("vocals")
    assert desk.control.learning == "vocals"
    assert desk.receive([0xC0, 1], [0xB0, 123, 0], [0xF8], [0xB0, 200, 0]) == []
    assert desk.receive([0x90, 9, 1]) == [Move("bypass", 1.0)]
    learned = Binding("cc", 20, "vocals", channel=4)
    assert desk.learn("vocals", *([0xB3, 20, sent] for sent in range(64, 70))) == [Learned(learned)]
    assert desk.control.learning is None
    assert desk.control.bindings == (wet, Binding("note", 9, "bypass"), learned)
    assert desk.values == defaults() | {"bypass": 1.0}
    assert desk.receive([0xB3, 20, 105], [0xB3, 20, 127])[-1:] == [Move("vocals", 12)]


@pytest.mark.parametrize(
    ("target", "message", "binding"),
    [
        ("bypass", [0x95, 3, 1], Binding("note", 3, "bypass", channel=6)),
        ("bypass", [0xB0, 3, 127], Binding("cc", 3, "bypass", channel=1)),
        ("bypass", [0xB0, 3, 0], Binding("cc", 3, "bypass", channel=1)),
        (PRESET + "A", [0x95, 3, 1], Binding("note", 3, PRESET + "A", channel=6)),
        (PRESET + "A", [0xC5, 3], Binding("program", 3, PRESET + "A", channel=6)),
    ],
)
def test_one_press_of_a_button_is_learned(
    target: str, message: list[int], binding: Binding
) -> None:
    desk = Desk()
    assert desk.learn(target, [0x80, 3, 64], message) == [Learned(binding)]
    desk.receive(message)
    assert desk.control.bindings == (binding,)


@pytest.mark.parametrize("seed", range(20))
def test_every_kind_of_knob_is_learned_however_it_is_moved(seed: int) -> None:
    rng = random.Random(seed)
    knob = some_knob(rng)
    top = knob.top
    channel = knob.channel or 5
    at = rng.randrange(top // 2)
    way = sorted({at + round(rng.random() * top / 4) for _ in range(20)})
    messages = [message for sent in way for message in turn(knob, sent)]
    curve = "log" if knob.parameter.unit == "s" else "linear"
    expected = Binding(knob.control, knob.number, knob.target, channel, curve=curve)
    assert Desk().learn(knob.target, *messages) == [Learned(expected)]


@pytest.mark.parametrize("seed", range(20))
def test_the_control_that_moves_most_is_learned_not_those_that_jitter(seed: int) -> None:
    rng = random.Random(seed)
    numbers = rng.sample([*range(2, 6), *range(8, 32)], 4)
    start = rng.randrange(60)
    moved = [[0xB0, numbers[0], start + n] for n in range(rng.randrange(6, 60))]
    jitter = [[0xB0, number, 70 + rng.randrange(2)] for number in numbers[1:] for _ in range(30)]
    desk = Desk()
    desk.control.learn("vocals")
    # A control that only jitters is never learned, however long it does.
    for _ in range(300):
        desk.receive([0xB0, numbers[1], 70 + rng.randrange(2)])
        desk.now += 0.05
        assert desk.control.settle(desk.now) == []
    together = jitter[: len(jitter) // 2]
    for message in moved:
        together += [message, *rng.sample(jitter, 2)]
    assert desk.receive(*together) == []
    desk.now += LEARN_S
    assert desk.control.settle(desk.now) == [Learned(Binding("cc", numbers[0], "vocals", 1))]


def test_learning_waits_for_a_second() -> None:
    desk = Desk()
    desk.control.learn("vocals")
    desk.receive(*([0xB0, 8, sent] for sent in range(10)))
    desk.now += 0.99 * LEARN_S
    assert desk.control.settle(desk.now) == []
    # Another one that is moved further within the second is the one that is meant.
    desk.receive(*([0xB0, 9, sent] for sent in range(40)))
    desk.now += 0.02
    assert desk.control.settle(desk.now) == []
    desk.now += LEARN_S
    assert desk.control.settle(desk.now) == [Learned(Binding("cc", 9, "vocals", 1))]


def test_a_learned_binding_replaces_those_of_its_target_and_of_its_control() -> None:
    kept = [Binding("cc", 1, "output", channel=2), Binding("note", 1, "bypass")]
    replaced = [
        Binding("cc", 1, "wet", channel=1),
        Binding("cc", 1, "gate"),
        Binding("cc", 9, "vocals"),
    ]
    desk = Desk(*replaced, *kept)
    desk.learn("vocals", *([0xB0, 1, sent] for sent in range(5)))
    assert desk.control.bindings == (*kept, Binding("cc", 1, "vocals", channel=1))


@pytest.mark.parametrize("order", [(8, 40), (40, 8)])
def test_a_pair_of_control_changes_is_learned_as_fourteen_bits(order: tuple[int, int]) -> None:
    desk = Desk(Binding("cc", 40, "wet"))
    pair = Binding("cc14", 8, "vocals", channel=1)
    sent = {8: range(20, 30), 40: range(5, 105, 10)}
    messages = [[0xB0, number, sent[number][n]] for n in range(10) for number in order]
    assert desk.learn("vocals", *messages) == [Learned(pair)]
    assert desk.control.bindings == (pair,)


@pytest.mark.parametrize(("other", "wait"), [(0xB0_29, 0), (0xB1_28, 0), (0xB0_28, 2 * PAIR_S)])
def test_control_changes_that_only_look_like_a_pair_stay_single(other: int, wait: float) -> None:
    desk = Desk()
    desk.control.learn("vocals")
    for n in range(10):
        desk.receive([0xB0, 8, 10 * n])
        desk.now += wait
        desk.receive([other >> 8, other & 0xFF, n])
        desk.now += wait
    desk.now += LEARN_S
    assert desk.control.settle(desk.now) == [Learned(Binding("cc", 8, "vocals", channel=1))]


def test_learning_can_be_cancelled_and_reports_mistakes() -> None:
    desk = Desk()
    desk.control.learn("vocals")
    desk.receive(*([0xB0, 8, sent] for sent in range(20)))
    desk.control.cancel_learn()
    assert desk.control.settle(desk.now + 2 * LEARN_S) == []
    assert desk.control.bindings == ()
    for target in ("vokals", PRESET, ""):
        with pytest.raises(ValueError, match=r"target is .*choose from vocals"):
            desk.control.learn(target)
