"""Excerpts depend on seed and index only; a killed training resumes with the same results; several
processes train like one."""

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
from livevox.dsp.stft import NET_BINS
from tests.conftest import SMALL_WIDTHS
from train.data.corpus import Corpus, activity_of_stem, load_corpus
from train.data.datasets import load
from train.data.mixing import Excerpts
from train.data.takes import EXCERPT_FRAMES
from train.data.tracks import Track
from train.fitting.fit import fit, mean_losses
from train.fitting.hardware import Hardware, end_process_group
from train.fitting.losses import JointLoss, detection_loss, separation_loss
from train.fitting.teacher import Teacher
from train.network.checkpoints import load_checkpoint, load_network, load_weights, save_mean
from train.network.model import Net
from train.recipe import RECIPES, Data, Network, Objective, Optimiser, Recipe, Stopping, load_recipe

TINY = (2, 4, 8, 16, 32)
TINIER = (2, 4, 8, 16, 16)

SMALL = Recipe(
    Network("causal", 2, widths=TINY),
    Objective(error="absolute"),
    Data(stems=2, labelled=1, augmented=True, remixed=0.5, vocal_free=0.2, a_cappella=0.1),
    Optimiser(steps=6, learning_rate=1e-3, schedule="cosine", warm_up=2, average=0.9),
    Stopping(validate_every=3),
)


@pytest.fixture(scope="session")
def tracks(corpus_folder: Path) -> list[Track]:
    return load("open", corpus_folder)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("decoded")


def recipe_of(mode: str) -> Recipe:
    return dataclasses.replace(
        SMALL,
        network=Network("centre", 46, widths=TINY),
        objective=Objective(mode=mode),
        data=Data(stems=2, labelled=2),
    )


def test_an_excerpt_follows_from_seed_and_index(tracks: list[Track], cache: Path) -> None:
    corpus = load_corpus(tracks, "train", cache)
    first, again, other = (Excerpts(corpus, SMALL, seed) for seed in (1, 1, 2))
    for index in (0, 7, 3, 7):
        one, same = first[index], again[index]
        assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(first[0]["mixture"], other[0]["mixture"])
    assert not torch.equal(first[0]["mixture"], first[1]["mixture"])


def test_every_kind_of_excerpt_is_whole_and_labelled(tracks: list[Track], cache: Path) -> None:
    corpus = load_corpus(tracks, "train", cache)
    for name, data in {
        "remixed": Data(1, 0, True, remixed=1),
        "vocal-free": Data(1, 0, True, vocal_free=1),
        "a cappella": Data(1, 0, True, a_cappella=1),
        "as it is": Data(1, 0, True),
        "passage": Data(1, 0),
        "labelled": Data(0, 1),
    }.items():
        mode = "detection" if name == "labelled" else "separation"
        recipe = dataclasses.replace(SMALL, data=data, objective=Objective(mode))
        activities = []
        for index in range(10):
            excerpt = Excerpts(corpus, recipe, 5)[index]
            for part in ("mixture", "vocals", "accompaniment"):
                assert excerpt[part].shape == (EXCERPT_FRAMES, 257)
                assert torch.isfinite(excerpt[part]).all()
                assert (excerpt[part] >= 0).all()
            activities.append(excerpt["activity"])
            assert float(excerpt["has_stems"]) == (name != "labelled")
            if name == "vocal-free":
                assert not excerpt["vocals"].any()
            if name == "a cappella":
                assert torch.equal(excerpt["vocals"], excerpt["mixture"])
        seen = set(torch.cat(activities).tolist())
        allowed = {"vocal-free": {0.0}, "passage": {-1.0}, "labelled": {0.0, 1.0}}
        assert seen <= allowed.get(name, {-1.0, 0.0, 1.0})
        assert name in ("vocal-free", "passage") or 1.0 in seen


def test_substitution_puts_labelled_music_in_place_of_silent_vocals(
    tracks: list[Track], cache: Path
) -> None:
    corpus = load_corpus(tracks, "train", cache)
    # Stems without a voice: every passage is silent, so N / (N + M) of them are replaced.
    for i, song in enumerate(corpus.songs):
        silent = dataclasses.replace(song.vocals, audio=np.zeros_like(song.vocals.audio))
        corpus.songs[i] = dataclasses.replace(song, vocals=silent)
    excerpts = Excerpts(corpus, recipe_of("substitution"), 3)
    plain = Excerpts(corpus, recipe_of("separation"), 3)
    changed = [
        not torch.equal(excerpts[i]["mixture"], plain[i]["mixture"]) for i in range(0, 240, 4)
    ]
    # One labelled song, two with stems, all of one length.
    assert 0.15 < np.mean(changed) < 0.5
    assert not any(excerpts[i]["vocals"].any() for i in range(0, 40, 4))


