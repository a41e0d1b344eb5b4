"""Presets and their files, and a disk that is full."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from livevox.config.preset import Preset, load_preset
from livevox.errors import LivevoxError

SHIPPED = [
    *("karaoke", "guide-voice", "a-cappella", "rehearsal", "detect-only", "monitor"),
    *("karaoke-mic", "duet"),
]
"""In the order of their keys and programs."""
HEAD = "version = 1\n"


def preset(name: str = "mine", **parameters: float) -> Preset:
    return Preset(name, "Mine", "", "live", parameters)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def refusal(path: str | Path) -> str:
    """The error of a preset that can't be loaded: one line."""
    with pytest.raises(LivevoxError) as caught:
        load_preset(path)
    message = str(caught.value)
    assert message.isprintable()
    return message


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond 8 bytes, so that writing fails as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
