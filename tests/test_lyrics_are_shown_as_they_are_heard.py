"""The lyrics in the window follow what leaves the sound card of a real JACK server, and the screen
of their own shows them large."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFont, QFontMetricsF, QGuiApplication
from PyQt6.QtTest import QTest

from gui.widgets.lyrics_view import STAGE
from livevox.device.jack_name import JACK_CLIENT
from livevox.dsp.stft import FRAME_RATE, SAMPLE_RATE
from livevox.live.commands import NextFile, Pause, Play, Seek
from livevox.live.telemetry import STAGES
from tests.gui_harness import LiveWindow, activate, live_for, live_window, needs_display, wait_until
from tests.stalls import steady_period

pytestmark = [needs_display, pytest.mark.real_time]

SONG_SECONDS = 14.0
WORDS = 5
"""In each line."""


def word_starts() -> list[float]:
    """Seconds at which words of the song begin, unevenly spaced."""
    steps = np.random.default_rng(2).uniform(0.35, 0.75, 30)
    starts = 0.8 + np.cumsum(steps)
    return [round(float(start), 2) for start in starts if start < SONG_SECONDS - 1]


def stamp(second: float) -> str:
    return f"00:{second:05.2f}"


def make_songs(folder: Path) -> Path:
    """A song with a burst of noise at the start of every word, and the words beside it; another
    one whose lyrics are damaged, and a third one without any."""
    starts = word_starts()
    audio = np.zeros(round(SONG_SECONDS * SAMPLE_RATE), np.float32)
    burst = np.random.default_rng(0).uniform(-0.5, 0.5, SAMPLE_RATE // 10).astype(np.float32)
    for start in starts:
        at = round(start * SAMPLE_RATE)
        audio[at : at + len(burst)] = burst
    for name in ("1", "2", "3"):
        soundfile.write(folder / f"{name}.wav", audio, SAMPLE_RATE)
    rows = []
    for first in range(0, len(starts), WORDS):
        words = starts[first : first + WORDS]
        timed = "".join(f"<{stamp(start)}>word{first + n} " for n, start in enumerate(words))
        rows.append(f"[{stamp(words[0])}]{timed}")
    (folder / "1.lrc").write_text("\n".join(rows))
    (folder / "2.txt").write_text("#TITLE:Two\n: 0 4\n")
    return folder


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveWindow]:
    songs = make_songs(tmp_path_factory.mktemp("songs"))
    config = tmp_path_factory.mktemp("config")
    period = steady_period(SAMPLE_RATE)
    with live_window(config, period=period, files=(str(songs),)) as live:
        wait_until(lambda: live.window.lyrics_panel.lyrics.lyrics is not None)
        yield live


class Looks:
    """What both views show after every look at the engine, and when the looks were."""

    def __init__(self, live: LiveWindow) -> None:
        panel = live.window.lyrics_panel
        self._poll = live.view_model.poll
        self._timer = live.view_model.look_timer
        self._views = panel.view, panel.lyrics_screen.view
        self.taken: list[tuple[float, float, tuple[int, int]]] = []
        """Seconds of the monotonic clock before and after a look; how many words each view shows as
        begun."""

    def __enter__(self) -> Looks:
        self._timer.timeout.disconnect(self._poll)
        self._timer.timeout.connect(self._look)
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.timeout.disconnect(self._look)
        self._timer.timeout.connect(self._poll)

    def _look(self) -> None:
        before = time.monotonic()
        self._poll()
        one, other = (begun(view.shown) for view in self._views)
        self.taken.append((before, time.monotonic(), (one, other)))


def begun(shown: tuple[tuple[str, float], ...]) -> int:
    """Words of the song that have begun, by the lines that are shown."""
    count: int | None = None
    for text, sung in shown:
        at = 0
        for word in text.split():
            number = int(word.removeprefix("word"))
            # The words before the first line that is shown have been sung.
            count = number if count is None else count
            count = number + 1 if sung > at else count
            at += len(word) + 1
    return count or 0


@contextmanager
def onsets(live: LiveWindow) -> Iterator[list[float]]:
    """Seconds of the monotonic clock at which sounds left the engine, after the block."""
    script = Path(__file__).with_name("jack_onsets.py")
    process = subprocess.Popen(
        [sys.executable, str(script), JACK_CLIENT, str(live.server.period)],
        env=os.environ | live.server.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: list[float] = []
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "listening\n"
        yield found
    finally:
        process.terminate()
        found += map(float, process.stdout.read().split())
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize(
    ("key", "tempo", "within"),
    [
        (0.0, 100.0, 1 / FRAME_RATE),
        # Sounds of another tempo are within 50 ms of their place.
        pytest.param(2.0, 125.0, 1 / FRAME_RATE + 0.05, marks=pytest.mark.slow),
    ],
)
def test_each_look_shows_what_is_heard_within_a_frame(
    live: LiveWindow, key: float, tempo: float, within: float
) -> None:
    """So a word is highlighted within a frame of its sound and an interval of the drawing."""
    panel, view_model = live.window.lyrics_panel, live.view_model
    snapshots: list[Any] = []
    view_model.polled.connect(snapshots.append)
    view_model.parameters.set_several({"key": key, "tempo": tempo})
    wait_until(
        lambda: bool(snapshots) and bool(snapshots[-1].budget[STAGES.index("key")]) == bool(key)
    )
    panel.toggle_screen()
    with onsets(live) as heard, Looks(live) as looks:
        view_model.requests.ask(Play())
        wait_until(lambda: view_model.heard_second > SONG_SECONDS - 0.5)
        view_model.requests.ask(Pause())
        live_for(0.5)
    panel.toggle_screen()
    view_model.parameters.set_several({"key": 0.0, "tempo": 100.0})
    view_model.polled.disconnect(snapshots.append)
    view_model.requests.ask(Seek(0))
    leaving = snapshots[-1].budget[-1] or 0.0
    assert len(heard) == len(word_starts())
    for view in (0, 1):
        early, late = [], []
        for number, left in enumerate(heard):
            first = next(i for i, look in enumerate(looks.taken) if look[2][view] > number)
            early.append(left + leaving - looks.taken[first][1])
            late.append(looks.taken[first - 1][0] - left - leaving)
        print(
            f"in periods of {live.server.period}: shown at most {1000 * max(early):.1f} ms early, "
            f"not shown yet at most {1000 * max(late):.1f} ms late"
        )
        assert max(*early, *late) < within


def test_the_screen_of_their_own_fills_the_other_screen_in_large_letters(live: LiveWindow) -> None:
    panel = live.window.lyrics_panel
    screen = panel.lyrics_screen
    activate(live.window)
    QTest.keyClick(live.window, Qt.Key.Key_L)
    wait_until(screen.isVisible)
    activate(screen)
    here, other = live.window.screen(), screen.screen()
    assert QGuiApplication.screens() == [here, other]
    assert screen.isFullScreen()
    wait_until(lambda: screen.geometry() == other.geometry())
    live_for(0.3)
    picture = other.grabWindow(0).toImage()
    assert (picture.width(), picture.height()) == (screen.width(), screen.height())
    levels = np.array(
        [
            [picture.pixelColor(x, y).lightness() for x in range(0, picture.width(), 2)]
            for y in range(picture.height())
        ]
    )
    assert np.median(levels) == 0
    # The first row of letters that is there, at 5 m from a screen 40 cm high.
    rows = np.flatnonzero((levels > 128).any(axis=1))
    end = rows[np.flatnonzero(np.diff(rows) > 1)[0]] if (np.diff(rows) > 1).any() else rows[-1]
    ascender = (end - rows[0] + 1) / picture.height() * 0.4
    assert np.degrees(ascender / 5) * 60 > 20
    font = QFont(screen.font())
    font.setPixelSize(round(STAGE.next_line * screen.height()))
    capital = QFontMetricsF(font).capHeight() / screen.height() * 0.4
    assert np.degrees(capital / 5) * 60 > 16
    QTest.keyClick(screen, Qt.Key.Key_Escape)
    assert not screen.isVisible()
    panel.screen_button.click()
    assert screen.isVisible()
    panel.screen_button.click()
    assert not screen.isVisible()


def test_it_goes_on_while_the_window_is_hidden(live: LiveWindow) -> None:
    panel = live.window.lyrics_panel
    panel.toggle_screen()
    live.window.hide()
    live_for(0.1)
    assert live.view_model.look_timer.visible
    panel.toggle_screen()
    assert not live.view_model.look_timer.visible
    live.window.show()
    assert live.view_model.look_timer.visible


def test_damaged_lyrics_are_reported_and_the_song_plays(live: LiveWindow) -> None:
    panel, view_model = live.window.lyrics_panel, live.view_model
    notices = lambda: [text for text in live.window.notices.texts if "No lyrics" in text]  # noqa: E731
    assert panel.isVisible()
    view_model.requests.ask(NextFile())
    wait_until(lambda: bool(notices()))
    assert "2.txt:2: ': 0 4' is not a header" in notices()[0]
    assert not panel.isVisible()
    view_model.requests.ask(Play())
    wait_until(lambda: view_model.playback.position > 0.3)
    view_model.requests.ask(NextFile())
    wait_until(lambda: panel.lyrics.song is not None and panel.lyrics.song.name == "3.wav")
    wait_until(lambda: not notices())
    assert not panel.isVisible()
    view_model.requests.ask(Pause())