def test_levels_of_a_stem_agree_with_its_labels(tracks: list[Track], cache: Path) -> None:
    voice = load_corpus(tracks, "valid", cache).songs[0].vocals
    by_level = activity_of_stem(voice.audio, estimated=False)
    known = by_level >= 0
    assert known.mean() > 0.7
    assert (by_level[known] == voice.activity[known]).mean() > 0.85


@pytest.mark.parametrize("error", ["squared", "absolute", "relative"])
def test_losses_vanish_for_the_truth_and_only_there(error: str) -> None:
    magnitude, mask = torch.rand(2, 5, 257), torch.rand(2, 5, 257)
    batch = {
        "mixture": torch.log1p(magnitude),
        "vocals": torch.log1p(mask * magnitude),
        "accompaniment": torch.log1p((1 - mask) * magnitude),
        "has_stems": torch.ones(2),
    }
    total, count = separation_loss(mask, batch, error)
    assert float(total / count) < 1e-6
    total, count = separation_loss(1 - mask, batch, error)
    assert float(total / count) > 1e-3
    batch["has_stems"] = torch.tensor([1.0, 0.0])
    half, half_count = separation_loss(1 - mask, batch, error)
    assert float(half_count) == float(count) / 2
    assert float(half) < float(total)

    activity = torch.tensor([[0.0, 1.0, -1.0]])
    right, wrong = torch.tensor([[-20.0, 20.0, 20.0]]), torch.tensor([[20.0, -20.0, 20.0]])
    assert float(detection_loss(right, activity)[0]) < 1e-6
    assert float(detection_loss(wrong, activity)[0]) > 10
    assert float(detection_loss(right, activity)[1]) == 2


def test_modes_join_the_losses_as_the_paper_has_it() -> None:
    parts = torch.tensor(2.0), torch.tensor(10.0), torch.tensor(1.0)
    expected = {"separation": 2.0, "substitution": 2.0, "detection": 10.0, "both": 0.9 * 2 + 1}
    for mode, value in expected.items():
        assert float(JointLoss(Objective(mode))(*parts)) == pytest.approx(value)
    assert float(JointLoss(Objective("separation", leakage=0.3))(*parts)) == pytest.approx(2.3)
    likelihood = JointLoss(Objective("likelihood"))
    loss = likelihood(*parts)
    loss.backward()
    assert loss.item() == pytest.approx(0.5 * 2 + 10)
    # At a zero gradient the variances equal the losses.
    with torch.no_grad():
        likelihood.log_variances.copy_(torch.log(torch.tensor([2.0, 20.0])))
    likelihood.zero_grad()
    likelihood(*parts).backward()
    torch.testing.assert_close(likelihood.log_variances.grad, torch.zeros(2))


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


@pytest.mark.parametrize("method", ["adam", "muon"])
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


def test_training_starts_from_a_checkpoint_or_a_models_own_weights(
    nets: dict[str, Net], model_files: dict[str, Path], tmp_path: Path
) -> None:
    net, model = nets["live"], model_files["live"]
    centre = nets["paper"].geometry
    other = Net(centre, SMALL_WIDTHS, 3)
    load_weights(other, model)
    for given in (other, load_network(model)):
        for name, weights in net.state_dict().items():
            torch.testing.assert_close(given.state_dict()[name], weights, rtol=1e-3, atol=1e-4)
    assert load_network(model).geometry == net.geometry
    (tmp_path / "foreign.onnx").write_bytes(b"no model")
    with pytest.raises(LivevoxError, match=r"foreign\.onnx is no livevox model"):
        load_weights(other, tmp_path / "foreign.onnx")
    with pytest.raises(LivevoxError, match=r"another network \(.* filters are more than"):
        load_weights(Net(centre, TINY, 3), model)
    with pytest.raises(LivevoxError, match=r"another network \(3 templates are not 0\)"):
        load_weights(Net(centre, SMALL_WIDTHS), model)
    (tmp_path / "broken.ckpt").write_text("no checkpoint")
    with pytest.raises(LivevoxError, match=r"broken\.ckpt is no checkpoint"):
        load_weights(other, tmp_path / "broken.ckpt")


