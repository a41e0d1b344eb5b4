"""The training loop: from a recipe and data sets to checkpoints, with exact resumption."""

from __future__ import annotations

import copy
import dataclasses
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from lightning_fabric.loggers.tensorboard import TensorBoardLogger
from torch import Tensor
from torch.utils.data import DataLoader, Sampler

from train.data.corpus import load_corpus
from train.data.mixing import Excerpts
from train.data.tracks import Track
from train.fitting.hardware import Hardware, end_process_group, memory_format
from train.fitting.losses import JointLoss, detection_loss, leakage_loss, separation_loss
from train.fitting.optimiser import optimiser
from train.fitting.progress import TrainingProgress
from train.fitting.resume import (
    BEST_AU_ROC,
    BEST_MSE,
    LAST,
    SEED,
    Progress,
    checksum,
    commit,
    improved,
    resume,
)
from train.fitting.teacher import Teacher
from train.fitting.validation import validate
from train.network.checkpoints import load_weights
from train.network.model import Net
from train.recipe import Optimiser, Recipe

LOG_EVERY = 50
SAVE_EVERY = 500


def learning_rate(optimiser: Optimiser, step: int) -> float:
    """The learning rate at ``step``, from 0, of the recipe's schedule."""
    if step < optimiser.warm_up:
        return optimiser.learning_rate * (step + 1) / optimiser.warm_up
    if optimiser.schedule == "constant":
        return optimiser.learning_rate
    progress = (step - optimiser.warm_up) / max(1, optimiser.steps - optimiser.warm_up)
    return optimiser.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))


def mean_losses(
    fabric: Fabric, net: Net, recipe: Recipe, batch: dict[str, Tensor]
) -> dict[str, Tensor]:
    """The losses' means over the whole batch, of which this process has a part.

    As gradients are averaged over the processes, each process returns its sum times the number of
    processes, divided by the count over all.
    """
    mask, logits = net(batch["mixture"])
    first = net.geometry.first_output_frame
    frames = slice(first, first + mask.shape[1])
    part = {name: x if x.ndim == 1 else x[:, frames] for name, x in batch.items()}
    means = {}
    for name, (total, count) in {
        "separation": separation_loss(
            mask.float(), part, recipe.objective.error, recipe.objective.scale
        ),
        "detection": detection_loss(logits.float(), part["activity"]),
        "leakage": leakage_loss(mask.float(), part),
    }.items():
        everywhere = fabric.all_reduce(count.detach(), reduce_op="sum")
        means[name] = total * fabric.world_size / everywhere.clamp(min=1)  # type: ignore[union-attr]
    return means


class Steps(Sampler[list[int]]):
    """The indices of this process's part of every batch, from ``first`` step on."""

    def __init__(self, recipe: Recipe, first: int, rank: int, world_size: int) -> None:
        self._recipe = recipe
        self._first = first
        self._rank = rank
        self._world_size = world_size

    def __iter__(self) -> Iterator[list[int]]:
        size = self._recipe.data.stems + self._recipe.data.labelled
        for step in range(self._first, self._recipe.optimiser.steps):
            yield list(range(step * size + self._rank, (step + 1) * size, self._world_size))

    def __len__(self) -> int:
        return self._recipe.optimiser.steps - self._first


def fit(
    recipe: Recipe,
    tracks: list[Track],
    run: Path,
    cache: Path,
    init: Path | None = None,
    hardware: Hardware | None = None,
    teacher: Path | None = None,
) -> Path:
    """Train ``recipe`` on the train split of ``tracks``; return the best checkpoint by MSE, or by
    AU-ROC if only detection is trained.

    ``run`` is the folder of this training: a call resumes from its `last.ckpt`, and it receives
    `best-mse.ckpt`, `best-au-roc.ckpt`, `log.jsonl` and TensorBoard's events. ``cache`` holds the
    decoded audio. ``init`` is a checkpoint or an ONNX model to start from, ``teacher`` one whose
    activity is learned instead of labels.
    Raises LivevoxError if ``run`` belongs to another recipe, or the data do not suit it.
    """
    hardware = hardware or Hardware()
    run.mkdir(parents=True, exist_ok=True)
    logger = TensorBoardLogger(run, name="", version="")
    fabric = Fabric(**dataclasses.asdict(hardware), loggers=[logger])
    fabric.launch()
    _train(fabric, recipe, tracks, run, cache, init, teacher)
    end_process_group()
    return run / (BEST_AU_ROC if recipe.objective.mode == "detection" else BEST_MSE)


