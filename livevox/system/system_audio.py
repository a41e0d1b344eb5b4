"""The sound that the computer plays, as an input: the interface for all operating systems."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class SystemState:
    """The state of the computer's sound at the last :meth:`SystemAudio.look`."""

    output: str | None = None
    """Name of the device that plays the result; None if unknown."""
    problem: str = ""
    """Why there is no sound; "" if nothing is wrong."""


@dataclass(frozen=True)
class SystemDevices:
    """Names of the engine's devices, as :func:`livevox.device.devices.choose` takes them."""

    input: str
    output: str | None
    """None for the configured output device."""


class SystemAudio(Protocol):
    """Routes what programs play through the engine.

    The process that starts the engine calls :meth:`open`, :meth:`look` and :meth:`close`, in one
    thread; the engine calls :meth:`devices`.
    """

    state: SystemState

    def available(self) -> None:
        """Raise LivevoxError if something is missing."""

    def open(self, block_size: int | None) -> Mapping[str, str]:
        """Create what is needed, without routing any sound yet. Return variables for the
        environment of the engine's process.

        ``block_size`` is the wanted period in samples; None is the implementation's choice. Raises
        LivevoxError if something is missing.
        """

    def devices(self) -> SystemDevices:
        """The devices for the engine. Raises LivevoxError if they do not exist."""

    def look(self, running: bool) -> bool:
        """Route the sound through the engine while it is ``running``, otherwise to the sound card.
        Update :attr:`state`.

        Call this several times a second. Returns whether the devices were created again, so that
        the engine must be restarted.
        """

    def close(self) -> None:
        """Restore everything as it was; calling this twice is fine."""


def system_audio() -> SystemAudio:
    """The implementation for this operating system."""
    if sys.platform == "darwin":
        from livevox.system.macos import MacosAudio

        return MacosAudio()
    if sys.platform == "win32":
        from livevox.system.windows import WindowsAudio

        return WindowsAudio()
    from livevox.system.pipewire import PipewireAudio

    return PipewireAudio()
