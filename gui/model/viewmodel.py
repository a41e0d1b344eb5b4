"""What the window shows and what it can do, without a widget: the engine as Qt signals.

Every view is given the one :class:`ViewModel` and keeps to three rules:

- it reads properties and connects to signals; it never touches the engine, its client or its
  telemetry;
- it changes parameters with :meth:`ViewModel.set_parameter`, which returns at once, is undoable,
  and tells every view by ``parameter_changed``, where the change came from a view, from MIDI or
  from a preset alike;
- whatever may take time it asks for with one of the other methods. They return at once too; what
  goes wrong becomes a :class:`Notice`, and ``then`` is called with the answer, in the GUI thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar, Unpack

import numpy as np
import numpy.typing as npt
from PyQt6.QtCore import QObject, QRunnable, Qt, QThreadPool, QTimer, pyqtSignal
from PyQt6.QtGui import QUndoStack

from gui.model.engine_thread import EngineThread, Job
from gui.model.history import Change
from gui.model.scales import label
from livevox.config.preset import load_preset
from livevox.config.settings import Settings, load_settings, save_settings
from livevox.dsp.stft import FRAME_RATE, Audio
from livevox.errors import LivevoxError
from livevox.live.client import EngineDiedError
from livevox.live.commands import (
    Command,
    DeviceChanges,
    FileCommand,
    Learn,
    NamePreset,
    Pause,
    Play,
    Record,
    SetBindings,
    StopRecording,
    UseDevices,
    UseMidiPorts,
    UseModel,
    UsePreset,
)
from livevox.live.engine_config import EngineConfig
from livevox.live.status import Status
from livevox.live.supervisor import Death, Supervisor
from livevox.live.telemetry import FRAMES, STATES
from livevox.parameters import PARAMETERS

FRAMES_PER_SECOND = 30
HIDDEN_POLLS_PER_SECOND = 5
LONGEST_GUESS = 0.25
"""Seconds for which the frame that is heard is reckoned on without news of it."""
UNRESPONSIVE_SECONDS = 4.0
"""Without a sign of life: longer than it takes to open devices or load a model."""

Kind = Literal["information", "warning", "error"]
EngineState = Literal["starting", "waiting", "running", "ended", "unresponsive"]
A = TypeVar("A")
TOPICS: dict[type[Command[Any]], str] = {
    UseDevices: "devices",
    UseModel: "model",
    UsePreset: "preset",
    NamePreset: "preset",
    Record: "recording",
    StopRecording: "recording",
    FileCommand: "transport",
    Learn: "midi",
    SetBindings: "midi",
    UseMidiPorts: "midi",
}
"""What notices about these commands are on."""


@dataclass(frozen=True)
class Notice:
    """A line for the bar at the top of the window: what happened, and the remedy.

    A later notice with the same ``topic`` takes its place. ``action`` is the label of a button and
    what it does.
    """

    topic: str
    text: str
    kind: Kind = "error"
    action: tuple[str, Callable[[], None]] | None = None


@dataclass(frozen=True)
class Frames:
    """Frames that became known: the first one's number, activity (n,), and (n, 257) log
    magnitudes and masks, all float32 copies."""

    first: int
    activity: Audio
    spectrogram: Audio
    mask: Audio


@dataclass(frozen=True)
class Snapshot:
    """What the engine told at once; see `livevox.live.telemetry.Telemetry`. Times in seconds."""

    state: EngineState
    heard_frame: float
    """The frame that is heard now, the output device's own latency included."""
    levels: npt.NDArray[np.float64]
    """Peaks as amplitudes, (4 meters, 2 channels), by `livevox.live.telemetry.METERS`."""
    clips: tuple[int, ...]
    """Clipped blocks so far, by meter."""
    sample_rate: int
    block: int
    budget: tuple[float, ...]
    """Seconds of latency by `livevox.live.telemetry.STAGES`; the total is their sum."""
    load: float
    inference_ms: float
    late_blocks: int
    skipped_blocks: int
    xruns: int
    dropouts: int
    drift_ppm: float
    midi_messages: int
    memory_kib: int


@dataclass(frozen=True)
class Playback:
    """The file player, with seconds."""

    playing: bool = False
    position: float = 0.0
    duration: float = 0.0
    frame: float = 0.0
    """The frame, counted as :class:`Frames` are, that the file's audio at ``position`` becomes."""


@dataclass(frozen=True)
class Recording:
    """The recorder, with seconds recorded and left on the disk."""

    active: bool = False
    elapsed: float = 0.0
    disk_left: float = 0.0


