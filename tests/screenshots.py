"""Pictures of every view of the window, while the demo song plays through a real engine.

    python -m tests.screenshots docs

Writes window.png and, beside it, one picture for each other view, into the folder.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import soundfile

from livevox.stft import SAMPLE_RATE
from livevox.synthesis import demo_song
from tests.gui_harness import LiveWindow, live_for, live_window

SONG_SECONDS = 24.0


def main(folder: Path) -> None:
    """Make all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        song = Path(scratch) / "Demo song.wav"
        soundfile.write(song, demo_song(SONG_SECONDS).mixture.T, SAMPLE_RATE)
        with live_window(Path(scratch) / "config", file=str(song)) as live:
            _take_all(live, folder)


def _take_all(live: LiveWindow, folder: Path) -> None:
    window, view_model = live.window, live.view_model

    def take(name: str, widget: object = None) -> None:
        live_for(0.4)
        picture = (widget or window).grab()  # type: ignore[attr-defined]
        assert picture.save(str(folder / f"{name}.png"))
        print(folder / f"{name}.png")

    window.resize(1100, 700)
    view_model.transport("play")
    view_model.set_parameters({"vocals": -12.0})
    live_for(13.5)
    take("window")
    window.choose_theme("light")
    take("window-light")
    window.choose_theme("dark")
    window.status.unfold.setChecked(True)
    window.mixer.unfold.setChecked(True)
    take("window-unfolded")
    window.resize(800, 500)
    take("window-small-unfolded")
    window.status.unfold.setChecked(False)
    window.mixer.unfold.setChecked(False)
    take("window-small")
    window.resize(1100, 700)
    window.show_page(1)
    live_for(1.5)
    take("window-source")
    window.show_page(2)
    live_for(0.5)
    take("window-midi")
    window.show_page(0)
    window.sheet.toggle()
    take("window-keys")
    window.sheet.toggle()
    window.toggle_compact()
    take("window-compact", window.compact)
    window.toggle_compact()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
