"""The exported file computes the same as torch, and has its metadata."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from livevox import Model, ModelInfo, load_model
from livevox.errors import LivevoxError
from livevox.network.geometry import Geometry
from livevox.network.model import STAGES_KEY
from train.network.checkpoints import WEIGHT_PREFIX
from train.network.export import convert, export
from train.network.model import Net

TOLERANCE = 1e-3
"""For random initial weights, float16 changes the output less than for trained ones."""


@pytest.mark.parametrize("frames", [126, 222, 654])
def test_onnx_equals_torch_on_any_length(
    models: dict[str, Model], nets: dict[str, Net], frames: int
) -> None:
    for name, model in models.items():
        rng = np.random.default_rng(frames)
        window = (3 * rng.random((frames, 257)) ** 3).astype(np.float32)
        mask, activity = model.run(window)
        with torch.no_grad():
            expected_mask, logits = nets[name](torch.from_numpy(window)[None])
        assert mask.shape == (frames - nets[name].geometry.lost_frames, 257)
        np.testing.assert_allclose(mask, expected_mask[0], atol=TOLERANCE)
        np.testing.assert_allclose(activity, torch.sigmoid(logits)[0], atol=TOLERANCE)


def test_metadata_survives_the_file(models: dict[str, Model], nets: dict[str, Net]) -> None:
    for name, model in models.items():
        assert model.info == ModelInfo(name, "0", nets[name].geometry, "none", "MIT")
        assert model.provider == "CPUExecutionProvider"


def test_most_weights_are_stored_as_float16(model_files: dict[str, Path]) -> None:
    sizes = {onnx.TensorProto.FLOAT: 0, onnx.TensorProto.FLOAT16: 0}
    for weight in onnx.load(model_files["live"]).graph.initializer:
        if weight.data_type in sizes and weight.name.startswith(WEIGHT_PREFIX):
            sizes[weight.data_type] += int(np.prod(weight.dims))
    assert sizes[onnx.TensorProto.FLOAT16] > 2 * sizes[onnx.TensorProto.FLOAT]


def test_a_file_holds_no_path_of_the_machine_that_made_it(model_files: dict[str, Path]) -> None:
    for path in model_files.values():
        content = path.read_bytes()
        assert b"site-packages" not in content
        assert b"train/network" not in content


def test_metadata_that_is_not_the_networks_is_refused(nets: dict[str, Net], tmp_path: Path) -> None:
    info = ModelInfo("live", "0", Geometry("causal", 5), "none", "MIT")
    with pytest.raises(ValueError, match="look_ahead=5"):
        export(nets["live"], info, tmp_path / "live.onnx")
    assert not list(tmp_path.iterdir())


def test_files_of_an_earlier_livevox_are_converted_without_loss(
    model_files: dict[str, Path], tmp_path: Path
) -> None:
    old, new = tmp_path / "old.onnx", tmp_path / "new.onnx"
    file = onnx.load(model_files["live"])
    (stages,) = (entry for entry in file.metadata_props if entry.key == STAGES_KEY)
    stages.key = "stages"
    onnx.save(file, old)
    with pytest.raises(LivevoxError, match=r"old\.onnx is not a model .* python -m train convert"):
        load_model(old)

    convert(old, new)
    before, after = (
        {
            tensor.name: tensor.SerializeToString()
            for tensor in onnx.load(path).graph.initializer
            if tensor.name.startswith(WEIGHT_PREFIX)
        }
        for path in (model_files["live"], new)
    )
    assert after == before
    assert load_model(new).info == load_model(model_files["live"]).info
