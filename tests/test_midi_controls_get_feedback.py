"""Controls show the values of their parameters."""

from __future__ import annotations

from livevox.midi.binding import Binding
from livevox.midi.bound import QUIET_S
from tests.midi_desk import Desk


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
