"""A killed training resumes with the same results; several processes train like one."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric

from livevox import LivevoxError
from tests.small_trainings import SMALL, TINY, recipe_of
from train.data.corpus import Corpus, load_corpus
from train.data.mixing import Excerpts
from train.data.tracks import Track
from train.fitting.fit import fit, mean_losses
from train.fitting.hardware import Hardware, end_process_group
from train.fitting.losses import JointLoss
from train.fitting.teacher import Teacher
from train.network.checkpoints import load_checkpoint, load_network
from train.network.model import Net
from train.recipe import Recipe, load_recipe


@pytest.mark.parametrize("mode", ["separation", "detection", "both", "substitution", "likelihood"])
def test_every_mode_trains_and_keeps_its_best(
    tracks: list[Track], cache: Path, tmp_path: Path, mode: str
) -> None:
    best = fit(recipe_of(mode), tracks, tmp_path, cache)
    assert best.exists()
    assert load_checkpoint(best).widths == TINY
    records = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [r["step"] for r in records if "mse" in r] == [3, 6]
    assert all(np.isfinite(r["mse"]) and np.isfinite(r["au_roc"]) for r in records if "mse" in r)


@pytest.mark.parametrize("method", ["muon", pytest.param("adam", marks=pytest.mark.slow)])
def test_a_killed_training_goes_on_to_the_same_weights(
    corpus_folder: Path, tracks: list[Track], cache: Path, tmp_path: Path, method: str
) -> None:
    """SIGKILL at some step after the first checkpoint; then the same training again."""
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(
        f"[network]\nalignment = 'causal'\nlook_ahead = 2\nwidths = {list(TINY)}\n"
        "[data]\nstems = 1\nlabelled = 1\n"
        f"[optimiser]\nmethod = '{method}'\nsteps = 40\naverage = 0.9\n"
        "[stopping]\nvalidate_every = 20\n"
    )
    script = (
        "import train.fitting.fit, train.__main__\n"
        "train.fitting.fit.SAVE_EVERY = 5\n"
        "train.__main__.main()\n"
    )
    arguments = ["fit", recipe, "--data", f"open={corpus_folder}", "--cache", cache]
    arguments += ["--run", tmp_path / "killed"]
    command = [sys.executable, "-c", script, *map(str, arguments)]
    process = subprocess.Popen(command, start_new_session=True)
    while not (tmp_path / "killed" / "last.ckpt").exists():
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    for run in ("killed", "straight"):
        fit(load_recipe(str(recipe)), tracks, tmp_path / run, cache)
    killed, straight = (
        load_checkpoint(tmp_path / run / "last.ckpt") for run in ("killed", "straight")
    )
    for name, weights in straight.state_dict().items():
        np.testing.assert_array_equal(weights, killed.state_dict()[name], err_msg=name)


def test_a_training_from_other_weights_sees_other_excerpts_and_goes_on_with_them(
    tracks: list[Track], cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = []

    class Seeded(Excerpts):
        def __init__(self, corpus: Corpus, recipe: Recipe, seed: int) -> None:
            seeds.append(seed)
            super().__init__(corpus, recipe, seed)

    monkeypatch.setattr("train.fitting.fit.Excerpts", Seeded)
    best = fit(recipe_of("separation"), tracks, tmp_path / "first", cache)
    for _ in range(2):
        fit(recipe_of("separation"), tracks, tmp_path / "second", cache, init=best)
    fit(recipe_of("separation"), tracks, tmp_path / "second", cache)
    first, second, *resumed = seeds
    assert first != second
    assert resumed == [second, second]


def test_a_teacher_gives_activity_unless_silence_is_known(
    tracks: list[Track], cache: Path, tmp_path: Path
) -> None:
    path = fit(SMALL, tracks, tmp_path / "teacher", cache)
    excerpts = Excerpts(load_corpus(tracks, "train", cache), SMALL, 1)
    items = [excerpts[i] for i in range(3)]
    batch = {name: torch.stack([item[name] for item in items]) for name in items[0]}
    silent = torch.zeros_like(batch["activity"], dtype=torch.bool)
    silent[0, 40:120] = silent[1, ::3] = silent[2] = True
    batch["activity"] = torch.where(silent, 0.0, torch.tensor([[1.0], [-1.0], [1.0]]))
    targets = Teacher(Fabric(accelerator="cpu", devices=1), path).activity(batch)
    net = load_network(path)
    with torch.no_grad():
        expected = torch.sigmoid(net(batch["mixture"])[1])
    first = net.geometry.first_output_frame
    taught = torch.full_like(targets, -1)
    taught[:, first : first + expected.shape[1]] = expected
    torch.testing.assert_close(targets, torch.where(silent, 0.0, taught))
    fit(SMALL, tracks, tmp_path / "taught", cache, teacher=path)
    with pytest.raises(LivevoxError, match="another teacher, or none"):
        fit(SMALL, tracks, tmp_path / "taught", cache)


def gradients(fabric: Fabric, batch: dict[str, torch.Tensor], file: Path) -> None:
    """Save the gradients of one step on this process's part of ``batch``."""
    torch.manual_seed(0)
    net = fabric.setup(Net(SMALL.network.geometry, SMALL.network.widths))
    part = {name: x[fabric.global_rank :: fabric.world_size] for name, x in batch.items()}
    means = mean_losses(fabric, net, SMALL, part)
    fabric.backward(JointLoss(SMALL.objective)(**means))
    if fabric.is_global_zero:
        torch.save([p.grad for p in net.parameters()], file)