def test_more_filters_do_not_change_what_a_network_computes(model_files: dict[str, Path]) -> None:
    net = load_network(model_files["live"])
    wide = Net(net.geometry, tuple(width + 3 for width in SMALL_WIDTHS), 3).eval()
    load_weights(wide, model_files["live"])
    sound = 3 * torch.rand(2, 14 + 14 * 16, NET_BINS, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        for widened, of_old in zip(wide(sound), net(sound), strict=True):
            torch.testing.assert_close(widened, of_old, rtol=1e-4, atol=1e-5)
        # What is new sounds, so that it can learn.
        assert (wide.down[0](torch.ones(1, 1, 8, 8))[:, SMALL_WIDTHS[0] :] != 0).all()


def test_the_mean_of_checkpoints_is_a_checkpoint(tmp_path: Path) -> None:
    def saved(name: str, widths: tuple[int, ...]) -> Path:
        recipe = Recipe(network=Network("causal", 2, widths))
        weights = Net(recipe.network.geometry, widths).state_dict()
        path = tmp_path / name
        torch.save({"recipe": dataclasses.asdict(recipe), "averaged": weights}, path)
        return path

    paths = [saved(name, TINY) for name in ("a.ckpt", "b.ckpt", "c.ckpt")]
    save_mean(paths, tmp_path / "mean.ckpt")
    states = [load_checkpoint(path).state_dict() for path in paths]
    for name, weights in load_checkpoint(tmp_path / "mean.ckpt").state_dict().items():
        torch.testing.assert_close(weights, torch.stack([s[name] for s in states]).mean(0))
    with pytest.raises(LivevoxError, match=r"narrower\.ckpt has another network"):
        save_mean([paths[0], saved("narrower.ckpt", TINIER)], tmp_path / "mean.ckpt")


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


@pytest.mark.parametrize(
    ("licence", "free"),
    [
        ("CC0-1.0", True),
        ("MIT", True),
        ("CC-BY-4.0", True),
        ("CC-BY-SA-3.0", True),
        ("CC-BY-ND-4.0", False),
        ("GPL-2.0-only", False),
        ("CC-BY-NC-SA-4.0", False),
        ("CC-BY-NC-3.0", False),
        ("", False),
    ],
)
def test_only_licences_for_any_use_are_free(tracks: list[Track], licence: str, free: bool) -> None:
    assert dataclasses.replace(tracks[0], licence=licence).free == free
    assert tracks[0].free, "the table's own licence is read"


def test_recipes_are_read_strictly(tmp_path: Path) -> None:
    names = {path.stem: load_recipe(path.stem) for path in RECIPES.glob("*.toml")}
    assert {r.objective.mode for r in names.values()} == {
        "separation",
        "detection",
        "both",
        "substitution",
        "likelihood",
    }
    assert names["paper"].network.geometry.alignment == "centre"
    assert names["live"].network.geometry.latency == 2048
    bad = tmp_path / "bad.toml"
    for text, said in {
        "[network]\ncolour = 1": "unknown key network.colour",
        "[network]\nwidths = 'wide'": "network.widths is 'wide'",
        "[objective]\nmode = 'all'": "objective.mode is 'all'",
        "[network]\nwidths = [1.5]": "must be a list of whole numbers",
        "[network]\nwidths = [16, 32]": "widths is [16, 32]: give the filters of five levels",
        "[network]\ntemplates = 1.5": "must be of type int",
        "[network]\nwidths = [0, 1, 1, 1, 1]": "1 or more each",
        "[network]\ntemplates = -1": "templates is -1: give 0",
        "network = 3": "network must be a table",
        "[data]\nstems = 0": "needs data.stems",
        "[data]\nremixed = 0.9\nvocal_free = 0.2": "1 at most",
        "[network": "is no recipe",
    }.items():
        bad.write_text(text)
        with pytest.raises(LivevoxError, match=r"bad\.toml") as error:
            load_recipe(str(bad))
        assert said in str(error.value)


def test_a_recipe_takes_from_another_what_it_leaves_out(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("like = 'direct'\n[optimiser]\nsteps = 3\n[stopping]\npatience = 4")
    mine, direct = load_recipe(str(file)), load_recipe("direct")
    assert mine.network == direct.network
    assert mine.optimiser == dataclasses.replace(direct.optimiser, steps=3)
    assert mine.stopping == dataclasses.replace(direct.stopping, patience=4)
    assert (mine.objective, mine.data) == (direct.objective, direct.data)
    other = tmp_path / "other.toml"
    other.write_text(f"like = '{file}'")
    assert load_recipe(str(other)) == mine
    for text, said in {
        f"like = '{other}'": "is a circle",
        "like = 'nothing.toml'": "No such file",
        "like = 3": "like is 3: give the name",
        "like = 'live'\nnetwork = 3": "network must be a table",
    }.items():
        file.write_text(text)
        with pytest.raises(LivevoxError, match=r"mine\.toml is no recipe") as error:
            load_recipe(str(file))
        assert said in str(error.value)
