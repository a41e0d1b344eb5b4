"""What can't be meant is refused before it takes time or memory; what is plain is taken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

import livevox
from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError


@pytest.fixture
def audio() -> Audio:
    return np.random.default_rng(2).normal(0, 0.1, (2, 9000)).astype(np.float32)


def test_a_transposed_array_is_refused_with_the_remedy(
    audio: Audio, model_files: dict[str, Path]
) -> None:
    with pytest.raises(LivevoxError, match=r"\(9000, 2\).* transpose"):
        livevox.separate(audio.T, 44_100, model_files["live"])
    with pytest.raises(LivevoxError, match="9000 channels"):
        livevox.StreamingSeparator(livevox.load_model(model_files["live"]), 44_100, 9000)
    with pytest.raises(ValueError, match=r"\(1, 2, 9000\)"):
        livevox.separate(audio[None], 44_100, model_files["live"])


def test_integers_are_scaled_and_other_kinds_refused(
    audio: Audio, model_files: dict[str, Path]
) -> None:
    whole = livevox.separate(audio, 44_100, model_files["live"])
    for kind in (np.int16, np.int32):
        integers = np.rint(audio * -float(np.iinfo(kind).min)).astype(kind)
        result = livevox.separate(integers, 44_100, model_files["live"])
        np.testing.assert_allclose(result.vocals, whole.vocals, atol=1e-4)
    for nonsense in (audio > 0, audio.astype(np.complex64), (audio * 99).astype(np.uint8)):
        with pytest.raises(TypeError, match="give floats"):
            livevox.separate(nonsense, 44_100, model_files["live"])


def test_paths_and_whole_floats_are_taken(audio: Audio, model_files: dict[str, Path]) -> None:
    by_path = livevox.separate(audio, 44_100.0, model_files["live"])
    by_name = livevox.separate(audio, 44_100, str(model_files["live"]))
    np.testing.assert_array_equal(by_path.vocals, by_name.vocals)
    with pytest.raises(LivevoxError, match=r"44100\.5 Hz"):
        livevox.separate(audio, 44_100.5, model_files["live"])


def test_models_that_give_no_mask_are_refused_when_loaded(
    tmp_path: Path, model_files: dict[str, Path]
) -> None:
    for name, path in model_files.items():
        graph = onnx.load(path)
        for weights in graph.graph.initializer:
            values = numpy_helper.to_array(weights)
            if values.ndim == 4 and np.issubdtype(values.dtype, np.floating):
                damaged = values.copy()
                damaged.flat[0] = np.nan
                weights.CopyFrom(numpy_helper.from_array(damaged, weights.name))
                break
        onnx.save(graph, tmp_path / f"{name}.onnx")
        with pytest.raises(LivevoxError, match=r"is NaN or infinite: get a good copy"):
            livevox.load_model(tmp_path / f"{name}.onnx")
    graph = onnx.load(model_files["paper"])
    for node in graph.graph.node:
        node.output[:] = ["whole mask" if name == "mask" else name for name in node.output]
        node.input[:] = ["whole mask" if name == "mask" else name for name in node.input]
    graph.graph.node.append(
        onnx.helper.make_node("Transpose", ["whole mask"], ["mask"], perm=[0, 2, 1])
    )
    onnx.save(graph, tmp_path / "turned.onnx")
    with pytest.raises(LivevoxError, match=r"mask of shape"):
        livevox.load_model(tmp_path / "turned.onnx")
