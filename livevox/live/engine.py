"""The audio process: opens the devices, runs I/O thread and worker, does what its client asks.

Started by :class:`livevox.live.client.EngineClient`; :mod:`livevox.live.commands` says what it can
be asked to do. It ends when asked, and when the other end of the pipe is gone. It also ends, with
the code :data:`DEVICE_LOST`, when a device vanishes, because PortAudio can't be trusted after that;
the supervisor starts another one, which waits for the device.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import numpy as np

from livevox.config.preset import load_preset
from livevox.device import devices
from livevox.device.blocks import host_period, work_seconds
from livevox.device.devices import Device
from livevox.device.stream import AudioStream
from livevox.dsp.stft import FRAME_RATE, SAMPLE_RATE
from livevox.errors import LivevoxError
from livevox.live.commands import (
    FILE_COMMANDS,
    Command,
    Done,
    End,
    EndLoop,
    FileCommand,
    GetStatus,
    Learn,
    ListMidi,
    Loop,
    MidiNames,
    NamePreset,
    NextFile,
    Pause,
    Play,
    PlayTone,
    PreviousFile,
    Record,
    Refused,
    Seek,
    SetBindings,
    SetParameters,
    StopRecording,
    UseDevices,
    UseMidiPorts,
    UseModel,
    UsePreset,
)
from livevox.live.engine_config import DEVICE_LOST, EngineConfig
from livevox.live.io_thread import IoThread
from livevox.live.status import Status
from livevox.live.telemetry import STATES, Telemetry
from livevox.live.worker import Worker
from livevox.media.recorder import Recorder
from livevox.media.transport import Transport
from livevox.midi.control import Learned, MidiControl, Move, Recall
from livevox.midi.process import MidiProcess
from livevox.network.model import load_model
from livevox.parameters import checked, gain
from livevox.priority import real_time
from livevox.processor import Outputs, Processor

PRIORITY = 10
LOOK_SECONDS = 0.01
"""How often the sound is looked after; commands and MIDI messages are answered as they come."""
SLOW_SECONDS = 0.1
RETRY_SECONDS = 0.3
STALLED_SECONDS = 1.0
SWITCH_SECONDS = 0.0005
"""How long a thread keeps the interpreter from another: far less than a block lasts."""


def run(config: EngineConfig, connection: Connection, telemetry_name: str) -> None:
    """The process."""
    sys.setswitchinterval(SWITCH_SECONDS)
    # What ends a terminal's foreground job is for the client to handle, which then tells us.
    import signal

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


@dataclass(frozen=True)
class _Setup:
    """Devices that are there, and which of their channels are used, counted from 1."""

    input: Device | None
    output: Device
    rate: int
    in_channels: tuple[int, ...]
    mix_channels: tuple[int, ...]
    out_channels: tuple[int, ...]
    """Those of the mix and, after them, of the stems."""


def _chosen(config: EngineConfig) -> _Setup:
    """What the configuration asks for. Raises LivevoxError where it can't be had."""
    output = devices.choose(config.output, "output")
    input = None if config.file else devices.choose_input(config.input)
    rate = config.sample_rate or output.default_rate
    in_channels = config.input_channels or (_first_two(input.inputs) if input else (1, 2))
    mix_channels = config.output_channels or _first_two(output.outputs)
    last = max(mix_channels)
    stems = tuple(range(last + 1, last + 5)) if config.stems else ()
    devices.check_format(output, "output", rate, max(mix_channels + stems))
    if input is not None:
        devices.check_format(input, "input", rate, max(in_channels))
    return _Setup(input, output, rate, in_channels, mix_channels, mix_channels + stems)


def _first_two(channels: int) -> tuple[int, ...]:
    return tuple(range(1, min(2, channels) + 1))


