"""Controls move parameters over their whole range without jumps, and get feedback."""

from __future__ import annotations

import random
import tomllib
from dataclasses import replace
from typing import Any, get_args

import pytest
import tomli_w

from livevox.midi.binding import PRESET, Binding
from livevox.midi.bound import PICKUP, QUIET_S
from livevox.midi.control import Action, Learned, MidiControl, Move, Recall
from livevox.midi.encoder import Coding, detected, steps
from livevox.midi.learning import LEARN_S, PAIR_S
from livevox.parameters import PARAMETERS, defaults

KNOBS = [name for name, p in PARAMETERS.items() if not (p.is_switch or p.notch)]
SWITCHES = [name for name, parameter in PARAMETERS.items() if parameter.is_switch]


def some_knob(rng: random.Random) -> Binding:
    """Any continuous parameter, range, direction, curve and resolution."""
    parameter = PARAMETERS[rng.choice(KNOBS)]
    ends = [rng.uniform(parameter.minimum, parameter.maximum) for _ in range(2)]
    if rng.random() < 0.5:
        ends = [parameter.minimum, parameter.maximum]
    if rng.random() < 0.5:
        ends.reverse()
    return Binding(
        control=(control := rng.choice(["cc", "cc14", "pitch_bend", "nrpn", "nrpn14"])),
        number=0 if control == "pitch_bend" else rng.randrange(32),
        target=parameter.name,
        channel=rng.randrange(17),
        minimum=ends[0],
        maximum=ends[1],
        curve=rng.choice(["linear", "log"]) if min(ends) > 0 else "linear",
    )


def turn(binding: Binding, sent: int) -> list[list[int]]:
    """The messages of a control at position ``sent``."""
    channel, number = (binding.channel or 5) - 1, binding.number
    status, high, low = 0xB0 | channel, sent >> 7, sent & 0x7F
    if binding.control == "pitch_bend":
        return [[0xE0 | channel, low, high]]
    if binding.control == "cc14":
        return [[status, number, high], [status, number + 32, low]]
    if binding.control == "cc":
        return [[status, number, sent]]
    chosen = [[status, 99, number >> 7], [status, 98, number & 0x7F]]
    if binding.control == "nrpn":
        return [*chosen, [status, 6, sent]]
    return [*chosen, [status, 6, high], [status, 38, low]]


class Desk:
    """A control and the parameters bound to it."""

    def __init__(self, *bindings: Binding, **values: float) -> None:
        self.control = MidiControl(bindings)
        self.values = defaults() | values
        self.now = 0.0

    def receive(self, *messages: list[int]) -> list[Action]:
        actions = []
        for message in messages:
            for action in self.control.receive(message, self.values, self.now):
                actions.append(action)
                if isinstance(action, Move):
                    self.values[action.target] = action.value
        return actions

    def feedback(self, after: float = 0.0) -> list[list[int]]:
        self.now += after
        return self.control.feedback(self.values, self.now)

    def learn(self, target: str, *messages: list[int]) -> list[Action]:
        """Learn from a control that is moved a bit, or pressed, and then left alone."""
        self.control.learn(target)
        for message in messages:
            assert self.receive(message) == []
            self.now += 0.01
        self.now += LEARN_S
        return self.control.settle(self.now)

    def lead(self, binding: Binding) -> None:
        """Move the control to its parameter's value, so that it takes over."""
        self.receive(*turn(binding, binding.sent(self.values[binding.target])))


@pytest.mark.parametrize("seed", range(20))
def test_a_control_covers_exactly_its_range_in_order(seed: int) -> None:
    binding = some_knob(random.Random(seed))
    assert (binding.value(0), binding.value(binding.top)) == (binding.minimum, binding.maximum)
    values = [binding.value(sent) for sent in range(binding.top + 1)]
    assert sorted(set(values), reverse=values[0] > values[-1]) == values
    assert all(PARAMETERS[binding.target].checked(value) == value for value in values)
    assert [binding.sent(value) for value in values] == list(range(binding.top + 1))


