"""The microphone's process: from its channel to the output, a period of the device later.

It has a stream of its own to the same output, where the sound server adds the two, so its latency
is that of its own stream alone. It shares nothing with the separation but telemetry: it reads the
parameters there, and writes the fields that begin with `mic`. So a separation that is late, is
blocked or starts anew does not interrupt it, and the interpreter's lock is its own.
"""

from __future__ import annotations

import gc
import os
import signal
import time
from contextlib import suppress
from math import nan
from multiprocessing.connection import Connection

import numpy as np

from livevox.device import devices
from livevox.device.arrival import Arrival
from livevox.device.blocks import host_period
from livevox.device.jack_name import use_jack_name
from livevox.device.period import NewPeriods, Steps
from livevox.device.stream import AudioStream
from livevox.dsp.channels import with_channels
from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.live.guard import GUARD_STATES, Guard, GuardState
from livevox.live.meter import Meter
from livevox.live.mic_howl import MicHowl
from livevox.live.mic_setup import JACK_CLIENT, LetThrough, MicSetup, Sounds
from livevox.live.telemetry import MIC_RING, Telemetry
from livevox.mic.chain import MicChain
from livevox.parameters import PARAMETERS
from livevox.priority import real_time

PRIORITY = 21
"""Its blocks have less time than those of the I/O thread."""
NAPS_PER_BLOCK = 6
LONGEST_NAP = 0.001
"""In seconds: a period that has become much shorter is seen too."""
LOOK_SECONDS = 0.05
"""Interval between looks for messages and at the device."""
LOAD_SECONDS = 1.0
LOST_SECONDS = 2.0
"""A device that does not move for so long is lost."""


def run(setup: MicSetup, guard: GuardState, connection: Connection, telemetry_name: str) -> None:
    """Run the process until ``connection`` is closed. It sends :class:`Sounds` once the
    microphone sounds, and one line with the reason when it can't, or can't any more."""
    # The client handles a terminal's interrupt, and then closes the connection.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    use_jack_name(JACK_CLIENT)
    microphone: _Microphone | None = None
    try:
        telemetry, gain, new_periods = Telemetry(telemetry_name), Guard(guard), NewPeriods()
        while True:
            microphone = _Microphone(setup, gain, telemetry, new_periods)
            microphone.run(connection)
            microphone.close()
            microphone = None
    except (EOFError, OSError):
        # The client has closed the connection, or has ended.
        pass
    except LivevoxError as error:
        _report(connection, str(error))
    except Exception as error:
        _report(connection, f"the microphone failed: {type(error).__name__}: {error}")
    finally:
        try:
            # Closing a device that has vanished may hang: the client kills the process then.
            connection.close()
            if microphone is not None:
                microphone.close()
            devices.release()
        finally:
            # PortAudio's threads may hang after a device has vanished.
            os._exit(0)


def _report(connection: Connection, reason: str) -> None:
    with suppress(OSError):
        connection.send(reason)


