"""Small networks with random weights in all three geometries, and their model files.

An export takes ten seconds. The files stay in `build/test-models`, for all processes of the tests
and for later runs, until something that they depend on changes.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from importlib.metadata import version
from pathlib import Path

import torch

from livevox.network.geometry import Geometry
from livevox.network.info import ModelInfo
from tests.made_once import made_once
from train.network.export import export
from train.network.model import Net, Templates

GEOMETRIES = {
    "live": Geometry("causal", 2),
    "direct": Geometry("causal", 0),
    "paper": Geometry("centre", 46),
}

SMALL_WIDTHS = (12, 12, 24, 40, 96)
"""Unlike the paper's, they do not double from level to level."""

_ROOT = Path(__file__).parents[1]
_SOURCES = ("livevox/dsp", "livevox/network", "train/network", "tests/small_models.py")
_PACKAGES = ("numpy", "onnx", "onnxruntime", "onnxscript", "torch")


def random_net(geometry: Geometry) -> Net:
    """A small random network whose mask depends on its input. Like the models, a causal one has
    templates."""
    torch.manual_seed(7)
    net = Net(geometry, SMALL_WIDTHS, 3 if geometry.alignment == "causal" else 0).eval()
    with torch.no_grad():
        if isinstance(net.templates, Templates):
            net.templates.expand.weight.normal_(std=0.5)
        net.mask.weight *= 2
    return net


def model_file(name: str) -> Path:
    """The file of the network of that name in :data:`GEOMETRIES`."""
    path = _folder() / f"{name}.onnx"
    with made_once(path) as missing:
        if missing:
            geometry = GEOMETRIES[name]
            export(random_net(geometry), ModelInfo(name, "0", geometry, "none", "MIT"), path)
    return path


def model_files() -> dict[str, Path]:
    """The files of all. Two processes start at opposite ends, so that they share the work."""
    names = sorted(GEOMETRIES, reverse=os.environ.get("PYTEST_XDIST_WORKER") == "gw1")
    return {name: model_file(name) for name in names}


@cache
def _folder() -> Path:
    """The folder of what these sources and packages export."""
    made_by = hashlib.sha256(repr([(name, version(name)) for name in _PACKAGES]).encode())
    for source in _SOURCES:
        path = _ROOT / source
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            made_by.update(file.read_bytes())
    folder = _ROOT / "build/test-models" / made_by.hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return folder
