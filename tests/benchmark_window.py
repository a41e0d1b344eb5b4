"""How long a frame of the window takes, and what share of a core the window needs.

    python -m tests.benchmark_window

Plays the demo song through a real engine at 1100 x 700 under Xvfb. A frame is a look at the engine
with all that follows from it, to the last pixel of the backing store. Prints, changes nothing.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from PyQt6.QtCore import QEventLoop

from livevox.stft import SAMPLE_RATE
from livevox.synthesis import demo_song
from tests.gui_harness import application, live_for, live_window

SECONDS = 10.0


def main() -> None:
    """Measure at both rates, and hidden."""
    with tempfile.TemporaryDirectory() as scratch:
        song = Path(scratch) / "song.wav"
        soundfile.write(song, demo_song(12.0).mixture.T, SAMPLE_RATE)
        with live_window(Path(scratch) / "config", file=str(song)) as live:
            live.window.resize(1100, 700)
            live.view_model.transport("loop", 0.0, 12.0)
            live.view_model.transport("play")
            live.window._pace.deleteLater()
            live_for(2)
            print("what           frames/s  median ms  p95 ms  p99 ms  % of a core")
            for rate in (30, 60):
                live.view_model.set_frame_rate(rate)
                measure(live, f"{rate} frames/s")
            live.window.showMinimized()
            live.window.hide()
            measure(live, "hidden")


def measure(live: Any, what: str) -> None:
    """One line of the table."""
    app, view_model = application(), live.view_model
    poll, times = view_model.poll, []

    def timed() -> None:
        started = time.perf_counter()
        poll()
        # Paint now what would be painted when control is back in the event loop.
        app.sendPostedEvents()
        times.append(time.perf_counter() - started)

    view_model._timer.timeout.disconnect()
    view_model._timer.timeout.connect(timed)
    begun, spent = time.perf_counter(), time.process_time()
    end = begun + SECONDS
    while time.perf_counter() < end:
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    seconds, share = time.perf_counter() - begun, time.process_time() - spent
    view_model._timer.timeout.disconnect()
    view_model._timer.timeout.connect(poll)
    p50, p95, p99 = 1000 * np.percentile(times, (50, 95, 99)) if times else (0, 0, 0)
    per_second, core = len(times) / seconds, 100 * share / seconds
    print(f"{what:14} {per_second:8.1f} {p50:10.2f} {p95:7.2f} {p99:7.2f} {core:12.1f}", flush=True)


if __name__ == "__main__":
    main()
