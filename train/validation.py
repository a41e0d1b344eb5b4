"""How good the weights are, on songs that they are not trained on."""

from __future__ import annotations

import math

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor

from livevox.masker import WindowedMasker
from livevox.stft import Audio, network_input, stft
from train.corpus import Activity, Corpus, frames_of
from train.losses import separation_loss
from train.model import Net


@torch.no_grad()
def validate(net: Net, corpus: Corpus) -> dict[str, float]:
    """The paper's two measures: ``mse`` in the normalised space over the songs with true stems,
    ``au_roc`` over all frames of the labelled songs; NaN where the corpus has none."""
    squared, counted = 0.0, 0.0
    probabilities: list[Audio] = []
    labels: list[Activity] = []
    for song in corpus.songs:
        if not song.estimated:
            stems = [stft(np.asarray(a)[None]) for a in (song.vocals.audio, song.accompaniment)]
            inputs = [network_input(s) for s in (stems[0] + stems[1], *stems)]
            mask, _ = masks_of(net, inputs[0])
            names = ("mixture", "vocals", "accompaniment")
            batch = {n: torch.from_numpy(x)[None] for n, x in zip(names, inputs, strict=True)}
            batch["has_stems"] = torch.ones(1)
            total, count = separation_loss(torch.from_numpy(mask)[None], batch)
            squared, counted = squared + float(total), counted + float(count)
    for voice in corpus.labelled:
        _, activity = masks_of(net, network_input(stft(np.asarray(voice.audio)[None])))
        probabilities.append(activity[: frames_of(voice.audio)])
        labels.append(voice.activity[: len(activity)])
    scores = {"mse": squared / counted if counted else math.nan, "au_roc": math.nan}
    if labels:
        scores["au_roc"] = float(
            roc_auc_score(np.concatenate(labels), np.concatenate(probabilities))
        )
    return scores


def masks_of(net: Net, frames: Audio) -> tuple[Audio, Audio]:
    """Masks (n, 257) and activities (n,) of (n, 257) inputs, by the windows of the live stream."""

    def run(window: Audio) -> tuple[Audio, Audio]:
        outputs: tuple[Tensor, Tensor] = net(torch.from_numpy(window)[None])
        return outputs[0][0].float().numpy(), torch.sigmoid(outputs[1][0].float()).numpy()

    geometry = net.geometry
    silence = np.zeros((geometry.look_ahead + geometry.step, frames.shape[1]), np.float32)
    mask, activity = WindowedMasker(geometry, run).feed(np.concatenate([frames, silence]))
    return mask[: len(frames)], activity[: len(frames)]
