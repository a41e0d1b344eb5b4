"""`train evaluate live+gate` evaluates the voice after the gate."""

from __future__ import annotations

import numpy as np
import pytest

from livevox import LivevoxError
from livevox.dsp.stft import HOP, SAMPLE_RATE
from train.evaluation.evaluate import GATE_DB, GATED, system


def test_the_gate_takes_its_decibels_where_nobody_sings_and_nothing_elsewhere() -> None:
    time = np.arange(6 * SAMPLE_RATE) / SAMPLE_RATE
    noise = np.random.default_rng(3).normal(0, 0.05, (2, len(time)))
    # Three seconds of a vowel-like tone, then of noise alone.
    phase = 330 * time + 0.6 * np.sin(2 * np.pi * 5.5 * time)
    voice = sum(np.sin(2 * np.pi * k * phase) / k for k in range(1, 12)) * (time < 3) * 0.2
    mixture = (voice + noise).astype(np.float32)
    plain, gated = (system(name)(mixture, None) for name in ("live", f"live{GATED}"))
    assert plain is not None
    assert gated is not None
    np.testing.assert_allclose(gated.vocals + gated.accompaniment, mixture, atol=1e-6)
    np.testing.assert_allclose(gated.activity[: len(plain.activity)], plain.activity, atol=1e-4)
    # The gate closes in 0.3 s and opens in 0.01 s.
    silent = _long(plain.activity < 0.3, 200)
    sung = _long(plain.activity > 0.6, 20)
    assert silent.any()
    assert sung.any()
    for frames, gain_db in ((silent, -GATE_DB), (sung, 0)):
        samples = np.flatnonzero(frames)[:, None] * HOP + np.arange(HOP)
        before, after = (np.square(x.vocals[:, samples]).sum() for x in (plain, gated))
        assert 10 * np.log10(after / before) == pytest.approx(gain_db, abs=0.5)


def _long(wanted: np.ndarray, frames: int) -> np.ndarray:
    """True where ``wanted`` has been true for so many frames."""
    held = np.convolve(wanted, np.ones(frames), "full")[: len(wanted)] == frames
    held[-2:] = False
    return held


def test_the_gate_and_griffin_lim_refuse_each_other() -> None:
    with pytest.raises(LivevoxError, match="leave out"):
        system(f"live{GATED}", griffin_lim=2)
