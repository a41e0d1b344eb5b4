"""The audio process: opens the devices, runs I/O thread and worker, does what its client asks.

Started by :class:`livevox.live.client.EngineClient`; :mod:`livevox.live.commands` says what it can
be asked to do. It ends when asked, and when the other end of the pipe is gone. It also ends, with
the code :data:`DEVICE_LOST`, when a device vanishes, because PortAudio can't be trusted after that;
the supervisor starts another one, which waits for the device.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from typing import Any

from livevox.config.preset import load_preset
from livevox.device import devices
from livevox.errors import LivevoxError
from livevox.live import commands
from livevox.live.engine_config import DEVICE_LOST, EngineConfig
from livevox.live.memory import resident_kib
from livevox.live.midi_desk import MidiDesk
from livevox.live.osc_desk import OscDesk
from livevox.live.recording import Recording
from livevox.live.sound import Sound
from livevox.live.status import Status
from livevox.live.telemetry import STATES, Telemetry
from livevox.midi.control import Action, Learned, Move, Recall
from livevox.network.model import load_model
from livevox.parameters import checked
from livevox.processor import Processor

LOOK_SECONDS = 0.01
"""How often the sound is looked after; commands and MIDI messages are answered as they come."""
SLOW_SECONDS = 0.1
RETRY_SECONDS = 0.3
SWITCH_SECONDS = 0.0005
"""How long a thread keeps the interpreter from another: far less than a block lasts."""


def run(config: EngineConfig, connection: Connection, telemetry_name: str) -> None:
    """The process."""
    sys.setswitchinterval(SWITCH_SECONDS)
    # What ends a terminal's foreground job is for the client to handle, which then tells us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    telemetry = Telemetry(telemetry_name)
    engine = _Engine(config, connection, telemetry)
    lost = False
    try:
        lost = engine.run()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass
    finally:
        telemetry.fields.state = STATES.index("ended")
        engine.close(lost)
    # PortAudio's threads may hang where a device is gone; the files are closed.
    os._exit(DEVICE_LOST if lost else 0)


class _Engine:
    def __init__(self, config: EngineConfig, connection: Connection, telemetry: Telemetry) -> None:
        self._config = config
        self._connection = connection
        self._telemetry = telemetry
        self._reason = ""
        self._notice = ""
        # It starts up while the model loads.
        self._midi = MidiDesk(config.bindings)
        self._osc = OscDesk()
        self._processor = self._first_processor()
        self._set_parameters(commands.SetParameters(config.parameters))
        self._sound = Sound(telemetry)
        self._recording = Recording(self._processor)
        self._told: object = None
        """What of the status changes by itself, as it was last."""
        self._ended = False
        self._commands: dict[type[commands.Command[Any]], Callable[[Any], object]] = {
            commands.GetStatus: self._status,
            commands.End: self._end,
            commands.SetParameters: self._set_parameters,
            commands.UsePreset: self._use_preset,
            # The name is of the configuration only.
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
        }
        """What does a command, by the command's type."""

    def _first_processor(self) -> Processor:
        """Without the model that is asked for there shall still be sound, and a word about it."""
        try:
            return Processor(self._config.model)
        except LivevoxError as error:
            self._notice = f"{error}; until then the model live plays"
            return Processor()

    # The loop

    def run(self) -> bool:
        """Serve until told to end (False), or until a device is lost (True)."""
        self._tell_state("starting")
        self._open_midi()
        self._open_osc()
        next_slow = next_try = 0.0
        while not self._ended:
            now = time.monotonic()
            if not self._sound.is_open and now >= next_try:
                self._open_sound()
                # Opening may have taken seconds, in which no device stood still.
                now = time.monotonic()
                next_try = now + RETRY_SECONDS
            if self._sound.is_lost(now):
                self._notice = "a sound device has gone"
                return True
            if fault := self._sound.fault():
                self._mend_sound(fault)
            self._serve_midi(now)
            self._serve_osc(now)
            if now >= next_slow:
                next_slow = now + SLOW_SECONDS
                self._tell(now)
            self._wait()
        return False

    def _wait(self) -> None:
        """Until a command, which is answered, or MIDI messages come, or it is time to look."""
        others = (self._midi.connection, self._osc.connection)
        connections = [self._connection, *(other for other in others if other is not None)]
        if self._connection in wait(connections, LOOK_SECONDS):
            self._answer()

    def close(self, lost: bool) -> None:
        """End recording, sound and MIDI; with a ``lost`` device only the recording."""
        self._recording.end()
        if lost:
            return
        self._sound.close()
        self._midi.close()
        self._osc.close()
        # A JACK server waits for clients that vanish, and all others would fall silent meanwhile.
        devices.release()

    def _answer(self) -> None:
        command: commands.Command[Any] = self._connection.recv()
        reply: commands.Done | commands.Refused
        try:
            reply = commands.Done(self._do(command))
        except (LivevoxError, ValueError) as error:
            reply = commands.Refused(str(error))
        if not command.quiet:
            self._telemetry.fields.revision += 1
        self._connection.send(reply)

    def _do(self, command: commands.Command[Any]) -> object:
        answer = self._commands[type(command)](command)
        self._config = command.applied_to(self._config)
        return answer

    def _open_sound(self, rescan: bool = True) -> None:
        """Open the devices and start; where one is not there, say so and stay waiting."""
        self._recording.follow(self._processor)
        try:
            self._sound.open(self._config, self._processor, self._recording.listen, rescan)
        except LivevoxError as error:
            self._reason = str(error)
            self._tell_state("waiting")
        else:
            self._reason = ""
            self._tell_state("running")

    def _mend_sound(self, fault: str) -> None:
        """Open the devices anew, which is a gap in the sound, and tell why."""
        self._sound.close(self._sound.transport)
        # The I/O thread wrote it until now, and goes on from it.
        self._telemetry.fields.dropouts += 1
        self._open_sound(rescan=False)
        if self._sound.is_open:
            ms = 1000 * sum(seconds or 0.0 for seconds in self._telemetry.budget)
            self._notice = f"{fault}: the devices were opened anew, the latency is {ms:.0f} ms now"
            self._telemetry.fields.revision += 1

    # MIDI and OSC

    def _open_midi(self) -> None:
        config = self._config
        try:
            ports = commands.UseMidiPorts(config.midi_inputs, config.midi_outputs, config.midi_api)
            self._midi.use_ports(ports)
        except LivevoxError as error:
            self._notice = str(error)

    def _serve_midi(self, now: float) -> None:
        count, actions = self._midi.receive(self._processor.values, now)
        if count:
            self._telemetry.fields.midi_messages += count
        self._act(actions)
        self._midi.send_feedback(self._processor.values, now)

    def _open_osc(self) -> None:
        try:
            self._osc.open(self._config)
        except LivevoxError as error:
            self._notice = str(error)

    def _serve_osc(self, now: float) -> None:
        actions, problem = self._osc.receive(now)
        self._act(actions)
        if problem:
            self._notice = problem
            self._telemetry.fields.revision += 1
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
                        self._notice = str(error)
                    self._telemetry.fields.revision += 1
                case Learned():
                    self._telemetry.fields.revision += 1

    # Telemetry

    def _tell_state(self, state: str) -> None:
        self._telemetry.fields.state = STATES.index(state)
        self._telemetry.fields.revision += 1

    def _tell(self, now: float) -> None:
        fields = self._telemetry.fields
        fields.heartbeat = now
        fields.parameters = list(self._processor.values.values())
        fields.memory_kib = resident_kib()
        self._sound.tell()
        self._recording.tell(fields)
        transport = self._sound.transport
        told = (
            (transport.path, transport.error, transport.looped) if transport else None,
            self._recording.error,
            self._midi.ports,
        )
        if told != self._told:
            self._told = told
            fields.revision += 1

    def _status(self, _: commands.GetStatus) -> Status:
        midi, sound, transport = self._midi.ports, self._sound, self._sound.transport
        return Status(
            config=replace(
                self._config,
                parameters=dict(self._processor.values),
                bindings=self._midi.bindings,
            ),
            state=STATES[int(self._telemetry.fields.state)],
            reason=self._reason,
            notice=self._notice,
            model=self._processor.model.info.name,
            provider=self._processor.model.provider,
            input=sound.input,
            output=sound.output,
            playing=transport.path if transport else None,
            loop=transport.looped if transport else None,
            file_error=transport.error if transport else None,
            tone=sound.tone,
            refusals=sound.refusals,
            recording=self._recording.folder,
            recording_error=self._recording.error,
            midi_api=midi.api,
            midi_reason=midi.reason,
            midi_inputs=midi.inputs,
            midi_outputs=midi.outputs,
            learning=self._midi.learning,
        )

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
        processor = Processor(load_model(name))
        for parameter, value in self._processor.values.items():
            processor.set(parameter, value)
        self._recording.end()
        self._sound.close(self._sound.transport)
        self._processor = processor
        self._open_sound()

    def _use_devices(self, command: commands.UseDevices) -> None:
        config, file = command.applied_to(self._config), self._sound.transport
        if "file" in command.changes:
            # What can't be played is refused while what plays goes on.
            file = self._sound.opened_file(config)
        # In force also where the devices are not there, to be waited for.
        self._config = config
        self._recording.end()
        self._sound.close(file)
        self._open_sound()
        if not self._sound.is_open:
            raise LivevoxError(self._reason)

    def _record(self, command: commands.Record) -> str:
        if not self._sound.is_open:
            raise LivevoxError("nothing plays that could be recorded: choose devices first")
        return self._recording.begin(command.folder)
