"""Separation metrics equal reference code, and known scores of simple signals."""

from __future__ import annotations

import dataclasses
import json
import math

import mir_eval
import museval
import numpy as np
import pytest
import soxr

from livevox.demo.song import demo_song
from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.metrics import sdr
from train.evaluation import separation_metrics
from train.evaluation.bss_eval import LIMIT_DB, bss_eval_v3, bss_eval_v4
from train.evaluation.log_wmse import log_wmse
from train.evaluation.separation_metrics import (
    aggregate,
    flatten,
    normalised_mse,
    score_track,
    si_sdr,
    values,
)
from train.evaluation.silence import energy_at_silence

Stems = tuple[Audio, Audio]


def noise(seed: int, seconds: float, rms: float = 0.1) -> Audio:
    """Mono, because museval's time grows with the cube of the channels."""
    shape = 1, round(seconds * SAMPLE_RATE)
    return np.random.default_rng(seed).normal(0, rms, shape).astype(np.float32)


@pytest.fixture(scope="module")
def truth() -> Stems:
    song = demo_song(8.0)
    cut = slice(4 * SAMPLE_RATE, 7 * SAMPLE_RATE)
    return song.vocals[:1, cut].copy(), song.accompaniment[:1, cut].copy()


@pytest.fixture(scope="module")
def leaking(truth: Stems) -> Stems:
    """Estimates: each source with a fifth of the other one and some noise."""
    vocals, accompaniment = truth
    hiss = noise(1, 3, 0.003)
    return vocals + 0.2 * accompaniment + hiss, accompaniment + 0.2 * vocals - hiss


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Excerpts of two seconds every second, for short songs, without the slow version 4."""
    monkeypatch.setattr(separation_metrics, "EXCERPT_SECONDS", 2)
    monkeypatch.setattr(separation_metrics, "STRIDE_SECONDS", 1)
    monkeypatch.setattr(separation_metrics, "bss_eval_v4", lambda *_: np.full((4, 2, 1), np.nan))


@pytest.mark.filterwarnings("ignore:mir_eval.separation:FutureWarning")
def test_version_3_is_mir_evals(truth: Stems, leaking: Stems) -> None:
    mono = [
        [soxr.resample(x.mean(axis=0, dtype=np.float64), SAMPLE_RATE, 22_050) for x in pair]
        for pair in (truth, leaking)
    ]
    theirs = mir_eval.separation.bss_eval_sources(*map(np.array, mono), compute_permutation=False)
    np.testing.assert_allclose(
        bss_eval_v3(np.array(truth), np.array(leaking)), theirs[:3], atol=1e-3
    )


def test_version_4_is_musevals_on_full_band_audio() -> None:
    true = np.array([noise(1, 1), noise(2, 1)])
    estimate = true + 0.3 * true[::-1] + noise(3, 1, 0.02)
    theirs = museval.metrics.bss_eval(
        *(np.moveaxis(x.astype(np.float64), 1, 2) for x in (true, estimate)),
        window=SAMPLE_RATE,
        hop=SAMPLE_RATE,
        compute_permutation=False,
    )
    np.testing.assert_allclose(bss_eval_v4(true, estimate), theirs[:4], atol=0.01)


def test_version_4_holds_where_the_top_of_the_band_is_empty() -> None:
    """As in decoded lossy files, where museval alone is off by tens of dB."""
    spectrum = np.fft.rfft(np.array([noise(1, 2), noise(2, 2)]))
    spectrum[..., round(spectrum.shape[-1] * 0.7) :] = 0
    true = np.fft.irfft(spectrum).astype(np.float32)
    estimate = true + np.float32(0.2) * true[::-1]
    sdrs, _, sirs, _ = bss_eval_v4(true, estimate)
    np.testing.assert_allclose(sdrs, 20 * np.log10(5), atol=0.2)
    np.testing.assert_allclose(sirs, 20 * np.log10(5), atol=0.5)


def test_si_sdr_ignores_the_scale_and_nothing_else(truth: Stems) -> None:
    vocals = truth[0]
    error = noise(4, 3, float(np.sqrt(np.square(vocals).mean())) / 10)
    error -= vocals * ((error * vocals).sum() / np.square(vocals).sum())
    expected = sdr(vocals, vocals + error)
    for scale in (np.float32(0.1), np.float32(3)):
        assert si_sdr(vocals, scale * (vocals + error)) == pytest.approx(expected, abs=0.01)
    assert math.isnan(si_sdr(vocals, 0 * vocals))


def test_log_wmse_is_the_authors_value() -> None:
    """The example of the package, and the top of the scale."""
    mixture = np.random.default_rng(0).uniform(-1, 1, (2, SAMPLE_RATE)).astype(np.float32)
    silence = np.zeros_like(mixture)
    assert log_wmse(mixture, silence, 0.1 * mixture) == pytest.approx(18.42, abs=0.01)
    assert log_wmse(mixture, silence, silence) == pytest.approx(73.68, abs=0.01)
    assert log_wmse(mixture, mixture, mixture * np.float32(1 + 1e-5)) == pytest.approx(
        73.68, abs=0.01
    )
    assert log_wmse(silence, silence, silence) == pytest.approx(73.68, abs=0.01)


def test_mse_is_zero_for_the_truth_and_that_of_the_log_else() -> None:
    silence = np.zeros((1, SAMPLE_RATE), np.float32)
    vocals = noise(5, 1)[:1]
    assert normalised_mse((vocals, silence), (vocals, silence)) == 0
    magnitude = separation_metrics.network_input(separation_metrics.stft(vocals))
    both_wrong = normalised_mse((vocals, silence), (silence, vocals))
    one_wrong = normalised_mse((vocals, silence), (silence, silence))
    assert both_wrong == pytest.approx(np.square(magnitude).mean(), rel=1e-5)
    assert one_wrong == pytest.approx(both_wrong / 2)


def test_energy_at_silence_of_constructed_signals() -> None:
    """Five seconds: the vocals pause in 1, 3 and 4, the estimate is silent in 2 and 4."""
    mixture, vocals = noise(6, 5), noise(7, 5)
    estimate = mixture * np.float32(0.1)
    for second, signal in ((1, vocals), (3, vocals), (4, vocals), (2, estimate), (4, estimate)):
        signal[:, second * SAMPLE_RATE : (second + 1) * SAMPLE_RATE] = 0
    mixture[:, 3 * SAMPLE_RATE : 4 * SAMPLE_RATE] = 0
    pes, eps = energy_at_silence(vocals, estimate, mixture)
    assert pes == pytest.approx((-20 - 120) / 2), "1 and 4; the mixture of 3 is silent"
    assert eps == pytest.approx((0 - 120) / 2, abs=0.1), "2 and 4"
    louder = [np.float32(4) * x for x in (vocals, estimate, mixture)]
    assert energy_at_silence(*louder) == pytest.approx((pes, eps))
    assert all(map(math.isnan, energy_at_silence(noise(8, 1), noise(9, 1), noise(10, 1))))


def test_a_perfect_estimate_has_the_highest_scores(truth: Stems, leaking: Stems) -> None:
    best, worse = score_track("song", truth, truth), score_track("song", truth, leaking)
    assert [best.vocals.sdr, best.accompaniment.sar] == pytest.approx([LIMIT_DB] * 2)
    assert best.mse == 0
    assert best.log_wmse == pytest.approx(73.68, abs=0.01)
    assert best.dropped == best.silent_estimates == 0
    assert [e.start for e in best.excerpts] == [0]
    lower = {"mse", "non_vocal_rms", "pes", "eps", "dropped", "silent_estimates"}
    for name, value in values(worse).items():
        if name not in lower:
            assert math.isfinite(value), name
            assert value < values(best)[name], name
    assert 10 < worse.vocals.plain_sdr < 25


@pytest.mark.usefixtures("short")
def test_a_silent_reference_drops_out_and_is_counted() -> None:
    vocals, accompaniment = noise(11, 4), noise(12, 4)
    vocals[:, : 2 * SAMPLE_RATE] = 0
    estimate = vocals + np.float32(0.01) * accompaniment
    scores = score_track(
        "song", (vocals, accompaniment), (estimate, vocals + accompaniment - estimate)
    )
    assert [e.start for e in scores.excerpts] == [0, 1, 2]
    assert [e.dropped for e in scores.excerpts] == [True, False, False]
    assert scores.dropped == 1
    assert scores.non_vocal_rms == pytest.approx(0.001, rel=0.01)
    assert scores.pes == pytest.approx(-40, abs=0.1)
    assert scores.vocals.plain_sdr > 30
    text = json.loads(json.dumps(flatten(scores), allow_nan=False))
    assert text["vocals_sdr"] == pytest.approx(scores.vocals.sdr)
    assert text["excerpts"][0]["vocals_sdr"] is None
    assert text["eps"] is None


@pytest.mark.usefixtures("short")
def test_an_a_cappella_excerpt_is_dropped_and_has_no_score() -> None:
    vocals, accompaniment = noise(11, 1), np.zeros_like(noise(12, 1))
    scores = score_track("song", (vocals, accompaniment), (vocals, accompaniment))
    assert scores.dropped == 1
    assert math.isnan(scores.non_vocal_rms)


@pytest.mark.usefixtures("short")
def test_a_silent_estimate_is_counted_and_has_only_a_plain_sdr() -> None:
    truth = noise(13, 1), noise(14, 1)
    scores = score_track("song", truth, (0 * truth[0], truth[0] + truth[1]))
    assert scores.silent_estimates == 1
    assert math.isnan(scores.vocals.sdr)
    assert math.isnan(scores.vocals.si_sdr)
    assert scores.vocals.plain_sdr == pytest.approx(0, abs=1e-3)
    assert scores.accompaniment.sdr == pytest.approx(0, abs=0.3)
    assert scores.eps == pytest.approx(-3, abs=0.1)


@pytest.mark.usefixtures("short")
def test_a_summary_leaves_out_what_is_not_defined() -> None:
    truth = noise(13, 1), noise(14, 1)
    track = score_track("song", truth, (truth[0] + noise(15, 1, 0.01), truth[1]))
    other = dataclasses.replace(track, mse=track.mse + 2, pes=-30.0, dropped=3)
    summary = aggregate([track, other, other])
    assert (summary.tracks, summary.excerpts, summary.dropped) == (3, 3, 6)
    assert summary.mean["mse"] == pytest.approx(track.mse + 4 / 3)
    assert summary.median["mse"] == pytest.approx(track.mse + 2)
    assert summary.mean["pes"] == -30
    assert math.isnan(summary.mean["eps"])
    assert "dropped" not in summary.mean


def test_stems_of_other_lengths_and_nan_are_refused() -> None:
    one, longer = noise(1, 0.1), noise(1, 0.2)
    with pytest.raises(ValueError, match="four times"):
        score_track("song", (one, one), (one, longer))
    broken = one.copy()
    broken[0, 5] = np.nan
    with pytest.raises(ValueError, match="NaN or infinite"):
        score_track("song", (one, one), (one, broken))
    with pytest.raises(ValueError, match="no tracks"):
        aggregate([])
