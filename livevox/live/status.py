"""What an engine tells of itself that telemetry has no numbers for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from livevox.live.engine_config import EngineConfig
from livevox.live.telemetry import State


@dataclass(frozen=True)
class Status:
    """Names and reasons at one moment. A reason is "" or None where there is nothing to say."""

    config: EngineConfig
    """The configuration in use, with the parameters and bindings of that moment."""
    state: State
    reason: str
    """Why the engine waits for a device."""
    notice: str
    """What else went wrong last."""
    model: str
    """The model that runs: ``live`` where the one in ``config`` can't be had."""
    provider: str
    """onnxruntime's execution provider that runs it."""
    input: str | None
    """Full name of the input device in use; None for a file, and before there was one."""
    output: str | None
    playing: Path | None
    """The file that plays, perhaps one of several."""
    loop: tuple[float, float] | None
    """Start and end of the loop, in seconds of the file."""
    file_error: str | None
    tone: bool
    """Whether the test tone is on."""
    refusals: Mapping[str, str]
    """Why a thread has no real-time priority, by the thread's name."""
    recording: str | None
    """The folder that is recorded into."""
    recording_error: str | None
    midi_api: str | None
    midi_reason: str
    midi_inputs: Mapping[str, str | None]
    """The port's full name by the name that was asked for; None is waited for."""
    midi_outputs: Mapping[str, str | None]
    learning: str | None
    """The parameter or preset that waits for a MIDI control."""
