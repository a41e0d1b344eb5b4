"""Other separators, where their packages are installed: others provide them, as entry points."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np

from livevox.bench.process import Round, UnmeasuredError
from livevox.dsp.stft import Audio

GROUP = "livevox.peers"
"""Entry points: functions that take (2, samples) at 44.1 kHz and return a :class:`Peer`."""


@dataclass(frozen=True)
class PeerFacts:
    """What is known of a peer. ``latency`` is in seconds; None is the whole song. ``remark`` says
    what was measured, and with which weights."""

    latency: float | None
    remark: str
    parameters: int = 0


@dataclass(frozen=True)
class Peer:
    """A separator, ready to separate the song that it was given, or as many ``seconds`` of it."""

    facts: PeerFacts
    separate: Callable[[], object]
    seconds: float


@dataclass(frozen=True)
class PeerRound:
    """The processor time, in seconds, for a second of audio."""

    facts: PeerFacts
    cost: float


def peer_names() -> list[str]:
    """The peers that are known, installed or not."""
    return sorted(point.name for point in entry_points(group=GROUP))


def measure_peer(name: str, song: Path) -> Round[PeerRound]:
    """Rounds over ``song``, a .npy file. Raises UnmeasuredError if its package is not installed."""
    (point,) = entry_points(group=GROUP, name=name)
    audio: Audio = np.load(song)
    try:
        peer: Peer = point.load()(audio)
    except ImportError as error:
        raise UnmeasuredError(f"not installed ({error}): pip install 'livevox[bench]'") from None

    def run() -> PeerRound:
        begun = time.process_time()
        peer.separate()
        return PeerRound(peer.facts, (time.process_time() - begun) / peer.seconds)

    return run
