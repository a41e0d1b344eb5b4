"""OSC messages over real sockets set parameters and presets, and report changes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import build_msg

from livevox.errors import LivevoxError
from livevox.midi.control import Move, Recall
from livevox.osc.control import ACTIVITY, ACTIVITY_S, PREFIX, QUIET_S, OscControl
from livevox.osc.port import MOST_DATAGRAMS, Address, Message, OscPort
from livevox.parameters import PARAMETERS, defaults
from tests.jack import JackServer, needs_jack
from tests.live import LiveProcess, free_port
from tests.midi_peer import wait_for


@pytest.fixture
def address() -> Address:
    return Address("127.0.0.1", free_port())


@pytest.fixture
def remote() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        yield sender


def received(port: OscPort, count: int) -> list[Message]:
    messages: list[Message] = []
    wait_for(lambda: messages.extend(port.poll()) or len(messages) >= count)
    return messages


def test_what_one_port_sends_another_receives(address: Address) -> None:
    with closing(OscPort(address, ())) as ear, closing(OscPort(None, [address])) as mouth:
        for values in ((0.25,), (3,), ("name",), (True,), (1, "two", 0.5)):
            mouth.send("/some/where", *values)
        assert received(ear, 5) == [
            Message("/some/where", values)
            for values in ((0.25,), (3,), ("name",), (True,), (1, "two", 0.5))
        ]


def test_a_bundle_is_its_messages_in_order(address: Address, remote: socket.socket) -> None:
    bundle = OscBundleBuilder(IMMEDIATELY)
    for value in (1.0, 2.0, 3.0):
        bundle.add_content(build_msg("/x", [value]))
    with closing(OscPort(address, ())) as port:
        remote.sendto(bundle.build().dgram, (address.host, address.port))
        assert [message.values for message in received(port, 3)] == [(1.0,), (2.0,), (3.0,)]


def test_random_bytes_do_nothing(address: Address, remote: socket.socket) -> None:
    rng = np.random.default_rng(0)
    valid = build_msg(f"{PREFIX}vocals", [-3.0]).dgram
    control = OscControl()
    with closing(OscPort(address, ())) as port:
        for round in range(2000):
            noise = rng.integers(0, 256, rng.integers(0, 64), dtype=np.uint8).tobytes()
            # Half of them are damaged messages rather than noise.
            place = int(rng.integers(0, len(valid)))
            damaged = valid[:place] + noise[:1] + valid[place + 1 :]
            remote.sendto(noise if round % 2 else damaged, (address.host, address.port))
            for action in control.receive(port.poll(), 0.0):
                if isinstance(action, Move):
                    PARAMETERS[action.target].checked(action.value)
        remote.sendto(valid, (address.host, address.port))
        actions: list[object] = []
        wait_for(
            lambda: (
                actions.extend(control.receive(port.poll(), 0.0)) or Move("vocals", -3.0) in actions
            )
        )
        assert Move("vocals", -3.0) in actions


def test_a_flood_is_read_in_parts(address: Address, remote: socket.socket) -> None:
    with closing(OscPort(address, ())) as port:
        for _ in range(MOST_DATAGRAMS + 10):
            remote.sendto(build_msg("/x", [1]).dgram, (address.host, address.port))
        assert len(port.poll()) <= MOST_DATAGRAMS


def test_every_parameter_is_set_by_value_and_by_position() -> None:
    control = OscControl()
    for name, parameter in PARAMETERS.items():
        for value in (parameter.minimum, parameter.maximum):
            position = float(value == parameter.maximum)
            for path, sent in ((name, value), (f"{name}/position", position)):
                assert control.receive([Message(PREFIX + path, (sent,))], 0.0) == [
                    Move(name, value)
                ]


def test_values_out_of_range_stop_at_its_end() -> None:
    sent = [Message(f"{PREFIX}vocals", (999.0,)), Message(f"{PREFIX}wet/position", (-1,))]
    assert OscControl().receive(sent, 0.0) == [Move("vocals", 12.0), Move("wet", 0.0)]


@pytest.mark.parametrize(
    ("message", "recalled"),
    [
        (Message(f"{PREFIX}preset", ("karaoke",)), [Recall("karaoke")]),
        (Message(f"{PREFIX}preset/karaoke", (1.0,)), [Recall("karaoke")]),
        (Message(f"{PREFIX}preset/karaoke", ()), [Recall("karaoke")]),
        (Message(f"{PREFIX}preset/karaoke", (0.0,)), []),
    ],
)
def test_presets_are_loaded_by_name_and_by_button(message: Message, recalled: list[Recall]) -> None:
    assert OscControl().receive([message], 0.0) == recalled


@pytest.mark.parametrize(
    "message",
    [
        Message(f"{PREFIX}vocal", (0.0,)),
        Message(f"{PREFIX}vocals", ()),
        Message(f"{PREFIX}vocals", (float("nan"),)),
        Message(f"{PREFIX}vocals", ("loud",)),
        Message(f"{PREFIX}vocals/level", (1.0,)),
        Message(f"{PREFIX}preset", (3,)),
        Message("/other/vocals", (0.0,)),
    ],
)
def test_a_message_that_means_nothing_is_told_in_a_line(message: Message) -> None:
    control = OscControl()
    assert control.receive([message], 0.0) == []
    assert message.address in control.problem
    assert "\n" not in control.problem


def test_changes_are_sent_once_and_not_to_a_moving_hand() -> None:
    control, values = OscControl(), defaults()

    def changed(now: float) -> dict[str, object]:
        sent = dict(control.feedback(values, 0.5, now))
        sent.pop(ACTIVITY, None)
        return sent

    first = changed(0.0)
    assert set(first) == {f"{PREFIX}{n}{p}" for n in PARAMETERS for p in ("", "/position")}
    assert changed(1.0) == {}
    values["vocals"] = -24.0
    assert changed(2.0) == {f"{PREFIX}vocals": -24.0, f"{PREFIX}vocals/position": 0.5}
    control.receive([Message(f"{PREFIX}vocals", (-12.0,))], 3.0)
    values["vocals"] = -12.0
    assert changed(3.0 + QUIET_S / 2) == {}
    assert changed(3.0 + QUIET_S)[f"{PREFIX}vocals"] == -12.0
    control.receive([Message(f"{PREFIX}refresh", ())], 4.0)
    assert changed(4.0) == first | {f"{PREFIX}vocals": -12.0, f"{PREFIX}vocals/position": 2 / 3}


def test_activity_is_sent_at_a_steady_rate() -> None:
    control = OscControl()
    sent = [
        address for step in range(1000) for address, _ in control.feedback({}, 0.5, step / 1000)
    ]
    assert abs(len(sent) - 1 / ACTIVITY_S) <= 1


@pytest.mark.parametrize("text", ["", "0", "70000", "host:9000", "1.2.3.4:", "9000:1.2.3.4", "::"])
def test_an_address_that_is_none_is_refused_in_a_line(text: str) -> None:
    with pytest.raises(LivevoxError, match="is no OSC address: give"):
        Address.parse(text)


def test_a_port_in_use_is_refused(address: Address) -> None:
    with closing(OscPort(address, ())), pytest.raises(LivevoxError, match="choose another port"):
        OscPort(address, ())


@needs_jack
@pytest.mark.real_time
def test_a_live_engine_is_controlled_and_tells_its_changes(
    tmp_path: Path, address: Address, remote: socket.socket
) -> None:
    receiver = Address("127.0.0.1", free_port())
    options = ("--osc", str(address.port), "--osc-to", str(receiver))
    with (
        closing(OscPort(receiver, ())) as ear,
        JackServer(44_100, 1024) as server,
        LiveProcess(server, tmp_path, *options) as live,
    ):
        live.wait_until_running()
        remote.sendto(build_msg(f"{PREFIX}vocals", [-24.0]).dgram, (address.host, address.port))
        live.wait(lambda line: line["parameters"]["vocals"] == -24.0)
        heard: list[Message] = []
        wait_for(lambda: heard.extend(ear.poll()) or Message(f"{PREFIX}vocals", (-24.0,)) in heard)
        assert ACTIVITY in {message.address for message in heard}
        remote.sendto(build_msg(f"{PREFIX}preset/karaoke", [1]).dgram, (address.host, address.port))
        live.wait(lambda line: line["parameters"]["vocals_mute"] == 1.0)
        remote.sendto(build_msg(f"{PREFIX}preset/nothing", [1]).dgram, (address.host, address.port))
        live.wait(lambda line: "nothing" in live.errors)
        live.end()
