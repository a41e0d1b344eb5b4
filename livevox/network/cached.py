"""Streaming inference one frame at a time, with cached activations (causal alignment)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from livevox.dsp.stft import NET_BINS, Audio
from livevox.errors import LivevoxError
from livevox.network.geometry import CAUSAL_CONTEXT, GRID
from livevox.network.stage_sessions import Cells
from livevox.network.stages import LEVELS, UP, rest

if TYPE_CHECKING:
    from livevox.network.model import Model

SETTLED = -(-CAUSAL_CONTEXT // GRID) * GRID
"""Frames of silence, a multiple of the grid, that flush all older input from the caches."""


class CachedMasker:
    """Equals :class:`livevox.network.windowed.WindowedMasker` at a fraction of the cost.

    For the causal alignment only. Level l computes a cell every 2^l frames, on the same grid as the
    windows; each stage caches the cells that it reuses.
    """

    def __init__(self, model: Model) -> None:
        """Raises LivevoxError if the stages can't be run."""
        self._model = model
        self._look_ahead = model.info.geometry.look_ahead
        self._past: dict[str, Cells] = {}
        self._earlier: dict[int, Cells] = {}
        self._next: dict[str, Cells] = {}
        self._sums: dict[str, Cells] = {}
        self._newest: dict[str, Cells] = {}
        self._unfinished: dict[str, tuple[Cells, Cells]] = {}
        self._frames: Audio = np.zeros((max(3, 1 + self._look_ahead), NET_BINS), np.float32)
        self._time = -SETTLED
        try:
            for _ in range(SETTLED):
                mask, activity = self._frame(np.zeros(NET_BINS, np.float32))
            fits = mask.shape == (1, NET_BINS) and activity.shape == (1,)
        except ValueError:  # other results than livevox.network.stages says
            fits = False
        if not fits:
            raise LivevoxError(
                f"the stages of model '{model.info.name}' don't return mask and activity: "
                "get a good copy"
            )

    def feed(self, frames: Audio) -> tuple[Audio, Audio]:
        """Take (n, 257) log magnitudes; return the ready masks (m, 257) and activities (m,)."""
        results = [self._frame(frame) for frame in frames]
        # Until the look-ahead has arrived, the outputs belong to the silence before the stream.
        results = results[max(0, len(results) - max(0, self._time - self._look_ahead)) :]
        if not results:
            return np.zeros((0, NET_BINS), np.float32), np.zeros(0, np.float32)
        masks, activities = zip(*results, strict=True)
        return np.concatenate(masks), np.concatenate(activities)

    def catch_up(self) -> None:
        """Do now what :meth:`feed` would do before its next frame: no output waits for it."""
        for stage, (newer, cells) in self._unfinished.items():
            self._next[stage], self._sums[stage] = self._model.run_stage(
                rest(stage), older=self._newest.get(stage), newer=newer, cells=cells
            )
            self._newest[stage] = newer
        self._unfinished.clear()

    def _frame(self, frame: Audio) -> tuple[Audio, Audio]:
        self.catch_up()
        self._frames = np.concatenate([self._frames[1:], frame[None]])
        (skip,) = self._model.run_stage("encode0", frames=self._frames[None, -3:])
        mask, activity = self._run(
            "merge0",
            coarse=self._coarser(0, self._time - 2, skip),
            skip=skip,
            frame=self._frames[None, -1 - self._look_ahead, None],
        )
        self._time += 1
        return mask[0], activity[0]

    def _coarser(self, level: int, index: int, cell: Cells) -> Cells | None:
        """The coarser levels' up-sampled output for the time of ``cell``, the level's newest.

        ``index`` counts the level's cells. An odd one completes a cell of the coarser level.
        """
        up = UP[LEVELS - 1 - level]
        if index % 2 == 0:
            self._earlier[level] = cell
            return self._next.get(up)
        pair = {"earlier": self._earlier.get(level), "cell": cell}
        if level == LEVELS - 1:
            return self._risen(up, **pair)
        (skip,) = self._run(f"encode{level + 1}", **pair)
        coarse = self._coarser(level + 1, (index - 1) // 2 - 2, skip)
        return self._risen(up, coarse=coarse, skip=skip)

    def _risen(self, stage: str, **cells: Cells | None) -> Cells:
        """Run a stage that up-samples, without its rest."""
        now, newest, risen = self._model.run_stage(stage, **cells, sum=self._sums.get(stage))
        self._unfinished[stage] = newest, risen
        return now

    def _run(self, stage: str, **cells: Cells | None) -> list[Cells]:
        """Run a stage and update its cache."""
        past = self._past.get(stage)
        *results, self._past[stage] = self._model.run_stage(stage, **cells, past=past)
        return results
