"""What a microphone's process starts with, for the process and the one that starts it."""

from __future__ import annotations

from dataclasses import dataclass

from livevox.live.guard import GuardState

JACK_CLIENT = "livevox-mic"
"""The name of the microphone's sound among JACK's clients."""


@dataclass(frozen=True)
class MicSetup:
    """Devices by their full names, channels counted from 1, and the rate in Hz. ``guard`` is the
    state of the microphone's guard at the start."""

    input: str
    channels: tuple[int, ...]
    output: str
    output_channels: tuple[int, ...]
    rate: int
    guard: GuardState = "open"


@dataclass(frozen=True)
class LetThrough:
    """Raise the microphone to its level: see :meth:`livevox.live.guard.Guard.let_through`."""
