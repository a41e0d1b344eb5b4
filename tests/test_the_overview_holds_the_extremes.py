"""The overview of a song shows its loudest samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from livevox.media.overview import overview
from tests.transports import (
    noise,
    save,
)


@pytest.mark.parametrize("columns", [1, 7, 1000, 5000, 123_456])
def test_the_overview_holds_the_extremes_of_every_stretch(tmp_path: Path, columns: int) -> None:
    audio = noise(1.6, 2, 44_100, 9)
    audio[1, 1234], audio[0, 70_000] = -1, np.nan
    save(tmp_path / "music.wav", audio)
    audio[0, 70_000] = 0
    seen = overview(tmp_path / "music.wav", columns)
    assert (seen.shape, seen.dtype) == ((columns, 2), np.float32)
    samples = audio.shape[1]
    column_of = np.arange(samples) * columns // samples
    for column in np.random.default_rng(1).integers(0, columns, 50):
        inside = np.flatnonzero(column_of == column)
        if columns > samples:
            inside = np.array([column * samples // columns])
        assert tuple(seen[column]) == (audio[:, inside].min(), audio[:, inside].max())
