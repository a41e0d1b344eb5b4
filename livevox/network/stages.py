"""The causal network cut into stages, for one frame at a time.

A cell of a level covers one frame at level 0, 2 at level 1, up to 16 at level 4. In the causal
alignment everything a new cell is combined with is known when it arrives, so a stage needs its new
cell and what it remembers (docs/design.md, "Cached and windowed"):

- ``encode`` turns two cells of the finer level into one; its memory is the pooled cells before.
- ``turn`` does so for the coarsest level, spreads the result over the bins and halves the cell.
- ``merge`` joins a cell with what the coarser level says of that time, and halves the result for
  the finer level: the earlier half is due now, the later one with the next cell.
- ``merge0`` ends in mask and activity.

``train.network.export`` writes the stages into the model's file, beside the whole graph and on its
weights.
"""

from __future__ import annotations

LEVELS = 4
_ENCODE = ("earlier", "cell", "past")
_MERGE = ("coarse", "skip", "past")
_HALVES = ("now", "next", "past")

STAGES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "encode0": (("frames",), ("skip",)),
    **{f"encode{level}": (_ENCODE, ("skip", "past")) for level in range(1, LEVELS)},
    "turn": (_ENCODE, _HALVES),
    **{f"merge{level}": (_MERGE, _HALVES) for level in range(LEVELS - 1, 0, -1)},
    "merge0": ((*_MERGE, "frame"), ("mask", "activity", "past")),
}
"""Name to inputs and outputs. ``past`` goes out as it comes in with the next call; at the start of
a stream it is zero. All are (1, channels, cells, bins); ``frames`` are the newest three as (1, 3,
257), ``frame`` the one that the output stands for as (1, 1, 257), ``mask`` and ``activity`` as in
the whole graph."""


def inputs(stage: str) -> list[str]:
    """The names of a stage's inputs in the file."""
    return [f"{stage}/in/{name}" for name in STAGES[stage][0]]


def outputs(stage: str) -> list[str]:
    """The names of a stage's outputs in the file."""
    return [f"{stage}/out/{name}" for name in STAGES[stage][1]]
