"""The engine's commands, one class each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, TypedDict

from livevox.config.preset import Preset
from livevox.live.command import Command
from livevox.live.engine_config import EngineConfig
from livevox.live.status import Status
from livevox.midi.binding import Binding


@dataclass(frozen=True)
class GetStatus(Command[Status]):
    """Get the status."""

    quiet: ClassVar[bool] = True


@dataclass(frozen=True)
class End(Command[None]):
    """End the process after answering."""


# Parameters, preset and model


@dataclass(frozen=True)
class SetParameters(Command[None]):
    """Set parameters, all or none. Telemetry shows the new values."""

    values: Mapping[str, float]
    quiet: ClassVar[bool] = True

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """Return ``config`` with these parameters."""
        return replace(config, parameters={**config.parameters, **self.values})


@dataclass(frozen=True)
class LetThrough(Command[None]):
    """Raise the output to its level: at the first start, or before the time after a howl."""

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """With an open output."""
        return replace(config, guard="open")


@dataclass(frozen=True)
class UsePreset(Command[None]):
    """Apply a preset: its parameters, MIDI map and model."""

    preset: Preset

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """Return ``config`` with the contents of the preset."""
        return replace(
            config,
            preset=self.preset.name,
            model=self.preset.model,
            parameters=self.preset.values(),
            bindings=self.preset.midi,
        )


@dataclass(frozen=True)
class NamePreset(Command[None]):
    """Change the name of the preset in use, None for no preset, without changing any value."""

    name: str | None

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """Return ``config`` with that name."""
        return replace(config, preset=self.name)


@dataclass(frozen=True)
class UseModel(Command[None]):
    """Switch to another model, by name or file. This interrupts the sound briefly."""

    name: str

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """Return ``config`` with that model."""
        return replace(config, model=self.name)


# Devices


class DeviceChanges(TypedDict, total=False):
    """The fields of :class:`livevox.live.engine_config.EngineConfig` to change."""

    input: str | None
    output: str | None
    files: tuple[str, ...]
    system: bool
    sample_rate: int | None
    block_size: int | None
    input_channels: tuple[int, ...] | None
    output_channels: tuple[int, ...] | None
    stems: bool
    mic: tuple[int, ...] | None
    mic_input: str | None


@dataclass(frozen=True)
class UseDevices(Command[None]):
    """Switch to other devices, files, channels and so on. The engine waits for missing devices."""

    changes: DeviceChanges

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """Return ``config`` with the changes. Other files start with the first one."""
        song = 0 if "files" in self.changes else config.song
        return replace(config, song=song, **self.changes)


@dataclass(frozen=True)
class PlayTone(Command[None]):
    """Turn the test tone on the output on or off."""

    on: bool


# Recording


@dataclass(frozen=True)
class Record(Command[str]):
    """Start recording into a new folder within ``folder``. The answer is the new folder. When the
    sound starts anew, even in another engine, the recording continues in a further folder."""

    folder: str

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """Return ``config`` with a recording to begin."""
        return replace(config, recording=None, record_into=self.folder)

    def answered(self, answer: str, config: EngineConfig) -> EngineConfig:
        """Return ``config`` with that recording, which has begun, to continue."""
        return replace(config, recording=answer, record_into=None)


@dataclass(frozen=True)
class StopRecording(Command[str | None]):
    """Stop recording. The answer is the recording's last folder, or None if there was none."""

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """Return ``config`` without a recording to begin or to continue."""
        return replace(config, recording=None, record_into=None)


# File playback


@dataclass(frozen=True)
class FileCommand(Command[None]):
    """A command to the file player; refused if no file is open."""


@dataclass(frozen=True)
class Play(FileCommand):
    """Start or resume playback."""


@dataclass(frozen=True)
class Pause(FileCommand):
    """Pause playback."""


@dataclass(frozen=True)
class Seek(FileCommand):
    """Go to a position in seconds in the current file."""

    seconds: float


@dataclass(frozen=True)
class Loop(FileCommand):
    """Repeat ``start`` to ``end``, in seconds of the current file."""

    start: float
    end: float


@dataclass(frozen=True)
class EndLoop(FileCommand):
    """Stop repeating."""


@dataclass(frozen=True)
class NextFile(FileCommand):
    """Go to the next file of the queue."""


@dataclass(frozen=True)
class PreviousFile(FileCommand):
    """Go to the previous file of the queue, or to the start of the first one."""


@dataclass(frozen=True)
class PlayQueued(FileCommand):
    """Play a file of the queue, by its number."""

    number: int


@dataclass(frozen=True)
class AddToQueue(FileCommand):
    """Add files, folders or playlists to the queue's end, all or none."""

    sources: tuple[str, ...]


@dataclass(frozen=True)
class ArrangeQueue(FileCommand):
    """Play only these files of the queue, in this order, then those with numbers above ``seen``."""

    order: tuple[int, ...]
    seen: int


FILE_COMMANDS = tuple(FileCommand.__subclasses__())


# MIDI


@dataclass(frozen=True)
class Learn(Command[None]):
    """Bind the MIDI control that moves most to a parameter or preset; None cancels."""

    target: str | None


@dataclass(frozen=True)
class SetBindings(Command[None]):
    """Replace the MIDI map."""

    bindings: tuple[Binding, ...]

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """Return ``config`` with that map."""
        return replace(config, bindings=self.bindings)


@dataclass(frozen=True)
class UseMidiPorts(Command[None]):
    """Open other MIDI ports; ``api`` None is the first MIDI system that works."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    api: str | None

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """Return ``config`` with those ports."""
        return replace(
            config, midi_inputs=self.inputs, midi_outputs=self.outputs, midi_api=self.api
        )


@dataclass(frozen=True)
class MidiNames:
    """The MIDI ports that can be opened."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class ListMidi(Command[MidiNames]):
    """List the MIDI ports that can be opened."""

    quiet: ClassVar[bool] = True


# OSC


@dataclass(frozen=True)
class UseOsc(Command[None]):
    """Listen for OSC at an address, and send it to others; None and () are off. Addresses are
    written as in the settings. The settings that work stay if these don't."""

    listen: str | None
    targets: tuple[str, ...]

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """Return ``config`` with those addresses."""
        return replace(config, osc=self.listen, osc_to=self.targets)