def _train(
    fabric: Fabric,
    recipe: Recipe,
    tracks: list[Track],
    run: Path,
    cache: Path,
    init: Path | None,
    teacher: Path | None,
) -> None:
    """:func:`fit` in each of the processes of ``fabric``."""
    fabric.seed_everything(SEED, verbose=False)
    # One process decodes; the others use its cache.
    with fabric.rank_zero_first():
        train_corpus, valid_corpus = (load_corpus(tracks, s, cache) for s in ("train", "valid"))

    net = Net.of(recipe.network)
    if init is not None:
        load_weights(net, init)
    net = net.to(memory_format=memory_format())  # type: ignore[call-overload]
    averaged = copy.deepcopy(net).requires_grad_(False).eval()
    joint = JointLoss(recipe.objective)
    optimizer: Any = optimiser(
        recipe.optimiser.method,
        [*net.parameters(), *joint.parameters()],
        recipe.optimiser.weight_decay,
    )
    net, optimizer = fabric.setup(net, optimizer)
    joint, averaged = joint.to(fabric.device), averaged.to(fabric.device)
    # Draw other excerpts than the training of the `init` weights did.
    progress = Progress() if init is None else Progress(checksum(init))
    teaching = None if teacher is None else Teacher(fabric, teacher)
    progress.teacher = 0 if teacher is None else checksum(teacher)
    state: dict[str, Any] = {
        "net": net,
        "averaged": averaged,
        "joint": joint,
        "optimizer": optimizer,
        "progress": progress,
        "recipe": dataclasses.asdict(recipe),
        "commit": commit(),
        "data": sorted({f"{track.dataset}/{track.name}" for track in tracks}),
    }
    if (run / LAST).exists():
        resume(fabric, run / LAST, state, recipe)
        # Fabric loads into copies of dataclasses.
        progress = state["progress"]

    excerpts = Excerpts(train_corpus, recipe, progress.seed)
    sampler = Steps(recipe, progress.step, fabric.global_rank, fabric.world_size)
    loader: Any = DataLoader(
        excerpts, batch_sampler=sampler, num_workers=1, prefetch_factor=8, persistent_workers=True
    )
    loader = fabric.setup_dataloaders(loader, use_distributed_sampler=False)

    def save(name: str) -> None:
        fabric.save(run / f"{name}.part", state)
        if fabric.is_global_zero:
            os.replace(run / f"{name}.part", run / name)

    def step(batch: dict[str, Tensor]) -> dict[str, float]:
        """Do one step of the optimiser; return the losses of the whole batch."""
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(recipe.optimiser, progress.step)
        if teaching is not None:
            batch = batch | {"activity": teaching.activity(batch)}
        means = mean_losses(fabric, net, recipe, batch)
        optimizer.zero_grad()
        fabric.backward(joint(**means))
        if recipe.optimiser.clip_norm > 0:
            fabric.clip_gradients(net, optimizer, max_norm=recipe.optimiser.clip_norm)
        optimizer.step()
        progress.step += 1
        _average(averaged, net, recipe.optimiser.average, progress.step)
        whole = {n: fabric.all_reduce(m.detach(), reduce_op="mean") for n, m in means.items()}
        return {name: float(mean) for name, mean in whole.items()}  # type: ignore[arg-type]

    def finished() -> bool:
        without = progress.step - progress.improved_at
        return progress.step >= recipe.optimiser.steps or without >= recipe.stopping.patience

    with TrainingProgress(recipe.optimiser.steps, run, shown=fabric.is_global_zero) as display:
        started, waited = time.monotonic(), 0.0
        sums: dict[str, float] = {}
        batches = iter(loader)
        while not finished():
            asked = time.monotonic()
            batch = next(batches)
            waited += time.monotonic() - asked
            for name, value in step(batch).items():
                sums[name] = sums.get(name, 0.0) + value
            if progress.step % LOG_EVERY == 0:
                seconds = time.monotonic() - started
                record = {name: total / LOG_EVERY for name, total in sums.items()}
                record |= {"seconds_per_step": seconds / LOG_EVERY, "waiting": waited / seconds}
                fabric.log_dict(record, progress.step)
                display.trained(progress.step, record)
                started, waited, sums = time.monotonic(), 0.0, {}
            if progress.step % recipe.stopping.validate_every == 0 or finished():
                scores = validate(averaged, valid_corpus, recipe.objective.target)
                fabric.log_dict(scores, progress.step)
                display.validated(progress.step, scores)
                for name in improved(progress, scores):
                    save(name)
                started, waited = time.monotonic(), 0.0
            if progress.step % SAVE_EVERY == 0 or finished():
                save(LAST)


def _average(averaged: Net, net: Any, decay: float, step: int) -> None:
    """Update the moving average of the weights, with a smaller decay in the first steps."""
    decay = min(decay, step / (step + 9))
    with torch.no_grad():
        for mean, now in zip(averaged.parameters(), net.parameters(), strict=True):
            mean.lerp_(now, 1 - decay)
