"""Validation on held-out songs."""

from __future__ import annotations

import math

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor

from livevox.dsp.stft import NET_BINS, Audio, network_input, stft
from livevox.network.windowed import WindowedMasker
from train.data.corpus import Activity, Corpus, frames_of
from train.data.training_example import training_example
from train.fitting.losses import separation_loss
from train.network.model import Net
from train.recipe import Target


@torch.no_grad()
def validate(net: Net, corpus: Corpus, target: Target = "magnitude") -> dict[str, float]:
    """The paper's two measures: ``mse`` in the normalised space over the songs with true stems, and
    ``au_roc`` over all frames of the labelled songs. ``vocal_sdr`` is the songs' mean in dB, over
    the network's bins. NaN if the corpus has no such songs."""
    squared, counted = 0.0, 0.0
    sdr: list[float] = []
    probabilities: list[Audio] = []
    labels: list[Activity] = []
    for song in corpus.songs:
        if not song.estimated:
            stems = [stft(np.asarray(a)[None]) for a in (song.vocals.audio, song.accompaniment)]
            made = training_example(stems[0], stems[1], target)
            mask, _ = masks_of(net, made["mixture"])
            vocals, heard = (s[0, :, :NET_BINS] for s in (stems[0], stems[0] + stems[1]))
            errors = np.square(np.abs(vocals - mask * heard)).sum()
            sdr.append(10 * np.log10(np.square(np.abs(vocals)).sum() / errors))
            batch = {name: torch.from_numpy(x)[None] for name, x in made.items()}
            batch["has_stems"] = torch.ones(1)
            total, count = separation_loss(torch.from_numpy(mask)[None], batch)
            squared, counted = squared + float(total), counted + float(count)
    for voice in corpus.labelled:
        _, activity = masks_of(net, network_input(stft(np.asarray(voice.audio)[None])))
        probabilities.append(activity[: frames_of(voice.audio)])
        labels.append(voice.activity[: len(activity)])
    scores = {"mse": math.nan, "vocal_sdr": math.nan, "au_roc": math.nan}
    if sdr:
        scores |= {"mse": squared / counted, "vocal_sdr": float(np.mean(sdr))}
    if labels:
        scores["au_roc"] = float(
            roc_auc_score(np.concatenate(labels), np.concatenate(probabilities))
        )
    return scores


def masks_of(net: Net, frames: Audio) -> tuple[Audio, Audio]:
    """Masks (n, 257) and activities (n,) of (n, 257) inputs, with the windows of live streams."""

    def run(window: Audio) -> tuple[Audio, Audio]:
        outputs: tuple[Tensor, Tensor] = net(torch.from_numpy(window)[None])
        return outputs[0][0].float().numpy(), torch.sigmoid(outputs[1][0].float()).numpy()

    geometry = net.geometry
    silence = np.zeros((geometry.look_ahead + geometry.step, frames.shape[1]), np.float32)
    mask, activity = WindowedMasker(geometry, run).feed(np.concatenate([frames, silence]))
    return mask[: len(frames)], activity[: len(frames)]