def gradients_and_end(fabric: Fabric, batch: dict[str, torch.Tensor], file: Path) -> None:
    gradients(fabric, batch, file)
    end_process_group()


@pytest.mark.slow
def test_two_processes_have_the_gradients_of_one(
    tracks: list[Track], cache: Path, tmp_path: Path
) -> None:
    excerpts = Excerpts(load_corpus(tracks, "train", cache), SMALL, 1)
    items = [excerpts[i] for i in range(6)]
    batch = {name: torch.stack([item[name] for item in items]) for name in items[0]}
    for devices, strategy in ((1, "auto"), (2, "ddp_spawn")):
        fabric = Fabric(accelerator="cpu", strategy=strategy, devices=devices)
        fabric.launch(gradients_and_end, batch, tmp_path / f"{devices}.pt")
    one, two = (torch.load(tmp_path / f"{n}.pt") for n in (1, 2))
    assert any(g.abs().max() > 1e-4 for g in one)
    for ours, theirs in zip(one, two, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-7)


def test_the_command_on_two_processes_ends_as_on_one(
    corpus_folder: Path, cache: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(
        f"[network]\nalignment = 'causal'\nlook_ahead = 2\nwidths = {list(TINY)}\n"
        "[data]\nstems = 2\nlabelled = 2\n"
        "[optimiser]\nsteps = 6\nlearning_rate = 1e-3\n"
        "[stopping]\nvalidate_every = 6\n"
    )
    # Adam takes full steps even for gradients that are only bfloat16 rounding errors.
    in_float32 = os.environ | {"ATEN_CPU_CAPABILITY": "avx2"}
    states = []
    for devices in ("1", "2"):
        arguments = ["fit", recipe, "--data", f"open={corpus_folder}", "--cache", cache]
        arguments += ["--run", tmp_path / devices, "--devices", devices]
        command = [sys.executable, "-m", "train", *map(str, arguments)]
        said = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, env=in_float32
        ).stdout
        assert said.count("best checkpoint") == 1
        states.append(load_checkpoint(tmp_path / devices / "last.ckpt").state_dict())
    # Six steps of Adam move a weight by up to 6e-3.
    for name, weights in states[0].items():
        torch.testing.assert_close(states[1][name], weights, rtol=0, atol=1e-4)


def test_a_run_refuses_another_recipe_and_other_tracks(
    tracks: list[Track], cache: Path, tmp_path: Path
) -> None:
    recipe = recipe_of("separation")
    fit(recipe, tracks, tmp_path, cache, hardware=Hardware())
    with pytest.raises(LivevoxError, match=r"objective\.mode"):
        fit(recipe_of("both"), tracks, tmp_path, cache)
    longer = dataclasses.replace(recipe, optimiser=dataclasses.replace(recipe.optimiser, steps=7))
    with pytest.raises(LivevoxError, match=r"another recipe \(optimiser\.steps differ\)"):
        fit(longer, tracks, tmp_path, cache)
    with pytest.raises(LivevoxError, match="1 differ"):
        fit(recipe, tracks[:-1], tmp_path, cache)
    state = torch.load(tmp_path / "last.ckpt", weights_only=True)
    state["recipe"]["network"]["colour"] = 1
    torch.save(state, tmp_path / "last.ckpt")
    with pytest.raises(LivevoxError, match=r"older version.*unknown key network\.colour"):
        fit(recipe, tracks, tmp_path, cache)
