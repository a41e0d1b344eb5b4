"""Knobs, faders and OSC programs are connected in a real window with a real engine.

All tests share one window; each restores its state.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pythonosc.osc_message_builder import build_msg

from livevox.config.settings import load_settings
from livevox.live.commands import Learn, SetBindings
from livevox.midi.binding import Binding
from livevox.osc.port import Address, Message, OscPort
from tests.gui_harness import LiveWindow, live_for, needs_display, wait_until
from tests.live import free_port
from tests.midi_peer import Peer
from tests.pages import click, pick, shown_name

pytestmark = needs_display

# Another program with a knob: it sends the messages that it reads, one list of bytes per line.
KNOB = """
import json, sys, rtmidi
port = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "knobs")
port.open_virtual_port("out")
print(flush=True)
for line in sys.stdin:
    port.send_message(json.loads(line))
port.close_port()
port.delete()
"""


@contextmanager
def knob() -> Iterator[Callable[[list[int]], None]]:
    """A function that sends a message from another process's virtual port."""
    process = subprocess.Popen(
        [sys.executable, "-c", KNOB], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.readline()

    def send(message: list[int]) -> None:
        print(json.dumps(message), file=process.stdin, flush=True)

    try:
        yield send
    finally:
        process.communicate()


def test_a_learned_knob_moves_the_fader(live: LiveWindow) -> None:
    page, view_model, window = live.window.midi_page, live.view_model, live.window
    window.show_page(2)
    view_model.requests.ask(SetBindings(()))
    wait_until(lambda: page.mappings.table.rowCount() == 0)
    # At the end of its range the knob takes over at once.
    view_model.parameters.set("vocals", -60.0)
    with knob() as send:
        wait_until(lambda: texts_of(page.ports.inputs) == ["knobs:out"])
        page.ports.inputs.item(0).setCheckState(Qt.CheckState.Checked)
        wait_until(lambda: view_model.status.midi_inputs == {"knobs:out": "knobs:out"})

        page.learning.target.setCurrentIndex(page.learning.target.findData("vocals"))
        click(page.learning.learn_button)
        wait_until(lambda: view_model.status.learning == "vocals")
        before = page.ports.light.count
        # The knob beside it only jitters.
        for sent in (9, 6, 3, 0):
            send([0xB2, 20, sent % 2])
            send([0xB2, 21, sent])
        wait_until(lambda: view_model.status.config.bindings == (Binding("cc", 21, "vocals", 3),))
        assert page.mappings.table.item(0, 0).text() == "CC 21, channel 3"
        assert not page.learning.learn_button.isChecked()

        places = []
        for sent in (0, 64, 127):
            send([0xB2, 21, sent])
            target = Binding("cc", 21, "vocals").value(sent)
            wait_until(
                lambda target=target: abs(view_model.parameters.value("vocals") - target) < 0.01
            )
            live_for(0.05)
            places.append(window.mixer.voice.value())
        assert places == sorted(places)
        assert places[0] < places[1] < places[2]
        assert page.ports.light.count >= before + 4

        # The edited range takes effect at once.
        page.mappings.highest.setValue(-10.0)
        wait_until(lambda: view_model.status.config.bindings[0].maximum == -10.0)
        send([0xB2, 21, 126])
        send([0xB2, 21, 127])
        wait_until(lambda: view_model.parameters.value("vocals") == -10.0)
        assert page.mappings.table.item(0, 2).text().endswith("10.0 dB")

    # The port is gone but stays selected.
    wait_until(lambda: texts_of(page.ports.inputs) == ["knobs:out (not connected)"])
    with knob():
        wait_until(lambda: view_model.status.midi_inputs == {"knobs:out": "knobs:out"})
        wait_until(lambda: texts_of(page.ports.inputs) == ["knobs:out"])
    click(page.mappings.delete_button)
    wait_until(lambda: page.mappings.table.rowCount() == 0)
    assert view_model.status.config.bindings == ()
    page.ports.inputs.item(0).setCheckState(Qt.CheckState.Unchecked)
    wait_until(lambda: view_model.status.midi_inputs == {})
    assert shown_name(live) == "karaoke •"
    view_model.load_preset("karaoke")
    wait_until(lambda: shown_name(live) == "karaoke")
    window.show_page(0)


def test_motor_faders_and_endless_knobs_work_as_they_come(live: LiveWindow) -> None:
    page, view_model, window = live.window.midi_page, live.view_model, live.window
    window.show_page(2)
    view_model.requests.ask(SetBindings(()))
    view_model.set_midi_ports(("mackie:keys",), ("mackie in:lights",))
    with closing(Peer("mackie")) as desk:
        wait_until(lambda: set(view_model.status.midi_inputs.values()) == {"mackie:keys"})
        wait_until(lambda: set(view_model.status.midi_outputs.values()) == {"mackie in:lights"})

        def learn(target: str, *messages: list[int]) -> None:
            view_model.requests.ask(Learn(target))
            wait_until(lambda: view_model.status.learning == target)
            desk.send(*messages)
            wait_until(lambda: view_model.status.learning is None)

        # A motor fader: it goes to the value by itself, and then moves it in 14 bits.
        view_model.parameters.set("vocals", -6.0)
        learn("vocals", *([0xE3, 0, high] for high in range(20, 40)))
        fader = Binding("pitch_bend", 0, "vocals", channel=4)
        assert view_model.status.config.bindings == (fader,)
        assert page.mappings.table.item(0, 0).text() == "Pitch bend, channel 4"
        at = fader.sent(-6.0)
        assert desk.received(1) == [[0xE3, at & 0x7F, at >> 7]]
        desk.send([0xE3, at & 0x7F, at >> 7], [0xE3, 77, at >> 7])
        moved = fader.value((at >> 7) << 7 | 77)
        wait_until(lambda: abs(view_model.parameters.value("vocals") - moved) < 1e-4)
        view_model.parameters.set("vocals", 0.0)
        at = fader.sent(0.0)
        assert desk.received(1) == [[0xE3, at & 0x7F, at >> 7]]

        view_model.parameters.set("wet", 0.5)
        learn("wet", *[[0xB0, 16, 1]] * 6, *[[0xB0, 16, 65]] * 4)
        assert view_model.status.config.bindings[1:] == (
            Binding("encoder", 16, "wet", channel=1, coding="sign_bit"),
        )
        assert page.mappings.table.item(1, 0).text() == "Endless knob, CC 16, channel 1"
        desk.send(*[[0xB0, 16, 2]] * 5)
        wait_until(lambda: abs(view_model.parameters.value("wet") - (0.5 + 10 / 127)) < 1e-4)

        learn("output", *(m for n in range(30) for m in nrpn(9, 300, n)))
        assert view_model.status.config.bindings[2] == Binding("nrpn", 300, "output", channel=10)
    view_model.set_midi_ports((), ())
    view_model.load_preset("karaoke")
    wait_until(lambda: shown_name(live) == "karaoke")
    window.show_page(0)


def nrpn(channel: int, number: int, value: int) -> list[list[int]]:
    status = 0xB0 | channel
    return [[status, 99, number >> 7], [status, 98, number & 0x7F], [status, 6, value]]


def test_programs_are_counted_as_the_device_does(live: LiveWindow) -> None:
    mappings, view_model = live.window.midi_page.mappings, live.view_model
    live.window.show_page(2)
    view_model.load_preset("karaoke")
    controls = lambda: [b.control for b in view_model.status.config.bindings]  # noqa: E731
    wait_until(lambda: "program" in controls())
    first = controls().index("program")
    mappings.table.selectRow(first)
    assert mappings.table.item(first, 0).text() == "Program 1"
    assert mappings.programs.isVisible()
    pick(mappings.programs, 0)
    assert mappings.table.item(first, 0).text() == "Program 0"
    wait_until(lambda: load_settings()[0].programs_from == 0)
    pick(mappings.programs, 1)
    wait_until(lambda: load_settings()[0].programs_from == 1)
    live.window.show_page(0)


def texts_of(ports: Any) -> list[str]:
    return [ports.item(i).text() for i in range(ports.count())]


def test_a_click_in_learn_mode_chooses_the_control(live: LiveWindow) -> None:
    page, view_model, window = live.window.midi_page, live.view_model, live.window
    window.show_page(2)
    values = view_model.parameters.values
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert page.learning.click_button.isChecked()
    click(window.mixer.voice)
    wait_until(lambda: view_model.status.learning == "vocals")
    assert page.learning.learn_button.isChecked()
    assert "Voice" in page.learning.hint.text()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    wait_until(lambda: view_model.status.learning is None)
    assert not view_model.learn_mode.on
    assert not page.learning.click_button.isChecked()
    assert view_model.parameters.values == values
    window.show_page(0)


def test_the_midi_system_is_chosen(live: LiveWindow) -> None:
    page, view_model = live.window.midi_page, live.view_model
    live.window.show_page(2)
    assert page.ports.system.currentData() is None
    QTest.keyClick(page.ports.system, Qt.Key.Key_End)
    wait_until(lambda: view_model.config.midi_api == "jack")
    wait_until(lambda: view_model.status.midi_api == "jack")
    assert page.ports.system.currentData() == "jack"
    assert page.ports.state.text() == "on JACK"
    wait_until(lambda: load_settings()[0].midi_api == "jack")
    QTest.keyClick(page.ports.system, Qt.Key.Key_Home)
    wait_until(lambda: view_model.config.midi_api is None)
    live.window.show_page(0)


def test_osc_is_turned_on_and_off(live: LiveWindow) -> None:
    osc, view_model = live.window.midi_page.osc, live.view_model
    live.window.show_page(2)
    address = Address("127.0.0.1", free_port())
    osc.listen.setText(str(address.port))
    with closing(OscPort(address, ())):
        click(osc.on)
        wait_until(lambda: any("OSC can't listen at" in t for t in live.window.notices.texts))
        wait_until(lambda: not osc.on.isChecked())
    click(osc.on)
    wait_until(lambda: view_model.status.config.osc == str(address.port))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as remote:
        message = build_msg("/livevox/vocals", [-24.0])
        remote.sendto(message.dgram, (address.host, address.port))
    wait_until(lambda: view_model.parameters.value("vocals") == -24.0)
    with closing(OscPort(ear := Address("127.0.0.1", free_port()), ())) as port:
        osc.targets.setFocus()
        osc.targets.setText(str(ear))
        QTest.keyClick(osc.targets, Qt.Key.Key_Return)
        heard: list[Message] = []
        wait_until(lambda: bool(heard.extend(port.poll()) or heard))
    wait_until(lambda: load_settings()[0].osc_to == (str(ear),))
    click(osc.on)
    wait_until(lambda: load_settings()[0].osc is None)
    assert view_model.config.osc_to == ()
    assert osc.targets.text() == str(ear)
    view_model.parameters.set("vocals", 0.0)
    live.window.show_page(0)
