"""A trained network as an ONNX file: loading and inference."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from importlib import resources
from pathlib import Path

import numpy as np
import onnxruntime

from livevox.dsp.stft import NET_BINS, Audio
from livevox.errors import LivevoxError
from livevox.network.fastest import ProviderTimes, TimesOrReason, fastest, measured
from livevox.network.file_check import MOST_BYTES, check_file
from livevox.network.info import ModelInfo
from livevox.network.onnx_file import NOT_ONNX, with_outputs
from livevox.network.providers import (
    MEMORIES,
    PROVIDERS,
    SLOW_TO_START,
    Provider,
    ProviderError,
    available,
    check_available,
    load_libraries,
)
from livevox.network.session import reason, session_options
from livevox.network.stage_sessions import Cells, StageSessions
from livevox.network.stages import StageGraph, from_metadata

INPUT_NAME = "log_magnitude"
OUTPUT_NAMES = ("mask", "activity")
STAGES_KEY = "stage_graphs"
"""Metadata key of the stages of a causal network, see :mod:`livevox.network.stages`."""


class Model:
    """One network, ready to run. Stateless: streams keep their own state."""

    def __init__(
        self,
        whole: onnxruntime.InferenceSession,
        weights: onnxruntime.InferenceSession,
        info: ModelInfo,
        stages: Mapping[str, StageGraph],
    ) -> None:
        """``weights`` is the whole graph with the stages' weights among its outputs."""
        self._whole = whole
        self._weights_source = weights
        self._stage_graphs = stages
        self.info = info
        self.windowed = info.geometry.alignment != "causal"
        """Whether a live stream is run in windows: there are no stages, or `auto` has measured
        that they take longer."""
        self.notices: tuple[str, ...] = ()
        """For the user: why a faster provider could not be used."""

    @cached_property
    def provider(self) -> str:
        """onnxruntime's name of the execution provider in use."""
        return str(self._whole.get_providers()[0])

    def run(self, frames: Audio) -> tuple[Audio, Audio]:
        """Map one window (n, 257), n being 14 modulo 16, to its mask (m, 257) and activity (m,).

        Both are in 0..1. Raises LivevoxError if it can't be run, as for another shape.
        """
        try:
            mask, activity = self._whole.run(OUTPUT_NAMES, {INPUT_NAME: frames[None]})
        except Exception as error:  # onnxruntime's errors have no other base class
            raise self._cant_run(error) from None
        return mask[0], activity[0]

    def run_stage(self, stage: str, **cells: Cells | None) -> list[Cells]:
        """Run one of ``livevox.network.stages.STAGES``; inputs that are None are zeros.

        Only models in the causal alignment have stages. Cells for other stages may be in a card's
        memory. Raises LivevoxError as :meth:`run` does.
        """
        try:
            return self._stages.run(stage, cells)
        except Exception as error:  # onnxruntime's errors have no other base class
            raise self._cant_run(error) from None

    @cached_property
    def _stages(self) -> StageSessions:
        names = list(dict.fromkeys(w for g in self._stage_graphs.values() for w in g.weights))
        window = np.zeros((1, self.info.geometry.window_frames(1), NET_BINS), np.float32)
        # The whole graph returns the weights of the stages.
        values = self._weights_source.run(names, {INPUT_NAME: window})
        weights = dict(zip(names, values, strict=True))
        providers = self._whole.get_providers()
        return StageSessions(self._stage_graphs, weights, providers, MEMORIES.get(self.provider))

    def _cant_run(self, error: Exception) -> LivevoxError:
        return LivevoxError(f"model '{self.info.name}' can't be run: {reason(error)}")


def shipped_models() -> dict[str, Path]:
    """The models shipped with livevox, by name."""
    folder = Path(str(resources.files("livevox") / "models"))
    return {path.stem: path for path in sorted(folder.glob("*.onnx"))}


def load_model(
    name_or_file: str | Path = "live", provider: Provider = "auto", live: bool = False
) -> Model:
    """Load a shipped model by its name, or any livevox model by its path.

    ``provider`` 'auto' takes the one that is fastest here: for files or, if ``live``, one step of a
    stream at a time. It is measured once, in a fraction of a second, where onnxruntime offers more
    than the CPU. ``Model.provider`` says which it is, ``Model.notices`` why others can't run it.
    Raises LivevoxError if the file is missing, is not a livevox model or needs another version, or
    if the given provider is missing or can't run it.
    """
    path, data = model_file(name_or_file)

    def load(name: str) -> Model:
        return _loaded(path, data, name)

    if provider != "auto":
        check_available(provider)
        return load(provider)
    names = [name for name in available() if name not in SLOW_TO_START]
    if names == ["cpu"]:
        return load("cpu")
    # A file that is no model is refused here, and not taken for a provider that fails.
    model = load("cpu")
    found = measured(data, names, lambda name: model if name == "cpu" else load(name))
    while (best := fastest(found, live)) != "cpu":
        try:
            model = load(best)
            times = found[best]
            model.windowed |= isinstance(times, ProviderTimes) and times.windowed
            break
        except LivevoxError as error:
            # It worked when it was measured.
            found[best] = str(error)
    model.notices = tuple(reason for reason in found.values() if isinstance(reason, str))
    return model


