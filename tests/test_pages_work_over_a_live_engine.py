"""The pages and bars work, in a real window with a real engine on a real JACK server.

All tests share one window; each restores its state.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from livevox.demo.song import demo_song
from livevox.device.jack_name import JACK_CLIENT
from livevox.dsp.stft import FRAME_RATE, SAMPLE_RATE
from livevox.live.commands import Pause
from livevox.media.recorder import STREAMS
from tests.gui_harness import LiveWindow, live_for, needs_display, wait_until
from tests.pages import LEFT, click, texts

pytestmark = needs_display

SONG_SECONDS = 8.0


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    whole = demo_song(SONG_SECONDS)
    path = tmp_path_factory.mktemp("songs") / "a song.wav"
    soundfile.write(path, (whole.vocals + whole.accompaniment).T, SAMPLE_RATE)
    return path


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