class _Microphone:
    def __init__(
        self, setup: MicSetup, guard: Guard, telemetry: Telemetry, new_periods: NewPeriods
    ) -> None:
        self._telemetry = telemetry
        fields = telemetry.fields
        # Looking up a record's field takes longer than using it.
        self._parameters, self._sound = fields.parameters, fields.mic_sound
        self._stream, self._device = _opened(setup)
        rate = setup.rate
        self._rate = rate
        self._outputs = len(setup.output_channels)
        self._chain = MicChain(rate, self._values())
        self._guard = guard
        self._guard.prepare(rate)
        latencies = self._stream.device_latencies
        known = sum(seconds or 0.0 for seconds in latencies) + self._stream.latency / rate
        self._howl = MicHowl(rate, known)
        self._meter = Meter(telemetry, "mic", self._stream.block / rate)
        budget = (latencies[0], self._stream.latency / rate, latencies[1])
        fields.mic_budget = [nan if seconds is None else seconds for seconds in budget]
        self._dropouts_before = int(fields.mic_dropouts)
        self._warm_up(len(setup.channels))
        self._arrival, self._steps = Arrival(rate), Steps(rate)
        self._new_periods = new_periods
        self._taken = self._seen = 0
        self._moved = time.monotonic()
        self._busy, self._since = 0.0, self._moved

    def _values(self) -> dict[str, float]:
        return dict(zip(PARAMETERS, self._parameters.tolist(), strict=True))

    def _warm_up(self, channels: int) -> None:
        """Do the first runs, which are slow, before sound flows."""
        silence = np.zeros((channels, self._stream.block), np.float32)
        values = self._values()
        for _ in range(16):
            self._howl.add(silence, self._chain.process(silence, values), 0.0)

    def run(self, connection: Connection) -> None:
        """Play until the device has another period: the stream has to be opened anew.

        Raises EOFError or OSError when ``connection`` is closed, LivevoxError when a device is
        lost.
        """
        real_time(PRIORITY)
        gc.collect()
        gc.freeze()
        self._stream.start()
        nap = min(LONGEST_NAP, self._stream.block / self._rate / NAPS_PER_BLOCK)
        next_look, reported = 0.0, False
        while True:
            self.step()
            now = time.monotonic()
            if now >= next_look:
                next_look = now + LOOK_SECONDS
                while connection.poll():
                    if isinstance(connection.recv(), LetThrough):
                        self._guard.let_through()
                self._look(now)
                if self._taken and not reported:
                    connection.send(Sounds(self._device))
                    reported = True
                period = self._steps.period(self._stream.new_period)
                if self._new_periods.take(period, self._stream.burst) is not None:
                    return
            time.sleep(nap)

    def step(self) -> None:
        """Play the blocks that have arrived."""
        stream = self._stream
        # The time of arrival belongs to this count: a later one would be of a later arrival.
        elapsed = stream.elapsed
        self._arrival.see(elapsed, time.monotonic())
        self._steps.see(elapsed)
        while elapsed - self._taken >= stream.block:
            started = time.perf_counter()
            self._play(stream.read(), elapsed - self._taken - stream.block)
            self._taken += stream.block
            self._busy += time.perf_counter() - started
        stream.follow()

    def _play(self, sung: Audio, ahead: int) -> None:
        """Play a block after which ``ahead`` more samples have arrived."""
        played = self._chain.process(sung, self._values())
        if self._howl.add(sung, played, self._chain.reduction):
            self._guard.howled()
        heard = self._guard.apply(played)
        self._stream.write(with_channels(heard, self._outputs))
        self._meter.add(heard)
        self._keep(played, ahead)

    def _keep(self, played: Audio, ahead: int) -> None:
        """Keep the sound for recordings, which are not turned down."""
        fields = self._telemetry.fields
        written, n = int(fields.mic_samples), played.shape[1]
        self._sound[(written + np.arange(n)) % MIC_RING] = played.T
        wait = self._stream.block + self._stream.latency - ahead
        # Both belong together.
        fields.mic_heard_at = nan
        fields.mic_samples = written + n
        fields.mic_heard_at = self._arrival.at + wait / self._rate

    def _look(self, now: float) -> None:
        """Report what changes slowly. Raises LivevoxError when the device is lost."""
        fields, stream = self._telemetry.fields, self._stream
        if stream.stopped or stream.gone or now - self._moved > LOST_SECONDS:
            raise LivevoxError("the microphone's device was lost")
        if self._taken != self._seen:
            self._seen, self._moved = self._taken, now
        fields.mic_guard = GUARD_STATES.index(self._guard.state)
        fields.mic_reduction = self._chain.reduction
        fields.mic_dropouts = self._dropouts_before + stream.dropouts
        if now - self._since >= LOAD_SECONDS:
            fields.mic_load = self._busy / (now - self._since)
            self._busy, self._since = 0.0, now

    def close(self) -> None:
        """End the stream. The client shows that nothing is heard once the process has ended."""
        self._stream.close()


def _opened(setup: MicSetup) -> tuple[AudioStream, str]:
    """The stream from the microphone to the output, and the microphone's device by its full name.

    Raises LivevoxError if there is none.
    """
    input = devices.choose_input(setup.input)
    output = devices.choose(setup.output, "output")
    devices.check_format(input, "input", setup.rate, max(setup.channels))
    period = host_period(output, setup.rate)
    stream = AudioStream(
        output,
        setup.output_channels,
        input,
        setup.channels,
        setup.rate,
        period,
        period,
        # A block is played with the next period: the effects take much less than one.
        work_seconds=0.0,
    )
    return stream, input.full_name
