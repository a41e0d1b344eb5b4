"""onnxruntime's sessions of the stages. What passes between stages stays in a card's memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import onnxruntime

from livevox.dsp.stft import Audio
from livevox.network.session import session_options
from livevox.network.stages import HEARD, StageGraph, outputs

Cells: TypeAlias = Audio | onnxruntime.OrtValue
"""The cells of a stage, in the computer's memory or in a card's."""


class StageSessions:
    """All stages of a model."""

    def __init__(
        self,
        graphs: Mapping[str, StageGraph],
        weights: Mapping[str, npt.NDArray[Any]],
        providers: list[str],
        device: str | None,
    ) -> None:
        """``device`` is onnxruntime's name of a card with memory of its own, None for none. The
        sessions use the memory of ``weights`` without a copy. Raises onnxruntime's errors."""
        # They must live as long as the sessions do.
        self._weights = weights
        self._device = device
        self._sessions: dict[str, onnxruntime.InferenceSession] = {}
        self._zeros: dict[str, dict[str, Cells]] = {}
        for stage, graph in graphs.items():
            options = session_options()
            values = [onnxruntime.OrtValue.ortvalue_from_numpy(weights[w]) for w in graph.weights]
            options.add_external_initializers(list(graph.weights), values)
            session = onnxruntime.InferenceSession(graph.model, options, providers=providers)
            self._sessions[stage] = session
            self._zeros[stage] = {i.name: self._placed(i.shape) for i in session.get_inputs()}

    def _placed(self, shape: list[int]) -> Cells:
        zeros = np.zeros(shape, np.float32)
        if self._device is None:
            return zeros
        placed: Cells = onnxruntime.OrtValue.ortvalue_from_numpy(zeros, self._device)
        return placed

    def run(self, stage: str, cells: Mapping[str, Cells | None]) -> list[Cells]:
        """The outputs of a stage; inputs that are None are zeros. Raises onnxruntime's errors."""
        session = self._sessions[stage]
        given = self._zeros[stage] | {
            f"{stage}/in/{name}": cell for name, cell in cells.items() if cell is not None
        }
        if self._device is None:
            found: list[Cells] = session.run(None, given)
            return found
        binding = session.io_binding()
        for name, cell in given.items():
            if isinstance(cell, np.ndarray):
                binding.bind_cpu_input(name, np.ascontiguousarray(cell))
            else:
                binding.bind_ortvalue_input(name, cell)
        names = outputs(stage)
        for name in names:
            binding.bind_output(name, "cpu" if name in HEARD else self._device)
        session.run_with_iobinding(binding)
        return [
            value.numpy() if name in HEARD else value
            for name, value in zip(names, binding.get_outputs(), strict=True)
        ]
