"""What an engine can be asked to do: one class a command.

``Command[A]`` is answered with an ``A``; :meth:`Command.applied_to` says what it changes in the
configuration. The engine finds the function for a command by its type, see
:mod:`livevox.live.engine`, and replies with :class:`Done` or :class:`Refused`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Generic, TypedDict, TypeVar

from livevox.config.preset import Preset
from livevox.live.engine_config import EngineConfig
from livevox.live.status import Status
from livevox.midi.binding import Binding

A = TypeVar("A")


@dataclass(frozen=True)
class Done:
    """The command was done; its answer."""

    answer: object


@dataclass(frozen=True)
class Refused:
    """The command could not be done, or not yet; why."""

    reason: str


@dataclass(frozen=True)
class Command(Generic[A]):
    """A request to the engine, whose answer is an ``A``."""

    quiet: ClassVar[bool] = False
    """Whether it changes nothing that :class:`livevox.live.status.Status` tells."""

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """``config`` as this command changes it: what another engine would start with."""
        return config


@dataclass(frozen=True)
class GetStatus(Command[Status]):
    """Tell the status."""

    quiet: ClassVar[bool] = True


@dataclass(frozen=True)
class End(Command[None]):
    """End the process, once this is answered."""


# What is heard


@dataclass(frozen=True)
class SetParameters(Command[None]):
    """Set parameters, all or none. Telemetry tells them."""

    values: Mapping[str, float]
    quiet: ClassVar[bool] = True

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """With these parameters."""
        return replace(config, parameters={**config.parameters, **self.values})


@dataclass(frozen=True)
class UsePreset(Command[None]):
    """Take over a preset: its parameters, its MIDI map and its model."""

    preset: Preset

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """With what the preset holds."""
        return replace(
            config,
            preset=self.preset.name,
            model=self.preset.model,
            parameters=self.preset.values(),
            bindings=self.preset.midi,
        )


@dataclass(frozen=True)
class NamePreset(Command[None]):
    """Go on under another preset's name, None for none, as after renaming; no value changes."""

    name: str | None

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """With that name."""
        return replace(config, preset=self.name)


@dataclass(frozen=True)
class UseModel(Command[None]):
    """Go on with another model, by name or file, after a short interruption."""

    name: str

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """With that model."""
        return replace(config, model=self.name)


# Devices


class DeviceChanges(TypedDict, total=False):
    """Those fields of :class:`livevox.live.engine_config.EngineConfig` that are to change."""

    input: str | None
    output: str | None
    file: str | None
    sample_rate: int | None
    block_size: int | None
    input_channels: tuple[int, ...] | None
    output_channels: tuple[int, ...] | None
    stems: bool


@dataclass(frozen=True)
class UseDevices(Command[None]):
    """Go on with other devices, rate, block, channels or file. Where they are not there the engine
    refuses, and waits for them."""

    changes: DeviceChanges

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """With the changes."""
        return replace(config, **self.changes)


@dataclass(frozen=True)
class PlayTone(Command[None]):
    """Add a test tone to the output, or end it."""

    on: bool


# Recording


@dataclass(frozen=True)
class Record(Command[str]):
    """Begin to record into a new folder within ``folder``, which is the answer."""

    folder: str


@dataclass(frozen=True)
class StopRecording(Command[str | None]):
    """End the recording; the answer is its folder, None without a recording."""


# The file that plays


@dataclass(frozen=True)
class FileCommand(Command[None]):
    """A command to the file player; refused where no file is open."""


@dataclass(frozen=True)
class Play(FileCommand):
    """Play on."""


@dataclass(frozen=True)
class Pause(FileCommand):
    """Stay where the music is."""


@dataclass(frozen=True)
class Seek(FileCommand):
    """Go on at so many seconds in this file."""

    seconds: float


@dataclass(frozen=True)
class Loop(FileCommand):
    """Repeat ``start`` to ``end``, in seconds of this file."""

    start: float
    end: float


@dataclass(frozen=True)
class EndLoop(FileCommand):
    """Play straight on."""


@dataclass(frozen=True)
class NextFile(FileCommand):
    """Go to the next file of the folder."""


@dataclass(frozen=True)
class PreviousFile(FileCommand):
    """Go to the file before, or to the start of the first one."""


FILE_COMMANDS = (Play, Pause, Seek, Loop, EndLoop, NextFile, PreviousFile)


# MIDI


@dataclass(frozen=True)
class Learn(Command[None]):
    """Bind the next MIDI control that moves to a parameter or preset; None stops waiting."""

    target: str | None


@dataclass(frozen=True)
class SetBindings(Command[None]):
    """Replace the MIDI map."""

    bindings: tuple[Binding, ...]

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """With that map."""
        return replace(config, bindings=self.bindings)


@dataclass(frozen=True)
class UseMidiPorts(Command[None]):
    """Listen to other MIDI ports; ``api`` None is the first MIDI system that works."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    api: str | None

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """With those ports."""
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
