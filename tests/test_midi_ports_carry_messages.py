"""MIDI messages on a real JACK server survive bursts, reconnections and the server's crash."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from livevox.errors import LivevoxError
from livevox.midi.ports import SEND_LIMIT, MidiPorts, midi_ports
from livevox.midi.system import POLL_LIMIT, QUEUE
from tests.jack import PATIENCE, JackServer, needs_jack
from tests.midi_peer import Peer, environment, numbered, wait_for

pytestmark = needs_jack


def polled(ports: MidiPorts, count: int) -> list[list[int]]:
    """Receive ``count`` messages, and any that follow directly."""
    messages: list[list[int]] = []
    wait_for(lambda: messages.extend(ports.poll()) or len(messages) >= count)
    time.sleep(0.05)
    return messages + ports.poll()


def refreshed(ports: MidiPorts, condition: Callable[[], bool]) -> list[bool]:
    """The results of refreshing until ``condition`` holds."""
    results: list[bool] = []
    wait_for(lambda: results.append(ports.refresh()) or condition())
    return results


def test_messages_go_to_and_from_another_process(desk: Peer) -> None:
    with closing(MidiPorts(["DESK:KEYS"], ["desk in"], "jack")) as ports:
        assert ports.api == "jack"
        assert ports.inputs == {"DESK:KEYS": "desk:keys"}
        assert ports.outputs == {"desk in": "desk in:lights"}
        desk.send(*numbered(100))
        assert polled(ports, 100) == numbered(100)
        for message in numbered(50):
            ports.send(message)
        assert desk.received(50) == numbered(50)


def test_others_connect_to_the_virtual_ports(midi_server: JackServer) -> None:
    with closing(MidiPorts(api="jack")) as ports, closing(Peer("daw", "livevox")) as peer:
        peer.send(*numbered(10))
        assert polled(ports, 10) == numbered(10)
        ports.send([0x90, 1, 127])
        assert peer.received(1) == [[0x90, 1, 127]]


def test_a_port_that_vanishes_is_opened_again_when_it_comes_back(midi_server: JackServer) -> None:
    with closing(MidiPorts(["box"], ["box"], "jack")) as ports:
        assert ports.inputs == ports.outputs == {"box": None}
        for count in (3, 5):
            peer = Peer("box")
            assert ports.refresh()
            assert not ports.refresh()
            peer.send(*numbered(count))
            assert polled(ports, count) == numbered(count)
            ports.send([0xB0, 1, count])
            assert peer.received(1) == [[0xB0, 1, count]]
            peer.kill()
            # The server takes a moment to notice that a process has ended.
            results = refreshed(ports, lambda: ports.inputs == ports.outputs == {"box": None})
            assert not any(results)
            assert ports.inputs == ports.outputs == {"box": None}
            ports.send([0xB0, 1, 2])
            assert polled(ports, 0) == []


@pytest.mark.real_time
def test_a_burst_is_drained_whole(desk: Peer) -> None:
    with closing(MidiPorts(["desk"], api="jack")) as ports:
        desk.send(*numbered(5000))
        assert polled(ports, 5000) == numbered(5000)
        assert ports.overruns == 0


@pytest.mark.real_time
def test_a_full_queue_is_counted(desk: Peer) -> None:
    with closing(MidiPorts(["desk"], api="jack")) as ports:
        desk.send(*numbered(QUEUE + 3000))
        # It answers when the server has all messages but those of the last few periods, which take
        # a moment if the machine is not busy.
        assert desk.received(0) == []
        time.sleep(2)
        polls = [ports.poll() for _ in range(QUEUE // POLL_LIMIT + 1)]
        assert max(map(len, polls)) <= POLL_LIMIT
        kept = [message for poll in polls for message in poll]
        # A JACK server that is late may lose the messages of a period on the way.
        assert kept == sorted(kept)
        assert len({tuple(message) for message in kept}) == len(kept) == QUEUE - 1
        assert ports.overruns == 1
        desk.send(*numbered(10))
        assert polled(ports, 10) == numbered(10)
        assert ports.overruns == 1


def test_messages_beyond_the_limit_are_dropped_until_jack_responds(desk: Peer) -> None:
    with closing(MidiPorts(outputs=["desk"], api="jack")) as ports:
        for message in numbered(SEND_LIMIT + 50):
            ports.send(message)
        assert ports.dropped == 50
        assert desk.received(SEND_LIMIT) == numbered(SEND_LIMIT)
        assert ports.refresh()
        heard: list[list[int]] = []

        def sent() -> bool:
            heard.extend(ports.poll())
            dropped = ports.dropped
            ports.send([0xB0, 1, 2])
            return ports.dropped == dropped

        wait_for(sent)
        assert desk.received(1) == [[0xB0, 1, 2]]
        assert heard == []


def test_several_fitting_ports_are_named_and_the_whole_name_decides(
    midi_server: JackServer,
) -> None:
    with closing(Peer("knobs")), closing(Peer("knobs big")) as big:
        with pytest.raises(LivevoxError, match=r"'knobs' matches knobs:keys, knobs big:keys: give"):
            MidiPorts(["knobs"], api="jack")
        with closing(MidiPorts(["knobs:keys", "big"], api="jack")) as ports:
            assert list(ports.inputs.values()) == ["knobs:keys", "knobs big:keys"]
            big.send([0xC0, 7])
            assert polled(ports, 1) == [[0xC0, 7]]


def test_ports_that_come_later_and_both_fit_are_a_reason_not_to_open_either(
    midi_server: JackServer,
) -> None:
    with closing(MidiPorts(["knobs", "A:"], api="jack")) as ports:
        with closing(Peer("knobs A")), closing(Peer("knobs B")), closing(Peer("knobs C")):
            ports.refresh()
            assert "'knobs' matches knobs A:keys, knobs B:keys, knobs C:keys" in ports.reason
            assert ports.inputs == {"knobs": None, "A:": "knobs A:keys"}
        refreshed(ports, lambda: not ports.reason and not any(ports.inputs.values()))
        assert ports.reason == ""


def test_the_ports_of_livevox_are_not_listed_and_never_opened(desk: Peer) -> None:
    with closing(MidiPorts(["livevox"], ["livevox"], "jack")) as ports:
        for found in (ports.available(), midi_ports("jack")):
            assert (found.inputs, found.outputs) == (("desk:keys",), ("desk in:lights",))
        assert not any(ports.inputs.values())
        assert not any(ports.outputs.values())


def test_the_first_midi_system_that_works_is_taken(midi_server: JackServer) -> None:
    works = [name for name in ("alsa", "jack") if midi_ports(name).api == name]
    with closing(MidiPorts()) as ports:
        assert ports.api == midi_ports().api == works[0]
    with pytest.raises(LivevoxError, match=r"no MIDI system 'pipes' here: choose from .*jack"):
        MidiPorts(api="pipes")


def test_without_a_midi_system_nothing_fails_and_it_can_come_later(
    desk: Peer, capfd: pytest.CaptureFixture[str]
) -> None:
    with environment(JACK_DEFAULT_SERVER="livevox-nowhere"):
        ports = MidiPorts(["desk"], ["desk"], "jack")
        ports.send([0xB0, 1, 2])
        assert ports.poll() == []
        assert not ports.refresh()
        assert ports.api is None
        for reason in (ports.reason, ports.available().reason, midi_ports("jack").reason):
            assert "no MIDI system works (jack: " in reason
            assert "\n" not in reason
    # The libraries' own error messages stay out of the terminal.
    assert capfd.readouterr() == ("", "")
    with closing(ports):
        assert ports.refresh()
        assert (ports.api, ports.reason) == ("jack", "")
        desk.send([0xB0, 1, 2])
        assert polled(ports, 1) == [[0xB0, 1, 2]]
    ports.close()
    assert not ports.refresh()
    assert ports.poll() == []


# In its own process, because an error here hangs or crashes it beyond Python's control.
SURVIVOR = """
import sys, time
from livevox.midi import ports as midi_ports
from tests.jack import PATIENCE

