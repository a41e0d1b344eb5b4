"""What a network has to compute, and how much of that one core computes at best."""

from __future__ import annotations

import json
from functools import partial
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnxruntime

from livevox.bench.process import CLOCK, Round
from livevox.dsp.stft import NET_BINS
from livevox.network.geometry import GRID, Geometry
from livevox.network.model import INPUT_NAME, OUTPUT_NAMES
from livevox.network.session import session_options

SIZE = 1024
"""Rows and columns of the matrices that are multiplied."""
PRODUCTS = 8


def multiply_adds(path: Path, geometry: Geometry) -> float:
    """Multiplications, each with its addition, that the network needs for one frame more.

    Those of a window with 16 outputs more: the cached network computes as many, as nothing is
    computed twice. They follow from the shapes that onnxruntime reports of its convolutions and
    matrix products.
    """
    frames = geometry.window_frames(GRID)
    more, fewer = (_of_window(path, n) for n in (frames + GRID, frames))
    return (more - fewer) / GRID


def _of_window(path: Path, frames: int) -> int:
    """Of one window of so many frames."""
    options = session_options()
    # As the file has them: not in blocks of channels, which are padded.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    # Weights that were packed have no shape any more.
    options.add_session_config_entry("session.disable_prepacking", "1")
    options.enable_profiling = True
    with TemporaryDirectory() as folder:
        options.profile_file_prefix = str(Path(folder) / "profile")
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        session.run(OUTPUT_NAMES, {INPUT_NAME: np.zeros((1, frames, NET_BINS), np.float32)})
        events = json.loads(Path(session.end_profiling()).read_text("utf-8"))
    return sum(_of_operator(event["args"]) for event in events if "args" in event)


def _of_operator(args: dict[str, Any]) -> int:
    """Of one run of an operator: as many for each output as a weight has inputs, or, where inputs
    spread over the outputs, as many for each input as it has outputs."""
    name = args.get("op_name")
    if name not in ("Conv", "ConvTranspose", "MatMul", "Gemm") or "output_type_shape" not in args:
        return 0
    given: list[int]
    weight: list[int]
    given, weight = (next(iter(each.values())) for each in args["input_type_shape"][:2])
    result: list[int] = next(iter(args["output_type_shape"][0].values()))
    match name:
        case "Conv":
            return prod(result) * prod(weight[1:])
        case "ConvTranspose":
            return prod(given) * prod(weight[1:])
    return prod(result) * given[-1]


def measure_peak() -> Round[float]:
    """Multiply-adds a second of numpy's product of two float32 matrices: of one core, where it runs
    on one thread, as in :class:`livevox.bench.process.Measured`."""
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal((SIZE, SIZE), np.float32) for _ in range(2))
    return partial(_fastest_product, a, b, np.empty_like(a))


def _fastest_product(a: Any, b: Any, out: Any) -> float:
    seconds = []
    for _ in range(PRODUCTS):
        begun = CLOCK()
        np.matmul(a, b, out=out)
        seconds.append(CLOCK() - begun)
    return float(SIZE**3 / min(seconds))
