"""State and actions of the window, without widgets: the engine as Qt signals.

All views share one :class:`ViewModel` and follow three rules:

- A view reads properties and connects to signals. It never uses the engine, its client or its
  telemetry.
- It changes parameters with :attr:`ViewModel.parameters`, which returns at once. Changes can be
  undone. Its signal ``changed`` reports every change, also those by MIDI or a preset.
- For work that takes time it uses :attr:`ViewModel.requests`, or other methods that use them. These
  return at once, too. Errors become notices, and ``then`` is called with the answer, in the GUI
  thread.
"""

from __future__ import annotations

import time
from typing import Unpack

from PyQt6.QtCore import QObject, pyqtSignal

from gui.model.engine_notices import EngineNotices
from gui.model.engine_reader import EngineReader, EngineState, Playback, Recording
from gui.model.engine_thread import EngineThread
from gui.model.learn_mode import LearnMode
from gui.model.look_timer import LookTimer
from gui.model.notices import Notice, Notices
from gui.model.parameters import Parameters
from gui.model.preset_in_use import PresetInUse
from gui.model.remembered import Remembered
from gui.model.requests import Requests
from livevox.config.preset import load_preset
from livevox.live.commands import (
    DeviceChanges,
    LetThrough,
    NamePreset,
    Pause,
    Play,
    UseDevices,
    UseMidiPorts,
    UseOsc,
    UsePreset,
)
from livevox.live.engine_config import EngineConfig
from livevox.live.heard_place import HeardPlace
from livevox.live.status import Status
from livevox.live.supervisor import Death, Supervisor


