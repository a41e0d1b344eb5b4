"""The main window: header, pages, mixer and status bar."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from PyQt6.QtCore import QCoreApplication, QEvent, QSettings
from PyQt6.QtGui import QCloseEvent, QHideEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.bars.header import Header
from gui.bars.menu import MenuButton
from gui.bars.mixer import Mixer
from gui.bars.notices import NoticeBar
from gui.bars.preset import PresetBar
from gui.bars.recording import RecordingBar
from gui.bars.status import StatusBar
from gui.bars.transport import TransportBar
from gui.file_drop import FileDrop
from gui.look.theme import Choice, themes
from gui.model.engine_reader import Snapshot
from gui.model.frame_store import FrameStore
from gui.model.viewmodel import ViewModel
from gui.pace import Pace
from gui.pages.lyrics_panel import LyricsPanel
from gui.pages.mix import MixPage
from gui.pages.queue_panel import QueuePanel
from gui.place import OnScreen
from gui.room import Centre, share_room
from gui.shortcuts import ReturnPresses, ShortcutSheet, install
from gui.window_keys import WindowKeys
from livevox.config.folder import config_folder
from livevox.config.settings import settings_file
from livevox.live.status import Status

if TYPE_CHECKING:
    from gui.compact import CompactStrip
    from gui.pages.device import DevicePage
    from gui.pages.first_run import FirstRun
    from gui.pages.midi import MidiPage

Page = TypeVar("Page", bound=QWidget)

USUAL = (1100, 700)


class MainWindow(QMainWindow):
    """The main window: header, notices, pages, queue, lyrics, file player, mixer, status bar."""

    def __init__(self, view_model: ViewModel) -> None:
        super().__init__()
        self.view_model = view_model
        self.setWindowTitle("livevox")
        self.settings = QSettings(
            str(config_folder() / "window.ini"), QSettings.Format.IniFormat, self
        )
        themes().choose(self._remembered_theme())
        self.frames = FrameStore()
        # Connect before the views, so that they find the frames of the latest poll.
        view_model.frames_appended.connect(self.frames.append)
        view_model.frames_cleared.connect(self.frames.clear)
        view_model.polled.connect(self._on_poll)
        self.mix_page = MixPage(view_model, self.frames)
        self.preset_bar = PresetBar(view_model)
        self.recording_bar = RecordingBar(view_model)
        self.transport_bar = TransportBar(view_model)
        self.menu_button = MenuButton(view_model)
        self.menu_button.compact_wanted.connect(self.toggle_compact)
        self.menu_button.theme_chosen.connect(self.choose_theme)
        self.menu_button.sheet_wanted.connect(self.toggle_sheet)
        self.lyrics_panel = LyricsPanel(view_model)
        self.lyrics_panel.lyrics_screen.visible_changed.connect(self._tell_visible)
        self.menu_button.export_wanted.connect(self.transport_bar.export.choose_folder)
        self.menu_button.lyrics_wanted.connect(self.lyrics_panel.toggle_screen)
        self.menu_button.quit_wanted.connect(self.close)
        self.addActions(self.menu_button.undo_actions)
        self.queue_panel = QueuePanel(view_model, self.transport_bar.queue_button)
        self.mixer = Mixer(view_model)
        self.notices = NoticeBar(view_model)
        self.status = StatusBar(view_model)
        self.pages = QStackedWidget()
        self.header = Header(self.preset_bar, self.recording_bar, self.menu_button)
        self.header.tabs.idClicked.connect(self.show_page)
        self._lay_out()
        self._add_first_run()
        self._keys = WindowKeys(self, self)
        install(self, self._keys.shortcuts)
        self._return = ReturnPresses(self)
        self.addAction(self._return)
        self._drop = FileDrop(self, view_model)
        self._pace = Pace(view_model)
        view_model.status_changed.connect(self._on_status)
        self._on_status(view_model.status)
        self._restore()

    # Created on first use, for a faster start

    @cached_property
    def device_page(self) -> DevicePage:
        """The page of source and devices."""
        from gui.pages.device import DevicePage

        return self._added(DevicePage(self.view_model))

    @cached_property
    def midi_page(self) -> MidiPage:
        """The page of MIDI."""
        from gui.pages.midi import MidiPage

        return self._added(MidiPage(self.view_model))

    def _added(self, page: Page) -> Page:
        self.pages.addWidget(page)
        return page

    @cached_property
    def compact(self) -> CompactStrip:
        """The compact strip that can replace the window."""
        from gui.compact import CompactStrip

        strip = CompactStrip(self.view_model, self.frames)
        install(strip, self._keys.mixing)
        strip.addActions([*self.menu_button.undo_actions, self._return])
        strip.expanded.connect(self.toggle_compact)
        strip.closed.connect(self.close)
        return strip

    @cached_property
    def sheet(self) -> ShortcutSheet:
        """The list of keys."""
        listed = [shortcut for shortcut in self._keys.shortcuts if shortcut.text]
        return ShortcutSheet(listed, self._keys.others, self)

    # Layout

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        self.pages.addWidget(self.mix_page)
        left.addWidget(self.pages, 1)
        for widget in (self.queue_panel, self.lyrics_panel, self.transport_bar):
            left.addWidget(widget)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(left, 1)
        middle.addWidget(self.mixer)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.notices)
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        centre = Centre()
        centre.setLayout(column)
        self.setCentralWidget(centre)

    def _add_first_run(self) -> None:
        self.first_run: FirstRun | None = None
        if not settings_file().exists():
            from gui.pages.first_run import FirstRun

            self.first_run = self._added(FirstRun(self.view_model))
            self.first_run.finished.connect(lambda: self.show_page(0))
            self.pages.setCurrentWidget(self.first_run)
            self.notices.leave_out("waiting")

    # Actions

    def show_page(self, index: int) -> None:
        """Show the mix (0), the source (1) or MIDI (2)."""
        if self.first_run is not None:
            self.pages.removeWidget(self.first_run)
            self.first_run.hide()
            self.first_run = None
        pages = (lambda: self.mix_page, lambda: self.device_page, lambda: self.midi_page)
        self.pages.setCurrentWidget(pages[index]())
        button = self.header.tabs.button(index)
        assert button is not None
        button.setChecked(True)
        if self.focusWidget() in self.header.tabs.buttons():
            # Two tabs would look selected.
            button.setFocus()
        share_room(self)
        self.notices.leave_out(*(["waiting"] if index == 1 else []))
        if index != 2:
            self.view_model.learn_mode.set_on(False)

    def toggle_learn_mode(self) -> None:
        """Start or stop MIDI learn by clicking."""
        self.view_model.learn_mode.set_on(not self.view_model.learn_mode.on)

    def toggle_sheet(self) -> None:
        """Show or hide the list of keys."""
        self.sheet.toggle()

    def escape(self) -> None:
        """End the learn mode, or dismiss the newest notice."""
        if self.view_model.learn_mode.on:
            self.view_model.learn_mode.set_on(False)
        else:
            self.notices.clear_newest()

    def toggle_compact(self) -> None:
        """Switch between the window and the compact strip."""
        if self._is_compact:
            self.compact.hide()
            self.show()
        else:
            self.compact.show()
            self.hide()

    def choose_theme(self, choice: Choice) -> None:
        """Use a theme from now on."""
        themes().choose(choice)
        self.menu_button.show_theme(choice)
        self.settings.setValue("theme", choice)

    def toggle_theme(self) -> None:
        """Switch between the dark and the light theme."""
        self.choose_theme("light" if themes().current.dark else "dark")

    # View model signals

    def _on_poll(self, snapshot: Snapshot) -> None:
        self.frames.heard = snapshot.heard_frame

    def _on_status(self, status: Status | None) -> None:
        self.transport_bar.setVisible(bool(status and status.config.files))

    # Lifetime

    def _remembered_theme(self) -> Choice:
        choice = self.settings.value("theme", "system")
        return choice if choice in ("dark", "light") else "system"

    def _restore(self) -> None:
        geometry = self.settings.value("geometry")
        if not geometry or not self.restoreGeometry(geometry):
            self.resize(*USUAL)
        OnScreen(self)
        self.mixer.unfold.setChecked(self.settings.value("shaping", "false") == "true")

    @property
    def _is_compact(self) -> bool:
        return "compact" in self.__dict__ and self.compact.isVisible()

    def _tell_visible(self) -> None:
        compact = [self.compact] if self._is_compact else []
        windows: list[QWidget] = [self, self.lyrics_panel.lyrics_screen, *compact]
        seen = any(window.isVisible() and not window.isMinimized() for window in windows)
        self.view_model.look_timer.set_visible(seen)

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802
        """Draw again."""
        self._tell_visible()

    def hideEvent(self, event: QHideEvent | None) -> None:  # noqa: N802
        """Stop drawing while the window is hidden."""
        self._tell_visible()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """In a small window, leave the room to the faders and the pages."""
        share_room(self)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Stop drawing while the window is minimised, too."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.WindowStateChange:
            self._tell_visible()

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802
        """Save the window's geometry, and end the engine."""
        self.settings.setValue("geometry", self.saveGeometry())
        self.settings.setValue("shaping", str(self.mixer.unfold.isChecked()).lower())
        if self._is_compact:
            self.compact.hide()
        self.lyrics_panel.lyrics_screen.hide()
        self.hide()
        self.view_model.close()
        super().closeEvent(event)

    def discard(self) -> None:
        """Destroy the closed window, its strip, its lyrics' screen and the view model. Otherwise
        garbage collection could do this in any thread, which crashes Qt."""
        self.lyrics_panel.lyrics_screen.deleteLater()
        if "compact" in self.__dict__:
            self.compact.deleteLater()
        self.deleteLater()
        self.view_model.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