@pytest.mark.parametrize(("target", "notches"), [("key", range(-6, 7)), ("tempo", range(50, 151))])
def test_seven_bits_reach_every_notch_and_fourteen_bits_every_cent(
    target: str, notches: range
) -> None:
    binding = Binding("cc", 1, target)
    values = [binding.value(sent) for sent in range(128)]
    assert sorted(values) == values
    assert sorted(set(values)) == list(notches)
    assert all(binding.value(binding.sent(value)) == value for value in values)
    fine = Binding("cc14", 1, target)
    assert fine.value(fine.sent(0.01 + notches[3])) == pytest.approx(0.01 + notches[3], abs=0.005)

    desk = Desk(Binding("encoder", 1, target, coding="binary_offset"), **{target: notches[3]})
    desk.receive([0xB0, 1, 65])
    assert desk.values[target] == notches[4]
    desk.receive([0xB0, 1, 60])
    assert desk.values[target] == notches[0]


def test_equal_ways_of_a_log_curve_are_equal_ratios() -> None:
    binding = Binding("cc14", 0, "gate_release", curve="log")
    ratios = [binding.value(n + 100) / binding.value(n) for n in range(0, 16_000, 100)]
    assert ratios == pytest.approx([ratios[0]] * len(ratios))


@pytest.mark.parametrize("seed", range(30))
def test_feedback_that_comes_back_gives_the_value_within_the_resolution(seed: int) -> None:
    rng = random.Random(seed)
    binding = some_knob(rng)
    value = binding.value(0) + rng.random() * (binding.value(binding.top) - binding.value(0))
    shown = MidiControl([binding]).feedback(defaults() | {binding.target: value}, 0.0)
    assert len(shown) == {"cc14": 2, "nrpn": 3, "nrpn14": 4}.get(binding.control, 1)
    channel = binding.channel or 1
    status = 0xE0 if binding.control == "pitch_bend" else 0xB0
    assert all(message[0] == status | channel - 1 for message in shown)
    assert shown == turn(replace(binding, channel=channel), binding.sent(value))

    moved = Desk(binding, **{binding.target: binding.value(binding.top // 3)})
    moved.lead(binding)
    moved.receive(*shown)
    assert binding.way(moved.values[binding.target]) == pytest.approx(
        binding.way(value), abs=0.5001 / binding.top
    )
    # A control at the parameter's value, such as one that echoes feedback, changes nothing.
    agreeing = Desk(binding, **{binding.target: value})
    assert agreeing.receive(*shown[-1:]) == []
    assert agreeing.values[binding.target] == value


@pytest.mark.parametrize("seed", range(30))
def test_no_value_jumps_however_knobs_and_others_move_it(seed: int) -> None:
    rng = random.Random(seed)
    binding = some_knob(rng)
    top = binding.top
    desk = Desk(binding, **{binding.target: binding.value(rng.randrange(top + 1))})
    at, direction, moves = rng.randrange(top + 1), 1, 0
    desk.control.receive(turn(binding, at)[0], desk.values, 0.0)
    for _ in range(500):
        if rng.random() < 0.02:
            desk.values[binding.target] = binding.value(rng.randrange(top + 1))
        if rng.random() < 0.05 or at in (0, top):
            direction = -1 if at == top else 1 if at == 0 else -direction
        before, at = at, min(max(at + direction * rng.randint(0, top // 12), 0), top)
        was = binding.way(desk.values[binding.target])
        # The two halves of 14 bits arrive separately: in between the low bits are 0.
        step = (abs(at - before) + (127 if top > 127 else 0)) / top
        for message in turn(binding, at):
            moves += len(desk.receive(message))
            now = binding.way(desk.values[binding.target])
            assert abs(now - was) <= PICKUP + step + 1e-9
            was = now
    assert moves > 100


def test_a_knob_waits_until_it_passes_the_value_and_again_after_a_change_by_others() -> None:
    knob = Binding("cc", 7, "wet", channel=1)
    desk = Desk(knob, wet=0.5)
    for sent in (0, 20, 40, 60):
        assert desk.receive([0xB0, 7, sent]) == []
    assert desk.receive([0xB0, 7, 90]) == [Move("wet", 90 / 127)]
    assert desk.receive([0xB0, 7, 10], [0xB0, 7, 10]) == [Move("wet", 10 / 127)]
    desk.values["wet"] = 0.9
    assert desk.receive([0xB0, 7, 11]) == []
    assert desk.receive([0xB0, 7, 112], [0xB0, 7, 127]) == [Move("wet", 112 / 127), Move("wet", 1)]


def test_two_knobs_hand_a_parameter_over_without_a_jump() -> None:
    one, other = Binding("cc", 1, "wet"), Binding("cc", 2, "wet")
    desk = Desk(one, other, wet=1.0)
    desk.receive([0xB0, 1, 127], [0xB0, 2, 127], [0xB0, 1, 30])
    assert desk.values["wet"] == 30 / 127
    assert desk.receive([0xB0, 2, 120]) == []
    assert desk.receive([0xB0, 2, 20]) == [Move("wet", 20 / 127)]
    assert desk.receive([0xB0, 1, 31]) == []


@pytest.mark.parametrize("knob", [Binding("cc", 1, name) for name in KNOBS], ids=KNOBS)
def test_a_full_turn_always_reaches_the_end(knob: Binding) -> None:
    parameter = knob.parameter
    desk = Desk(knob)
    desk.receive(*([0xB0, 1, sent] for sent in range(128)))
    assert desk.values[parameter.name] == parameter.maximum
    desk.receive(*([0xB0, 1, sent] for sent in reversed(range(128))))
    assert desk.values[parameter.name] == parameter.minimum


def test_notes_toggle_or_hold_and_velocity_0_is_off() -> None:
    toggle = Binding("note", 60, "vocals_mute", channel=1)
    hold = Binding("note", 61, "bypass", channel=1, mode="momentary")
    inverted = Binding("note", 62, "vocals_solo", minimum=1, maximum=0, mode="momentary")
    desk = Desk(toggle, hold, inverted)
    states = []
    for message in ([0x90, 60, 1], [0x90, 60, 0], [0x90, 60, 99], [0x80, 60, 64], [0x90, 60, 9]):
        desk.receive(message)
        states.append(desk.values["vocals_mute"])
    assert states == [1, 1, 0, 0, 1]
    assert desk.receive([0x90, 61, 1], [0x90, 61, 0]) == [Move("bypass", 1), Move("bypass", 0)]
    assert desk.receive([0x90, 61, 1], [0x80, 61, 9]) == [Move("bypass", 1), Move("bypass", 0)]
    desk.receive([0x90, 62, 1], [0x90, 62, 0])
    assert desk.values["vocals_solo"] == 1
    assert desk.receive([0x91, 60, 1], [0x91, 61, 1]) == []


def test_a_note_switches_a_range_between_its_ends() -> None:
    desk = Desk(Binding("note", 1, "vocals", minimum=-24, maximum=-6), vocals=-8.0)
    states = []
    for _ in range(3):
        desk.receive([0x90, 1, 100], [0x80, 1, 0])
        states.append(desk.values["vocals"])
    assert states == [-24, -6, -24]


def test_control_changes_switch_at_64_and_toggle_once_a_press() -> None:
    follow, toggle = Binding("cc", 1, "bypass"), Binding("cc", 2, "vocals_mute", mode="toggle")
    desk = Desk(follow, toggle)
    states = []
    for sent in (63, 64, 127, 63, 0):
        desk.receive([0xB0, 1, sent], [0xB0, 2, sent])
        states.append((desk.values["bypass"], desk.values["vocals_mute"]))
    assert states == [(0, 0), (1, 1), (1, 1), (0, 1), (0, 1)]
    desk.receive([0xB0, 2, 127])
    assert desk.values["vocals_mute"] == 0


def test_programs_and_notes_load_presets() -> None:
    desk = Desk(Binding("program", 3, PRESET + "Karaoke"), Binding("note", 4, PRESET + "Talk"))
    assert desk.receive([0xC9, 3]) == [Recall("Karaoke")]
    assert desk.receive([0x90, 4, 1], [0x80, 4, 0]) == [Recall("Talk")]
    assert desk.receive([0xC9, 4], [0x90, 3, 1]) == []
    assert desk.control.ignored == 2


def test_fourteen_bits_come_as_two_messages_and_low_bits_refine() -> None:
    binding = Binding("cc14", 5, "vocals")
    desk = Desk(binding, vocals=-60.0)
    assert desk.receive([0xB0, 37, 1]) == []
    for sent in (*range(0, 0x4000, 50), 0x3FFF):
        desk.receive(*turn(binding, sent))
        assert desk.values["vocals"] == binding.value(sent)
    desk.receive([0xB4, 37, 0x11])
    assert desk.values["vocals"] == binding.value(0x3F91)
    desk.receive([0xB4, 5, 0x7E])
    assert desk.values["vocals"] == binding.value(0x3F00)
    desk.receive([0xB4, 37, 0x11])
    # Another channel's low bits belong to another control.
    desk.receive([0xB3, 37, 0x12])
    assert desk.values["vocals"] == binding.value(0x3F11)


@pytest.mark.parametrize("seed", range(10))
def test_garbage_does_nothing_but_count(seed: int) -> None:
    rng = random.Random(seed)
    bindings = [
        Binding("cc", 1, "vocals"),
        Binding("cc14", 2, "wet", channel=3),
        Binding("note", 3, "bypass"),
        Binding("program", 4, PRESET + "x"),
    ]
    desk = Desk(*bindings)
    for _ in range(3000):
        status = rng.choice([0x80, 0x90, 0xB0, 0xC0, 0xF0]) | rng.randrange(16)
        message = [rng.randrange(128) for _ in range(rng.randrange(4))]
        message.insert(0, rng.choice([status, rng.randrange(-300, 600)]))
        message[-1] = rng.choice([message[-1], message[-1], rng.randrange(-300, 600)])
        counted = desk.control.ignored
        actions = desk.receive(message)
        valid = len(message) == (2 if message[0] & 0xF0 == 0xC0 else 3)
        valid = valid and 0x80 <= message[0] < 0xF0
        valid = valid and all(0 <= byte < 128 for byte in message[1:])
        assert valid or (actions == [] and desk.control.ignored == counted + 1)
    desk.receive([])
    bound = {"vocals", "wet", "bypass"}
    assert {name for name in PARAMETERS if desk.values[name] != defaults()[name]} <= bound
    assert all(PARAMETERS[name].checked(desk.values[name]) is not None for name in bound)


@pytest.mark.parametrize("seed", range(10))
def test_many_messages_at_once_have_the_effect_of_one_by_one(seed: int) -> None:
    rng = random.Random(seed)
    bindings = [some_knob(rng) for _ in range(6)]
    bindings += [Binding("note", n, name) for n, name in enumerate(SWITCHES)]
    flood = [[0x90, rng.randrange(5), rng.randrange(2)] for _ in range(400)]
    for _ in range(400):
        flood += turn(binding := rng.choice(bindings[:6]), rng.randrange(binding.top + 1))
    rng.shuffle(flood)
    one_by_one = Desk(*bindings)
    each = one_by_one.receive(*flood)
    values = defaults()
    together = MidiControl(bindings).receive_all(flood, values, 0.0)
    assert values == defaults()
    moves = [action for action in together if isinstance(action, Move)]
    assert len({move.target for move in moves}) == len(moves) < len(each)
    assert values | {move.target: move.value for move in moves} == one_by_one.values


def test_a_preset_among_many_messages_keeps_its_place() -> None:
    knob, mute = Binding("cc", 1, "wet"), Binding("note", 2, "vocals_mute")
    desk = Desk(knob, mute, Binding("program", 3, PRESET + "A"), wet=0.5)
    desk.lead(knob)
    flood = [[0xB0, 1, 70], [0x90, 2, 1], [0xC0, 3], [0xB0, 1, 80], [0x90, 2, 1]]
    actions = desk.control.receive_all(flood, desk.values, 0.0)
    assert actions == [Move("wet", 70 / 127), Recall("A"), Move("vocals_mute", 0)]
    desk.values["wet"] = 0.1
    assert desk.receive([0xB0, 1, 81]) == []


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


def test_data_entry_after_a_registered_parameter_is_no_nrpn() -> None:
    desk = Desk(Binding("nrpn", 5, "wet"), wet=1.0)
    desk.receive([0xB0, 99, 0], [0xB0, 98, 5], [0xB0, 6, 127], [0xB0, 6, 100])
    assert desk.values["wet"] == 100 / 127
    # The range of the pitch bend; then no parameter at all.
    desk.receive([0xB0, 101, 0], [0xB0, 100, 0], [0xB0, 6, 99])
    desk.receive([0xB0, 99, 127], [0xB0, 98, 127], [0xB0, 6, 98])
    assert desk.values["wet"] == 100 / 127


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


def test_an_encoders_ring_of_lights_follows_at_once() -> None:
    desk = Desk(Binding("encoder", 16, "wet", coding="sign_bit"), wet=0.5)
    assert desk.feedback() == [[0xB0, 16, 64]]
    desk.receive([0xB0, 16, 2])
    assert desk.feedback() == [[0xB0, 16, 66]]


def test_feedback_tells_each_change_once() -> None:
    desk = Desk(Binding("cc", 7, "wet"), Binding("note", 8, "bypass", channel=3))
    assert desk.feedback() == [[0xB0, 7, 127], [0x92, 8, 0]]
    assert desk.feedback() == []
    desk.values |= {"wet": 0.5, "bypass": 1.0}
    assert desk.feedback() == [[0xB0, 7, 64], [0x92, 8, 127]]
    desk.values["wet"] += 0.001
    assert desk.feedback() == []
    desk.control.update_all()
    assert desk.feedback() == [[0xB0, 7, 64], [0x92, 8, 127]]


def test_feedback_leaves_a_moving_control_alone_until_it_rests() -> None:
    desk = Desk(Binding("cc", 7, "wet"), Binding("cc", 8, "output"))
    desk.feedback()
    desk.receive([0xB4, 7, 100])
    desk.values |= {"wet": 0.0, "output": 12.0}
    assert desk.feedback() == [[0xB0, 8, 127]]
    assert desk.feedback(after=0.9 * QUIET_S) == []
    # Feedback goes to the channel of the last message.
    assert desk.feedback(after=0.2 * QUIET_S) == [[0xB4, 7, 0]]


def test_a_control_gets_no_feedback_on_its_own_move() -> None:
    desk = Desk(Binding("cc", 7, "wet"), Binding("cc14", 9, "output"), wet=1.0, output=12.0)
    desk.feedback()
    desk.receive([0xB0, 7, 127], [0xB0, 7, 30], [0xB0, 9, 127], [0xB0, 41, 127], [0xB0, 9, 60])
    assert desk.values["wet"] < 0.3
    assert desk.values["output"] < -20
    assert desk.feedback(after=2 * QUIET_S) == []


def test_the_light_of_a_button_answers_at_once() -> None:
    desk = Desk(Binding("note", 8, "bypass"), Binding("cc", 9, "vocals_mute", mode="toggle"))
    desk.feedback()
    # Pads light up by themselves while pressed; livevox sets the light after that.
    assert desk.receive([0x90, 8, 100], [0xB0, 9, 127])
    assert desk.feedback() == []
    desk.receive([0x80, 8, 0], [0xB0, 9, 0])
    assert desk.feedback() == [[0x90, 8, 127], [0xB0, 9, 127]]


def test_one_control_with_two_bindings_shows_the_first() -> None:
    desk = Desk(Binding("cc", 7, "wet"), Binding("cc", 7, "duck"), wet=1.0, duck=0.0)
    assert desk.feedback() == [[0xB0, 7, 127]]


@pytest.mark.parametrize("seed", range(20))
def test_bindings_survive_a_preset_file(seed: int) -> None:
    rng = random.Random(seed)
    bindings = [
        some_knob(rng),
        Binding("note", 5, "bypass", mode="momentary"),
        Binding("program", 1, PRESET + "Ünplugged"),
        Binding("encoder", 9, "wet", coding="binary_offset"),
        Binding("nrpn14", 16_383, "wet"),
    ]
    text = tomli_w.dumps({"midi": [binding.to_dict() for binding in bindings]})
    read = [Binding.from_dict(entry) for entry in tomllib.loads(text)["midi"]]
    assert read == bindings
    assert Binding.from_dict({"control": "pitch_bend", "target": "wet"}).number == 0
    assert Binding("cc", 7, "wet").to_dict() == {"control": "cc", "number": 7, "target": "wet"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"control": "knob"}, "control is 'knob': choose from cc, cc14, encoder, pitch_bend"),
        ({"channel": 17}, "channel is 17: give a whole number from 0 to 16"),
        ({"channel": True}, "channel is True"),
        ({"number": 128}, "number is 128: give a whole number from 0 to 127"),
        ({"number": "7"}, "number is '7'"),
        ({"control": "cc14", "number": 32}, "number is 32: give a whole number from 0 to 31"),
        ({"target": "loudness"}, "target is 'loudness': choose from vocals"),
        ({"target": 7}, "target is 7"),
        ({"target": PRESET + "A"}, "cc loads no preset: choose note or program"),
        ({"control": "program"}, "program loads presets only: give preset:NAME"),
        ({"control": "note", "target": PRESET + "A", "minimum": 0.5}, "has no range"),
        ({"minimum": -1}, "minimum is -1: give 0 to 1, the range of wet"),
        ({"maximum": float("nan")}, "maximum is nan"),
        ({"maximum": "1"}, "maximum is '1'"),
        ({"minimum": 1}, "leave wet no range"),
        ({"target": "bypass", "maximum": 0.5}, "leave bypass no range"),
        ({"curve": "log"}, "it needs values above 0"),
        ({"curve": "bent"}, "curve is 'bent': choose from linear, log"),
        (
            {"control": "encoder"},
            "coding is None: choose from twos_complement",
        ),
        ({"control": "encoder", "coding": "gray"}, "coding is 'gray': choose from"),
        ({"control": "encoder", "coding": "sign_bit", "target": "bypass"}, "no on and off"),
        ({"coding": "sign_bit"}, "cc is no encoder: leave coding out"),
        ({"control": "pitch_bend"}, "number is 7: give 0"),
        ({"control": "nrpn", "number": 16_384}, "give a whole number from 0 to 16383"),
        ({"mode": "toggle"}, "cc on wet is no button: leave mode out"),
        ({"control": "note", "mode": "hold"}, "mode is 'hold': choose from toggle, momentary"),
        ({"chanel": 1}, "a binding has no 'chanel': choose from control"),
    ],
)
def test_a_wrong_binding_names_value_reason_and_remedy(
    change: dict[str, Any], message: str
) -> None:
    good = {"control": "cc", "number": 7, "target": "wet"}
    Binding.from_dict(good)
    with pytest.raises(ValueError, match=message) as error:
        Binding.from_dict(good | change)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["control", "number", "target"])
def test_a_binding_needs_its_control_and_its_target(name: str) -> None:
    values = {"control": "cc", "number": 7, "target": "wet"}
    del values[name]
    with pytest.raises(ValueError, match=f"lacks '{name}'"):
        Binding.from_dict(values)