midi_ports.DEAD_S = 0.3
ports = midi_ports.MidiPorts(["desk"], ["desk"], "jack")
print(ports.inputs["desk"], flush=True)
for line in sys.stdin:
    wanted = {"dead\\n": None, "alive\\n": "jack"}[line]
    deadline = time.monotonic() + PATIENCE
    dropped = ports.dropped
    while ports.api != wanted and time.monotonic() < deadline:
        for _ in range(1000):
            ports.send([0xB0, 1, 2])
        ports.poll()
        ports.refresh()
        time.sleep(0.05)
    print(ports.api, ports.dropped > dropped, flush=True)
while not (messages := ports.poll()) and time.monotonic() < deadline:
    ports.refresh()
    time.sleep(0.05)
print(messages, flush=True)
ports.close()
"""


@pytest.mark.slow
def test_the_death_of_the_server_is_survived() -> None:
    with JackServer() as server, environment(**server.environment):
        doomed = Peer("desk")
        survivor = subprocess.Popen(
            [sys.executable, "-c", SURVIVOR],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

        def ask(order: str) -> str:
            survivor.stdin.write(order)
            survivor.stdin.flush()
            return survivor.stdout.readline().strip()

        watch = threading.Timer(3 * PATIENCE, survivor.kill)
        watch.start()
        try:
            assert ask("") == "desk:keys"
            server.kill()
            doomed.kill()
            # More messages were sent than fit into a dead server's buffer, without blocking.
            assert ask("dead\n") == "None True"
            server.restart()
            with closing(Peer("desk")) as peer:
                assert ask("alive\n").startswith("jack")
                peer.send([0xB0, 1, 2])
                output, errors = survivor.communicate()
            assert (output, survivor.returncode) == ("[[176, 1, 2]]\n", 0), errors
        finally:
            watch.cancel()
            survivor.kill()
            survivor.communicate()
