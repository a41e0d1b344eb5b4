"""Bindings, the messages of their controls, and the parameters that they move."""

from __future__ import annotations

import random

from livevox.midi.binding import Binding
from livevox.midi.control import Action, MidiControl, Move
from livevox.midi.learning import LEARN_S
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