def measure_providers(name_or_file: str | Path) -> dict[str, TimesOrReason]:
    """Measure all providers anew, but for those that are slow to start; see :func:`load_model`."""
    path, data = model_file(name_or_file)
    names = [name for name in available() if name not in SLOW_TO_START]
    return measured(data, names, lambda name: _loaded(path, data, name), anew=True)


def model_file(name_or_file: str | Path) -> tuple[Path, bytes]:
    """The file of a model, checked to be data. Raises LivevoxError as :func:`load_model`."""
    path = shipped_models().get(str(name_or_file), Path(name_or_file))
    if not path.is_file():
        names = ", ".join(shipped_models()) or "none"
        raise LivevoxError(
            f"no model '{name_or_file}': give one of the installed ({names}) or an .onnx file"
        )
    return path, _read(path)


def _loaded(path: Path, data: bytes, provider: str) -> Model:
    load_libraries(provider)
    try:
        check_file(data)
        weights = _session(data, "cpu")
        metadata = weights.get_modelmeta().custom_metadata_map
        info = ModelInfo.from_metadata(metadata)
        _check_graph(weights)
        stages = _stage_graphs(weights, metadata) if info.geometry.alignment == "causal" else {}
        # OpenVINO refuses a graph whose outputs are weights.
        whole = (
            weights if provider == "cpu" else _session(with_outputs(data, OUTPUT_NAMES), provider)
        )
        model = Model(whole, weights, info, stages)
        _check_results(model)
    except (LivevoxError, ValueError) as error:
        if isinstance(error, ProviderError):
            raise
        raise LivevoxError(f"{path} is not a model for this livevox: {error}") from None
    return model


def _session(data: bytes, provider: str) -> onnxruntime.InferenceSession:
    """Raises ProviderError where onnxruntime would silently use the CPU instead."""
    full = PROVIDERS[provider]
    try:
        session = onnxruntime.InferenceSession(data, session_options(), providers=[full])
    except Exception as error:  # onnxruntime's errors have no other base class
        if provider == "cpu":
            raise ValueError(f"{NOT_ONNX}: {reason(error)}") from None
        raise ProviderError(provider, reason(error)) from None
    if session.get_providers()[0] != full:
        raise ProviderError(provider, "onnxruntime would use the CPU instead")
    return session


def _read(path: Path) -> bytes:
    try:
        if (size := path.stat().st_size) > MOST_BYTES:
            raise LivevoxError(f"{path} has {size} bytes: a model has at most {MOST_BYTES}")
        return path.read_bytes()
    except OSError as error:
        raise LivevoxError(
            f"{path} can't be read ({error.strerror}): check its permissions and its disk"
        ) from None


def _check_graph(whole: onnxruntime.InferenceSession) -> None:
    taken = {i.name: i.shape for i in whole.get_inputs()}
    given = [o.name for o in whole.get_outputs()]
    if list(taken) != [INPUT_NAME] or not set(OUTPUT_NAMES) <= set(given):
        raise ValueError(f"it maps {list(taken)} to {given}")
    shape = taken[INPUT_NAME]
    if len(shape) != 3 or shape[2] != NET_BINS:
        raise ValueError(
            f"its input is ({', '.join(map(str, shape))}), not (batch, frames, {NET_BINS})"
        )


def _check_results(model: Model) -> None:
    """Run the shortest window once and check what comes out."""
    geometry = model.info.geometry
    frames = geometry.window_frames(geometry.step)
    count = frames - geometry.lost_frames
    mask, activity = model.run(np.ones((frames, NET_BINS), np.float32))
    if mask.shape != (count, NET_BINS) or activity.shape != (count,):
        raise ValueError(
            f"for {frames} frames it returns a mask of shape {mask.shape} and an activity of shape "
            f"{activity.shape}, not {(count, NET_BINS)} and {(count,)}"
        )
    if not (np.isfinite(mask).all() and np.isfinite(activity).all()):
        raise ValueError("its outputs are NaN or infinite: get a good copy")


def _stage_graphs(
    whole: onnxruntime.InferenceSession, metadata: Mapping[str, str]
) -> dict[str, StageGraph]:
    if STAGES_KEY not in metadata:
        raise ValueError(
            "an earlier livevox wrote it, with other stages: "
            "convert it with python -m train convert OLD.onnx NEW.onnx"
        )
    stages = from_metadata(metadata[STAGES_KEY])
    given = {o.name for o in whole.get_outputs()}
    if missing := sorted({w for graph in stages.values() for w in graph.weights} - given):
        raise ValueError(f"its graph lacks the stages' weights {', '.join(missing)}")
    for graph in stages.values():
        check_file(graph.model, graph.weights)
    return stages
