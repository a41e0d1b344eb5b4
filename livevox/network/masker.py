"""The way in which a model runs a stream: its stages with caches, or windows of the whole graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from livevox.dsp.stft import Audio
from livevox.network.cached import CachedMasker
from livevox.network.windowed import WindowedMasker

if TYPE_CHECKING:
    from livevox.network.model import Model


class Masker(Protocol):
    """Both give the same masks, to float precision."""

    def feed(self, frames: Audio) -> tuple[Audio, Audio]:
        """Take (n, 257) log magnitudes; return the ready masks (m, 257) and activities (m,)."""

    def catch_up(self) -> None:
        """Do now what :meth:`feed` would do before its next frame: no output waits for it."""


def live_masker(model: Model) -> Masker:
    """For a stream in real time. Raises LivevoxError if the model can't be run."""
    return windowed_masker(model) if model.windowed else CachedMasker(model)


def windowed_masker(model: Model) -> Masker:
    """For many frames at a time, as of a file."""
    return WindowedMasker(model.info.geometry, model.run)
