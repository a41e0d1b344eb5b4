"""What `livevox bench` has measured. Costs are processor time, in seconds for a second of audio;
what could not be measured is the reason, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from livevox.bench.peers import PeerFacts
from livevox.bench.programs import InstallSize, Separating
from livevox.bench.rooms import Lateness
from livevox.bench.signal_path import Stream
from livevox.dsp.stft import Audio
from livevox.network.geometry import Geometry


@dataclass(frozen=True)
class Machine:
    """Where it was measured. ``peak`` is in multiply-adds of float32 a second, of one core."""

    processor: str
    cores: int
    memory_gib: float
    system: str
    versions: str
    peak: float


@dataclass(frozen=True)
class Times:
    """Processor times of many calls, in seconds."""

    median: float
    percentile_99: float

    @classmethod
    def of_rounds(cls, rounds: Sequence[Audio]) -> Times:
        """The median over the rounds of each number, so that a disturbed round does not count."""
        each = [(np.median(r), np.percentile(r, 99)) for r in rounds]
        return cls(*map(float, np.median(each, axis=0)))


@dataclass(frozen=True)
class ModelCost:
    """Of one model. ``multiply_adds`` are those of one frame; ``steps`` and ``paced`` the times of
    one step of the stream until its output, ``step`` the mean of a whole one in seconds, ``window``
    the times of the shortest window that gives one; ``live`` and ``file`` are costs of the whole
    signal path."""

    name: str
    geometry: Geometry
    multiply_adds: float
    steps: Times
    paced: Times
    step: float
    window: Times
    live: float
    file: float


@dataclass(frozen=True)
class PeerCost:
    """Of another separator."""

    name: str
    facts: PeerFacts
    cost: float


@dataclass(frozen=True)
class Scaling:
    """Costs of other streams, and of several engines at once, by their number, by period in
    samples. ``training`` is in steps a second, by processes."""

    streams: Mapping[Stream, float] = field(default_factory=dict)
    rooms: Mapping[int, Mapping[int, Lateness]] = field(default_factory=dict)
    training: Mapping[int, float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Programs:
    """Times in seconds, each with the start of Python, which ``python`` is; None where Python is
    part of an app. ``idle_window`` is the share of a core."""

    python: float | None
    importing: float | None
    first_audio: float | None
    size: InstallSize
    separating: Sequence[Separating | str]
    idle_window: float | str


@dataclass(frozen=True)
class Benchmark:
    """All of it. A quick one has no peers and no scaling."""

    machine: Machine
    rounds: int
    song_seconds: float
    models: Sequence[ModelCost]
    peers: Mapping[str, PeerCost | str]
    programs: Programs
    scaling: Scaling
