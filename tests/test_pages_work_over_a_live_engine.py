"""The pages and bars work, in a real window with a real engine on a real JACK server.

All tests share one window; each restores its state.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QComboBox, QWidget
from pythonosc.osc_message_builder import build_msg

from livevox.config.preset import load_preset, presets, user_folder
from livevox.config.settings import load_settings
from livevox.demo.song import demo_song
from livevox.device.jack_name import JACK_CLIENT
from livevox.dsp.stft import FRAME_RATE, SAMPLE_RATE
from livevox.live.commands import Learn, Pause, SetBindings
from livevox.media.recorder import STREAMS
from livevox.midi.binding import Binding
from livevox.osc.port import Address, Message, OscPort
from tests.gui_harness import LiveWindow, live_for, live_window, needs_display, wait_until
from tests.midi_peer import Peer
from tests.test_osc_moves_parameters import free_port

pytestmark = needs_display

LEFT = Qt.MouseButton.LeftButton
SONG_SECONDS = 8.0

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


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveWindow]:
    with live_window(tmp_path_factory.mktemp("config"), preset="karaoke") as live:
        yield live


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    whole = demo_song(SONG_SECONDS)
    path = tmp_path_factory.mktemp("songs") / "a song.wav"
    soundfile.write(path, (whole.vocals + whole.accompaniment).T, SAMPLE_RATE)
    return path


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


@contextmanager
def playing(live: LiveWindow, path: Path) -> Iterator[None]:
    """The file, dropped on the window."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(300, 300), copy, mime, LEFT, none)
    QApplication.sendEvent(live.window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(live.window, QDropEvent(QPointF(300, 300), copy, mime, LEFT, none))
    wait_until(lambda: live.view_model.status.playing == path)
    wait_until(lambda: live.view_model.playback.duration > 0)
    try:
        yield
    finally:
        if live.view_model.playback.playing:
            # A song that plays is not ended by one click.
            assert not live.window.transport_bar.close_button.isEnabled()
            live.view_model.requests.ask(Pause())
        wait_until(live.window.transport_bar.close_button.isEnabled)
        click(live.window.transport_bar.close_button)
        wait_until(lambda: live.view_model.status.config.files == ())
        wait_until(lambda: live.view_model.state == "running")


def click(widget: QWidget, where: QPoint | None = None) -> None:
    assert widget.isVisible(), widget.accessibleName()
    assert widget.isEnabled(), widget.accessibleName()
    QTest.mouseClick(widget, LEFT, pos=where or QPoint())


def type_name(live: LiveWindow, name: str) -> None:
    """Answer the question of the preset bar."""
    edit = live.window.preset_bar.question.name_edit
    edit.selectAll()
    QTest.keyClicks(edit, name)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    wait_until(lambda: live.view_model.preset.name == name)
    wait_until(lambda: shown_name(live) == name)


def shown_name(live: LiveWindow) -> str:
    """The preset bar's text, with the mark for changes."""
    return str(live.window.preset_bar.choice.currentText())


def texts(box: QComboBox) -> list[str]:
    return [box.itemText(i) for i in range(box.count())]


def pick(box: QComboBox, data: object) -> None:
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def test_presets_are_saved_renamed_reverted_and_deleted(live: LiveWindow) -> None:
    bar, view_model = live.window.preset_bar, live.view_model
    view_model.load_preset("karaoke")
    wait_until(lambda: shown_name(live) == "karaoke")

    view_model.parameters.set("output", -7.5)
    wait_until(lambda: shown_name(live) == "karaoke •")
    bar.save_as_action.trigger()
    type_name(live, "my evening")
    assert load_preset("my evening").values() == view_model.parameters.values
    assert view_model.parameters.value("output") == -7.5

    view_model.parameters.set("output", -20.0)
    wait_until(lambda: shown_name(live) == "my evening •")
    bar.revert_action.trigger()
    wait_until(lambda: shown_name(live) == "my evening")
    assert view_model.parameters.value("output") == -7.5

    view_model.parameters.set("output", -9.0)
    wait_until(lambda: bar.save_button.isEnabled())
    QTest.keyClick(live.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: shown_name(live) == "my evening")
    assert load_preset("my evening").parameters["output"] == -9.0

    wait_until(bar.rename_action.isEnabled)
    bar.rename_action.trigger()
    type_name(live, "late set")
    assert "my evening" not in presets()
    assert view_model.parameters.value("output") == -9.0

    wait_until(bar.delete_action.isEnabled)
    bar.delete_action.trigger()
    assert bar.question.yes.isVisible()
    QTest.keyClick(bar.question.no, Qt.Key.Key_Escape)
    assert not bar.question.yes.isVisible()
    assert "late set" in presets()
    bar.delete_action.trigger()
    click(bar.question.yes)
    wait_until(lambda: shown_name(live) == "")
    assert list(user_folder().iterdir()) == []
    assert view_model.parameters.value("output") == -9.0
    view_model.load_preset("karaoke")
    wait_until(lambda: shown_name(live) == "karaoke")


def test_a_name_that_is_taken_is_refused_and_can_be_corrected(live: LiveWindow) -> None:
    bar, view_model = live.window.preset_bar, live.view_model
    bar.save_as_action.trigger()
    type_name(live, "one")
    view_model.parameters.set("wet", 0.5)
    bar.save_as_action.trigger()
    QTest.keyClick(bar.question.name_edit, Qt.Key.Key_Return)
    wait_until(lambda: any("one.toml exists" in text for text in live.window.notices.texts))
    assert load_preset("one").values()["wet"] == 1.0
    type_name(live, "two")
    assert load_preset("two").parameters["wet"] == 0.5
    assert not any("exists" in text for text in live.window.notices.texts)
    for name in ("one", "two"):
        (user_folder() / f"{name}.toml").unlink()
    view_model.load_preset("karaoke")
    wait_until(lambda: shown_name(live) == "karaoke")
    bar.refresh()


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
    rows = [binding.control for binding in view_model.status.config.bindings]
    first = rows.index("program")
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


def test_recording_makes_the_files_and_shows_the_time(live: LiveWindow, tmp_path: Path) -> None:
    bar, view_model = live.window.recording_bar, live.view_model
    bar.set_folder(str(tmp_path))
    assert bar.elapsed.isHidden()
    click(bar.button)
    wait_until(lambda: view_model.recording.elapsed > 1.0)
    assert bar.button.isChecked()
    assert bar.elapsed.text() == f"0:0{int(view_model.recording.elapsed)}"
    assert bar.left.text().endswith("left")
    click(bar.button)
    wait_until(lambda: not view_model.recording.active)
    assert not bar.button.isChecked()
    (folder,) = tmp_path.iterdir()
    lengths = {soundfile.info(folder / f"{name}.wav").frames for name in STREAMS}
    assert len(lengths) == 1
    assert min(lengths) > live.server.rate
    assert (folder / "activity.csv").read_text().count("\n") > 0.5 * FRAME_RATE


def test_a_recording_that_can_not_begin_says_why(live: LiveWindow, tmp_path: Path) -> None:
    bar = live.window.recording_bar
    (tmp_path / "file").touch()
    bar.set_folder(str(tmp_path / "file"))
    click(bar.button)
    wait_until(lambda: any("choose another folder" in text for text in live.window.notices.texts))
    assert not bar.button.isChecked()
    live.view_model.notices.clear("recording")


@pytest.mark.real_time
def test_the_test_tone_comes_and_goes_without_a_click(live: LiveWindow) -> None:
    page = live.window.device_page
    live.window.show_page(1)
    wait_until(page.tone.isEnabled)
    rate, seconds = live.server.rate, 4
    before = set(live.server.ports())
    probe = live.server.probe(JACK_CLIENT, np.zeros((2, seconds * rate), np.float32))
    wait_until(lambda: bool(set(live.server.ports()) - before))
    live_for(0.3)
    click(page.tone)
    wait_until(lambda: live.view_model.status.tone)
    live_for(0.7)
    click(page.tone)
    heard = probe.result()[0]
    wait_until(lambda: not page.tone.isChecked())

    amplitude, step = 0.1, 2 * np.pi * 440 / rate
    assert np.abs(heard[-rate // 20 :]).max() == 0
    on = np.flatnonzero(heard)
    middle = heard[(on[0] + on[-1]) // 2 :][: rate // 10]
    assert np.abs(middle).max() == pytest.approx(amplitude, rel=1e-3)
    # A sine bends by no more than this from sample to sample; a click would.
    assert np.abs(np.diff(heard, 2)).max() <= 1.05 * amplitude * step**2
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(spectrum) * rate / len(middle) == pytest.approx(440, abs=10)
    live.window.show_page(0)


def test_a_dropped_file_plays_seeks_and_loops(live: LiveWindow, song: Path) -> None:
    bar, view_model = live.window.transport_bar, live.view_model
    wave = bar.waveform
    mouse = wave.viewport()
    with playing(live, song):
        assert bar.name.text() == song.name
        assert view_model.playback.duration == pytest.approx(SONG_SECONDS)
        assert not view_model.playback.playing
        click(bar.play_button)
        wait_until(lambda: view_model.playback.position > 1.0)

        # The overview has arrived, and the played part is marked.
        wait_until(lambda: wave._overview is not None)
        wait_until(lambda: int((bar._singing.marks >= 0).sum()) > 10)
        last = int(np.flatnonzero(bar._singing.marks >= 0).max())
        assert last / 20 <= view_model.playback.position

        middle = wave.height() // 2
        click(bar.play_button)
        wait_until(lambda: not view_model.playback.playing)
        click(mouse, QPoint(round(0.75 * wave.width()), middle))
        wait_until(lambda: abs(view_model.playback.position - 6.0) < 0.1)
        assert wave.position == pytest.approx(6.0, abs=0.1)

        # Pressed at one eighth of the way, dragged to one half: 1 s to 4 s.
        QTest.mousePress(mouse, LEFT, pos=QPoint(round(0.125 * wave.width()), middle))
        QTest.mouseMove(mouse, QPoint(round(0.3 * wave.width()), middle))
        QTest.mouseMove(mouse, QPoint(round(0.5 * wave.width()), middle))
        QTest.mouseRelease(mouse, LEFT, pos=QPoint(round(0.5 * wave.width()), middle))
        wait_until(lambda: view_model.status.loop is not None)
        assert view_model.status.loop == pytest.approx((1.0, 4.0), abs=0.05)
        # The loop begins where the music is not in it.
        wait_until(lambda: abs(view_model.playback.position - 1.0) < 0.1)
        click(bar.loop_button)
        wait_until(lambda: view_model.status.loop is None)

        wave.setFocus()
        QTest.keyClick(wave, Qt.Key.Key_Right)
        wait_until(lambda: abs(view_model.playback.position - 6.0) < 0.2)
        QTest.keyClick(wave, Qt.Key.Key_BracketLeft)
        wait_until(lambda: view_model.status.loop is not None)
        assert view_model.status.loop == pytest.approx((6.0, 8.0), abs=0.2)
        QTest.keyClick(wave, Qt.Key.Key_Escape)
        wait_until(lambda: view_model.status.loop is None)
    assert not bar.isVisible()


def test_stems_are_exported_or_not_at_all(live: LiveWindow, song: Path, tmp_path: Path) -> None:
    bar = live.window.transport_bar
    # Long enough to be cancelled before it is done.
    long = tmp_path / "a long song.wav"
    soundfile.write(long, np.tile(soundfile.read(song)[0], (40, 1)), SAMPLE_RATE)
    with playing(live, long):
        # As in a window that a script started in the background.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        bar.export.export(str(tmp_path / "cancelled"))
        signal.signal(signal.SIGINT, before)
        wait_until(lambda: bar.export.progress.value() > 0)
        click(bar.export.cancel_button)
        wait_until(lambda: not bar.export.exporting)
        assert bar.export.export_button.isVisible()
        left = [path for path in (tmp_path / "cancelled").rglob("*") if path.is_file()]
        assert left == []

    with playing(live, song):
        bar.export.export(str(tmp_path / "whole"))
        wait_until(lambda: not bar.export.exporting)
        assert "The stems are in" in live.window.notices.texts[0]
        folder = tmp_path / "whole" / song.stem
        stems = [soundfile.read(folder / f"{name}.wav")[0] for name in ("vocals", "accompaniment")]
        assert np.abs(sum(stems) - soundfile.read(song)[0]).max() < 1e-4
        live.view_model.notices.clear("export")


@pytest.mark.skipif(shutil.which("jack_metro") is None, reason="jack_metro is not installed")
def test_devices_that_come_and_go_are_listed(live: LiveWindow) -> None:
    page = live.window.device_page
    live.window.show_page(1)
    wait_until(lambda: "system (JACK)" in texts(page.input))
    assert f"{JACK_CLIENT} (JACK)" not in texts(page.input)
    other = subprocess.Popen(
        ["jack_metro", "-b", "60", "-n", "Interface"], env=os.environ, stdout=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: "Interface (JACK)" in texts(page.input))
        assert "Interface (JACK)" not in texts(page.output)
        # A part of the name is enough.
        live.view_model.set_devices(mic_input="inter")
        wait_until(lambda: page.mic.currentText() == "Interface (JACK)")
        assert page.mic.device.inputs == 1
    finally:
        other.terminate()
        other.wait()
    wait_until(lambda: "Interface (JACK)" not in texts(page.input))
    assert page.mic.currentText() == "Missing: inter"
    live.view_model.set_devices(mic_input=None)
    wait_until(lambda: page.mic.currentData() is None)
    live.window.show_page(0)


def test_a_lost_device_is_shown_and_comes_back(live: LiveWindow) -> None:
    page, view_model = live.window.device_page, live.view_model
    live.window.show_page(1)
    wait_until(lambda: page.state.text().startswith("●"))
    live.server.kill()
    wait_until(lambda: view_model.state == "waiting")
    wait_until(lambda: "▲ No sound: there is no output device" in page.state.text())
    wait_until(lambda: page.output.currentText() == "Missing: system (JACK)")
    assert not page.tone.isEnabled()
    assert any("sound device was lost" in text for text in live.window.notices.texts)
    live.server.restart()
    wait_until(lambda: view_model.state == "running")
    wait_until(lambda: page.state.text().startswith("●"))
    wait_until(lambda: page.output.currentText() == "system (JACK)")
    assert not any("sound device was lost" in text for text in live.window.notices.texts)
    live.window.show_page(0)