class ViewModel(QObject):
    """Shared by all views. Create it in the GUI thread, then :meth:`start` it."""

    polled = pyqtSignal(object)
    """A `gui.model.engine_reader.Snapshot`, at every frame of the display."""
    frames_appended = pyqtSignal(object)
    """`gui.model.engine_reader.Frames`; none while the window is hidden, then those of the last
    10 s."""
    frames_cleared = pyqtSignal()
    """The engine has restarted its frame count at 0: discard earlier frames."""
    state_changed = pyqtSignal(str)
    """The engine's :attr:`state`."""
    status_changed = pyqtSignal(object)
    """The new :attr:`status`."""
    playback_changed = pyqtSignal(object)
    """A `gui.model.engine_reader.Playback`: ten times a second while a file plays."""
    recording_changed = pyqtSignal(object)
    """A `gui.model.engine_reader.Recording`."""
    midi_received = pyqtSignal(int)
    """The number of MIDI messages since the last signal, for the activity light."""

    def __init__(self, config: EngineConfig, parent: QObject | None = None) -> None:
        """``config`` is what the engine starts with."""
        super().__init__(parent)
        self.status: Status | None = None
        """The engine's last status; None before the first one."""
        self.state: EngineState = "starting"
        self.playback = Playback()
        self.heard_second = 0.0
        """Where in the file the sound is that is heard now, in seconds; as of the last poll."""
        self._heard = HeardPlace()
        self.recording = Recording()
        self.midi_messages = 0
        """The number of MIDI messages so far."""
        self._config = config
        self._supervisor: Supervisor | None = None
        self._reader: EngineReader | None = None
        self._thread = EngineThread(config, self)
        self.parameters = Parameters(config.parameters, self._thread.set, self)
        self.notices = Notices(self)
        self._engine_notices = EngineNotices(
            self.notices, self.restart_engine, self.let_through, self
        )
        self.requests = Requests(self._thread, self.notices, self)
        self.remembered = Remembered(self.requests)
        self.preset = PresetInUse(self.parameters, self)
        self.learn_mode = LearnMode(self.requests, self.notices, self._is_learning, self)
        self._thread.started.connect(self._on_started)
        self._thread.failed.connect(self._on_failed)
        self._thread.died.connect(self._on_died)
        self._thread.status.connect(self._on_status)
        self.look_timer = LookTimer(self)
        self.look_timer.timeout.connect(self.poll)

    # Start and end

    def start(self) -> None:
        """Start the engine; return before it runs."""
        self._thread.start()
        self.look_timer.begin()
        if self.remembered.warning:
            self.notices.notify(Notice("settings", self.remembered.warning, "warning"))

    def close(self) -> None:
        """End the engine and background work, and wait for them. There are no signals
        afterwards."""
        self.look_timer.end()
        self._supervisor = self._reader = None
        self._thread.close()
        self.requests.finish()

    def restart_engine(self) -> None:
        """Kill the engine and start another one with the same settings."""
        self._thread.restart()

    def let_through(self) -> None:
        """Let the output rise to its level: at the first start, or early after a howl."""
        self.requests.ask(LetThrough())

    # Requests

    @property
    def config(self) -> EngineConfig:
        """What a restarted engine starts with: the last choices of devices, file, model etc."""
        return self._supervisor.config if self._supervisor else self._config

    def set_devices(self, **changes: Unpack[DeviceChanges]) -> None:
        """Change devices or what plays instead of the input, and remember the devices."""
        lasting = {key: v for key, v in changes.items() if key not in ("files", "system")}
        self.remembered.change(**lasting)
        self.requests.ask(UseDevices(changes))

    def play_files(self, paths: tuple[str, ...]) -> None:
        """Play files, folders and playlists instead of the input; () returns to the input."""
        self.set_devices(files=paths, system=False)

    def load_preset(self, name: str) -> None:
        """Load a preset, as one step of undo of the parameters, and remember it."""
        before = self.parameters.values

        def done(values: dict[str, float]) -> None:
            text = self.tr("Preset {}").format(name)
            self.parameters.note_change(before, values, text)
            self.remembered.change(preset=name)
            self.preset.adopt(name)

        def job(supervisor: Supervisor) -> dict[str, float]:
            preset = load_preset(name)
            supervisor.ask(UsePreset(preset))
            return preset.values()

        self.requests.request(job, done, "preset")

    def toggle_playback(self) -> None:
        """Play or pause the file, where one is open."""
        if self.config.files:
            self.requests.ask(Pause() if self.playback.playing else Play())

    def set_midi_ports(
        self, inputs: tuple[str, ...], outputs: tuple[str, ...], api: str | None = None
    ) -> None:
        """Open other MIDI ports, and remember them."""
        self.remembered.change(midi_inputs=inputs, midi_outputs=outputs, midi_api=api)
        self.requests.ask(UseMidiPorts(inputs, outputs, api))

    def set_osc(self, listen: str | None, targets: tuple[str, ...]) -> None:
        """Listen for OSC and send it there, and remember that once it works."""

        def done(_: None) -> None:
            self.remembered.change(osc=listen, osc_to=targets)

        self.requests.ask(UseOsc(listen, targets), done)

    def name_preset(self, name: str) -> None:
        """Change the name of the preset in use, "" for none, without changing any value."""
        self.requests.ask(NamePreset(name or None))
        if name:
            self.remembered.change(preset=name)
        self.preset.adopt(name)

    def _is_learning(self) -> bool:
        return self.status is not None and self.status.learning is not None

    # What the engine reports

    def poll(self) -> None:
        """Read the telemetry and signal changes."""
        reader = self._reader
        if reader is None:
            return
        snapshot = reader.snapshot(time.monotonic(), self.requests.busy)
        if snapshot.state != self.state:
            self._set_state(snapshot.state)
        # Show changes by others, unless the window's own changes are still on their way.
        parameters = reader.parameters(self._thread.set_acknowledged)
        if parameters is not None:
            self.parameters.show(parameters)
        playback, recording = reader.playback(), reader.recording()
        self.heard_second = self._heard.look(snapshot.heard_frame, playback.place, playback.playing)
        if playback != self.playback:
            self.playback = playback
            self.playback_changed.emit(playback)
        if recording != self.recording:
            self.recording = recording
            self.recording_changed.emit(recording)
        new = snapshot.midi_messages - self.midi_messages
        self.midi_messages = snapshot.midi_messages
        if new > 0:
            self.midi_received.emit(new)
        if self.look_timer.visible:
            if reader.frames_restarted():
                self.frames_cleared.emit()
            if (frames := reader.new_frames()) is not None:
                self.frames_appended.emit(frames)
            self.polled.emit(snapshot)

    def _set_state(self, state: EngineState) -> None:
        self.state = state
        self.state_changed.emit(state)
        self._engine_notices.on_state(state)

    def _on_started(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._reader = EngineReader(supervisor.telemetry)

    def _on_failed(self, reason: str) -> None:
        self._set_state("ended")
        self.notices.complain("engine", reason)

    def _on_died(self, death: Death) -> None:
        self._set_state("ended")
        if death.restarted:
            # Its telemetry may lack the last changes.
            self._thread.set(self.parameters.values)
        self._engine_notices.on_death(death)

    def _on_status(self, status: Status) -> None:
        before, self.status = self.status, status
        if before is not None and _queue(status) != _queue(before):
            self.remembered.change_queue(*_queue(status))
        self.status_changed.emit(status)
        if status.config.preset != (before.config.preset if before else None):
            self.preset.adopt(status.config.preset)
        self._engine_notices.on_status(status)


def _queue(status: Status) -> tuple[tuple[str, ...], int]:
    return status.config.files, status.config.song
