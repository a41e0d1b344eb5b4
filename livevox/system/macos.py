"""The computer's sound on macOS: not there yet, with a way around it.

macOS 14.2 has process taps, which fit: `mutedWhenTapped` takes the original away while a program
listens, and gives it back when the program ends, however it does (Core Audio,
`AudioHardwareCreateProcessTap`; the package `catap` wraps it). Nobody has tried this with livevox,
so it says so and names BlackHole, a virtual output that needs no program's help.
"""

from __future__ import annotations

from typing import NoReturn

from livevox.errors import LivevoxError
from livevox.system.system_audio import SystemDevices, SystemState


class MacosAudio:
    """:class:`livevox.system.system_audio.SystemAudio` on macOS: it says what to do instead."""

    def __init__(self) -> None:
        self.state = SystemState()

    def available(self) -> NoReturn:
        """Raise LivevoxError: it isn't."""
        raise LivevoxError(
            "on macOS livevox can't take the computer's sound by itself: install BlackHole (brew "
            "install blackhole-2ch), choose it as the output in the sound settings, and start "
            "livevox live --input BlackHole --output with a part of your loudspeaker's name"
        )

    def open(self, block_size: int | None) -> dict[str, str]:
        """Raise LivevoxError."""
        self.available()

    def devices(self) -> SystemDevices:
        """Raise LivevoxError."""
        self.available()

    def look(self, running: bool) -> bool:
        """Nothing changes."""
        return False

    def close(self) -> None:
        """Nothing is to be given back."""
