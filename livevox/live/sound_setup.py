"""The devices, the rate and the channels that an engine opens."""

from __future__ import annotations

from dataclasses import dataclass, replace

from livevox.device import devices
from livevox.device.devices import Device
from livevox.live.engine_config import EngineConfig
from livevox.live.mic_setup import MicSetup, free_channels, is_on_input, mic_setup
from livevox.system.system_audio import SystemDevices, system_audio

STEREO = (1, 2)


@dataclass(frozen=True)
class SoundSetup:
    """Existing devices and the channels to use, counted from 1."""

    input: Device | None
    output: Device
    rate: int
    in_channels: tuple[int, ...]
    mix_channels: tuple[int, ...]
    out_channels: tuple[int, ...]
    """The channels of the mix, then those of the stems."""
    mic: MicSetup | None


def sound_setup(config: EngineConfig) -> SoundSetup:
    """The setup for a configuration. Raises LivevoxError if it is not possible."""
    if config.system:
        config = _for_system(config, system_audio().devices())
    output = devices.choose(config.output, "output")
    input = None if config.files else devices.choose_input(config.input)
    rate = config.sample_rate or output.default_rate
    if input is None or config.input_channels:
        in_channels = config.input_channels or STEREO
    else:
        taken = config.mic if config.mic and is_on_input(config, input) else ()
        in_channels = free_channels(input, taken)
    mix_channels = config.output_channels or _first_two(output.outputs)
    last = max(mix_channels)
    stems = tuple(range(last + 1, last + 5)) if config.stems else ()
    devices.check_format(output, "output", rate, max(mix_channels + stems))
    if input is not None:
        devices.check_format(input, "input", rate, max(in_channels))
    mic = mic_setup(config, input, output, mix_channels, rate)
    return SoundSetup(input, output, rate, in_channels, mix_channels, mix_channels + stems, mic)


def _for_system(config: EngineConfig, system: SystemDevices) -> EngineConfig:
    """Rate and channels were chosen for other devices."""
    return replace(
        config,
        input=system.input,
        output=system.output or config.output,
        files=(),
        sample_rate=None,
        input_channels=None,
        output_channels=None,
        stems=False,
    )


def _first_two(channels: int) -> tuple[int, ...]:
    return tuple(range(1, min(2, channels) + 1))
