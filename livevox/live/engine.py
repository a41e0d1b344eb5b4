"""The audio process: opens the devices, runs I/O thread and worker, does what its client asks.

Started by :class:`livevox.live.client.EngineClient`; see there for the commands. It ends when
asked, and when the other end of the pipe is gone. It also ends, with the code :data:`DEVICE_LOST`,
when a device vanishes, because PortAudio can't be trusted after that; the client starts another
one, which waits for the device.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import numpy as np

from livevox.config.preset import Preset, load_preset
from livevox.device import devices
from livevox.device.blocks import host_period, work_seconds
from livevox.device.devices import Device
from livevox.device.stream import AudioStream
from livevox.dsp.stft import FRAME_RATE, SAMPLE_RATE
from livevox.errors import LivevoxError
from livevox.live.engine_config import DEVICE_LOST, EngineConfig
from livevox.live.io_thread import IoThread
from livevox.live.telemetry import STATES, Telemetry
from livevox.live.worker import Worker
from livevox.media.recorder import Recorder
from livevox.media.transport import Transport
from livevox.midi.binding import Binding
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

_QUIET = ("status", "set", "list_devices", "list_midi")
"""Commands that change nothing that `status` tells."""


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

    def _first_processor(self) -> Processor:
        """Without the model that is asked for there shall still be sound, and a word about it."""
        try:
            return Processor(self._config.model)
        except LivevoxError as error:
            self._notice = f"{error}; until then the model live plays"
            self._config = replace(self._config, model="live")
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
        name, arguments = self._connection.recv()
        try:
            command: Callable[..., Any] = getattr(self, f"do_{name}")
            reply = (True, command(*arguments))
        except (LivevoxError, ValueError) as error:
            reply = (False, str(error))
        if name not in _QUIET:
            self._telemetry.fields.revision += 1
        self._connection.send(reply)

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
                        self.do_preset(action.preset)
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

    def do_status(self) -> dict[str, Any]:
        """All that telemetry has no numbers for."""
        config = self._config
        midi = self._midi.state
        input, output = self._devices or (None, None)
        threads = {"io": self._io_thread, "worker": self._worker}
        return {
            "state": STATES[int(self._telemetry.fields.state)],
            "reason": self._reason,
            "notice": self._notice,
            "model": self._processor.model.info.name,
            "provider": self._processor.model.provider,
            "input": input.full_name if input else None,
            "output": output.full_name if output else None,
            "file": config.file,
            "playing": self._transport.name if self._transport else None,
            "loop": self._transport.looped if self._transport else None,
            "tone": self._io_thread.tone.on if self._io_thread else False,
            "file_error": self._transport.error if self._transport else None,
            "preset": config.preset,
            "refusals": {
                name: thread.refusal
                for name, thread in threads.items()
                if thread and thread.refusal
            },
            "recording": str(self._recorder.folder) if self._recorder else None,
            "recording_error": self._recorder.error if self._recorder else None,
            "midi_api": midi.api,
            "midi_reason": midi.reason,
            "midi_inputs": midi.inputs,
            "midi_outputs": midi.outputs,
            "learning": self._control.learning,
            "bindings": self._control.bindings,
        }

    def do_set(self, values: Mapping[str, float]) -> None:
        """Set parameters, all or none."""
        for name, value in checked(values).items():
            self._processor.set(name, value)

    def do_preset(self, name: str) -> None:
        """Load a preset: its parameters, its MIDI map and, if it is another, its model."""
        preset: Preset = load_preset(name)
        if preset.model != self._processor.model.info.name:
            self.do_model(preset.model)
        self.do_set(preset.values())
        self._control.set_bindings(preset.midi)
        self._config = replace(self._config, preset=preset.name)
        self._telemetry.fields.revision += 1

    def do_model(self, name: str) -> None:
        """Go on with another model, after a short interruption."""
        processor = Processor(load_model(name))
        for parameter, value in self._processor.values.items():
            processor.set(parameter, value)
        self._config = replace(self._config, model=name)
        self.do_stop_recording()
        self._close_audio()
        self._processor = processor
        self._open_audio()

    def do_devices(self, changes: Mapping[str, Any]) -> None:
        """Go on with other devices, rate, block, channels or file: fields of EngineConfig."""
        config = replace(self._config, **changes)
        if config.file and config.file != self._config.file and not Path(config.file).exists():
            raise LivevoxError(f"{config.file} does not exist: check the name")
        self._config = config
        self.do_stop_recording()
        self._close_audio()
        self._open_audio()
        if self._stream is None:
            raise LivevoxError(self._reason)

    def do_record(self, folder: str) -> str:
        """Begin to record into a new folder within ``folder``; return it."""
        if self._stream is None:
            raise LivevoxError("nothing plays that could be recorded: choose devices first")
        self.do_stop_recording()
        recorder = Recorder(Path(folder), self._stream.sample_rate, self._processor.channels)
        self._fresh = True
        self._recorder = recorder
        return str(recorder.folder)

    def do_stop_recording(self) -> str | None:
        """End the recording; return its folder."""
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return None
        recorder.close()
        return str(recorder.folder)

    def do_tone(self, on: bool) -> None:
        """Add a test tone to the output, or end it."""
        if self._stream is None or self._io_thread is None:
            raise LivevoxError("no output is open that could play a tone: choose one first")
        self._io_thread.tone.on = on

    def do_transport(self, action: str, *arguments: float) -> None:
        """play, pause, seek(s), loop(start_s, end_s), loop(), next or previous."""
        if self._transport is None:
            raise LivevoxError("no file is playing: open one first")
        if action not in ("play", "pause", "seek", "loop", "next", "previous"):
            raise LivevoxError(f"the transport can't {action!r}")
        if action == "loop" and not arguments:
            self._transport.loop(None)
        else:
            getattr(self._transport, action)(*arguments)

    def do_learn(self, target: str | None) -> None:
        """Bind the next MIDI control that moves to a parameter or preset; None stops waiting."""
        if target is None:
            self._control.cancel_learn()
        else:
            self._control.learn(target)

    def do_bindings(self, bindings: tuple[Binding, ...]) -> None:
        """Replace the MIDI map."""
        self._control.set_bindings(bindings)

    def do_midi_ports(
        self, inputs: tuple[str, ...], outputs: tuple[str, ...], api: str | None
    ) -> None:
        """Listen to other MIDI ports."""
        if not self._midi.alive:
            self._midi = MidiProcess()
        self._midi.open(inputs, outputs, api)
        self._config = replace(self._config, midi_inputs=inputs, midi_outputs=outputs, midi_api=api)

    def do_list_devices(self) -> list[Device]:
        """The devices that PortAudio knows, as of the last time that no sound was open."""
        return devices.devices()

    def do_list_midi(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The MIDI inputs and outputs that can be opened."""
        found = self._midi.available()
        return tuple(found.inputs), tuple(found.outputs)

    def do_end(self) -> None:
        """End the process, once this is answered."""
        self._ended = True


def _memory_kib() -> int:
    """Resident memory, where the system has /proc."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
    except OSError:
        return 0
