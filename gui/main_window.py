"""The window: a header, the pages, the mixer that stays beside them, and the status bar."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from PyQt6.QtCore import QCoreApplication, QEvent, QSettings, Qt
from PyQt6.QtGui import QAction, QActionGroup, QCloseEvent, QHideEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.bars.mixer import Mixer
from gui.bars.notices import NoticeBar
from gui.bars.preset import PresetBar
from gui.bars.recording import RecordingBar
from gui.bars.status import StatusBar
from gui.bars.transport import TransportBar
from gui.file_drop import FileDrop
from gui.look.symbols import symbol
from gui.look.theme import Choice, themes
from gui.model.engine_reader import Frames, Snapshot
from gui.model.frame_store import FrameStore
from gui.model.viewmodel import ViewModel
from gui.pace import Pace
from gui.pages.mix import MixPage
from gui.shortcuts import ReturnPresses, Shortcut, ShortcutSheet, install, shown
from livevox.config.folder import config_folder
from livevox.config.settings import settings_file
from livevox.live.status import Status

if TYPE_CHECKING:
    from gui.compact import CompactStrip
    from gui.pages.device import DevicePage
    from gui.pages.first_run import FirstRun
    from gui.pages.midi import MidiPage

Page = TypeVar("Page", bound=QWidget)

SMALLEST = (800, 500)
USUAL = (1100, 700)


class MainWindow(QMainWindow):
    """Header with tabs, presets and recording; notices; pages and transport; mixer; status bar."""

    def __init__(self, view_model: ViewModel) -> None:
        super().__init__()
        self.view_model = view_model
        self.setWindowTitle("livevox")
        self.setMinimumSize(*SMALLEST)
        self.settings = QSettings(
            str(config_folder() / "window.ini"), QSettings.Format.IniFormat, self
        )
        themes().choose(self._remembered_theme())
        self.frames = FrameStore()
        # Before the views, so that they find the frames that a poll brought.
        view_model.frames_appended.connect(self._on_frames)
        view_model.frames_cleared.connect(self.frames.clear)
        view_model.polled.connect(self._on_poll)
        self.mix_page = MixPage(view_model, self.frames)
        self.preset_bar = PresetBar(view_model)
        self.recording_bar = RecordingBar(view_model)
        self.transport_bar = TransportBar(view_model)
        self.mixer = Mixer(view_model)
        self.notices = NoticeBar(view_model)
        self.status = StatusBar(view_model)
        self.pages = QStackedWidget()
        self.tabs = QButtonGroup(self)
        self._lay_out()
        self._add_first_run()
        self._keys = self._shortcuts()
        install(self, self._keys)
        self._return = ReturnPresses(self)
        self.addAction(self._return)
        self._drop = FileDrop(self, view_model)
        self._pace = Pace(view_model)
        view_model.status_changed.connect(self._on_status)
        self._on_status(view_model.status)
        self._restore()

    # Made when first wanted: the window is there sooner

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
        """The strip that can take the window's place."""
        from gui.compact import CompactStrip

        strip = CompactStrip(self.view_model, self.frames)
        install(strip, [s for s in self._keys if s.heading in self._mixing_headings])
        strip.addActions([*self._undo_actions, self._return])
        strip.expanded.connect(self.toggle_compact)
        strip.closed.connect(self.close)
        return strip

    @cached_property
    def sheet(self) -> ShortcutSheet:
        """The list of keys."""
        return ShortcutSheet([s for s in self._keys if s.text], self._other_keys(), self)

    # Layout

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.pages, 1)
        left.addWidget(self.transport_bar)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(left, 1)
        middle.addWidget(self.mixer)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        header = self._header()
        column.addWidget(header)
        column.addWidget(self.notices)
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        centre = QWidget()
        centre.setLayout(column)
        self.setCentralWidget(centre)

    def _header(self) -> QWidget:
        header = QWidget()
        header.setObjectName("header")
        header.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(header)
        row.setContentsMargins(14, 6, 8, 6)
        row.setSpacing(6)
        brand = QLabel("livevox")
        brand.setObjectName("brand")
        row.addWidget(brand)
        row.addSpacing(8)
        self.pages.addWidget(self.mix_page)
        for index, (text, tip) in enumerate(
            (
                (self.tr("Mix"), self.tr("What is heard, and the mix")),
                (self.tr("Source"), self.tr("Devices, files and models")),
                (self.tr("MIDI"), self.tr("MIDI controllers")),
            )
        ):
            tab = QPushButton(text)
            tab.setProperty("role", "tab")
            tab.setCheckable(True)
            tab.setChecked(index == 0)
            tab.setToolTip(self.tr("{} (Ctrl+{})").format(tip, index + 1))
            self.tabs.addButton(tab, index)
            row.addWidget(tab)
        self.tabs.idClicked.connect(self.show_page)
        row.addStretch(1)
        row.addWidget(self.preset_bar)
        row.addWidget(self.recording_bar)
        row.addWidget(self._menu_button())
        return header

    def _menu_button(self) -> QToolButton:
        menu = QMenu(self)
        undo = self.view_model.undo_stack.createUndoAction(self, self.tr("Undo"))
        redo = self.view_model.undo_stack.createRedoAction(self, self.tr("Redo"))
        assert undo is not None
        assert redo is not None
        # PyQt takes them for ours to keep.
        self._undo_actions = undo, redo
        for action, keys in zip(self._undo_actions, ("Ctrl+Z", "Ctrl+Shift+Z"), strict=True):
            action.setShortcut(keys)
            self.addAction(action)
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(self.tr("Compact strip (Ctrl+K)"), self.toggle_compact)
        looks = menu.addMenu(self.tr("Theme"))
        assert looks is not None
        self._theme_actions: dict[Choice, QAction] = {}
        group = QActionGroup(self)
        choices: tuple[tuple[Choice, str], ...] = (
            ("system", self.tr("As the system")),
            ("dark", self.tr("Dark")),
            ("light", self.tr("Light")),
        )
        for choice, text in choices:
            action = QAction(text, self)
            action.setCheckable(True)
            action.setChecked(choice == themes().choice)
            action.triggered.connect(lambda _, choice=choice: self.choose_theme(choice))
            group.addAction(action)
            looks.addAction(action)
            self._theme_actions[choice] = action
        menu.addSeparator()
        menu.addAction(self.tr("Restart the sound engine"), self.view_model.restart_engine)
        menu.addAction(self.tr("Keyboard shortcuts (F1)"), lambda: self.sheet.toggle())
        menu.addAction(self.tr("Quit (Ctrl+Q)"), self.close)
        button = QToolButton()
        button.setIcon(symbol("more"))
        button.setProperty("role", "flat")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        button.setMenu(menu)
        button.setAccessibleName(self.tr("Menu"))
        button.setToolTip(self.tr("Undo, theme, compact strip, shortcuts (F10)"))
        self.menu_button = button
        return button

    def _add_first_run(self) -> None:
        self.first_run: FirstRun | None = None
        if not settings_file().exists():
            from gui.pages.first_run import FirstRun

            self.first_run = self._added(FirstRun(self.view_model))
            self.first_run.finished.connect(lambda: self.show_page(0))
            self.pages.setCurrentWidget(self.first_run)

    # Keyboard

    def _shortcuts(self) -> list[Shortcut]:
        vm, tr = self.view_model, self.tr
        mix, view, sound, kept = tr("Mix"), tr("Window"), tr("Sound"), tr("Presets and MIDI")
        self._mixing_headings = (mix, sound)
        return [
            Shortcut(("Space",), tr("Play or pause the file"), sound, vm.toggle_playback),
            Shortcut(("R",), tr("Record, or stop recording"), sound, self.recording_bar.toggle),
            Shortcut(("Ctrl+O",), tr("Open a music file"), sound, self.transport_bar.open_file),
            Shortcut(("B",), tr("Bypass"), mix, lambda: vm.toggle("bypass")),
            Shortcut(("M",), tr("Mute the voice"), mix, lambda: vm.toggle("vocals_mute")),
            Shortcut(("S",), tr("Solo the voice"), mix, lambda: vm.toggle("vocals_solo")),
            Shortcut(
                ("Shift+M",), tr("Mute the music"), mix, lambda: vm.toggle("accompaniment_mute")
            ),
            Shortcut(
                ("Shift+S",), tr("Solo the music"), mix, lambda: vm.toggle("accompaniment_solo")
            ),
            Shortcut(("V",), tr("Go to the voice fader"), mix, self.mixer.voice.setFocus),
            Shortcut(("A",), tr("Go to the music fader"), mix, self.mixer.music.setFocus),
            Shortcut(("O",), tr("Go to the output fader"), mix, self.mixer.output.setFocus),
            Shortcut(("G",), tr("Gate and ducking"), mix, self.mixer.unfold.toggle),
            *(
                Shortcut((mode.key,), "", mix, partial(self.mix_page.modes.choose, mode))
                for mode in self.mix_page.modes.modes
            ),
            *(
                Shortcut((f"Ctrl+{index + 1}",), "", view, partial(self.show_page, index))
                for index in range(3)
            ),
            Shortcut(("Ctrl+S",), tr("Save the preset"), kept, self.preset_bar.save),
            Shortcut(("Ctrl+L",), tr("MIDI learn mode, on or off"), kept, self.toggle_learn_mode),
            Shortcut(("D",), tr("Latency by stage"), view, self.status.unfold.toggle),
            Shortcut(("Ctrl+K",), tr("Compact strip"), view, self.toggle_compact),
            Shortcut(("Ctrl+T",), tr("Dark or light theme"), view, self.toggle_theme),
            Shortcut(("Esc",), tr("Dismiss the notice"), view, self._escape),
            Shortcut(("F10",), tr("Menu"), view, self.menu_button.showMenu),
            Shortcut(("F1", "?"), tr("This sheet"), view, lambda: self.sheet.toggle()),
            Shortcut(("Ctrl+Q",), tr("Quit"), view, self.close),
        ]

    def _other_keys(self) -> list[tuple[str, str, str]]:
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

    # What can be done

    def show_page(self, index: int) -> None:
        """Show the mix (0), the source (1) or MIDI (2)."""
        if self.first_run is not None:
            self.pages.removeWidget(self.first_run)
            self.first_run.hide()
            self.first_run = None
        pages = (lambda: self.mix_page, lambda: self.device_page, lambda: self.midi_page)
        self.pages.setCurrentWidget(pages[index]())
        button = self.tabs.button(index)
        assert button is not None
        button.setChecked(True)
        if index != 2:
            self.view_model.learn_mode.set_on(False)

    def toggle_learn_mode(self) -> None:
        """Begin or end to learn MIDI by clicking."""
        self.view_model.learn_mode.set_on(not self.view_model.learn_mode.on)

    def _escape(self) -> None:
        if self.view_model.learn_mode.on:
            self.view_model.learn_mode.set_on(False)
        else:
            self.notices.clear_newest()

    def toggle_compact(self) -> None:
        """Change between the window and the strip."""
        if self._is_compact:
            self.compact.hide()
            self.show()
        else:
            self.compact.show()
            self.hide()

    def choose_theme(self, choice: Choice) -> None:
        """Use a theme from now on."""
        themes().choose(choice)
        self._theme_actions[choice].setChecked(True)
        self.settings.setValue("theme", choice)

    def toggle_theme(self) -> None:
        """Dark if it is light, and the other way round."""
        self.choose_theme("light" if themes().current.dark else "dark")

    # What the view model tells

    def _on_frames(self, frames: Frames) -> None:
        self.frames.append(frames)

    def _on_poll(self, snapshot: Snapshot) -> None:
        self.frames.heard = snapshot.heard_frame

    def _on_status(self, status: Status | None) -> None:
        self.transport_bar.setVisible(bool(status and status.config.file))

    # Life

    def _remembered_theme(self) -> Choice:
        choice = self.settings.value("theme", "system")
        return choice if choice in ("dark", "light") else "system"

    def _restore(self) -> None:
        geometry = self.settings.value("geometry")
        if not geometry or not self.restoreGeometry(geometry):
            self.resize(*USUAL)
        self.mixer.unfold.setChecked(self.settings.value("shaping", "false") == "true")

    @property
    def _is_compact(self) -> bool:
        return "compact" in self.__dict__ and self.compact.isVisible()

    def _tell_visible(self) -> None:
        seen = (self.isVisible() and not self.isMinimized()) or (
            self._is_compact and not self.compact.isMinimized()
        )
        self.view_model.look_timer.set_visible(seen)

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802
        """Draw again."""
        self._tell_visible()

    def hideEvent(self, event: QHideEvent | None) -> None:  # noqa: N802
        """Draw nothing that nobody sees."""
        self._tell_visible()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """A low window keeps its room for the pages."""
        self.status.budget.show_details(self.height() > 600)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Likewise where the window is minimised and comes back."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.WindowStateChange:
            self._tell_visible()

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802
        """Remember the window, and end the engine."""
        self.settings.setValue("geometry", self.saveGeometry())
        self.settings.setValue("shaping", str(self.mixer.unfold.isChecked()).lower())
        if self._is_compact:
            self.compact.hide()
        self.hide()
        self.view_model.close()
        super().closeEvent(event)

    def discard(self) -> None:
        """Destroy the closed window, its strip and the view model. Left to Python, this would be
        done by whichever thread happens to collect garbage, which Qt does not survive."""
        if "compact" in self.__dict__:
            self.compact.deleteLater()
        self.deleteLater()
        self.view_model.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
