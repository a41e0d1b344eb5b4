"""The sound of an engine: the open devices, and the threads that move samples between them."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import nan
from pathlib import Path
from typing import Any

import numpy as np

from livevox.config.round_trips import Pair, measured_round_trip
from livevox.device import devices
from livevox.device.blocks import host_period, work_seconds
from livevox.device.stream import AudioStream
from livevox.dsp.stft import FRAME_RATE, SAMPLE_RATE
from livevox.errors import LivevoxError
from livevox.live import commands
from livevox.live.engine_config import EngineConfig
from livevox.live.flow_watch import FlowWatch
from livevox.live.guard import Guard
from livevox.live.io_thread import IoThread
from livevox.live.mic_setup import MicSetup
from livevox.live.sound_setup import STEREO, sound_setup
from livevox.live.telemetry import STAGES, Place, Telemetry
from livevox.live.unheard import lets_through
from livevox.live.worker import Listener, Worker
from livevox.media.transport import Transport
from livevox.parameters import gain
from livevox.priority import real_time
from livevox.processor import Processor

PRIORITY = 10
WARM_UP_SAMPLES = 16 * 512


@dataclass(frozen=True)
class _Flow:
    """The stream and its threads while devices are open."""

    stream: AudioStream
    io_thread: IoThread
    worker: Worker


class Sound:
    """Opens the devices of a configuration and runs a processor between them.

    :attr:`transport` plays the configuration's files, if it has some.
    """

    def __init__(self, telemetry: Telemetry, guard: Guard) -> None:
        self._telemetry = telemetry
        self._guard = guard
        self._flow: _Flow | None = None
        self._processor: Processor | None = None
        self.watch = FlowWatch()
        self._read_before = 0
        """Samples read from :attr:`transport` before the devices were opened."""
        self.transport: Transport | None = None
        self._tempo = 1.0
        self.input: str | None = None
        """Full name of the input device that was opened last; None for a file."""
        self.output: str | None = None
        self._mic: MicSetup | None = None

    @property
    def is_open(self) -> bool:
        """Whether devices are open."""
        return self._flow is not None

    @property
    def tone(self) -> bool:
        """Whether the test tone is on."""
        return self._flow is not None and self._flow.io_thread.tone.on

    @property
    def refusals(self) -> dict[str, str]:
        """Why a thread has no real-time priority, by the thread's name."""
        if self._flow is None:
            return {}
        refusals = {"io": self._flow.io_thread.refusal, "worker": self._flow.worker.refusal}
        return {name: refusal for name, refusal in refusals.items() if refusal}

    def open(
        self,
        config: EngineConfig,
        processor: Processor,
        follow: Callable[[Processor], Listener],
        rescan: bool = True,
        period: int | None = None,
    ) -> None:
        """Open the devices and start. Raises LivevoxError if one is missing.

        ``follow`` is called with the prepared processor. It returns the function that receives all
        outputs, see :class:`livevox.live.worker.Worker`. ``rescan`` updates the list of devices
        first. ``period`` is the output's in samples, if it is known.
        """
        if rescan:
            devices.rescan()
        setup = sound_setup(config)
        period = period or host_period(setup.output, setup.rate)
        block = config.block_size or period
        channels = len(setup.in_channels)
        processor.prepare(setup.rate, channels, block)
        if processor is not self._processor:
            _warm_up(processor, channels, block)
        # A thread that holds the interpreter's lock makes the I/O thread wait, so other programs
        # must not delay any thread. Threads started from here on inherit the priority. Loading a
        # model comes earlier, without priority, so that it does not disturb programs that play.
        real_time(PRIORITY)
        if config.files and not (self.transport and self.transport.suits(setup.rate, channels)):
            self.transport = self._player(config, setup.rate, channels)
        stream = AudioStream(
            setup.output,
            setup.out_channels,
            setup.input,
            setup.in_channels,
            setup.rate,
            block,
            period,
            work_seconds(processor.model.info.geometry),
        )
        loop_seconds = (processor.latency_samples + stream.latency) / setup.rate
        listen, howled = follow(processor), self._guard.howled
        worker = Worker(processor, setup.rate, self._telemetry, listen, howled, loop_seconds)
        io_thread = IoThread(
            stream,
            partial(self.transport.read, block) if self.transport else stream.read,
            worker,
            processor.separation_latency_samples,
            channels,
            config.stems,
            len(setup.mix_channels),
            self._telemetry,
            lambda: gain(processor.values["output"]),
            lambda: lets_through(processor.values),
            self._guard,
            processor.key_latency_samples,
        )
        self._telemetry.fields.frames = 0
        if self.transport is not None:
            self._read_before = self.transport.progress[0]
        # The objects that exist now stay: exclude them from garbage collection.
        gc.collect()
        gc.freeze()
        stream.start()
        worker.start()
        io_thread.start()
        self._flow, self._processor = _Flow(stream, io_thread, worker), processor
        self.watch.follow(stream, io_thread)
        self.input = setup.input.full_name if setup.input else None
        self.output = setup.output.full_name
        self._mic = setup.mic
        self._write_budget(stream, processor)

    def _player(self, config: EngineConfig, rate: int, channels: int) -> Transport:
        """Open the files for that rate, at the place of the current transport, if there is one."""
        before, self.transport = self.transport, None
        if before is None:
            return Transport(list(map(Path, config.files)), rate, channels, config.song)
        before.close()
        files, song = before.place_in_queue
        player = Transport(list(map(Path, files)), rate, channels, song)
        player.play_at(self._tempo)
        player.seek(before.position)
        if before.looped:
            player.loop(*before.looped)
        if before.playing:
            player.play()
        return player

    def opened_files(self, config: EngineConfig) -> Transport | None:
        """Open the configuration's files while others may play; return None if it has none.

        Raises LivevoxError if none can be played.
        """
        if not config.files:
            return None
        rate = config.sample_rate or int(self._telemetry.fields.sample_rate) or SAMPLE_RATE
        channels = len(config.input_channels or STEREO)
        return Transport(list(map(Path, config.files)), rate, channels, config.song)

    def close(self, next_file: Transport | None = None) -> None:
        """Close the devices, and the file unless it is ``next_file``, which plays when the devices
        are opened again. A second call has no effect."""
        if self._flow is not None:
            self._flow.io_thread.stop()
            self._flow.worker.stop()
            self._flow.stream.close()
        if self.transport is not None and self.transport is not next_file:
            self.transport.close()
        self.transport = next_file
        self._flow = None
        self.watch.leave()
        gc.unfreeze()

    @property
    def mic(self) -> MicSetup | None:
        """The microphone to play while devices are open; None if there is none."""
        return self._mic if self.is_open else None

    def play_tone(self, on: bool) -> None:
        """Turn the test tone on or off. Raises LivevoxError without an output."""
        if self._flow is None:
            raise LivevoxError("no output is open for the test tone: choose one first")
        self._flow.io_thread.tone.on = on

    def play_at(self, tempo: float) -> None:
        """Play the files, now or later, at a tempo relative to their own."""
        self._tempo = tempo
        if self.transport is not None:
            self.transport.play_at(tempo)

    def move_in_file(self, command: commands.FileCommand) -> None:
        """Play, pause, seek, change the queue and so on. Raises LivevoxError without a file."""
        transport = self.transport
        if transport is None:
            raise LivevoxError("no file is playing: open one first")
        match command:
            case commands.Play():
                transport.play()
            case commands.Pause():
                transport.pause()
            case commands.Seek(seconds):
                transport.seek(seconds)
            case commands.Loop(start, end):
                transport.loop(start, end)
            case commands.EndLoop():
                transport.loop(None)
            case commands.NextFile():
                transport.next()
            case commands.PreviousFile():
                transport.previous()
            case commands.PlayQueued(number):
                transport.play_queued(number)
            case commands.AddToQueue(sources):
                transport.add(map(Path, sources))
            case commands.ArrangeQueue(order, seen):
                transport.arrange(order, seen)

    def write_telemetry(self) -> None:
        """Write the telemetry that no thread writes."""
        fields: Any = self._telemetry.fields
        transport = self.transport
        fields.playing = transport is not None and transport.playing
        read, second, tempo = transport.progress if transport else (self._read_before, 0.0, 1.0)
        key = 0
        if self._flow is not None and self._processor is not None:
            fields.non_finite = self._processor.non_finite
            key = self._processor.key_latency_samples
            fields.budget[STAGES.index("key")] = key / self._flow.stream.sample_rate
        frame = (read - self._read_before + key) * FRAME_RATE / max(1, fields.sample_rate)
        self._telemetry.set_place(Place(frame, second, tempo))
        fields.duration = transport.duration if transport else 0

    def _write_budget(self, stream: AudioStream, processor: Processor) -> None:
        fields = self._telemetry.fields
        fields.sample_rate = rate = stream.sample_rate
        network = processor.model.info.geometry.latency / SAMPLE_RATE
        key = processor.key_latency_samples / rate
        separation = processor.separation_latency_samples / rate
        entering, leaving = stream.device_latencies
        own = (key, separation - network, network, stream.latency / rate)
        fields.budget = [nan if s is None else s for s in (entering, *own, leaving)]
        fields.round_trip = nan
        if self.input and self.output:
            pair = Pair(self.input, self.output, rate, stream.block)
            if (samples := measured_round_trip(pair)) is not None:
                fields.round_trip = samples / rate
        # Last: see Telemetry.
        fields.block = stream.block


def _warm_up(processor: Processor, channels: int, block: int) -> None:
    """Do the first runs, which are slow, before sound flows."""
    silence = np.zeros((channels, block), np.float32)
    for _ in range(-(-WARM_UP_SAMPLES // block)):
        processor.process_all(silence)
    processor.reset()
