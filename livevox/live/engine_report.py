"""What an engine reports to its clients: its state, notices, telemetry and status."""

from __future__ import annotations

from dataclasses import replace

from livevox.live.engine_config import EngineConfig
from livevox.live.guard import Guard
from livevox.live.memory import resident_kib
from livevox.live.microphone import Microphone
from livevox.live.midi_desk import MidiDesk
from livevox.live.recording import Recording
from livevox.live.sound import Sound
from livevox.live.status import Status
from livevox.live.telemetry import STATES, State, Telemetry
from livevox.processor import Processor


class EngineReport:
    """Reads the parts of an engine, writes ``telemetry`` and makes the status."""

    def __init__(
        self,
        telemetry: Telemetry,
        sound: Sound,
        recording: Recording,
        midi: MidiDesk,
        guard: Guard,
        microphone: Microphone,
        notice: str,
    ) -> None:
        self._telemetry = telemetry
        self._sound = sound
        self._recording = recording
        self._midi = midi
        self._guard = guard
        self._microphone = microphone
        self._notice = notice
        self.reason = ""
        """Why the engine waits for a device; "" while it does not."""
        self._last: object = None
        """The parts of the status that change without a command, at the last check."""

    @property
    def state(self) -> State:
        """What the engine does."""
        return STATES[int(self._telemetry.fields.state)]

    @state.setter
    def state(self, state: State) -> None:
        self._telemetry.fields.state = STATES.index(state)
        self.changed()

    def notify(self, notice: str) -> None:
        """Report a problem, or what was done about one."""
        self._notice = notice
        self.changed()

    def changed(self) -> None:
        """Let the clients ask for the status."""
        self._telemetry.fields.revision += 1

    def write_telemetry(self, now: float) -> None:
        """Write the telemetry that no thread of the sound writes, and find changes."""
        fields = self._telemetry.fields
        fields.heartbeat = now
        fields.memory_kib = resident_kib()
        self._sound.write_telemetry()
        self._recording.write_telemetry(fields)
        transport = self._sound.transport
        current = (
            (transport.number, transport.changes, transport.error, transport.looped)
            if transport
            else None,
            (self._recording.folder, self._recording.error),
            self._midi.ports,
            self._guard.state,
            self._microphone.guard,
        )
        if current != self._last:
            self._last = current
            self.changed()

    def status(self, config: EngineConfig, processor: Processor) -> Status:
        """The status, with ``config`` as it is in use now."""
        midi, sound, transport = self._midi.ports, self._sound, self._sound.transport
        files, song = transport.place_in_queue if transport else (config.files, config.song)
        return Status(
            config=replace(
                config,
                files=files,
                song=song,
                parameters=dict(processor.values),
                bindings=self._midi.bindings,
                recording=self._recording.first,
                record_into=self._recording.into,
            ),
            state=self.state,
            reason=self.reason,
            notice=self._notice,
            model=processor.model.info.name,
            provider=processor.model.provider,
            input=sound.input,
            output=sound.output,
            playing=transport.path if transport else None,
            queue=transport.queue if transport else (),
            queued=transport.number if transport else None,
            loop=transport.looped if transport else None,
            file_error=transport.error if transport else None,
            guard=self._guard.state,
            mic=self._microphone.device,
            mic_reason=self._microphone.reason,
            mic_guard=self._microphone.guard,
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
