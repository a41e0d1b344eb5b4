"""Controls move parameters over their whole range without jumps."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from livevox.midi.binding import PRESET, Binding
from livevox.midi.bound import PICKUP
from livevox.midi.control import MidiControl, Move, Recall
from livevox.parameters import PARAMETERS, defaults
from tests.midi_desk import KNOBS, SWITCHES, Desk, some_knob, turn


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


def test_data_entry_after_a_registered_parameter_is_no_nrpn() -> None:
    desk = Desk(Binding("nrpn", 5, "wet"), wet=1.0)
    desk.receive([0xB0, 99, 0], [0xB0, 98, 5], [0xB0, 6, 127], [0xB0, 6, 100])
    assert desk.values["wet"] == 100 / 127
    # The range of the pitch bend; then no parameter at all.
    desk.receive([0xB0, 101, 0], [0xB0, 100, 0], [0xB0, 6, 99])
    desk.receive([0xB0, 99, 127], [0xB0, 98, 127], [0xB0, 6, 98])
    assert desk.values["wet"] == 100 / 127
