"""SDR, SIR and SAR by BSS Eval, version 3 of the paper and version 4 of museval.

Audio is (sources, channels, samples) at 44.1 kHz. Undefined values are NaN.
"""

from __future__ import annotations

import fast_bss_eval
import museval
import numpy as np
import numpy.typing as npt
import soxr
import torch

from livevox.dsp.stft import SAMPLE_RATE, Audio
from train.evaluation.silence import is_silence, is_silent, power_of_seconds

Floats = npt.NDArray[np.float64]

PAPER_RATE = 22_050
LIMIT_DB = 100.0
DITHER_RMS = 1e-5
"""-100 dB, below the last bit of 16."""


def bss_eval_v3(truth: Audio, estimate: Audio) -> Floats:
    """SDR, SIR and SAR by BSS Eval version 3 (Vincent, Gribonval and Fevotte, 2006), in dB.

    ``truth`` and ``estimate`` are (sources, channels, samples), the result is (3, sources), clipped
    to +-100 dB. As in the paper, the audio is mixed down to mono at 22.05 kHz, and any 512-tap
    filter of a source is allowed as distortion. NaN for silent estimates, and for all sources if a
    true one is silent.
    """
    mono = [
        soxr.resample(x.mean(axis=1, dtype=np.float64).T, SAMPLE_RATE, PAPER_RATE).T
        for x in (truth, estimate)
    ]
    if any(map(is_silent, mono[0])):
        return np.full((3, len(truth)), np.nan)
    # The package's numpy backend fails with numpy 2.
    ratios = fast_bss_eval.bss_eval_sources(
        *(torch.from_numpy(np.ascontiguousarray(x)) for x in mono),
        compute_permutation=False,
        clamp_db=LIMIT_DB,
    )
    result: Floats = np.stack([ratio.numpy() for ratio in ratios])
    result[:, [is_silent(x) for x in mono[1]]] = np.nan
    return result


def bss_eval_v4(truth: Audio, estimate: Audio) -> Floats:
    """SDR, ISR, SIR and SAR of every second by museval's BSS Eval version 4, in dB.

    ``truth`` and ``estimate`` are (sources, channels, samples), the result is (4, sources,
    seconds); samples after the last whole second are ignored. NaN in seconds with a silent true or
    estimated source (Stoter, Liutkus and Ito, 2018).

    The same dither is added to each true source and its estimate. Without it the distortion filters
    are arbitrary in bands in which no source has energy, such as the top of decoded lossy files.
    The edges of the one-second windows excite such bands, and SIR and SAR lose tens of dB. SDR does
    not change.
    """
    sources, channels, samples = truth.shape
    silent = np.any(
        [is_silence(power_of_seconds(source)) for source in (*truth, *estimate)], axis=0
    )
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
