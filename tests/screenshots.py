"""Screenshots of every view of the window, while the demo song plays through a real engine.

    python -m tests.screenshots build/screenshots

Writes window.png, which the README shows, and one picture for each other view into the folder, also
of small windows, in both themes, in German and at scales of 1.25 and 2.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import soundfile

from gui.model.notices import Notice
from livevox.config.preset import load_preset
from livevox.demo.song import demo_song
from livevox.dsp.stft import SAMPLE_RATE
from livevox.live.commands import AddToQueue, Pause, Play, PlayQueued, Seek, SetBindings
from livevox.midi.binding import Binding
from tests.gui_harness import LiveWindow, display, live_for, live_window, wait_until
from tests.jack import SHORT_PERIOD

SONG_SECONDS = 60.0
FULL_SECONDS = 13.5
"""Seconds played before the picture, for a full history and a good moment of the song."""
LYRICS = """\
[00:04.00]The lights go down and somebody is counting in
[00:12.00]<00:12.00>One <00:12.40>more <00:13.20>song <00:13.90>before <00:14.80>we go<00:19.00>
[00:20.00]Every word of it is here before your eyes
"""
LARGE, MIDDLE, SMALL, SMALLER = (1100, 700), (1024, 600), (800, 500), (640, 480)
SCALED = {
    "1.25": ("de", (MIDDLE, SMALL, SMALLER)),
    "2": ("en", (SMALL, (640, 400), (512, 300))),
}
"""By scale, the language and the sizes in units of the window: 512 x 300 is a screen of 1024 x
600 at a scale of 2."""


def main(folder: Path) -> None:
    """Make all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        song = Path(scratch) / "Demo song.wav"
        soundfile.write(song, demo_song(SONG_SECONDS).mixture.T, SAMPLE_RATE)
        song.with_suffix(".lrc").write_text(LYRICS)
        more = Path(scratch) / "More songs"
        more.mkdir()
        for name in ("1 Harbour", "3 Evening", "10 Way home"):
            (more / f"{name}.wav").hardlink_to(song)
        (more / "2 No music.wav").write_text("no music")
        with live_window(Path(scratch) / "config", period=SHORT_PERIOD, files=(str(song),)) as live:
            _take_all(live, song, folder)
        karaoke = load_preset("karaoke")
        with live_window(
            Path(scratch) / "fresh",
            first_run=True,
            period=SHORT_PERIOD,
            parameters=karaoke.values(),
            bindings=karaoke.midi,
            preset=karaoke.name,
            guard="closed",
        ) as live:
            _take_first_run(live, folder)
        for scale in SCALED:
            # Qt takes a scale only at the start of a process.
            command = [sys.executable, "-m", "tests.screenshots", str(folder), scale, str(song)]
            subprocess.run(command, check=True, env=os.environ | {"QT_SCALE_FACTOR": scale})


def scaled(folder: Path, scale: str, song: Path) -> None:
    """Make the pictures of one scale."""
    language, sizes = SCALED[scale]
    display()
    os.environ.update(LANGUAGE=language, LC_ALL="C.UTF-8")
    with (
        tempfile.TemporaryDirectory() as scratch,
        live_window(Path(scratch), period=SHORT_PERIOD, files=(str(song),)) as live,
    ):
        window, view_model = live.window, live.view_model
        view_model.load_preset("karaoke")
        view_model.requests.ask(Seek(9.0))
        view_model.requests.ask(Play())
        wait_until(lambda: view_model.playback.position > FULL_SECONDS)
        notice = Notice("device", "The sound card has gone. " * 3, "warning")
        window.choose_theme("light")
        window.resize(*sizes[0])
        _take(window, folder / f"{language}-{scale}-light.png")
        window.choose_theme("dark")
        names = {size: f"{language}-{scale}-{size[0]}x{size[1]}" for size in sizes}
        for size, name in names.items():
            window.resize(*size)
            _take(window, folder / f"{name}.png")
        view_model.requests.ask(Pause())
        for size, name in names.items():
            window.resize(*size)
            for page in (1, 2):
                window.show_page(page)
                _take(window, folder / f"{name}-page{page}.png")
            window.show_page(0)
            window.status.unfold.setChecked(True)
            window.mixer.unfold.setChecked(True)
            view_model.notices.notify(notice)
            _take(window, folder / f"{name}-unfolded.png")
            view_model.notices.clear("device")
            window.status.unfold.setChecked(False)
            window.mixer.unfold.setChecked(False)
        window.toggle_compact()
        window.compact.resize(sizes[-1][0], window.compact.height())
        _take(window.compact, folder / f"{language}-{scale}-compact.png")
        window.toggle_compact()


