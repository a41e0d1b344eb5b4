"""MIDI in its own process behaves like ports in this one."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import closing

import pytest

from livevox.errors import LivevoxError
from livevox.midi.process import MidiProcess
from tests.jack import JackServer, needs_jack
from tests.midi_peer import Peer, numbered, wait_for

pytestmark = needs_jack


def opened(inputs: list[str], outputs: list[str], api: str = "jack") -> MidiProcess:
    midi = MidiProcess()
    try:
        midi.open(inputs, outputs, api)
    except LivevoxError:
        midi.close()
        raise
    return midi


def polled(midi: MidiProcess, count: int) -> list[list[int]]:
    messages: list[list[int]] = []
    wait_for(lambda: messages.extend(midi.poll()) or len(messages) >= count)
    return messages


def test_messages_go_both_ways_in_order(desk: Peer) -> None:
    with closing(opened(["desk"], ["desk in"])) as midi:
        assert midi.state.inputs == {"desk": "desk:keys"}
        assert "desk:keys" in midi.available().inputs
        desk.send(*numbered(2000))
        assert polled(midi, 2000) == numbered(2000)
        for message in numbered(50):
            midi.send(message)
        assert desk.received(50) == numbered(50)


def test_other_ports_are_opened_without_a_new_process(desk: Peer) -> None:
    with closing(opened([], [])) as midi:
        assert midi.state.inputs == {}
        midi.open(["desk"], [], "jack")
        desk.send(*numbered(3))
        assert polled(midi, 3) == numbered(3)


def test_a_refusal_is_the_same_line_and_changes_nothing(desk: Peer) -> None:
    with pytest.raises(LivevoxError, match="no MIDI system 'pipes' here"):
        opened([], [], "pipes")
    with closing(Peer("desk2")), closing(opened(["desk:keys"], [])) as midi:
        with pytest.raises(LivevoxError, match="'desk' matches"):
            midi.open(["desk"], [], "jack")
        assert midi.state.inputs == {"desk:keys": "desk:keys"}


def test_a_new_port_is_reported(midi_server: JackServer) -> None:
    with closing(opened(["late"], [])) as midi:
        assert midi.state.inputs == {"late": None}
        with closing(Peer("late")):
            wait_for(lambda: midi.poll() or midi.state.inputs == {"late": "late:keys"})
            assert midi.state.inputs == {"late": "late:keys"}


def test_a_killed_process_is_reported_and_does_no_harm(midi_server: JackServer) -> None:
    with closing(opened([], [])) as midi:
        (process,) = multiprocessing.active_children()
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        wait_for(lambda: midi.poll() or not midi.alive)
        assert not midi.alive
        assert "has ended" in midi.state.reason
        midi.send([0x90, 1, 1])
        assert midi.poll() == []
        with pytest.raises(LivevoxError, match="does not answer"):
            midi.open([], [], "jack")


STARTER = """
import multiprocessing, os, time
from livevox.midi.process import MidiProcess
if __name__ == "__main__":
    midi = MidiProcess()
    midi.open([], [], "jack")
    print(multiprocessing.active_children()[0].pid, flush=True)
    time.sleep(60)
"""


def test_it_ends_with_the_process_that_started_it(midi_server: JackServer) -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    child = int(starter.stdout.readline())
    starter.kill()
    starter.communicate()

    def ended() -> bool:
        try:
            with open(f"/proc/{child}/stat") as file:
                return file.read().split()[2] == "Z"
        except OSError:
            return True

    wait_for(ended)
    time.sleep(0.05)
    assert ended()
