"""Excerpts for listening in the report: half a minute of every song, separated by every system."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.media.writing import writing

EXCERPT_SECONDS = 30


class Listening:
    """Writes excerpts into ``folder`` and collects the players for the report beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.players: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        """By song: (label, file relative to ``folder``)."""

    def hear(self, song: str, label: str, audio: Audio) -> None:
        """Keep the middle of (channels, samples) at 44.1 kHz as ``label`` of ``song``."""
        length = EXCERPT_SECONDS * SAMPLE_RATE
        start = max(0, (audio.shape[1] - length) // 2)
        excerpt = audio[:, start : start + length]
        file = f"audio/{_plain(song)}/{_plain(label)}.ogg"
        with writing(self.folder / file, SAMPLE_RATE, *excerpt.shape) as sink:
            sink.write(excerpt)
        self.players[song].append((label, file))


def _plain(name: str) -> str:
    """A portable file name.

    >>> _plain("open/tracks/Ça va?")
    'open-tracks-Ça-va'
    """
    return re.sub(r"[^\w.]+", "-", name).strip("-.")
