"""The engine: opens the devices, runs I/O thread and worker, and carries out commands."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from typing import Any

from livevox.config.preset import load_preset
from livevox.device import devices
from livevox.errors import LivevoxError
from livevox.live import commands
from livevox.live.command import Command, Done, Refused
from livevox.live.engine_config import EngineConfig
from livevox.live.engine_report import EngineReport
from livevox.live.flow_watch import Fault
from livevox.live.gaps import begin_gap
from livevox.live.guard import Guard
from livevox.live.microphone import Microphone
from livevox.live.midi_desk import MidiDesk
from livevox.live.osc_desk import OscDesk
from livevox.live.recording import Recording
from livevox.live.sound import Sound
from livevox.live.status import Status
from livevox.live.telemetry import Telemetry
from livevox.midi.control import Action, Learned, Move, Recall
from livevox.network.model import load_model
from livevox.parameters import checked
from livevox.processor import Processor

LOOK_SECONDS = 0.01
"""Interval between checks of the sound. Commands and MIDI messages are handled at once."""
SLOW_SECONDS = 0.1
RETRY_SECONDS = 0.3


class Engine:
    """Serves the client at ``connection``, and writes to ``telemetry``."""

    def __init__(self, config: EngineConfig, connection: Connection, telemetry: Telemetry) -> None:
        self._config = config
        self._connection = connection
        self._telemetry = telemetry
        # Its process starts while the model loads.
        self._midi = MidiDesk(config.bindings)
        self._osc = OscDesk()
        self._processor, notice = self._first_processor()
        self._set_parameters(commands.SetParameters(config.parameters))
        self._guard = Guard(config.guard)
        self._sound = Sound(telemetry, self._guard)
        self._microphone = Microphone(telemetry, config.guard)
        self._recording = Recording(config.recording, config.record_into, telemetry)
        self._recording.with_mic = config.mic is not None
        self._report = EngineReport(
            telemetry,
            self._sound,
            self._recording,
            self._midi,
            self._guard,
            self._microphone,
            notice,
        )
        self._gone = ""
        """What became of a device that was open; "" again when the sound is."""
        self._ended = False
        self._commands: dict[type[Command[Any]], Callable[[Any], object]] = {
            commands.GetStatus: self._status,
            commands.End: self._end,
            commands.SetParameters: self._set_parameters,
            commands.LetThrough: self._let_through,
            commands.UsePreset: self._use_preset,
            # Only the configuration has the name.
            commands.NamePreset: lambda _: None,
            commands.UseModel: lambda command: self._change_model(command.name),
            commands.UseDevices: self._use_devices,
            commands.PlayTone: lambda command: self._sound.play_tone(command.on),
            commands.Record: self._record,
            commands.StopRecording: lambda _: self._recording.end(),
            **dict.fromkeys(commands.FILE_COMMANDS, self._sound.move_in_file),
            commands.Learn: self._midi.learn,
            commands.SetBindings: self._midi.set_bindings,
            commands.UseMidiPorts: self._midi.use_ports,
            commands.ListMidi: self._midi.list_ports,
            commands.UseOsc: self._osc.use,
        }
        """The function that carries out a command, by the command's type."""

    def _first_processor(self) -> tuple[Processor, str]:
        """The model of the configuration. If it can't be loaded, `live`, with a notice."""
        try:
            model = load_model(self._config.model, self._config.provider, live=True)
        except LivevoxError as error:
            model = load_model("live", "cpu")
            return Processor(model), f"{error}; the model live plays instead"
        return Processor(model), "; ".join(model.notices)

    # The loop

    def run(self) -> bool:
        """Serve until a command ends it (False), or until a device is lost (True)."""
        self._report.state = "starting"
        self._open_desks()
        next_slow = next_try = 0.0
        while not self._ended:
            now = time.monotonic()
            if not self._sound.is_open and now >= next_try:
                self._open_sound()
                # Opening may have taken seconds. They don't count as a stall of the device.
                now = time.monotonic()
                next_try = now + RETRY_SECONDS
            if self._sound.watch.is_lost(now):
                self._report.notify("a sound device was lost")
                return True
            if fault := self._sound.watch.fault():
                self._reopen_sound(fault)
            self._serve_microphone(now)
            self._sound.play_at(self._processor.values["tempo"] / 100)
            self._serve_midi(now)
            self._serve_osc(now)
            if now >= next_slow:
                next_slow = now + SLOW_SECONDS
                self._report.write_telemetry(now)
            self._wait()
        return False

    def _wait(self) -> None:
        """Wait for a command and answer it, for MIDI or OSC messages, or for the next check."""
        others = (self._midi.connection, self._osc.connection)
        connections = [self._connection, *(other for other in others if other is not None)]
        if self._connection in wait(connections, LOOK_SECONDS):
            self._answer()

    def close(self, lost: bool) -> None:
        """End recording, sound and MIDI; if a device is ``lost``, only the recording."""
        self._recording.end()
        if lost:
            return
        # MIDI first: closing the sound changes JACK's graph, see QUIET_SECONDS of MIDI.
        self._midi.close()
        self._microphone.close()
        self._sound.close()
        self._osc.close()
        # A JACK server waits for clients that vanish, and its other clients are silent meanwhile.
        devices.release()

    def _answer(self) -> None:
        command: Command[Any] = self._connection.recv()
        reply: Done | Refused
        try:
            reply = Done(self._do(command))
        except (LivevoxError, ValueError) as error:
            reply = Refused(str(error))
        if not command.quiet:
            self._report.changed()
        self._connection.send(reply)

    def _do(self, command: Command[Any]) -> object:
        answer = self._commands[type(command)](command)
        self._config = command.applied_to(self._config)
        return answer

    def _open_sound(self, rescan: bool = True, period: int | None = None) -> None:
        """Open the devices and start. If one is missing, report it and keep waiting."""
        follow = self._recording.follow
        try:
            self._sound.open(self._config, self._processor, follow, rescan, period)
        except LivevoxError as error:
            self._report.reason = f"{self._gone}{error}"
            self._report.state = "waiting"
        else:
            self._report.reason = self._gone = ""
            self._report.state = "running"

    def _reopen_sound(self, fault: Fault) -> None:
        """Reopen the devices, which interrupts the sound, and report why."""
        # Silence is not "running".
        self._report.state = "starting"
        self._sound.close(self._sound.transport)
        # The I/O thread wrote this field until now, and will continue from this value.
        self._telemetry.fields.dropouts += 1
        begin_gap(self._telemetry.fields, fault.silent_seconds)
        if fault.gone:
            self._gone = f"{fault.reason}, the sound resumes when it is back: "
            self._config = self._config.on_devices(self._sound.input, self._sound.output)
        self._open_sound(rescan=fault.new, period=fault.period)
        if self._sound.is_open:
            ms = 1000 * self._telemetry.latency
            opened = f"the devices were reopened, the latency is now {ms:.0f} ms"
            self._report.notify(f"{fault.reason}: {opened}")

    # Microphone

    def _serve_microphone(self, now: float) -> None:
        # It reads them there, so that a fader's movement is heard at once.
        self._telemetry.fields.parameters = list(self._processor.values.values())
        if self._sound.is_open:
            self._microphone.use(self._sound.mic)
        if self._microphone.look(now):
            self._report.changed()

    # MIDI and OSC

    def _open_desks(self) -> None:
        for desk in (self._midi, self._osc):
            try:
                desk.open(self._config)
            except LivevoxError as error:
                self._report.notify(str(error))
                if desk is self._osc:
                    self._config = replace(self._config, osc=None, osc_to=())

    def _serve_midi(self, now: float) -> None:
        if notice := self._midi.revive(now):
            self._report.notify(notice)
        count, actions = self._midi.receive(self._processor.values, now)
        if count:
            self._telemetry.fields.midi_messages += count
        self._act(actions)
        self._midi.send_feedback(self._processor.values, now)

    def _serve_osc(self, now: float) -> None:
        actions, problem = self._osc.receive(now)
        self._act(actions)
        if problem:
            self._report.notify(problem)
        activity = float(self._telemetry.fields.activity_now)
        self._osc.send_feedback(self._processor.values, activity, now)

    def _act(self, actions: Iterable[Action]) -> None:
        for action in actions:
            match action:
                case Move(target, value):
                    self._processor.set(target, value)
                case Recall(name):
                    try:
                        self._do(commands.UsePreset(load_preset(name)))
                    except LivevoxError as error:
                        self._report.notify(str(error))
                    self._report.changed()
                case Learned():
                    self._report.changed()

    # Commands

    def _status(self, _: commands.GetStatus) -> Status:
        return self._report.status(self._config, self._processor)

    def _end(self, _: commands.End) -> None:
        self._ended = True

    def _set_parameters(self, command: commands.SetParameters) -> None:
        for name, value in checked(command.values).items():
            self._processor.set(name, value)

    def _use_preset(self, command: commands.UsePreset) -> None:
        preset = command.preset
        if preset.model != self._processor.model.info.name:
            self._change_model(preset.model)
        self._set_parameters(commands.SetParameters(preset.values()))
        self._midi.set_bindings(commands.SetBindings(preset.midi))

    def _change_model(self, name: str) -> None:
        model = load_model(name, self._config.provider, live=True)
        if model.notices:
            self._report.notify("; ".join(model.notices))
        processor = Processor(model)
        for parameter, value in self._processor.values.items():
            processor.set(parameter, value)
        self._sound.close(self._sound.transport)
        self._processor = processor
        self._open_sound()

    def _use_devices(self, command: commands.UseDevices) -> None:
        config, file = command.applied_to(self._config), self._sound.transport
        if "files" in command.changes:
            # Refuse files that can't be played without interrupting the current one.
            file = self._sound.opened_files(config)
        self._recording.with_mic = config.mic is not None
        # This also applies if the devices are missing: the engine then waits for them.
        self._config, self._gone = config, ""
        self._sound.close(file)
        self._open_sound()
        if not self._sound.is_open:
            # It may be off now, or on another device.
            self._microphone.use(None)
            raise LivevoxError(self._report.reason)

    def _let_through(self, _: commands.LetThrough) -> None:
        self._guard.let_through()
        self._microphone.let_through()

    def _record(self, command: commands.Record) -> str:
        if not self._sound.is_open:
            raise LivevoxError("there is no sound to record: choose devices first")
        return self._recording.begin(command.folder)
