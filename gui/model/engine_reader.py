"""The engine's telemetry as the window shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from livevox.dsp.stft import Audio
from livevox.live.telemetry import FRAMES, STATES, Place, Telemetry
from livevox.parameters import PARAMETERS

UNRESPONSIVE_SECONDS = 4.0
"""Without a heartbeat. Opening devices or loading a model takes less."""

EngineState = Literal["starting", "waiting", "running", "ended", "unresponsive"]


@dataclass(frozen=True)
class Frames:
    """New frames: number of the first one, activity (n,), and (n, 257) log magnitudes and masks,
    all float32 copies."""

    first: int
    activity: Audio
    spectrogram: Audio
    mask: Audio


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Telemetry at one moment; see `livevox.live.telemetry.Telemetry`. Times in seconds."""

    state: EngineState
    heard_frame: float
    """The frame that is heard now, including the output device's latency."""
    levels: npt.NDArray[np.float64]
    """Peaks as amplitudes, (5 meters, 2 channels), by `livevox.live.telemetry.METERS`."""
    clips: tuple[int, ...]
    """Clipped blocks so far, by meter."""
    sample_rate: int
    block: int
    budget: tuple[float | None, ...]
    """Seconds of latency by `livevox.live.telemetry.STAGES`; None for an unknown one."""
    round_trip: float | None
    """Seconds of both devices together, as measured; None where they were not."""
    latency: float
    """Seconds from the microphone to the loudspeaker, as far as they are known."""
    mic_latency: float
    """Seconds from the singer's microphone to the loudspeaker, as far as they are known."""
    load: float
    inference_ms: float
    late_blocks: int
    skipped_blocks: int
    xruns: int
    gaps: int
    """Gaps in the sound so far, by `livevox.live.gaps`."""
    gap_seconds: float
    drift_ppm: float
    midi_messages: int
    memory_kib: int


@dataclass(frozen=True)
class Playback:
    """The state of the file player, in seconds."""

    playing: bool = False
    duration: float = 0.0
    place: Place = field(default_factory=Place)
    """The last one that was read, before it is heard; frames as in :class:`Frames`."""

    @property
    def position(self) -> float:
        """The second of the file that was read last."""
        return self.place.second


@dataclass(frozen=True)
class Recording:
    """The state of the recorder: seconds recorded, and seconds left on the disk."""

    active: bool = False
    elapsed: float = 0.0
    disk_left: float = 0.0


class EngineReader:
    """Reads the :class:`livevox.live.telemetry.Telemetry` that all engines share. ``now`` is a time
    of the monotonic clock."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry
        self._heartbeat = 0.0
        self._last_heartbeat = (0.0, 0.0)
        """The last new heartbeat, and when it was read."""
        self._end = 0
        """The number of frames read so far."""
        self._place = Place()

    @property
    def _fields(self) -> Any:
        return self._telemetry.fields

    def snapshot(self, now: float, busy: bool) -> Snapshot:
        """The telemetry now. An engine that is ``busy`` with a request is not unresponsive."""
        fields = self._fields
        return Snapshot(
            state=self._state(now, busy),
            heard_frame=self._telemetry.heard_frame(now),
            levels=np.array(fields.levels),
            clips=tuple(map(int, fields.clips)),
            # Before the budget: see Telemetry.
            block=int(fields.block),
            sample_rate=int(fields.sample_rate),
            budget=self._telemetry.budget,
            round_trip=self._telemetry.round_trip,
            latency=self._telemetry.latency,
            mic_latency=self._telemetry.mic_latency,
            load=self._telemetry.load,
            inference_ms=float(fields.inference_ms),
            late_blocks=int(fields.late_blocks),
            skipped_blocks=int(fields.skipped_blocks),
            xruns=int(fields.xruns),
            gaps=int(fields.gaps),
            gap_seconds=float(fields.gap_seconds),
            drift_ppm=float(fields.drift_ppm),
            midi_messages=int(fields.midi_messages),
            memory_kib=int(fields.memory_kib),
        )

    def _state(self, now: float, busy: bool) -> EngineState:
        heartbeat = float(self._fields.heartbeat)
        state = STATES[int(self._fields.state)]
        # There may be no heartbeat while the engine starts, is busy or has ended.
        if heartbeat != self._last_heartbeat[0] or state in ("starting", "ended") or busy:
            self._last_heartbeat = (heartbeat, now)
        late = now - self._last_heartbeat[1] > UNRESPONSIVE_SECONDS
        return "unresponsive" if late else state

    def parameters(self, acknowledged: float) -> dict[str, float] | None:
        """The engine's parameters; None if they may be older than ``acknowledged``, the time at
        which it confirmed the last change."""
        heartbeat = float(self._fields.heartbeat)
        # The engine writes its parameters just after its heartbeat: read them one poll later.
        fresh = self._heartbeat == heartbeat and heartbeat > acknowledged
        self._heartbeat = heartbeat
        if not fresh:
            return None
        return dict(zip(PARAMETERS, map(float, self._fields.parameters), strict=True))

    def playback(self) -> Playback:
        """The state of the file player."""
        fields = self._fields
        self._place = self._telemetry.place() or self._place
        return Playback(bool(fields.playing), float(fields.duration), self._place)

    def recording(self) -> Recording:
        """The state of the recorder."""
        fields = self._fields
        return Recording(
            active=bool(fields.recording),
            elapsed=float(fields.recorded),
            disk_left=float(fields.disk_left),
        )

    def frames_restarted(self) -> bool:
        """Whether the engine has restarted its frame count at 0. If so, reading restarts, too."""
        anew = int(self._fields.frames) < self._end
        if anew:
            self._end = 0
        return anew

    def new_frames(self) -> Frames | None:
        """The frames since the last call, at most those of the last 10 s; None for none."""
        fields = self._fields
        end = int(fields.frames)
        # The oldest frames of the ring buffer may be overwritten meanwhile.
        first = max(self._end, end - FRAMES + 64)
        if end <= first:
            return None
        self._end = end
        at = np.arange(first, end) % FRAMES
        return Frames(first, fields.activity[at], fields.spectrogram[at], fields.mask[at])
