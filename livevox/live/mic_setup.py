"""What a microphone's process starts with: which devices and channels."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from livevox.device import devices
from livevox.device.devices import Device
from livevox.errors import LivevoxError
from livevox.live.engine_config import EngineConfig

JACK_CLIENT = "livevox-mic"
"""The name of the microphone's sound among JACK's clients."""


@dataclass(frozen=True)
class MicSetup:
    """Devices by names that :func:`livevox.device.devices.choose` accepts, channels counted from 1,
    and the rate in Hz."""

    input: str | None
    channels: tuple[int, ...]
    output: str
    output_channels: tuple[int, ...]
    rate: int


@dataclass(frozen=True)
class Sounds:
    """The process' message that the microphone, a device by its full name, sounds now."""

    device: str


@dataclass(frozen=True)
class LetThrough:
    """Raise the microphone to its level: see :meth:`livevox.live.guard.Guard.let_through`."""


def mic_setup(
    config: EngineConfig,
    input: Device | None,
    output: Device,
    output_channels: tuple[int, ...],
    rate: int,
) -> MicSetup | None:
    """The configuration's microphone, to an open output; None without one.

    It is on the device that is named, else on the ``input`` where that is a sound card, else on the
    default device.
    """
    if config.mic is None:
        return None
    name = config.mic_input
    if name is None and input is not None and not config.system:
        name = input.full_name
    return MicSetup(name, config.mic, output.full_name, output_channels, rate)


def is_on_input(config: EngineConfig, input: Device) -> bool:
    """Whether the microphone is on the device of the input."""
    if config.mic_input is None:
        return not config.system
    # Its process says what is wrong with it; the music plays meanwhile.
    with suppress(LivevoxError):
        return devices.choose_input(config.mic_input) == input
    return False


def free_channels(device: Device, taken: Collection[int]) -> tuple[int, ...]:
    """The first two input channels of a device that are not ``taken`` by a microphone.

    Raises LivevoxError if all are.
    """
    free = [channel for channel in range(1, device.inputs + 1) if channel not in taken]
    if not free:
        raise LivevoxError(
            f"{device.full_name!r} has no input channel beside the microphone's: choose another "
            "input, or the microphone of another device"
        )
    return tuple(free[:2])
