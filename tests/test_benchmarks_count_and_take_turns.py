"""The benchmark counts the networks' arithmetic right, takes turns, and writes whole pages."""

from __future__ import annotations

import copy
import os
import re
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from livevox.bench.arithmetic import multiply_adds
from livevox.bench.page import write_page
from livevox.bench.peers import PeerFacts, measure_peer, peer_names
from livevox.bench.process import UnmeasuredError, interleaved
from livevox.bench.programs import InstallSize, Separating, install_size
from livevox.bench.results import (
    Benchmark,
    Machine,
    ModelCost,
    PeerCost,
    Programs,
    Scaling,
    Times,
)
from livevox.bench.rooms import Lateness
from livevox.bench.signal_path import Stream, measure_cost, measure_steps, measure_windows
from livevox.dsp.stft import NET_BINS, Audio
from tests.small_models import GEOMETRIES, SMALL_WIDTHS
from train.network.model import Net


@pytest.mark.parametrize("name", GEOMETRIES)
def test_multiply_adds_are_those_that_torch_counts(
    name: str, nets: dict[str, Net], model_files: dict[str, Path]
) -> None:
    geometry = GEOMETRIES[name]
    # The counter fails at weights that pass through modules while they can be trained.
    net = copy.deepcopy(nets[name]).requires_grad_(False)

    def counted(frames: int) -> int:
        with FlopCounterMode(display=False) as counter:
            net(torch.zeros(1, frames, NET_BINS))
        return int(counter.get_total_flops())

    frames = geometry.window_frames(16)
    # It counts a multiplication and an addition as two, and leaves out products with a vector: the
    # activity's, over channels and bins.
    expected = (counted(frames + 16) - counted(frames)) / 2 / 16 + 258 * (SMALL_WIDTHS[0] + 1)
    assert multiply_adds(model_files[name], geometry) == expected


def test_all_take_turns_on_one_thread_and_who_fails_is_left_out() -> None:
    before = dict(os.environ)
    reports: list[str] = []
    # A function that makes one: partial itself.
    results, failures = interleaved(
        {
            "number": partial(partial, max, 3, 5),
            "broken": partial(int, "five"),
            "lost": partial(os._exit, 3),
            "threads": partial(partial, os.getenv, "OMP_NUM_THREADS"),
        },
        2,
        reports.append,
    )
    assert results == {"number": [5, 5], "threads": ["1", "1"]}
    assert "invalid literal" in failures["broken"]
    assert failures["lost"] == "its process was lost (exit code 3)"
    assert [each.rpartition(" ")[2] for each in reports] == [
        *("number", "broken", "lost", "threads"),
        *("number", "threads") * 2,
    ]
    assert dict(os.environ) == before


def test_rounds_measure_the_streams_and_steps_they_are_asked_for(
    model_files: dict[str, Path], song: Audio, tmp_path: Path
) -> None:
    file = tmp_path / "song.npy"
    np.save(file, song)
    for name, path in model_files.items():
        for options in ((256,), (None,), (64, 3, 48_000)):
            assert measure_cost(Stream(str(path), *options), file, 0.2)() > 0
        steps = measure_steps(str(path), file, 0.4, paced=False)()
        assert len(steps[0]) == (34 if name != "paper" else 2)
        assert (steps > 0).all()
        assert (steps[1] >= steps[0]).all()
        assert (measure_windows(str(path), file)() > 0).all()


def test_what_is_installed_has_the_size_of_its_models_at_least() -> None:
    size = install_size()
    assert 20e6 < size.models < size.livevox < size.needed


@pytest.mark.parametrize(
    ("peer", "package"),
    [("Demucs", "demucs"), ("HS-TasNet", "hs_tasnet"), ("Open-Unmix", "openunmix")],
)
def test_a_peer_that_is_not_installed_is_reported_with_the_remedy(
    peer: str, package: str, song: Audio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert peer in peer_names()
    np.save(tmp_path / "song.npy", song)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UnmeasuredError, match=r"not installed.*pip install 'livevox\[bench\]'"):
        measure_peer(peer, tmp_path / "song.npy")


TIMES = Times(0.0008, 0.003)
MODELS = [
    ModelCost(name, geometry, 1e6, TIMES, TIMES, 0.001, TIMES, 0.05, 0.02)
    for name, geometry in GEOMETRIES.items()
]
WHOLE = Benchmark(
    Machine("Some|Processor", 2, 24.0, "Linux", "Python 3.11", 5e10),
    5,
    11.7,
    MODELS,
    {
        "Fast": PeerCost("Fast", PeerFacts(0.023, "random weights", 34_000_000), 0.4),
        "Whole": PeerCost("Whole", PeerFacts(None, ""), 1.4),
        "Missing": "not installed: pip install 'livevox[bench]'",
    },
    Programs(0.02, 0.3, 0.9, InstallSize(30_000_000, 28_000_000, 400_000_000), ["no /proc"], 0.005),
    Scaling(
        {Stream(): 0.05, Stream(channels=8): 0.1},
        {256: {1: Lateness(0.0, 0.1), 16: Lateness(0.25, 0.11)}},
        {1: 2.0, 2: "killed"},
    ),
)
QUICK = Benchmark(
    Machine("P", 1, 0.0, "Windows", "Python 3.14", 1e10),
    3,
    6.0,
    MODELS,
    {},
    Programs(None, None, None, InstallSize(1, 1, 1), [Separating(1, 1, 1.0, 2.0)], "not installed"),
    Scaling(),
)


@pytest.mark.parametrize("results", [WHOLE, QUICK], ids=["whole", "quick"])
def test_a_page_has_every_row_of_whole_tables_and_its_picture(
    results: Benchmark, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    write_page(page, results)
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
    text = page.read_text()
    assert "(page.png)" in text
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({line.count("|") for line in block.splitlines()}) == 1, block
    for model in MODELS:
        assert text.count(f"\n| {model.name} |") == 2
    for peer in results.peers.values():
        assert (peer if isinstance(peer, str) else peer.name) in text
    assert not re.search(r"\bnan\b|\binf\b|None|\{\{", text)
