"""A trained network as an ONNX file: what it says of itself, and running it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Literal, cast

import onnx
import onnx.utils
import onnxruntime

from livevox.dsp.stft import HOP, N_FFT, NET_BINS, SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from livevox.network.geometry import Alignment, Geometry
from livevox.network.stages import STAGES, inputs, outputs

SOURCES = ("vocals", "accompaniment")
INPUT_NAME = "log_magnitude"
OUTPUT_NAMES = ("mask", "activity")

Provider = Literal["auto", "tensorrt", "cuda", "directml", "coreml", "cpu"]
_PROVIDERS: dict[str, str] = {
    "tensorrt": "TensorrtExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "cpu": "CPUExecutionProvider",
}
"""In the order in which `auto` prefers them."""


@dataclass(frozen=True)
class ModelInfo:
    """What a model file carries besides its weights."""

    name: str
    version: str
    geometry: Geometry
    training_data: str
    licence: str

    def to_metadata(self) -> dict[str, str]:
        """As the key-value pairs of an ONNX file."""
        return {
            "format": "livevox 2",
            "name": self.name,
            "version": self.version,
            "sample_rate": str(SAMPLE_RATE),
            "n_fft": str(N_FFT),
            "hop": str(HOP),
            "alignment": self.geometry.alignment,
            "look_ahead": str(self.geometry.look_ahead),
            "step": str(self.geometry.step),
            "sources": ",".join(SOURCES),
            "training_data": self.training_data,
            "licence": self.licence,
        }

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> ModelInfo:
        """The inverse of :meth:`to_metadata`.

        Raises ValueError, saying which value is wrong, where this livevox can't run the model.
        """
        if not metadata.get("format", "").startswith("livevox "):
            raise ValueError("it has no livevox metadata")
        try:
            geometry = Geometry(cast(Alignment, metadata["alignment"]), int(metadata["look_ahead"]))
            info = cls(
                metadata["name"],
                metadata["version"],
                geometry,
                metadata["training_data"],
                metadata["licence"],
            )
        except KeyError as error:
            raise ValueError(f"its metadata has no {error}") from None
        for key, value in info.to_metadata().items():
            if metadata.get(key) != value:
                raise ValueError(f"its {key} is '{metadata.get(key)}', this livevox runs '{value}'")
        return info


class Model:
    """One network, ready to run. Stateless: streams keep their own state."""

    def __init__(self, graph: onnx.ModelProto, info: ModelInfo, providers: list[str]) -> None:
        self._parts = onnx.utils.Extractor(graph)
        self._providers = providers
        self._whole = self._session([INPUT_NAME], list(OUTPUT_NAMES))
        self.info = info

    @cached_property
    def provider(self) -> str:
        """The execution provider that is really in use, by onnxruntime's name."""
        return str(self._whole.get_providers()[0])

    def run(self, frames: Audio) -> tuple[Audio, Audio]:
        """Map one window (n, 257), n being 14 modulo 16, to its mask (m, 257) and activity (m,).

        Both are in 0..1. Raises what onnxruntime raises on another shape.
        """
        mask, activity = self._whole.run(OUTPUT_NAMES, {INPUT_NAME: frames[None]})
        return mask[0], activity[0]

    def run_stage(self, stage: str, **cells: Audio | None) -> list[Audio]:
        """Run one of :data:`livevox.network.stages.STAGES`; inputs that are None are zeros.

        The file has them in the causal alignment only.
        """
        given = {f"{stage}/in/{name}": cell for name, cell in cells.items() if cell is not None}
        return cast(list[Audio], self._stages[stage].run(None, given))

    @cached_property
    def _stages(self) -> dict[str, onnxruntime.InferenceSession]:
        return {name: self._session(inputs(name), outputs(name)) for name in STAGES}

    def _session(self, taken: list[str], given: list[str]) -> onnxruntime.InferenceSession:
        """A session of the part of the graph between these tensors."""
        options = onnxruntime.SessionOptions()
        # More threads make the worst case worse, and the audio waits for the worst case.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        part = self._parts.extract_model(taken, given).SerializeToString()
        return onnxruntime.InferenceSession(part, options, providers=self._providers)


def shipped_models() -> dict[str, Path]:
    """The models that came with livevox, by name."""
    folder = Path(str(resources.files("livevox") / "models"))
    return {path.stem: path for path in sorted(folder.glob("*.onnx"))}


def load_model(name_or_file: str | Path = "live", provider: Provider = "auto") -> Model:
    """Load a shipped model by its name, or any livevox model by its path.

    ``provider`` 'auto' takes the best that this onnxruntime has; :attr:`Model.provider` says which
    one runs. Raises LivevoxError where the file is missing, is no livevox model, or needs another
    version, and where the provider is not there.
    """
    path = shipped_models().get(str(name_or_file), Path(name_or_file))
    if not path.is_file():
        names = ", ".join(shipped_models()) or "none"
        raise LivevoxError(
            f"no model '{name_or_file}': give one of the installed ({names}) or an .onnx file"
        )
    providers = _chosen(provider)
    try:
        graph = onnx.load(path)
    except Exception as error:  # a broken file raises protobuf's own errors
        raise LivevoxError(f"{path} is no ONNX model: {_first_line(error)}") from None
    try:
        info = ModelInfo.from_metadata({p.key: p.value for p in graph.metadata_props})
        _check_graph(graph.graph, info)
    except ValueError as error:
        raise LivevoxError(f"{path} is no model for this livevox: {error}") from None
    try:
        return Model(graph, info, providers)
    except Exception as error:  # onnxruntime's own errors share no base class but this one
        raise LivevoxError(
            f"{path} is no ONNX model that can be loaded: {_first_line(error)}"
        ) from None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _chosen(provider: Provider) -> list[str]:
    present = [name for name in _PROVIDERS.values() if name in _available()]
    if provider == "auto":
        return present
    if (wanted := _PROVIDERS.get(provider)) not in present:
        names = ", ".join(k for k, name in _PROVIDERS.items() if name in present)
        raise LivevoxError(f"provider '{provider}' is not on this machine: choose auto, {names}")
    return [wanted]


def _available() -> list[str]:
    return list(onnxruntime.get_available_providers())


def _check_graph(graph: onnx.GraphProto, info: ModelInfo) -> None:
    valued = {tensor.name for tensor in graph.initializer}
    taken = {i.name: i.type.tensor_type.shape.dim for i in graph.input if i.name not in valued}
    given = {o.name for o in graph.output}
    if list(taken) != [INPUT_NAME] or not set(OUTPUT_NAMES) <= given:
        raise ValueError(f"it maps {list(taken)} to {sorted(given)}")
    dims = taken[INPUT_NAME]
    if len(dims) != 3 or dims[2].dim_value != NET_BINS:
        shape = ", ".join(str(d.dim_param or d.dim_value) for d in dims)
        raise ValueError(f"its input is ({shape}), not (batch, frames, {NET_BINS})")
    if info.geometry.alignment == "causal":
        needed = {name for stage in STAGES for name in outputs(stage)}
        if missing := sorted(needed - given):
            raise ValueError(f"it lacks the stages that give {', '.join(missing)}")
