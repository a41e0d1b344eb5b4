"""The causal network cut into stages, for one frame at a time.

A cell of a level covers one frame at level 0, 2 at level 1, up to 16 at level 4. In the causal
alignment a new cell depends only on earlier cells, so a stage needs the new cell and its cache
(docs/design.md, "Cached and windowed"):

- ``encode`` turns two cells of the finer level into one; its cache is the previous pooled cells.
- ``turn`` does so for the coarsest level, mixes over the bins and up-samples.
- ``merge`` joins a cell with the coarser level's output for that time and up-samples the result.
- ``merge0`` outputs mask and activity.

``turn`` and ``merge`` up-sample to two cells, one for now and one for the next frame of the finer
level. They do only what the current frame waits for. Their ``rest`` follows before the next frame:
it makes the next cell, and the part of the next convolution that depends on the cells so far.

Each stage is a separate ONNX graph in the metadata of the model's file. It has no weights: the
whole graph has them and outputs them, so that the file stores them once and onnxruntime alone can
read them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

LEVELS = 4
_POOLED = ("earlier", "cell")
_JOINED = ("coarse", "skip")
_HALF = ("now", "newest", "cells")
UP = ("turn", *(f"merge{level}" for level in range(LEVELS - 1, 0, -1)))
"""The stages that up-sample, the coarsest first."""


def rest(stage: str) -> str:
    """The name of the rest of a stage in :data:`UP`."""
    return f"{stage}_rest"


STAGES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "encode0": (("frames",), ("skip",)),
    **{f"encode{n}": ((*_POOLED, "past"), ("skip", "past")) for n in range(1, LEVELS)},
    **{stage: ((*(_JOINED if stage != "turn" else _POOLED), "sum"), _HALF) for stage in UP},
    **{rest(stage): (("older", "newer", "cells"), ("next", "sum")) for stage in UP},
    "merge0": ((*_JOINED, "past", "frame"), ("mask", "activity", "past")),
}
"""Name to inputs and outputs. ``past`` is a cache, ``sum`` a convolution over the earlier cells:
each call's output is the next call's input; both start as zeros. ``older`` and ``newer`` are the
last two of ``newest``, ``cells`` those that are up-sampled. All are (1, channels, cells, bins);
``frames`` are the newest three as (1, 3, 257), ``frame`` the one that the output belongs to as
(1, 1, 257), ``mask`` and ``activity`` as in the whole graph."""


HEARD = ("merge0/out/mask", "merge0/out/activity")
"""The outputs that leave the network; all others are cells for other stages."""


def inputs(stage: str) -> list[str]:
    """The names of a stage's inputs in the file."""
    return [f"{stage}/in/{name}" for name in STAGES[stage][0]]


def outputs(stage: str) -> list[str]:
    """The names of a stage's outputs in the file."""
    return [f"{stage}/out/{name}" for name in STAGES[stage][1]]


@dataclass(frozen=True)
class StageGraph:
    """An ONNX model without its ``weights``, which are named as in the whole graph."""

    model: bytes
    weights: tuple[str, ...]


def to_metadata(graphs: Mapping[str, StageGraph]) -> str:
    """All stages as one value of the metadata of an ONNX file."""
    entries = {
        name: {"model": base64.b64encode(graph.model).decode(), "weights": graph.weights}
        for name, graph in graphs.items()
    }
    return json.dumps(entries)


def from_metadata(value: str) -> dict[str, StageGraph]:
    """The inverse of :func:`to_metadata`. Raises ValueError if a stage is missing or broken."""
    try:
        entries = json.loads(value)
        return {
            name: StageGraph(
                base64.b64decode(entries[name]["model"], validate=True),
                tuple(map(str, entries[name]["weights"])),
            )
            for name in STAGES
        }
    except (KeyError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"its stages are broken ({error!r})") from None
