"""The window's keyboard shortcuts."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from PyQt6.QtCore import QObject

from gui.bars.menu import MenuButton
from gui.bars.mixer import Mixer
from gui.bars.preset import PresetBar
from gui.bars.recording import RecordingBar
from gui.bars.status import StatusBar
from gui.bars.transport import TransportBar
from gui.model.viewmodel import ViewModel
from gui.pages.lyrics_panel import LyricsPanel
from gui.pages.mix import MixPage
from gui.shortcuts import Shortcut, shown


class Window(Protocol):
    """The interface that the shortcuts use, see :class:`gui.main_window.MainWindow`."""

    view_model: ViewModel
    mix_page: MixPage
    lyrics_panel: LyricsPanel
    mixer: Mixer
    preset_bar: PresetBar
    recording_bar: RecordingBar
    transport_bar: TransportBar
    status: StatusBar
    menu_button: MenuButton

    def show_page(self, index: int) -> None: ...
    def toggle_learn_mode(self) -> None: ...
    def toggle_compact(self) -> None: ...
    def toggle_theme(self) -> None: ...
    def toggle_sheet(self) -> None: ...
    def escape(self) -> None: ...
    def close(self) -> bool: ...


class WindowKeys(QObject):
    """The window's shortcuts, and the keys that its widgets handle themselves."""

    def __init__(self, window: Window, parent: QObject) -> None:
        super().__init__(parent)
        self.shortcuts = self._shortcuts(window)
        headings = self.tr("Mix"), self.tr("Sound")
        self.mixing = [each for each in self.shortcuts if each.heading in headings]
        """The shortcuts that work without the pages, too."""
        self.others = self._others()
        """(keys, text, heading) of keys that are handled elsewhere."""

    def _shortcuts(self, window: Window) -> list[Shortcut]:
        vm, tr = window.view_model, self.tr
        mix, view, sound, kept = tr("Mix"), tr("Window"), tr("Sound"), tr("Presets and MIDI")
        return [
            Shortcut(("Space",), tr("Play or pause the file"), sound, vm.toggle_playback),
            Shortcut(("R",), tr("Record, or stop recording"), sound, window.recording_bar.toggle),
            Shortcut(("Ctrl+O",), tr("Open a music file"), sound, window.transport_bar.open_file),
            Shortcut(("B",), tr("Bypass"), mix, lambda: vm.parameters.toggle("bypass")),
            Shortcut(
                ("M",), tr("Mute the voice"), mix, lambda: vm.parameters.toggle("vocals_mute")
            ),
            Shortcut(
                ("S",), tr("Solo the voice"), mix, lambda: vm.parameters.toggle("vocals_solo")
            ),
            Shortcut(
                ("Shift+M",),
                tr("Mute the music"),
                mix,
                lambda: vm.parameters.toggle("accompaniment_mute"),
            ),
            Shortcut(
                ("Shift+S",),
                tr("Solo the music"),
                mix,
                lambda: vm.parameters.toggle("accompaniment_solo"),
            ),
            Shortcut(
                ("N",), tr("Mute the microphone"), mix, lambda: vm.parameters.toggle("mic_mute")
            ),
            Shortcut(("V",), tr("Go to the voice fader"), mix, window.mixer.voice.setFocus),
            Shortcut(("A",), tr("Go to the music fader"), mix, window.mixer.music.setFocus),
            Shortcut(("O",), tr("Go to the output fader"), mix, window.mixer.output.setFocus),
            Shortcut(("G",), tr("Gate and ducking"), mix, window.mixer.unfold.toggle),
            Shortcut(("K",), tr("Key and tempo"), mix, window.mixer.unfold_key.toggle),
            *(
                Shortcut((mode.key,), "", mix, partial(window.mix_page.modes.choose, mode))
                for mode in window.mix_page.modes.modes
            ),
            *(
                Shortcut((f"Ctrl+{index + 1}",), "", view, partial(window.show_page, index))
                for index in range(3)
            ),
            Shortcut(("Ctrl+S",), tr("Save the preset"), kept, window.preset_bar.save),
            Shortcut(("Ctrl+L",), tr("MIDI learn mode, on or off"), kept, window.toggle_learn_mode),
            Shortcut(("D",), tr("Latency by stage"), view, window.status.unfold.toggle),
            Shortcut(("Ctrl+K",), tr("Compact strip"), view, window.toggle_compact),
            Shortcut(
                ("L",),
                tr("Lyrics on a screen of their own"),
                view,
                window.lyrics_panel.toggle_screen,
            ),
            Shortcut(("Ctrl+T",), tr("Dark or light theme"), view, window.toggle_theme),
            Shortcut(("Esc",), tr("Dismiss the notice"), view, window.escape),
            Shortcut(("F10",), tr("Menu"), view, window.menu_button.showMenu),
            Shortcut(("F1", "?"), tr("This sheet"), view, window.toggle_sheet),
            Shortcut(("Ctrl+Q",), tr("Quit"), view, window.close),
        ]

    def _others(self) -> list[tuple[str, str, str]]:
        tr = self.tr
        fader = tr("A fader with the focus")
        return [
            ("1 … 5", tr("The modes, from left to right"), tr("Mix")),
            (shown("Ctrl+Z"), tr("Undo"), tr("Mix")),
            (shown("Ctrl+Shift+Z"), tr("Redo"), tr("Mix")),
            (f"{shown('Ctrl+1')} … 3", tr("Mix, source, MIDI"), tr("Window")),
            ("↑ ↓", tr("Half a dB up, down"), fader),
            (tr("Page ↑ ↓"), tr("3 dB up, down"), fader),
            (shown("Del"), tr("Default"), fader),
            (f"{shown('Home')}, {shown('End')}", tr("Top, bottom"), fader),
            (tr("Shift+drag"), tr("Finely"), fader),
            (shown("Return"), tr("Press the focused button"), tr("Window")),
        ]