class _Engine:
    def __init__(self, config: EngineConfig, connection: Connection, telemetry: Telemetry) -> None:
        self._config = config
        self._connection = connection
        self._telemetry = telemetry
        self._reason = ""
        self._notice = ""
        self._stream: AudioStream | None = None
        self._io_thread: IoThread | None = None
        self._worker: Worker | None = None
        self._transport: Transport | None = None
        self._recorder: Recorder | None = None
        self._recorded: str | None = None
        self._devices: tuple[Device | None, Device] | None = None
        # It starts up while the model loads.
        self._midi = MidiProcess()
        self._control = MidiControl(config.bindings)
        self._processor = self._first_processor()
        for name, value in checked(config.parameters).items():
            self._processor.set(name, value)
        self._positions = (0, 0)
        self._fresh = False
        """Whether the recording waits for its first block."""
        self._told: object = None
        """What `status` told that changes by itself."""
        self._ended = False
        self._commands: dict[type[Command[Any]], Callable[[Any], object]] = {
            GetStatus: self._status,
            End: self._end,
            SetParameters: self._set_parameters,
            UsePreset: self._use_preset,
            NamePreset: self._name_preset,
            UseModel: self._use_model,
            UseDevices: self._use_devices,
            PlayTone: self._play_tone,
            Record: self._record,
            StopRecording: self._stop_recording,
            **dict.fromkeys(FILE_COMMANDS, self._move_in_file),
            Learn: self._learn,
            SetBindings: self._set_bindings,
            UseMidiPorts: self._use_midi_ports,
            ListMidi: self._list_midi,
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
        next_slow = next_try = 0.0
        while not self._ended:
            now = time.monotonic()
            if self._stream is None and now >= next_try:
                self._open_audio()
                # Opening may have taken seconds, in which no device stood still.
                now = time.monotonic()
                next_try = now + RETRY_SECONDS
            if self._stream is not None and self._is_lost(now):
                self._notice = "a sound device has gone"
                return True
            if (
                self._stream is not None
                and self._io_thread is not None
                and not self._io_thread.running
            ):
                # The input's ring ran full, as after a long stall: begin anew.
                self._telemetry.fields.dropouts += 1
                self._close_audio(keep_transport=True)
                self._open_audio(rescan=False)
            self._serve_midi(now)
            if now >= next_slow:
                next_slow = now + SLOW_SECONDS
                self._tell(now)
            self._wait()
        return False

    def _wait(self) -> None:
        """Until a command, which is answered, or MIDI messages come, or it is time to look."""
        connections = [self._connection]
        if self._midi.alive:
            connections.append(self._midi.connection)
        if self._connection in wait(connections, LOOK_SECONDS):
            self._answer()

    def close(self, lost: bool) -> None:
        """End recording, sound and MIDI; with a ``lost`` device only the recording."""
        if self._recorder is not None:
            self._recorder.close()
        if lost:
            return
        self._close_audio()
        self._midi.close()
        # A JACK server waits for clients that vanish, and all others would fall silent meanwhile.
        devices.release()

    def _answer(self) -> None:
        command: Command[Any] = self._connection.recv()
        reply: Done | Refused
        try:
            reply = Done(self._do(command))
        except (LivevoxError, ValueError) as error:
            reply = Refused(str(error))
        if not command.quiet:
            self._telemetry.fields.revision += 1
        self._connection.send(reply)

    def _do(self, command: Command[Any]) -> object:
        answer = self._commands[type(command)](command)
        self._config = command.applied_to(self._config)
        return answer

    # Sound

    def _open_audio(self, rescan: bool = True) -> None:
        """Open the devices and start; where one is not there, say so and stay waiting."""
        try:
            if rescan:
                devices.rescan()
            self._start_audio(_chosen(self._config))
        except LivevoxError as error:
            self._reason = str(error)
            self._tell_state("waiting")

    def _start_audio(self, setup: _Setup) -> None:
        period = host_period(setup.output, setup.rate)
        block = self._config.block_size or period
        channels = len(setup.in_channels)
        self._processor.prepare(setup.rate, channels, block)
        self._warm_up(channels, block)
        # Whoever holds the interpreter's lock makes the I/O thread wait, so no thread may be put
        # off by other programs. Those that begin from here on inherit this. Not earlier: loading
        # must not put off others that play.
        real_time(PRIORITY)
        if self._config.file and self._transport is None:
            self._transport = Transport(Path(self._config.file), setup.rate, channels)
        stream = AudioStream(
            setup.output,
            setup.out_channels,
            setup.input,
            setup.in_channels,
            setup.rate,
            block,
            period,
            work_seconds(self._processor.model.info.geometry),
        )
        worker = Worker(self._processor, setup.rate, self._telemetry, self._listen)
        source = partial(self._transport.read, block) if self._transport else stream.read
        self._io_thread = IoThread(
            stream,
            source,
            worker,
            self._processor.latency_samples,
            channels,
            self._config.stems,
            len(setup.mix_channels),
            self._telemetry,
            lambda: gain(self._processor.values["output"]),
        )
        self._positions = (0, 0)
        self._telemetry.fields.frames = 0
        # What is there now stays: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        stream.start()
        worker.start()
        self._io_thread.start()
        self._stream, self._worker = stream, worker
        self._devices = (setup.input, setup.output)
        self._moved = (0, time.monotonic())
        self._reason = ""
        self._tell_budget(stream)
        self._tell_state("running")

    def _warm_up(self, channels: int, block: int) -> None:
        """The first runs are slow: have them behind us."""
        silence = np.zeros((channels, block), np.float32)
        for _ in range(-(-16 * 512 // block)):
            self._processor.process_all(silence)
        self._processor.reset()

    def _close_audio(self, keep_transport: bool = False) -> None:
        if self._io_thread is not None:
            self._io_thread.stop()
        if self._worker is not None:
            self._worker.stop()
        if self._stream is not None:
            self._stream.close()
        if self._transport is not None and not keep_transport:
            self._transport.close()
            self._transport = None
        self._stream = self._io_thread = self._worker = None
        gc.unfreeze()

    def _is_lost(self, now: float) -> bool:
        """Whether the devices' clock stands still, or PortAudio says that it does."""
        assert self._stream is not None
        if not self._stream.active:
            return True
        if self._stream.elapsed != self._moved[0]:
            self._moved = (self._stream.elapsed, now)
        return self._stream_runs() and now - self._moved[1] > STALLED_SECONDS

    def _stream_runs(self) -> bool:
        return self._io_thread is not None and self._io_thread.running

    def _listen(self, outputs: Outputs) -> None:
        """Called by the worker for every block."""
        recorder, part = self._recorder, outputs.separation
        samples, frames = self._positions
        if recorder is not None:
            if self._fresh:
                heard = (samples - self._processor.latency_samples) / self._processor.sample_rate
                recorder.activity_start = frames / FRAME_RATE - heard
                self._fresh = False
            recorder.write(outputs.dry, part.vocals, part.accompaniment, outputs.mix, part.activity)
        self._positions = (samples + outputs.mix.shape[1], frames + len(part.activity))

    # MIDI

    def _open_midi(self) -> None:
        config = self._config
        try:
            self._midi.open(config.midi_inputs, config.midi_outputs, config.midi_api)
        except LivevoxError as error:
            self._notice = str(error)

    def _serve_midi(self, now: float) -> None:
        messages = self._midi.poll()
        if self._midi.untold:
            self._midi.untold = False
            self._control.tell_all()
        if messages:
            self._telemetry.fields.midi_messages += len(messages)
            for action in self._control.receive_all(messages, self._processor.values, now):
                if isinstance(action, Move):
                    self._processor.set(action.target, action.value)
                elif isinstance(action, Recall):
                    with suppress(LivevoxError):
                        self._do(UsePreset(load_preset(action.preset)))
                    self._telemetry.fields.revision += 1
                elif isinstance(action, Learned):
                    self._telemetry.fields.revision += 1
        for message in self._control.feedback(self._processor.values, now):
            self._midi.send(message)

    # Telemetry

    def _tell_state(self, state: str) -> None:
        self._telemetry.fields.state = STATES.index(state)
        self._telemetry.fields.revision += 1

    def _tell_budget(self, stream: AudioStream) -> None:
        fields = self._telemetry.fields
        fields.sample_rate, fields.block = stream.sample_rate, stream.block
        rate = stream.sample_rate
        network = self._processor.model.info.geometry.latency / SAMPLE_RATE
        total = self._processor.latency_samples / rate
        entering, leaving = stream.device_latencies
        fields.budget = (entering, total - network, network, stream.latency / rate, leaving)

    def _tell(self, now: float) -> None:
        fields = self._telemetry.fields
        fields.heartbeat = now
        fields.parameters = list(self._processor.values.values())
        fields.memory_kib = _memory_kib()
        if self._stream is not None:
            fields.non_finite = self._processor.non_finite
        transport, recorder = self._transport, self._recorder
        fields.playing = transport is not None and transport.playing
        fields.position = transport.position if transport else 0
        fields.duration = transport.duration if transport else 0
        if transport is not None and self._io_thread is not None:
            fields.position_frame = self._io_thread.taken * FRAME_RATE / fields.sample_rate
        fields.recording = recorder is not None and recorder.state == "recording"
        if recorder is not None:
            fields.recorded = recorder.seconds
            fields.disk_left = recorder.disk_left
        told = (
            (transport.name, transport.error, transport.looped) if transport else None,
            recorder.error if recorder else None,
            self._midi.state,
        )
        if told != self._told:
            self._told = told
            fields.revision += 1

    # Commands

    def _status(self, _: GetStatus) -> Status:
        midi, transport, recorder = self._midi.state, self._transport, self._recorder
        input, output = self._devices or (None, None)
        threads = {"io": self._io_thread, "worker": self._worker}
        return Status(
            config=replace(
                self._config,
                parameters=dict(self._processor.values),
                bindings=self._control.bindings,
            ),
            state=STATES[int(self._telemetry.fields.state)],
            reason=self._reason,
            notice=self._notice,
            model=self._processor.model.info.name,
            provider=self._processor.model.provider,
            input=input.full_name if input else None,
            output=output.full_name if output else None,
            playing=transport.name if transport else None,
            loop=transport.looped if transport else None,
            file_error=transport.error if transport else None,
            tone=self._io_thread.tone.on if self._io_thread else False,
            refusals={
                name: thread.refusal
                for name, thread in threads.items()
                if thread and thread.refusal
            },
            recording=str(recorder.folder) if recorder else None,
            recording_error=recorder.error if recorder else None,
            midi_api=midi.api,
            midi_reason=midi.reason,
            midi_inputs=midi.inputs,
            midi_outputs=midi.outputs,
            learning=self._control.learning,
        )

    def _end(self, _: End) -> None:
        self._ended = True

    def _set_parameters(self, command: SetParameters) -> None:
        for name, value in checked(command.values).items():
            self._processor.set(name, value)

    def _use_preset(self, command: UsePreset) -> None:
        preset = command.preset
        if preset.model != self._processor.model.info.name:
            self._change_model(preset.model)
        self._set_parameters(SetParameters(preset.values()))
        self._control.set_bindings(preset.midi)

    def _name_preset(self, _: NamePreset) -> None:
        """The name is of the configuration only."""

    def _use_model(self, command: UseModel) -> None:
        self._change_model(command.name)

    def _change_model(self, name: str) -> None:
        processor = Processor(load_model(name))
        for parameter, value in self._processor.values.items():
            processor.set(parameter, value)
        self._end_recording()
        self._close_audio()
        self._processor = processor
        self._open_audio()

    def _use_devices(self, command: UseDevices) -> None:
        file = command.changes.get("file")
        if file and file != self._config.file and not Path(file).exists():
            raise LivevoxError(f"{file} does not exist: check the name")
        # In force also where the devices are not there, to be waited for.
        self._config = command.applied_to(self._config)
        self._end_recording()
        self._close_audio()
        self._open_audio()
        if self._stream is None:
            raise LivevoxError(self._reason)

    def _play_tone(self, command: PlayTone) -> None:
        if self._stream is None or self._io_thread is None:
            raise LivevoxError("no output is open that could play a tone: choose one first")
        self._io_thread.tone.on = command.on

    def _record(self, command: Record) -> str:
        if self._stream is None:
            raise LivevoxError("nothing plays that could be recorded: choose devices first")
        self._end_recording()
        recorder = Recorder(
            Path(command.folder), self._stream.sample_rate, self._processor.channels
        )
        self._fresh = True
        self._recorder = recorder
        return str(recorder.folder)

    def _stop_recording(self, _: StopRecording) -> str | None:
        return self._end_recording()

    def _end_recording(self) -> str | None:
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return None
        recorder.close()
        return str(recorder.folder)

    def _move_in_file(self, command: FileCommand) -> None:
        transport = self._transport
        if transport is None:
            raise LivevoxError("no file is playing: open one first")
        match command:
            case Play():
                transport.play()
            case Pause():
                transport.pause()
            case Seek(seconds):
                transport.seek(seconds)
            case Loop(start, end):
                transport.loop(start, end)
            case EndLoop():
                transport.loop(None)
            case NextFile():
                transport.next()
            case PreviousFile():
                transport.previous()

    def _learn(self, command: Learn) -> None:
        if command.target is None:
            self._control.cancel_learn()
        else:
            self._control.learn(command.target)

    def _set_bindings(self, command: SetBindings) -> None:
        self._control.set_bindings(command.bindings)

    def _use_midi_ports(self, command: UseMidiPorts) -> None:
        if not self._midi.alive:
            self._midi = MidiProcess()
        self._midi.open(command.inputs, command.outputs, command.api)

    def _list_midi(self, _: ListMidi) -> MidiNames:
        found = self._midi.available()
        return MidiNames(found.inputs, found.outputs)


def _memory_kib() -> int:
    """Resident memory, where the system has /proc."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
    except OSError:
        return 0
