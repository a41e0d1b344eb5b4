"""Benchmark of the window: start time, frame times and CPU load.

    python -m tests.benchmark_window

It runs under Xvfb, without OpenGL, with a real engine on a real JACK server; while it measures
frames, the demo song plays at 1100 x 700. The start time is from the start of the process to the
first paint. A frame is a poll of the engine with all its effects, up to the painted backing store.
It prints results and changes nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from PyQt6.QtCore import QEventLoop

from livevox.demo.song import demo_song
from livevox.dsp.stft import SAMPLE_RATE
from livevox.live.commands import Loop, Play
from tests.gui_harness import application, display, live_for, live_window
from tests.jack import SHORT_PERIOD, JackServer

SECONDS = 10.0
STARTS = 5

FIRST_PAINT = """
import os, sys, time
from PyQt6.QtCore import QEvent, QObject, QTimer
import gui.app
from gui.app import make_application, run

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            application.removeEventFilter(self)
            # Behind the painting of all widgets.
            QTimer.singleShot(0, self.print_time)
        return False

    def print_time(self):
        print(time.time(), flush=True)
        application.closeAllWindows()

def watched():
    global application
    application = make_application()
    application.installEventFilter(first)
    return application

def timed():
    run()
    os._exit(0)

first = FirstPaint()
gui.app.make_application, gui.app.run = watched, timed
sys.argv = ["livevox", "gui"]
"""
COMMANDS = {
    "livevox gui": "from livevox.cli.app import main; main()",
    "python -m gui": "from gui.__main__ import main; main()",
}


def main() -> None:
    """Measure start times, then both frame rates, and the hidden window."""
    with tempfile.TemporaryDirectory() as scratch:
        measure_starts(Path(scratch) / "config")
        song = Path(scratch) / "song.wav"
        soundfile.write(song, demo_song(12.0).mixture.T, SAMPLE_RATE)
        with live_window(Path(scratch) / "config", period=SHORT_PERIOD, files=(str(song),)) as live:
            live.window.resize(1100, 700)
            live.view_model.requests.ask(Loop(0.0, 12.0))
            live.view_model.requests.ask(Play())
            live.view_model.polled.disconnect(live.window._pace._on_poll)
            live_for(12)
            print("what           frames/s  median ms  p95 ms  p99 ms  % of a core")
            for rate in (30, 60):
                live.view_model.look_timer.set_rate(rate)
                measure(live, f"{rate} frames/s")
            live.window.showMinimized()
            live.window.hide()
            measure(live, "hidden")


def measure_starts(config_folder: Path) -> None:
    """Seconds from the start of the process to the first paint. The median excludes the first start
    of each command, which may read everything from the disk."""
    display()
    config_folder.mkdir(exist_ok=True)
    # Without it the window shows the first-run guide.
    (config_folder / "settings.toml").write_text("version = 1\n")
    with JackServer(period=SHORT_PERIOD) as server:
        environment = {**os.environ, **server.environment, "LIVEVOX_CONFIG_DIR": str(config_folder)}
        for name, command in COMMANDS.items():
            seconds = [_start(FIRST_PAINT + command, environment) for _ in range(1 + STARTS)]
            print(f"{name}: first window after {np.median(seconds[1:]):.2f} s", end="")
            print(f" (median of {STARTS}; slowest {max(seconds):.2f} s)", flush=True)


def _start(code: str, environment: dict[str, str]) -> float:
    begun = time.time()
    printed = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    return float(printed.stdout) - begun


def measure(live: Any, what: str) -> None:
    """One line of the table."""
    app, view_model = application(), live.view_model
    poll, times = view_model.poll, []

    def timed() -> None:
        started = time.perf_counter()
        poll()
        # Paint now, instead of on return to the event loop.
        app.sendPostedEvents()
        times.append(time.perf_counter() - started)

    view_model.look_timer.timeout.disconnect()
    view_model.look_timer.timeout.connect(timed)
    begun, spent = time.perf_counter(), time.process_time()
    end = begun + SECONDS
    while time.perf_counter() < end:
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    seconds, share = time.perf_counter() - begun, time.process_time() - spent
    view_model.look_timer.timeout.disconnect()
    view_model.look_timer.timeout.connect(poll)
    p50, p95, p99 = 1000 * np.percentile(times, (50, 95, 99)) if times else (0, 0, 0)
    per_second, core = len(times) / seconds, 100 * share / seconds
    print(f"{what:14} {per_second:8.1f} {p50:10.2f} {p95:7.2f} {p99:7.2f} {core:12.1f}", flush=True)


if __name__ == "__main__":
    main()
