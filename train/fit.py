"""Train the network on the open singing corpus: mixtures on the fly, both tasks at once.

    python -m train.fit CORPUS RUN [--steps N]

RUN is the folder of this training: `last.ckpt`, from which it resumes, `best.ckpt`, and the log.
"""

from __future__ import annotations

import copy
import dataclasses
import json
import math
import os
import time
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from lightning_fabric import Fabric
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader, Subset

from livevox.geometry import Geometry
from livevox.stft import network_input, stft
from train.corpus import Corpus, load_corpus
from train.losses import detection_loss, multi_task_loss, separation_loss
from train.mixing import Excerpts, Shares
from train.model import Net

BATCH = 8
ALPHA = 0.9
LEARNING_RATE = 1e-3
WARM_UP_STEPS = 300
CLIP_NORM = 1.0
EMA_DECAY = 0.999
SEED = 1804
LOG_EVERY = 50
SAVE_EVERY = 500
VALIDATE_EVERY = 1000


def learning_rate(step: int, steps: int) -> float:
    """Linear warm-up, then a cosine down to a hundredth."""
    if step < WARM_UP_STEPS:
        return LEARNING_RATE * (step + 1) / WARM_UP_STEPS
    progress = (step - WARM_UP_STEPS) / max(1, steps - WARM_UP_STEPS)
    return LEARNING_RATE * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))


def losses(net: Net, batch: dict[str, Tensor], outputs: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
    """Both losses on the frames for which the outputs stand."""
    mask, logits = outputs
    first = net.geometry.first_output_frame
    part = {name: x[:, first : first + mask.shape[1]] for name, x in batch.items()}
    separation = separation_loss(
        mask.float(), part["mixture"], part["vocals"], part["accompaniment"]
    )
    return {
        "separation": separation,
        "detection": detection_loss(logits.float(), part["activity"]),
    }


@torch.no_grad()
def validate(net: Net, corpus: Corpus) -> dict[str, float]:
    """The separation loss on the songs with true stems, the AU-ROC on the labelled ones."""
    separation, probabilities, labels = [], [], []
    first = net.geometry.first_output_frame
    for song in corpus.songs:
        stems = song.vocals.audio, song.accompaniment
        spectra = [stft(np.asarray(stem)[None]) for stem in stems]
        voice, music, mixture = (
            torch.from_numpy(network_input(s)) for s in (*spectra, spectra[0] + spectra[1])
        )
        frames = len(mixture)
        # Silence around the song: its first frame becomes output 0, its last has its future.
        after = net.geometry.window_frames(frames) - first - frames
        padded = F.pad(mixture, (0, 0, first, after))
        mask, logits = (out[0, :frames].float() for out in net(padded[None]))
        if not song.estimated:
            separation.append(float(separation_loss(mask, mixture, voice, music)))
        if song.labelled:
            known = min(len(song.vocals.activity), frames)
            probabilities.append(logits[:known].numpy())
            labels.append(song.vocals.activity[:known])
    return {
        "valid_separation": float(np.mean(separation)),
        "valid_au_roc": float(roc_auc_score(np.concatenate(labels), np.concatenate(probabilities))),
    }


def fit(
    corpus: Annotated[Path, typer.Argument(help="folder with tracks.csv")],
    run: Annotated[Path, typer.Argument(help="folder of this training, resumed if it exists")],
    steps: Annotated[int, typer.Option(help="optimiser steps of 8 excerpts")] = 10_000,
    look_ahead: Annotated[int, typer.Option(help="frames, in the causal alignment")] = 2,
) -> None:
    """Train, resuming where an earlier call was stopped."""
    fabric = Fabric(accelerator="cpu", devices=1, precision="bf16-mixed")
    fabric.seed_everything(SEED, verbose=False)
    run.mkdir(parents=True, exist_ok=True)
    cache = run.parent / "decoded"
    train_corpus, valid_corpus = (load_corpus(corpus, s, cache) for s in ("train", "valid"))

    net = Net(Geometry("causal", look_ahead)).to(memory_format=torch.channels_last)
    averaged = copy.deepcopy(net).requires_grad_(False)
    optimizer = torch.optim.AdamW(net.parameters(), lr=LEARNING_RATE, weight_decay=1e-4)
    net, optimizer = fabric.setup(net, optimizer)
    state: dict[str, Any] = {
        "net": net,
        "averaged": averaged,
        "optimizer": optimizer,
        "step": 0,
        "best": math.inf,
        "geometry": dataclasses.asdict(net.geometry),
        "width": net.width,
        "steps": steps,
    }
    last = run / "last.ckpt"
    if last.exists():
        remainder = fabric.load(last, state)
        fabric.print(f"resumed at step {state['step']}", remainder or "")

    excerpts = Excerpts(train_corpus, SEED, steps * BATCH, Shares())
    left = Subset(excerpts, range(state["step"] * BATCH, steps * BATCH))
    loader = DataLoader(left, BATCH, num_workers=1, prefetch_factor=8, persistent_workers=True)

    def save(name: str) -> None:
        part = run / f"{name}.part"
        fabric.save(part, state)
        os.replace(part, run / name)

    def log(record: dict[str, float]) -> None:
        fabric.print("  ".join(f"{k} {v:.5g}" for k, v in record.items()), flush=True)
        with (run / "log.jsonl").open("a") as file:
            file.write(json.dumps(record) + "\n")

    started, waited, sums = time.monotonic(), 0.0, dict[str, float]()
    batches = iter(loader)
    for step in range(state["step"], steps):
        asked = time.monotonic()
        batch = next(batches)
        waited += time.monotonic() - asked
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, steps)
        parts = losses(net, batch, net(batch["mixture"]))
        loss = multi_task_loss(parts["separation"], parts["detection"], ALPHA)
        optimizer.zero_grad()
        fabric.backward(loss)
        fabric.clip_gradients(net, optimizer, max_norm=CLIP_NORM)
        optimizer.step()
        decay = min(EMA_DECAY, (step + 1) / (step + 10))
        with torch.no_grad():
            for mean, now in zip(averaged.parameters(), net.parameters(), strict=True):
                mean.lerp_(now, 1 - decay)
        state["step"] = step + 1

        for name, value in parts.items():
            sums[name] = sums.get(name, 0.0) + float(value.detach())
        if state["step"] % LOG_EVERY == 0:
            seconds = time.monotonic() - started
            means = {name: total / LOG_EVERY for name, total in sums.items()}
            log(
                {
                    "step": state["step"],
                    **means,
                    "seconds_per_step": seconds / LOG_EVERY,
                    "waiting": waited / seconds,
                }
            )
            started, waited, sums = time.monotonic(), 0.0, {}
        if state["step"] % VALIDATE_EVERY == 0 or state["step"] == steps:
            scores = validate(averaged, valid_corpus)
            log({"step": state["step"], **scores})
            started = time.monotonic()
            if scores["valid_separation"] < state["best"]:
                state["best"] = scores["valid_separation"]
                save("best.ckpt")
        if state["step"] % SAVE_EVERY == 0 or state["step"] == steps:
            save("last.ckpt")


if __name__ == "__main__":
    typer.run(fit)