def _take_all(live: LiveWindow, song: Path, folder: Path) -> None:
    window, view_model = live.window, live.view_model

    def take(name: str, widget: Any = None) -> None:
        _take(widget or window, folder / f"{name}.png")

    window.resize(*LARGE)
    view_model.load_preset("guide-voice")
    view_model.requests.ask(Play())
    wait_until(lambda: view_model.playback.position > FULL_SECONDS)
    take("window")
    window.lyrics_panel.toggle_screen()
    take("lyrics-screen", window.lyrics_panel.lyrics_screen)
    window.lyrics_panel.toggle_screen()
    window.resize(*MIDDLE)
    take("window-middle")
    window.choose_theme("light")
    for name, size in (("-middle", MIDDLE), ("-small", SMALL), ("", LARGE)):
        window.resize(*size)
        take(f"window{name}-light")
    window.choose_theme("dark")
    window.transport_bar.queue_button.click()
    view_model.requests.ask(AddToQueue((str(song.with_name("More songs")),)))
    wait_until(lambda: window.queue_panel.list.count() == 5)
    view_model.requests.ask(PlayQueued(2))
    wait_until(lambda: "No music" in (view_model.status.file_error or ""))
    wait_until(lambda: view_model.status.queued == 3 and 5 < view_model.playback.position < 12)
    take("window-queue")
    window.transport_bar.queue_button.click()
    view_model.notices.clear("file")
    window.status.unfold.setChecked(True)
    window.mixer.unfold.setChecked(True)
    window.mixer.unfold_key.setChecked(True)
    take("window-unfolded")
    window.resize(*SMALL)
    take("window-small-unfolded")
    window.status.unfold.setChecked(False)
    window.mixer.unfold.setChecked(False)
    window.mixer.unfold_key.setChecked(False)
    take("window-small")
    view_model.set_devices(mic=(1,))
    wait_until(lambda: view_model.status.mic is not None)
    take("window-small-mic")
    window.mixer.unfold_mic.setChecked(True)
    window.resize(*LARGE)
    take("window-mic")
    view_model.set_devices(mic=None)
    wait_until(lambda: view_model.status.config.mic is None and view_model.state == "running")
    window.resize(*SMALL)
    window.show_page(1)
    wait_until(lambda: window.device_page.watch.known and window.device_page.models.listed)
    take("window-small-source")
    window.show_page(2)
    bindings = Binding("cc", 21, "vocals", 1), *view_model.status.config.bindings[:5]
    view_model.requests.ask(SetBindings(bindings))
    wait_until(lambda: window.midi_page.mappings.table.rowCount() == 6)
    take("window-small-midi")
    window.toggle_learn_mode()
    window.resize(*LARGE)
    take("window-midi")
    window.toggle_learn_mode()
    window.show_page(1)
    take("window-source")
    window.show_page(0)
    view_model.parameters.set_several({"vocals": -20.0, "bypass": 1.0})
    window.preset_bar.save_as()
    take("window-preset")
    window.preset_bar.leave_question()
    window.sheet.toggle()
    take("window-keys")
    window.resize(*SMALL)
    take("window-small-keys")
    window.sheet.toggle()
    window.toggle_compact()
    take("window-compact", window.compact)
    window.toggle_compact()


def _take_first_run(live: LiveWindow, folder: Path) -> None:
    wait_until(lambda: live.window.first_run.watch.known)
    for name, size in (("first-run", LARGE), ("small-first-run", SMALL)):
        live.window.resize(*size)
        _take(live.window, folder / f"window-{name}.png")


def _take(widget: Any, path: Path) -> None:
    live_for(0.3)
    assert widget.grab().save(str(path))
    print(path)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        main(Path(sys.argv[1]))
    else:
        scaled(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
