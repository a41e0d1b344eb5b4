"""An engine's status: what telemetry, which is numbers, can't hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from livevox.live.engine_config import EngineConfig
from livevox.live.guard import GuardState
from livevox.live.telemetry import State
from livevox.media.queue import Queued


@dataclass(frozen=True)
class Status:
    """Configuration, names and reasons at one moment. Without a reason it is "" or None."""

    config: EngineConfig
    """The configuration in use, with the current parameters and bindings."""
    state: State
    reason: str
    """Why the engine waits for a device, or why the computer's sound does not come."""
    notice: str
    """The last other problem."""
    model: str
    """The model in use: ``live`` if the one in ``config`` can't be loaded."""
    provider: str
    """onnxruntime's execution provider in use."""
    input: str | None
    """Full name of the input device in use; None for a file, and before a device was open."""
    output: str | None
    """Of the output device; where the computer's sound plays, what its user calls it."""
    playing: Path | None
    """The current file, one of the queue."""
    queue: tuple[Queued, ...]
    """The files in order; empty for an input."""
    queued: int | None
    """The number of the current file, which may have left the queue."""
    loop: tuple[float, float] | None
    """Start and end of the loop, in seconds of the file."""
    file_error: str | None
    guard: GuardState
    """Whether the output is silent or lower for safety."""
    mic: str | None
    """Full name of the microphone's device; None while it is not heard."""
    mic_reason: str
    """Why it is not, or empty."""
    mic_guard: GuardState
    """Whether the microphone is silent or lower for safety."""
    tone: bool
    """Whether the test tone is on."""
    refusals: Mapping[str, str]
    """Why a thread has no real-time priority, by the thread's name."""
    recording: str | None
    """The recording's folder."""
    recording_error: str | None
    midi_api: str | None
    midi_reason: str
    midi_inputs: Mapping[str, str | None]
    """The port's full name by its name in ``config``; None while the port is missing."""
    midi_outputs: Mapping[str, str | None]
    learning: str | None
    """The parameter or preset that waits for a MIDI control."""
