"""The network's input and the targets of the separation."""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import Audio, Spectrum, network_input
from train.recipe import Target


def source_input(source: Spectrum, mixture: Spectrum, target: Target) -> Audio:
    """The (n, 257) log(1 + x) of a source within a mixture, both (channels, n, 513).

    The magnitude is the paper's target. The phase-sensitive target is the part of the source that
    is in phase with the mixture. As the output has the mixture's phase, it gives the mask nearest
    to the source (Erdogan, Hershey, Watanabe and Le Roux, 2015).
    """
    if target == "phase-sensitive":
        in_phase = (source * mixture.conj()).real / np.maximum(np.abs(mixture), 1e-9)
        return network_input(np.maximum(in_phase, 0).astype(np.complex64))
    return network_input(source)


def training_example(vocals: Spectrum, accompaniment: Spectrum, target: Target) -> dict[str, Audio]:
    """``mixture``, ``vocals`` and ``accompaniment`` as (n, 257) of log(1 + x)."""
    mixture = vocals + accompaniment
    return {
        "mixture": network_input(mixture),
        "vocals": source_input(vocals, mixture, target),
        "accompaniment": source_input(accompaniment, mixture, target),
    }
