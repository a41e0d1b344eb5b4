"""An engine's configuration and exit code, without the engine, so that clients import little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from livevox.config.preset import Preset
from livevox.config.settings import Settings
from livevox.live.guard import GuardState
from livevox.midi.binding import Binding
from livevox.parameters import defaults

if TYPE_CHECKING:
    from livevox.network.providers import Provider

DEVICE_LOST = 75
"""The exit code of an engine whose device has vanished."""


@dataclass(frozen=True)
class EngineConfig:
    """What an engine starts with. ``provider`` runs the model, ``input`` and ``output`` are names
    that :func:`livevox.device.devices.choose` accepts. None means the system's default device, the
    device's default rate, the system's block size, and the first two channels. ``files`` are files,
    folders and playlists to play instead of an input, from the one at index ``song`` of all their
    songs on, ``system`` what other programs play (:mod:`livevox.system`). Channels count from 1.
    ``mic`` has the microphone's channels, of the input device or of ``mic_input``; None is none.
    ``osc`` and ``osc_to`` are as in the settings. ``recording`` is the first folder of a recording
    to continue, ``record_into`` the folder in which one begins with the sound, ``guard`` the state
    of the output's guard at the start."""

    model: str = "live"
    provider: Provider = "auto"
    parameters: Mapping[str, float] = field(default_factory=defaults)
    input: str | None = None
    output: str | None = None
    files: tuple[str, ...] = ()
    song: int = 0
    system: bool = False
    sample_rate: int | None = None
    block_size: int | None = None
    input_channels: tuple[int, ...] | None = None
    output_channels: tuple[int, ...] | None = None
    stems: bool = False
    mic: tuple[int, ...] | None = None
    mic_input: str | None = None
    midi_inputs: tuple[str, ...] = ()
    midi_outputs: tuple[str, ...] = ()
    midi_api: str | None = None
    osc: str | None = None
    osc_to: tuple[str, ...] = ()
    bindings: tuple[Binding, ...] = ()
    preset: str | None = None
    recording: str | None = None
    record_into: str | None = None
    guard: GuardState = "open"

    def on_devices(self, input: str | None, output: str | None) -> EngineConfig:
        """This configuration with the full names of devices, for those that are not None: by
        another name, or none, it could mean another device later. The computer's sound has virtual
        devices, of no use for anything else."""
        if self.system:
            return self
        return replace(self, input=input or self.input, output=output or self.output)

    @classmethod
    def remembered(cls, settings: Settings, preset: Preset | None) -> EngineConfig:
        """The devices and ports of the settings, with the contents of the preset."""
        chosen = {each.name: getattr(settings, each.name) for each in fields(Settings)}
        del chosen["preset"], chosen["programs_from"]
        if preset is None:
            return cls(**chosen)
        return cls(
            **chosen,
            model=preset.model,
            parameters=preset.values(),
            bindings=preset.midi,
            preset=preset.name,
        )
