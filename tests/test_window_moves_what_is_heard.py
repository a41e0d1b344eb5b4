"""The window on a real display with a real engine: clicks change the sound, and the sound is shown.

All tests share one engine; each restores the parameters' defaults.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PyQt6.QtTest import QTest

from gui.model.engine_reader import Snapshot
from livevox.demo.song import demo_song
from livevox.device.jack_name import JACK_CLIENT
from livevox.dsp.stft import HOP, SAMPLE_RATE, Audio
from livevox.live.commands import SetParameters, UseModel
from livevox.parameters import defaults, gain
from livevox.separator import separate
from tests.gui_harness import (
    LiveWindow,
    application,
    live_for,
    live_window,
    needs_display,
    wait_until,
)
from tests.live import FEW_LATE, STEMS_DB, STEMS_GAIN, tally
from tests.small_models import model_file
from tests.stalls import steady_period

pytestmark = [needs_display, pytest.mark.real_time]


@pytest.fixture(scope="module")
def module_window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveWindow]:
    period = steady_period(SAMPLE_RATE)
    with live_window(tmp_path_factory.mktemp("config"), period=period) as live:
        yield live


@pytest.fixture
def live(module_window: LiveWindow) -> Iterator[LiveWindow]:
    yield module_window
    module_window.view_model.parameters.set_several(defaults())
    live_for(0.3)


def noise(seconds: float) -> Audio:
    samples = round(seconds * SAMPLE_RATE)
    return (0.1 * np.random.default_rng(5).standard_normal((2, samples))).astype(np.float32)


def heard(live: LiveWindow, played: Audio) -> Audio:
    """The output for ``played`` while the window runs: (channels, samples)."""
    live.server.wait_for_client(JACK_CLIENT)
    probe = live.server.probe(JACK_CLIENT, played)
    wait_until(lambda: probe._process.poll() is not None)
    return probe.result()


def aligned(live: LiveWindow, played: Audio, returned: Audio) -> tuple[Audio, Audio]:
    """The played and the recorded audio, aligned by the latency, without the beginning."""
    spectra = np.fft.rfft(returned[0]) * np.conj(np.fft.rfft(played[0]))
    delay = int(np.argmax(np.abs(np.fft.irfft(spectra))))
    settled = SAMPLE_RATE // 2
    # Silence has no delay.
    return played[:, settled : played.shape[1] - delay], returned[:, settled + delay :]


def heard_gain(live: LiveWindow) -> float:
    """The gain of noise from input to output."""
    played = noise(1.5)
    late = live_late_blocks(live)
    before, after = aligned(live, played, heard(live, played))
    # A late block plays the unprocessed input, whatever the faders are.
    assert live_late_blocks(live) - late <= FEW_LATE
    loud = np.abs(before) > 0.05
    return float(np.median(after[loud] / before[loud]))


def live_late_blocks(live: LiveWindow) -> int:
    """The number of late or skipped blocks so far."""
    seen: list[Snapshot] = []
    live.view_model.polled.connect(seen.append)
    wait_until(lambda: bool(seen))
    live.view_model.polled.disconnect(seen.append)
    return seen[-1].late_blocks + seen[-1].gaps


def xdotool(live: LiveWindow, *arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], check=True, env=os.environ)
    live_for(0.05)


def drag(live: LiveWindow, fader: object, place: float) -> None:
    """Drag a fader's handle to a position with the X server's mouse."""
    middle = round(fader.width() - 21)  # type: ignore[attr-defined]
    start, end = (
        fader.mapToGlobal(QPoint(middle, round(fader.handle_at(p))))  # type: ignore[attr-defined]
        for p in (fader._place(), place)  # type: ignore[attr-defined]
    )
    xdotool(live, "mousemove", str(start.x()), str(start.y()), "mousedown", "1")
    for share in (0.3, 0.7, 1.0):
        at = start + share * (end - start)
        xdotool(live, "mousemove", str(at.x()), str(at.y()))
    xdotool(live, "mouseup", "1")


def test_a_fader_moved_by_the_mouse_changes_the_heard_gain(live: LiveWindow) -> None:
    drag(live, live.window.mixer.output, 0.5)
    value = live.view_model.parameters.value("output")
    assert -20 < value < -6
    live_for(0.3)
    assert heard_gain(live) == pytest.approx(gain(value), rel=1e-3)
    assert live.view_model.parameters.undo_stack.count() >= 1
    QTest.keyClick(live.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    live_for(0.3)
    assert live.view_model.parameters.value("output") == 0
    assert heard_gain(live) == pytest.approx(1, rel=1e-3)


def test_keys_bypass_mute_and_solo(live: LiveWindow) -> None:
    live.view_model.parameters.set("vocals", -60)
    QTest.keyClick(live.window, Qt.Key.Key_S)
    live_for(0.3)
    assert heard_gain(live) == pytest.approx(0, abs=1e-4)
    QTest.keyClick(live.window, Qt.Key.Key_B)
    live_for(0.3)
    assert live.window.mixer.bypass.isChecked()
    assert heard_gain(live) == pytest.approx(1, rel=1e-4)


def test_faders_follow_changes_by_others(live: LiveWindow) -> None:
    live.view_model.requests.ask(SetParameters({"vocals": -20.0}))
    wait_until(lambda: live.view_model.parameters.value("vocals") == -20)
    assert live.window.mixer.voice.value() == -200


def use_model(live: LiveWindow, model: str) -> None:
    live.view_model.requests.ask(UseModel(model))
    wait_until(lambda: live.view_model.status.config.model == model)
    live_for(0.5)


@pytest.fixture
def with_shipped_model(live: LiveWindow) -> Iterator[LiveWindow]:
    """The activity of a small random network changes so often that it agrees with itself at any
    time about as much as at the right one."""
    use_model(live, "live")
    yield live
    use_model(live, str(model_file("live")))


def test_the_lamp_follows_what_is_heard(with_shipped_model: LiveWindow) -> None:
    live = with_shipped_model
    song = demo_song(8.0)
    activity = separate(song.mixture, SAMPLE_RATE).activity
    looks: list[tuple[float, bool, bool, float]] = []
    lamp, frames, view_model = live.window.mix_page.lamp, live.window.frames, live.view_model

    def look(snapshot: object) -> None:
        expected = frames.activity_heard() >= view_model.parameters.value("gate_threshold")
        level = snapshot.levels[0].max()  # type: ignore[attr-defined]
        looks.append((time.monotonic(), lamp.on, expected, level))

    live_for(1.6)
    view_model.polled.connect(look)
    snapshots: list[object] = []
    view_model.polled.connect(snapshots.append)
    heard(live, song.mixture.astype(np.float32))
    view_model.polled.disconnect(look)
    view_model.polled.disconnect(snapshots.append)
    times, shown, expected, levels = map(np.array, zip(*looks, strict=True))
    assert np.array_equal(shown, expected)
    # The same computed outside: when the song started, and the network's offline result.
    began = times[np.argmax(levels > 0.01)]
    latency = sum(snapshots[-1].budget)  # type: ignore[attr-defined]
    frame = np.round((times - began - latency) * SAMPLE_RATE / HOP).astype(int)
    within = (frame >= 0) & (frame < len(activity))
    agree = shown[within] == (activity[frame[within]] >= 0.5)
    assert 0.1 < shown[within].mean() < 0.95
    assert agree.mean() > 0.85


@pytest.mark.parametrize("seconds", [1.5, pytest.param(5.0, marks=pytest.mark.slow)])
def test_a_blocked_window_changes_no_sample(live: LiveWindow, seconds: float) -> None:
    live.view_model.parameters.set_several({"vocals": STEMS_DB, "accompaniment": STEMS_DB})
    live_for(0.3)
    played = noise(seconds + 2.5)
    before = live_late_blocks(live)
    QTimer.singleShot(1200, lambda: time.sleep(seconds))
    dry, returned = aligned(live, played, heard(live, played))
    late = live_late_blocks(live) - before
    found = tally(returned, STEMS_GAIN * dry, dry)
    found.assert_in_time(late, live.server.period, SAMPLE_RATE)


def test_a_missing_model_is_reported_and_another_one_plays(tmp_path: Path) -> None:
    with live_window(tmp_path, model="gone.onnx") as live:
        assert live.view_model.status.model == "live"
        assert any("o model 'gone.onnx'" in text for text in live.window.notices.texts)


def test_a_hidden_window_draws_nothing(live: LiveWindow) -> None:
    class Paints(QObject):
        """Counts what is painted."""

        count = 0

        def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
            self.count += event is not None and event.type() == QEvent.Type.Paint
            return False

    drawn: list[object] = []
    paints = Paints()
    live.window.hide()
    live_for(0.1)
    live.view_model.polled.connect(drawn.append)
    application().installEventFilter(paints)
    live_for(0.7)
    live.view_model.polled.disconnect(drawn.append)
    assert (drawn, paints.count) == ([], 0)
    live.window.show()
    end = live.window.frames.end
    wait_until(lambda: live.window.frames.end > end)
    wait_until(lambda: paints.count > 0)
    application().removeEventFilter(paints)


def test_a_killed_engine_is_shown_and_starts_again_as_it_was(live: LiveWindow) -> None:
    live.view_model.parameters.set("output", -12)
    live_for(0.3)
    states: list[str] = []
    live.view_model.state_changed.connect(states.append)
    os.kill(live.view_model._supervisor.pid, signal.SIGKILL)
    wait_until(lambda: "ended" in states and states[-1] == "running")
    assert any("engine" in text for text in live.window.notices.texts)
    live.server.wait_for_client(JACK_CLIENT)
    live_for(0.5)
    assert live.view_model.parameters.value("output") == -12
    assert heard_gain(live) == pytest.approx(gain(-12), rel=1e-3)


def test_a_recording_continues_after_the_engine_was_killed(
    live: LiveWindow, tmp_path: Path
) -> None:
    bar, view_model = live.window.recording_bar, live.view_model
    bar.set_folder(str(tmp_path))
    bar.button.click()
    wait_until(lambda: view_model.recording.elapsed > 1)
    os.kill(view_model._supervisor.pid, signal.SIGKILL)
    wait_until(lambda: not view_model.recording.active)
    wait_until(lambda: view_model.recording.elapsed > 1)
    assert bar.button.isChecked()
    first, second = sorted(tmp_path.iterdir())
    assert second.name == f"{first.name}_part2"
    assert f"The recording continues in {second}." in live.window.notices.texts
    bar.button.click()
    wait_until(lambda: not view_model.recording.active)
    for folder in (first, second):
        assert soundfile.info(folder / "mix.wav").duration > 0.5