class ViewModel(QObject):
    """The one object that all views share. Make it in the GUI thread, then :meth:`start` it."""

    polled = pyqtSignal(object)
    """A :class:`Snapshot`, at every frame of the display."""
    frames_appended = pyqtSignal(object)
    """:class:`Frames`; while the window is hidden none come, afterwards those of the last 10 s."""
    frames_cleared = pyqtSignal()
    """The engine counts its frames from 0 again: forget those before."""
    parameter_changed = pyqtSignal(str, float)
    """A parameter's name and its new value, whoever changed it."""
    state_changed = pyqtSignal(str)
    """The engine's :attr:`state`."""
    status_changed = pyqtSignal(object)
    """The new :attr:`status`."""
    playback_changed = pyqtSignal(object)
    """A :class:`Playback`: ten times a second while a file plays."""
    recording_changed = pyqtSignal(object)
    """A :class:`Recording`."""
    midi_received = pyqtSignal(int)
    """So many MIDI messages came in since the last time; for the activity light."""
    preset_changed = pyqtSignal(str, bool)
    """The preset's name, "" for none, and whether parameters differ from it by now."""
    learn_mode_changed = pyqtSignal(bool)
    """While on, a click on a control asks to :meth:`learn` it instead of working it."""
    busy_changed = pyqtSignal(bool)
    """Whether something that takes time is under way; see :attr:`busy`."""
    noticed = pyqtSignal(object)
    """A :class:`Notice` for the bar at the top of the window."""
    notice_cleared = pyqtSignal(str)
    """The notice with this topic is over."""

    def __init__(self, config: EngineConfig, parent: QObject | None = None) -> None:
        """``config`` is what the engine starts with."""
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.status: Status | None = None
        """What the engine told last, None before the first time."""
        self.state: EngineState = "starting"
        self.playback = Playback()
        self.recording = Recording()
        self.settings: Settings
        """What is remembered; :meth:`remember` changes it."""
        self.settings, self._warning = load_settings()
        self._saving = threading.Lock()
        self._values = dict(config.parameters)
        self._config = config
        self._supervisor: Supervisor | None = None
        self._busy = 0
        self._learn_mode = False
        self._gesture = 0
        self._frames = 0
        self._visible = True
        self._closed = False
        self._heartbeat = 0.0
        self._sign_of_life = (0.0, 0.0)
        self.midi_messages = 0
        """That have come in so far."""
        self._preset = ("", False)
        self._preset_values: dict[str, float] = {}
        self._rate = FRAMES_PER_SECOND
        self._thread = EngineThread(config, self)
        self._thread.started.connect(self._on_started)
        self._thread.failed.connect(self._on_failed)
        self._thread.died.connect(self._on_died)
        self._thread.status.connect(self._on_status)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.poll)

    # Life

    def start(self) -> None:
        """Start the engine; return before it runs."""
        self._thread.start()
        self._set_interval()
        if self._warning:
            self.notify(Notice("settings", self._warning, "warning"))

    def close(self) -> None:
        """End the engine and what runs in the background, waiting for that; nothing is signalled
        after it."""
        self._closed = True
        self._timer.stop()
        self._supervisor = None
        self._thread.close()
        _pool().waitForDone()

    def restart_engine(self) -> None:
        """End the engine, by force, and start another one with the same settings."""
        self._thread.restart()

    def set_visible(self, visible: bool) -> None:
        """Tell whether any of the display can be seen: a hidden one costs next to nothing."""
        self._visible = visible
        self._set_interval()

    @property
    def frame_rate(self) -> int:
        """Looks at the engine per second while the window is visible."""
        return self._rate

    def set_frame_rate(self, rate: int) -> None:
        """Look at the engine ``rate`` times a second."""
        if rate != self._rate:
            self._rate = rate
            self._set_interval()

    def _set_interval(self) -> None:
        if self._closed:
            return
        self._timer.start(1000 // (self._rate if self._visible else HIDDEN_POLLS_PER_SECOND))

    # Parameters

    @property
    def values(self) -> dict[str, float]:
        """All parameters, as the views show them."""
        return dict(self._values)

    def value(self, name: str) -> float:
        """A parameter's value."""
        return self._values[name]

    def set_parameter(self, name: str, value: float) -> None:
        """Set one parameter, limited to its range; undoable."""
        self.set_parameters({name: value})

    def set_parameters(self, values: Mapping[str, float], text: str = "") -> None:
        """Set several at once, limited to their ranges: one step of undo, called ``text``."""
        new = {name: PARAMETERS[name].limited(value) for name, value in values.items()}
        new = {name: value for name, value in new.items() if value != self._values[name]}
        if new:
            old = {name: self._values[name] for name in new}
            text = text or ", ".join(map(label, new))
            self.undo_stack.push(Change(self._apply, old, new, text, self._gesture))

    def toggle(self, name: str) -> None:
        """Turn a switch on or off."""
        self.set_parameter(name, 1 - self._values[name])

    @contextmanager
    def gesture(self) -> Iterator[None]:
        """Changes of the same parameters within the ``with`` block are one step of undo."""
        self.begin_gesture()
        yield
        self.end_gesture()

    def begin_gesture(self) -> None:
        """A drag begins: until its end, its changes are one step of undo."""
        self._gesture += 1

    def end_gesture(self) -> None:
        """The drag has ended."""
        self._gesture += 1

    def _apply(self, values: Mapping[str, float]) -> None:
        self._thread.set(dict(values))
        self._show(values)

    def _show(self, values: Mapping[str, float]) -> None:
        changed = {name: v for name, v in values.items() if self._values[name] != v}
        self._values |= changed
        for name, value in changed.items():
            self.parameter_changed.emit(name, value)
        if changed:
            self._tell_preset()

    # Requests

    @property
    def busy(self) -> bool:
        """Whether something that takes time is under way."""
        return self._busy > 0

    @property
    def config(self) -> EngineConfig:
        """What a new engine would start with: devices, file, model, bindings as last chosen."""
        return self._supervisor.config if self._supervisor else self._config

    def request(
        self,
        job: Job,
        then: Callable[[Any], None] | None = None,
        topic: str = "request",
        otherwise: Callable[[LivevoxError], None] | None = None,
    ) -> None:
        """Do ``job`` with the supervisor, in its thread; then call ``then`` with the result.

        A LivevoxError becomes a notice on ``topic``, unless ``otherwise`` takes it; success clears
        an older notice on it.
        """

        def succeed(answer: Any) -> None:
            self._count_busy(-1)
            self.clear_notice(topic)
            if then is not None:
                then(answer)

        def fail(error: LivevoxError) -> None:
            self._count_busy(-1)
            if otherwise is not None:
                otherwise(error)
            elif not isinstance(error, EngineDiedError):
                # A death has a notice of its own.
                self.notify(Notice(topic, _sentence(str(error))))

        self._count_busy(1)
        self._thread.ask(job, succeed, fail)

    def ask(
        self,
        command: Command[A],
        then: Callable[[A], None] | None = None,
        topic: str | None = None,
        otherwise: Callable[[LivevoxError], None] | None = None,
    ) -> None:
        """Have the engine do a command; see :meth:`request`. Each type is a topic of its own, or
        one of :data:`TOPICS`."""
        topic = topic or _topic(command)
        self.request(lambda supervisor: supervisor.ask(command), then, topic, otherwise)

    def run_in_background(
        self,
        function: Callable[[], Any],
        then: Callable[[Any], None],
        topic: str = "background",
        otherwise: Callable[[LivevoxError], None] | None = None,
    ) -> None:
        """Call ``function`` in a thread of its own, one that asks the engine nothing (reading a
        file, say); then call ``then`` with its result. Errors as in :meth:`request`."""

        def fail(error: LivevoxError) -> None:
            if otherwise is not None:
                otherwise(error)
            else:
                self.notify(Notice(topic, _sentence(str(error))))

        thread = self._thread

        def work() -> None:
            try:
                answer = function()
            except LivevoxError as error:
                thread.answered.emit(fail, error)
            else:
                thread.answered.emit(then, answer)

        _pool().start(QRunnable.create(work))

    def set_devices(self, **changes: Unpack[DeviceChanges]) -> None:
        """Change devices or the file; all but the file are remembered."""
        self.remember(**{key: value for key, value in changes.items() if key != "file"})
        self.ask(UseDevices(changes))

    def play_file(self, path: str | None) -> None:
        """Play a file or folder instead of the input; None goes back to the input."""
        self.set_devices(file=path)

    def load_preset(self, name: str) -> None:
        """Load a preset, as one step of undo of the parameters, and remember it."""
        before = self.values

        def done(values: dict[str, float]) -> None:
            old = {n: before[n] for n in values if before[n] != values[n]}
            new = {n: values[n] for n in old}
            self._show(new)
            if new:
                self.undo_stack.push(
                    Change(self._apply, old, new, self.tr("Preset {}").format(name))
                )
            self.remember(preset=name)
            self._adopt_preset(name)

        def job(supervisor: Supervisor) -> dict[str, float]:
            preset = load_preset(name)
            supervisor.ask(UsePreset(preset))
            return preset.values()

        self.request(job, done, "preset")

    def toggle_playback(self) -> None:
        """Play or pause the file, where one is open."""
        if self.config.file:
            self.ask(Pause() if self.playback.playing else Play())

    @property
    def learn_mode(self) -> bool:
        """Whether a click on a control asks to :meth:`learn` it."""
        return self._learn_mode

    def set_learn_mode(self, on: bool) -> None:
        """Turn the learn mode on, or off, which also stops any waiting for a control."""
        if on != self._learn_mode:
            self._learn_mode = on
            if not on and self.status is not None and self.status.learning:
                self.ask(Learn(None))
            self.learn_mode_changed.emit(on)
            self._tell_learn_mode()

    def _tell_learn_mode(self) -> None:
        if self._learn_mode:
            text = self.tr("Learn mode: click a control, then move a knob or press a button.")
            end = (self.tr("End"), lambda: self.set_learn_mode(False))
            self.notify(Notice("learn", text, "information", end))
        else:
            self.clear_notice("learn")

    def set_midi_ports(
        self, inputs: tuple[str, ...], outputs: tuple[str, ...], api: str | None = None
    ) -> None:
        """Listen to other MIDI ports, and remember them."""
        self.remember(midi_inputs=inputs, midi_outputs=outputs, midi_api=api)
        self.ask(UseMidiPorts(inputs, outputs, api))

    def remember(self, **changes: Any) -> None:
        """Change fields of :attr:`settings` and save them."""
        settings = replace(self.settings, **changes)
        if settings == self.settings:
            return
        self.settings = settings
        self.keep_settings()

    def keep_settings(self) -> None:
        """Save :attr:`settings`."""

        def save() -> None:
            # One after the other, so that the last to write has the latest.
            with self._saving:
                save_settings(self.settings)

        self.run_in_background(save, lambda _: None, "settings")

    def _count_busy(self, change: int) -> None:
        was, self._busy = self._busy, self._busy + change
        if bool(was) != bool(self._busy):
            self.busy_changed.emit(self.busy)

    # Notices

    def notify(self, notice: Notice) -> None:
        """Show a notice."""
        self.noticed.emit(notice)

    def clear_notice(self, topic: str) -> None:
        """Take back the notice on a topic."""
        self.notice_cleared.emit(topic)

    # Presets

    @property
    def preset(self) -> tuple[str, bool]:
        """The preset's name, "" for none, and whether parameters differ from it by now."""
        return self._preset

    def name_preset(self, name: str) -> None:
        """Go on under another preset's name, "" for none, as after renaming; no value changes."""

        self.ask(NamePreset(name or None))
        if name:
            self.remember(preset=name)
        self._adopt_preset(name)

    def _adopt_preset(self, name: str | None) -> None:
        self._preset_values = {}
        if name:
            try:
                self._preset_values = load_preset(name).values()
            except LivevoxError:
                name = ""
        self._preset = (name or "", False)
        self._tell_preset(always=True)

    def _tell_preset(self, always: bool = False) -> None:
        name, was = self._preset
        differs = bool(name) and self._preset_values != self._values
        self._preset = (name, differs)
        if always or was != differs:
            self.preset_changed.emit(name, differs)

    # What the engine tells

    def poll(self) -> None:
        """Look at the telemetry, and signal what is new."""
        if self._supervisor is None:
            return
        fields = self._supervisor.telemetry.fields
        now = time.monotonic()
        snapshot = self._snapshot(fields, now)
        if snapshot.state != self.state:
            self._set_state(snapshot.state)
        self._adopt_parameters(fields)
        self._poll_player_and_recorder(fields)
        if snapshot.midi_messages != self.midi_messages:
            new = snapshot.midi_messages - self.midi_messages
            self.midi_messages = snapshot.midi_messages
            if new > 0:
                self.midi_received.emit(new)
        if self._visible:
            self._append_frames(fields)
            self.polled.emit(snapshot)

    def _snapshot(self, fields: Any, now: float) -> Snapshot:
        budget = tuple(map(float, fields.budget))
        since = min(max(0.0, now - float(fields.heard_at)), LONGEST_GUESS)
        heard = float(fields.heard_frame) + (since - budget[-1]) * FRAME_RATE
        return Snapshot(
            self._state_now(fields, now),
            heard,
            np.array(fields.levels),
            tuple(map(int, fields.clips)),
            int(fields.sample_rate),
            int(fields.block),
            budget,
            float(fields.load),
            float(fields.inference_ms),
            int(fields.late_blocks),
            int(fields.skipped_blocks),
            int(fields.xruns),
            int(fields.dropouts),
            float(fields.drift_ppm),
            int(fields.midi_messages),
            int(fields.memory_kib),
        )

    def _state_now(self, fields: Any, now: float) -> EngineState:
        heartbeat = float(fields.heartbeat)
        state = STATES[int(fields.state)]
        # An engine that starts, or does what it was asked, may take its time; one that has ended
        # gives no sign.
        if heartbeat != self._sign_of_life[0] or state in ("starting", "ended") or self.busy:
            self._sign_of_life = (heartbeat, now)
        late = now - self._sign_of_life[1] > UNRESPONSIVE_SECONDS
        return "unresponsive" if late else state

    def _adopt_parameters(self, fields: Any) -> None:
        """Take over what others changed; not while changes of our own are on their way there."""
        heartbeat = float(fields.heartbeat)
        # The engine writes its parameters just after its heartbeat: read them one look later.
        if self._heartbeat == heartbeat and heartbeat > self._thread.set_acknowledged:
            told = map(float, fields.parameters)
            self._show(dict(zip(PARAMETERS, told, strict=True)))
        self._heartbeat = heartbeat

    def _poll_player_and_recorder(self, fields: Any) -> None:
        playback = Playback(
            bool(fields.playing),
            float(fields.position),
            float(fields.duration),
            float(fields.position_frame),
        )
        if playback != self.playback:
            self.playback = playback
            self.playback_changed.emit(playback)
        recording = Recording(
            bool(fields.recording), float(fields.recorded), float(fields.disk_left)
        )
        if recording != self.recording:
            self.recording = recording
            self.recording_changed.emit(recording)

    def _append_frames(self, fields: Any) -> None:
        end = int(fields.frames)
        if end < self._frames:
            self._frames = 0
            self.frames_cleared.emit()
        # The oldest frames of the ring may be written over just now.
        first = max(self._frames, end - FRAMES + 64)
        if end > first:
            at = np.arange(first, end) % FRAMES
            self._frames = end
            self.frames_appended.emit(
                Frames(first, fields.activity[at], fields.spectrogram[at], fields.mask[at])
            )

    def _set_state(self, state: EngineState) -> None:
        self.state = state
        self.state_changed.emit(state)
        if state == "unresponsive":
            self.notify(
                Notice(
                    "engine",
                    self.tr("The sound engine does not answer."),
                    "error",
                    (self.tr("Restart the engine"), self.restart_engine),
                )
            )
        elif state == "running":
            self.clear_notice("waiting")

    def _on_started(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor

    def _on_failed(self, reason: str) -> None:
        self._set_state("ended")
        self.notify(Notice("engine", _sentence(reason)))

    def _on_died(self, death: Death) -> None:
        self._set_state("ended")
        if death.restarted:
            # What was changed in its last moments is not in what it told last.
            self._thread.set(self._values)
            text = self.tr("The sound engine ended unexpectedly and is started again.")
            if death.device_lost:
                text = self.tr("A sound device has gone: the sound goes on as soon as it is back.")
            self.notify(Notice("engine", text, "warning"))
        else:
            text = self.tr("The sound engine keeps ending, so it was not started again.")
            action = (self.tr("Restart the engine"), self.restart_engine)
            self.notify(Notice("engine", text, "error", action))

    def _on_status(self, status: Status) -> None:
        before, self.status = self.status, status
        self.status_changed.emit(status)
        if status.config.preset != (before.config.preset if before else None):
            self._adopt_preset(status.config.preset)
        told = _reasons(before) if before else {}
        for topic, reason in _reasons(status).items():
            if reason != told.get(topic):
                if reason:
                    self.notify(Notice(topic, _sentence(reason)))
                else:
                    self.clear_notice(topic)


def _reasons(status: Status) -> dict[str, str | None]:
    """What the engine complains of, by the notice's topic."""
    return {
        "waiting": status.reason,
        "notice": status.notice,
        "file": status.file_error,
        "recording": status.recording_error,
    }


def _topic(command: Command[Any]) -> str:
    for kind, topic in TOPICS.items():
        if isinstance(command, kind):
            return topic
    return type(command).__name__


def _pool() -> QThreadPool:
    pool = QThreadPool.globalInstance()
    assert pool is not None
    return pool


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:]


def total_latency(snapshot: Snapshot) -> float:
    """Seconds from the microphone to the loudspeaker."""
    return sum(snapshot.budget)
