"""How well voice and accompaniment were separated: the paper's metrics and those that came after.

All audio is (channels, samples) at 44.1 kHz. A value that is not defined, such as the SDR of a
silent source, is NaN; means and medians leave it out.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import fast_bss_eval
import museval
import numpy as np
import numpy.typing as npt
import soxr
import torch
from scipy import signal

from livevox.dsp.stft import SAMPLE_RATE, Audio, network_input, stft
from livevox.metrics import sdr

Floats = npt.NDArray[np.float64]

EXCERPT_SECONDS = 30
STRIDE_SECONDS = 15
SILENT_RMS = 1e-4
"""What is quieter, -80 dB, is silence: stems decoded from a lossy file are never quite zero."""
PAPER_RATE = 22_050
LIMIT_DB = 100.0
DITHER_RMS = 1e-5
"""-100 dB, below the last bit of 16."""


@dataclass(frozen=True)
class SourceScores:
    """One source in one excerpt, or its mean over a track's excerpts; dB, higher is better.

    ``sdr``, ``sir``, ``sar``: see :func:`bss_eval_v3`. ``plain_sdr``: :func:`livevox.metrics.sdr`,
    where any difference counts. ``si_sdr``: :func:`si_sdr`. All of these are NaN in dropped
    excerpts and, but for ``plain_sdr``, where the estimate is silent.
    """

    sdr: float
    sir: float
    sar: float
    plain_sdr: float
    si_sdr: float


@dataclass(frozen=True)
class FrameScores:
    """Medians of BSS Eval v4 over the seconds of a track in dB, see :func:`bss_eval_v4`."""

    sdr: float
    isr: float
    sir: float
    sar: float


@dataclass(frozen=True)
class ExcerptScores:
    """The excerpt from second ``start`` on.

    It is ``dropped`` where a source is silent. ``log_wmse``, the mean of both sources', is defined
    for all (:func:`log_wmse`); where the estimates sum to the mixture both have the same error.
    ``non_vocal_rms`` is the RMS of the vocal estimate if the vocals are silent, else NaN.
    """

    start: float
    dropped: bool
    vocals: SourceScores
    accompaniment: SourceScores
    log_wmse: float
    non_vocal_rms: float


@dataclass(frozen=True)
class TrackScores:
    """A track: means over its excerpts, medians over its seconds, and what counts in silence.

    Of the ``excerpts``, ``dropped`` have a silent source and no SDR, and ``silent_estimates``
    have a silent estimate of a source that is not, and so no SDR of BSS Eval. ``non_vocal_rms`` is
    the mean RMS of the vocal estimate over the dropped excerpts with silent vocals (one dropped
    because its accompaniment is silent is all vocals, rightly loud). ``mse``:
    :func:`normalised_mse`. ``pes`` and ``eps``, in dB, lower is better: :func:`energy_at_silence`.
    """

    name: str
    vocals: SourceScores
    accompaniment: SourceScores
    vocals_v4: FrameScores
    accompaniment_v4: FrameScores
    log_wmse: float
    mse: float
    non_vocal_rms: float
    pes: float
    eps: float
    dropped: int
    silent_estimates: int
    excerpts: tuple[ExcerptScores, ...]


@dataclass(frozen=True)
class Summary:
    """Many tracks: mean and median over the tracks for which a value is defined, by name."""

    tracks: int
    excerpts: int
    dropped: int
    mean: Mapping[str, float]
    median: Mapping[str, float]


def score_track(
    name: str, truth: tuple[Audio, Audio], estimates: tuple[Audio, Audio]
) -> TrackScores:
    """Measure the estimates of (vocals, accompaniment) against the true ones.

    The mixture is the sum of the true ones. Raises ValueError where the shapes differ, there is
    no audio, or a sample is not a finite number.
    """
    shapes = {source.shape for source in (*truth, *estimates)}
    if len(shapes) != 1 or truth[0].ndim != 2 or truth[0].size == 0:
        raise ValueError(f"sources of shapes {sorted(shapes)}: give (channels, samples) four times")
    if not all(np.isfinite(source).all() for source in (*truth, *estimates)):
        raise ValueError(f"{name} has samples that are NaN or infinite: they have no score")
    true, estimate = np.stack(truth), np.stack(estimates)
    length, stride = EXCERPT_SECONDS * SAMPLE_RATE, STRIDE_SECONDS * SAMPLE_RATE
    starts = range(0, max(1, true.shape[2] - length + 1), stride)
    excerpts = tuple(
        _score_excerpt(
            start / SAMPLE_RATE,
            true[..., start : start + length],
            estimate[..., start : start + length],
        )
        for start in starts
    )
    vocals, accompaniment = (
        SourceScores(
            *(mean_of_known(column) for column in zip(*map(dataclasses.astuple, rows), strict=True))
        )
        for rows in ([e.vocals for e in excerpts], [e.accompaniment for e in excerpts])
    )
    medians = [_median(row) for row in bss_eval_v4(true, estimate).reshape(8, -1)]
    pes, eps = energy_at_silence(truth[0], estimates[0], true.sum(axis=0))
    kept = [e for e in excerpts if not e.dropped]
    return TrackScores(
        name=name,
        vocals=vocals,
        accompaniment=accompaniment,
        vocals_v4=FrameScores(*medians[0::2]),
        accompaniment_v4=FrameScores(*medians[1::2]),
        log_wmse=mean_of_known([e.log_wmse for e in excerpts]),
        mse=normalised_mse(truth, estimates),
        non_vocal_rms=mean_of_known([e.non_vocal_rms for e in excerpts]),
        pes=pes,
        eps=eps,
        dropped=len(excerpts) - len(kept),
        silent_estimates=sum(math.isnan(e.vocals.sdr + e.accompaniment.sdr) for e in kept),
        excerpts=excerpts,
    )


def _score_excerpt(start: float, truth: Audio, estimate: Audio) -> ExcerptScores:
    """The scores of (2, channels, samples)."""
    mixture = truth.sum(axis=0)
    dropped = any(map(_is_silent, truth))
    v3 = np.full((3, 2), np.nan) if dropped else bss_eval_v3(truth, estimate)
    scores = [
        SourceScores(
            sdr=float(v3[0, i]),
            sir=float(v3[1, i]),
            sar=float(v3[2, i]),
            plain_sdr=math.nan if dropped else sdr(truth[i], estimate[i]),
            si_sdr=math.nan if dropped else si_sdr(truth[i], estimate[i]),
        )
        for i in range(2)
    ]
    rms = math.sqrt(np.square(estimate[0], dtype=np.float64).mean())
    return ExcerptScores(
        start=start,
        dropped=dropped,
        vocals=scores[0],
        accompaniment=scores[1],
        log_wmse=mean_of_known(
            [log_wmse(mixture, t, e) for t, e in zip(truth, estimate, strict=True)]
        ),
        non_vocal_rms=rms if _is_silent(truth[0]) else math.nan,
    )


def bss_eval_v3(truth: Audio, estimate: Audio) -> Floats:
    """SDR, SIR and SAR by BSS Eval version 3 (Vincent, Gribonval and Fevotte, 2006), in dB.

    ``truth`` and ``estimate`` are (sources, channels, samples), the result is (3, sources), cut at
    +-100 dB. As in the paper the audio is mixed down to mono at 22.05 kHz, and a source filtered
    by any 512 taps counts as that source. NaN for silent estimates, and for all sources where a
    true one is silent.
    """
    mono = [
        soxr.resample(x.mean(axis=1, dtype=np.float64).T, SAMPLE_RATE, PAPER_RATE).T
        for x in (truth, estimate)
    ]
    if any(map(_is_silent, mono[0])):
        return np.full((3, len(truth)), np.nan)
    # The package's other path, for numpy, fails with numpy 2.
    ratios = fast_bss_eval.bss_eval_sources(
        *(torch.from_numpy(np.ascontiguousarray(x)) for x in mono),
        compute_permutation=False,
        clamp_db=LIMIT_DB,
    )
    result: Floats = np.stack([ratio.numpy() for ratio in ratios])
    result[:, [_is_silent(x) for x in mono[1]]] = np.nan
    return result


def bss_eval_v4(truth: Audio, estimate: Audio) -> Floats:
    """SDR, ISR, SIR and SAR of every second by museval's BSS Eval version 4, in dB.

    ``truth`` and ``estimate`` are (sources, channels, samples), the result is (4, sources,
    seconds); what is left after the last whole second is not measured. NaN in seconds in which a
    true or an estimated source is silent (Stoter, Liutkus and Ito, 2018).

    The same dither goes to each true source and its estimate. Without it the distortion filters
    are arbitrary in a band in which no source has energy, such as the top of decoded lossy files,
    and the edges of the one-second windows excite that band: SIR and SAR then lose tens of dB.
    SDR stays the same.
    """
    sources, channels, samples = truth.shape
    silent = np.any([_is_silence(_seconds(source)) for source in (*truth, *estimate)], axis=0)
    if silent.all():
        return np.full((4, sources, len(silent)), np.nan)
    dither = np.random.default_rng(0).standard_normal((sources, samples, channels)) * DITHER_RMS
    ratios = museval.metrics.bss_eval(
        *(np.moveaxis(x, 1, 2) + dither for x in (truth, estimate)),
        window=SAMPLE_RATE,
        hop=SAMPLE_RATE,
        compute_permutation=False,
    )
    result: Floats = np.stack(ratios[:4])
    result[:, :, silent] = np.nan
    return result


def si_sdr(truth: Audio, estimate: Audio) -> float:
    """Scale-invariant SDR in dB (Le Roux et al., 2019), one scale for all channels.

    NaN where either is silent, which no scale fits.
    """
    if _is_silent(truth) or _is_silent(estimate):
        return math.nan
    true, guess = truth.astype(np.float64).ravel(), estimate.astype(np.float64).ravel()
    target = true * ((guess @ true) / (true @ true))
    error = guess - target
    return float(10 * np.log10((target @ target + 1e-12) / (error @ error + 1e-12)))


def normalised_mse(truth: tuple[Audio, Audio], estimates: tuple[Audio, Audio]) -> float:
    """Mean squared error in the network's normalised space, log(1 + magnitude).

    Over time, frequency (0 to 11 kHz) and both sources (paper, section 4). The magnitudes of the
    estimates are taken from their audio, so that every separator can be measured: where a mask
    made them they differ a little from mask times mixture.
    """
    errors = [
        np.square(network_input(stft(t)) - network_input(stft(e)), dtype=np.float64).mean()
        for t, e in zip(truth, estimates, strict=True)
    ]
    return float(np.mean(errors))


def energy_at_silence(vocals: Audio, estimate: Audio, mixture: Audio) -> tuple[float, float]:
    """Predicted energy at silence and energy at predicted silence (PES, EPS), in dB.

    PES is the mean over the seconds in which the vocals are silent of 10 log10 of the estimate's
    energy, EPS the mean over the seconds in which the estimate is silent of that of the true
    vocals, silent or not. Lower is better; NaN where there is no such second. Both follow
    Schulze-Forster et al. (2019), with two differences: energies are relative to the mixture's in
    the same second (seconds with a silent mixture drop out), so that the level of a recording does
    not matter, and silence is below :data:`SILENT_RMS`, not exactly zero. The floor of -120 dB is
    theirs.
    """
    true, guess, mixed = map(_seconds, (vocals, estimate, mixture))
    audible = ~_is_silence(mixed)

    def mean_db(power: Floats, where: npt.NDArray[np.bool_]) -> float:
        chosen = where & audible
        return mean_of_known(10 * np.log10(power[chosen] / mixed[chosen] + 1e-12))

    return mean_db(guess, _is_silence(true)), mean_db(true, _is_silence(guess))


def log_wmse(mixture: Audio, truth: Audio, estimate: Audio) -> float:
    """logWMSE of Jordal (2023): -4 ln of the error weighted as the ear hears it; mean of channels.

    The error's scale is that of the mixture, so it is defined for silent sources too. Differences
    below -68 dB count as none; the highest value is 73.68, and half the error is 5.5 more.

    The author's package holds soxr below 1, hence the formula here; its filter is rebuilt to
    0.01 dB.
    """
    values = []
    weigh = functools.partial(signal.oaconvolve, in2=_ear(), mode="same")
    for mixed, true, guess in zip(mixture, truth, estimate, strict=True):
        scale = math.sqrt(np.square(weigh(mixed.astype(np.float64))).mean())
        error = weigh(guess.astype(np.float64) - true) / scale if scale > 0 else np.zeros(1)
        error[np.abs(error) < 10 ** (-68 / 20)] = 0
        values.append(-4 * math.log(np.square(error).mean() + 1e-8))
    return float(np.mean(values))


@functools.cache
def _ear() -> Floats:
    """The zero-phase filter of logWMSE (after Fenton and Lee, 2017): 4000 taps."""
    points = 8192
    frequencies = np.fft.rfftfreq(points, 1 / SAMPLE_RATE)

    def response(b: Sequence[float], a: Sequence[float]) -> Floats:
        magnitude: Floats = np.abs(signal.freqz(b, a, frequencies, fs=SAMPLE_RATE)[1])
        return magnitude

    # A high shelf and a peak as in Bristow-Johnson's cookbook: 1.5 kHz, 5 dB; 500 Hz, 2.5 dB.
    gain = 10 ** (5 / 40)
    centre = 2 * math.pi * 1500 / SAMPLE_RATE
    cosine = math.cos(centre)
    slope = 2 * math.sqrt(gain) * math.sin(centre) / math.sqrt(2)
    magnitude = response(
        [
            gain * (gain + 1 + (gain - 1) * cosine + slope),
            -2 * gain * (gain - 1 + (gain + 1) * cosine),
            gain * (gain + 1 + (gain - 1) * cosine - slope),
        ],
        [
            gain + 1 - (gain - 1) * cosine + slope,
            2 * (gain - 1 - (gain + 1) * cosine),
            gain + 1 - (gain - 1) * cosine - slope,
        ],
    )
    gain = 10 ** (2.5 / 40)
    centre = 2 * math.pi * 500 / SAMPLE_RATE
    cosine = math.cos(centre)
    width = math.sin(centre) / (2 * 1.5 / math.sqrt(2))
    magnitude *= response(
        [1 + width * gain, -2 * cosine, 1 - width * gain],
        [1 + width / gain, -2 * cosine, 1 - width / gain],
    )
    magnitude *= response(*signal.butter(2, 120, "highpass", fs=SAMPLE_RATE))
    # Forwards and backwards in time, so that the response counts twice.
    magnitude *= response(*signal.butter(1, 10_000, fs=SAMPLE_RATE)) ** 2
    taps: Floats = np.fft.fftshift(np.fft.irfft(magnitude, points))
    middle = points // 2 + 1
    return taps[middle - 2000 : middle + 2000]


def values(scores: TrackScores | ExcerptScores) -> dict[str, float]:
    """All numbers of a track or an excerpt by name: `vocals_sdr`, `vocals_v4_sdr`, `mse`, ..."""
    numbers: dict[str, float] = {}
    for field in dataclasses.fields(scores):
        value = getattr(scores, field.name)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            numbers |= {f"{field.name}_{k}": v for k, v in dataclasses.asdict(value).items()}
        elif isinstance(value, int | float):  # `dropped` of an excerpt counts as 0 or 1
            numbers[field.name] = value
    return numbers


def flatten(track: TrackScores) -> dict[str, object]:
    """A track for JSON: its name, its numbers with None for NaN, and `excerpts` likewise."""

    def known(scores: TrackScores | ExcerptScores) -> dict[str, float | None]:
        return {k: None if math.isnan(v) else v for k, v in values(scores).items()}

    return {"name": track.name, **known(track), "excerpts": [known(e) for e in track.excerpts]}


def aggregate(tracks: Sequence[TrackScores]) -> Summary:
    """Mean and median over tracks of every value; a track without a value does not count in it.

    Raises ValueError where there is no track.
    """
    if not tracks:
        raise ValueError("no tracks to aggregate: give at least one")
    rows = [values(track) for track in tracks]
    counts = {"dropped", "silent_estimates"}
    columns = {name: [row[name] for row in rows] for name in rows[0] if name not in counts}
    return Summary(
        tracks=len(tracks),
        excerpts=sum(len(track.excerpts) for track in tracks),
        dropped=sum(track.dropped for track in tracks),
        mean={name: mean_of_known(column) for name, column in columns.items()},
        median={name: _median(column) for name, column in columns.items()},
    )


def _seconds(audio: Audio) -> Floats:
    """Mean power of every whole second, of the whole where it is shorter."""
    length = min(SAMPLE_RATE, audio.shape[-1])
    count = audio.shape[-1] // length
    power = np.square(audio[:, : count * length], dtype=np.float64)
    means: Floats = power.reshape(len(audio), count, length).mean(axis=(0, 2))
    return means


def _is_silence(power: Floats) -> npt.NDArray[np.bool_]:
    return power < SILENT_RMS**2


def _is_silent(audio: npt.NDArray[np.floating]) -> bool:
    return bool(np.square(audio, dtype=np.float64).mean() < SILENT_RMS**2)


def mean_of_known(column: npt.ArrayLike) -> float:
    """The mean of what is not NaN; NaN where nothing is left."""
    known = _known(column)
    return float(known.mean()) if len(known) else math.nan


def _median(column: npt.ArrayLike) -> float:
    known = _known(column)
    return float(np.median(known)) if len(known) else math.nan


def _known(column: npt.ArrayLike) -> Floats:
    array = np.asarray(column, np.float64)
    return array[~np.isnan(array)]
