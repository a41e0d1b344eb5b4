"""A model that is more than data is refused before anything of it runs, in one clear line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from livevox.errors import LivevoxError
from livevox.network.cached import CachedMasker
from livevox.network.file_check import check_file
from livevox.network.model import INPUT_NAME, STAGES_KEY, load_model
from livevox.network.stages import StageGraph, from_metadata, to_metadata
from tests.fuzz import ends

Change = Callable[[onnx.ModelProto], None]


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in the current folder that no model has any business to read."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "secret"
    path.write_bytes(bytes(10**6))
    return path


def refusal(model: onnx.ModelProto, folder: Path) -> str:
    """What is said of a file with this model: one line."""
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(LivevoxError) as caught:
        CachedMasker(load_model(path))
    said = str(caught.value)
    assert said.isprintable()
    return said.removeprefix(f"{path} is not a model for this livevox: ")


def in_another_file(tensor: onnx.TensorProto) -> None:
    """Give a weight a place in a file instead of its values."""
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.append(onnx.StringStringEntryProto(key="location", value="secret"))


def weight(model: onnx.ModelProto, size: int = 2) -> onnx.TensorProto:
    """A weight of float32 with so many values at least."""
    return next(
        tensor
        for tensor in model.graph.initializer
        if tensor.data_type == onnx.TensorProto.FLOAT and np.prod(tensor.dims) >= size
    )


def external(model: onnx.ModelProto) -> None:
    in_another_file(weight(model))


def external_constant(model: onnx.ModelProto) -> None:
    tensor = numpy_helper.from_array(np.zeros(4, np.float32), "hidden")
    in_another_file(tensor)
    model.graph.node.append(helper.make_node("Constant", [], ["hidden"], value=tensor))


def custom(model: onnx.ModelProto) -> None:
    model.opset_import.append(helper.make_opsetid("com.evil", 1))
    model.graph.node.append(helper.make_node("Run", [INPUT_NAME], ["ran"], domain="com.evil"))


def own_function(model: onnx.ModelProto) -> None:
    node = helper.make_node("Relu", ["x"], ["y"])
    opset = [helper.make_opsetid("", 18)]
    model.functions.append(helper.make_function("own", "Relu", ["x"], ["y"], [node], opset))


def program(model: onnx.ModelProto) -> None:
    """A loop that would run for ever."""
    kinds = onnx.TensorProto
    go_on = helper.make_tensor_value_info("on", kinds.BOOL, [])
    body = helper.make_graph(
        [helper.make_node("Identity", ["on"], ["on_out"])],
        "body",
        [helper.make_tensor_value_info("i", kinds.INT64, []), go_on],
        [helper.make_tensor_value_info("on_out", kinds.BOOL, [])],
    )
    model.graph.initializer.append(numpy_helper.from_array(np.array(2**62), "times"))
    model.graph.node.append(helper.make_node("Loop", ["times", ""], [], body=body))


def sparse(model: onnx.ModelProto) -> None:
    values = numpy_helper.from_array(np.ones(1, np.float32), "sparse")
    indices = numpy_helper.from_array(np.zeros(1, np.int64), "indices")
    model.graph.sparse_initializer.append(helper.make_sparse_tensor(values, indices, [2**40]))


def set_first(value: float, kind: type[np.floating]) -> Change:
    """One weight becomes this value, in an initializer that the outputs hardly depend on."""

    def change(model: onnx.ModelProto) -> None:
        tensor = weight(model)
        values = numpy_helper.to_array(tensor).astype(kind)
        values.flat[0] = value
        tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))

    return change


def typed_values(model: onnx.ModelProto) -> None:
    """NaN in the field for floats instead of the raw bytes."""
    tensor = helper.make_tensor("typed", onnx.TensorProto.FLOAT, [2], [1, np.nan])
    model.graph.initializer.append(tensor)


def lies_of_its_size(model: onnx.ModelProto) -> None:
    weight(model).dims[0] = 2**30


def strings(model: onnx.ModelProto) -> None:
    model.graph.initializer.append(helper.make_tensor("words", onnx.TensorProto.STRING, [1], ["x"]))


def huge_values(how: str) -> Change:
    """A hundred GB from a shape that is a few bytes; ``how`` is as it runs or when it is loaded."""

    def change(model: onnx.ModelProto) -> None:
        graph = model.graph
        graph.initializer.append(numpy_helper.from_array(np.array([25 * 10**9]), "huge"))
        if how == "runs":
            graph.node.append(helper.make_node("ReduceMax", [INPUT_NAME], ["one"], keepdims=0))
            graph.node.append(helper.make_node("Expand", ["one", "huge"], ["values"]))
        else:
            graph.node.append(helper.make_node("ConstantOfShape", ["huge"], ["values"]))
        graph.node.append(helper.make_node("ReduceMax", ["values"], ["largest"], keepdims=0))
        add = next(node for node in graph.node if node.op_type == "Sigmoid")
        name = add.input[0]
        graph.node.append(helper.make_node("Mul", [name, "largest"], ["scaled"]))
        graph.node.remove(add)
        graph.node.append(helper.make_node("Sigmoid", ["scaled"], list(add.output)))
        others = [node for node in graph.node if name in node.input and node.op_type == "Sigmoid"]
        assert not others

    return change


CHANGES: dict[str, tuple[Change, str]] = {
    "weights in another file": (external, "is in another file: save all in one file"),
    "a constant in another file": (external_constant, "weight 'hidden' is in another file"),
    "a custom operator": (custom, "it has the operator com.evil.Run: only ONNX's own are run"),
    "an operator of its own": (own_function, "it has operators of its own"),
    "a loop": (program, "it has the operator Loop, a program: a network needs none"),
    "sparse weights": (sparse, "it has sparse weights"),
    "NaN": (set_first(np.nan, np.float32), "is NaN or infinite: get a good copy"),
    "infinite": (set_first(-np.inf, np.float32), "is NaN or infinite: get a good copy"),
    "NaN in half precision": (set_first(np.nan, np.float16), "is NaN or infinite"),
    "NaN in double precision": (set_first(np.inf, np.float64), "is NaN or infinite"),
    "NaN, not raw": (typed_values, "weight 'typed' is NaN or infinite"),
    "a shape that is not there": (lies_of_its_size, "values, its shape [1073741824"),
    "texts": (strings, "weight 'words' is of ONNX's type 8"),
    "huge values as it runs": (huge_values("runs"), "it asks for more than 2 GiB of memory"),
    "huge values as it loads": (huge_values("loads"), "it asks for more than 2 GiB of memory"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("geometry", ["live", "paper"])
def test_a_model_that_is_more_than_data_is_refused(
    model_files: dict[str, Path], tmp_path: Path, secret: Path, geometry: str, change: str
) -> None:
    model = onnx.load(model_files[geometry])
    make, said = CHANGES[change]
    make(model)
    assert said in refusal(model, tmp_path)


def with_stages(model: onnx.ModelProto, change: Change, stage: str = "merge1") -> None:
    """Change a stage of the model."""
    entry = next(entry for entry in model.metadata_props if entry.key == STAGES_KEY)
    graphs = from_metadata(entry.value)
    changed = onnx.load_from_string(graphs[stage].model)
    change(changed)
    graphs[stage] = StageGraph(changed.SerializeToString(), graphs[stage].weights)
    entry.value = to_metadata(graphs)


def hidden_weight(stage: onnx.ModelProto) -> None:
    """A weight from a file, beside those that the whole graph gives."""
    tensor = numpy_helper.from_array(np.zeros(4, np.float32), "hidden")
    in_another_file(tensor)
    stage.graph.initializer.append(tensor)


def huge_input(stage: onnx.ModelProto) -> None:
    stage.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 2**40


def open_input(stage: onnx.ModelProto) -> None:
    stage.graph.input[0].type.tensor_type.shape.dim[1].dim_param = "any"


def other_input(stage: onnx.ModelProto) -> None:
    stage.graph.input[0].type.tensor_type.shape.dim[1].dim_value += 1


def outputs_swapped(stage: onnx.ModelProto) -> None:
    first, second = stage.graph.output[0], stage.graph.output[1]
    first.name, second.name = second.name, first.name
    first.ClearField("type")
    second.ClearField("type")


STAGE_CHANGES: dict[str, tuple[Change, str]] = {
    "weights in another file": (hidden_weight, "weight 'hidden' is in another file"),
    "a custom operator": (custom, "it has the operator com.evil.Run"),
    "NaN": (typed_values, "weight 'typed' is NaN or infinite"),
    "a huge input": (huge_input, "is of the shape [1, 1099511627776"),
    "an input of any size": (open_input, "model 'live' can't be run"),
    "an input of another size": (other_input, "model 'live' can't be run"),
    "no ONNX": (lambda stage: stage.Clear(), "model 'live' can't be run"),
}


@pytest.mark.parametrize("change", STAGE_CHANGES)
def test_stages_are_checked_like_the_whole_graph(
    model_files: dict[str, Path], tmp_path: Path, secret: Path, change: str
) -> None:
    model = onnx.load(model_files["live"])
    make, said = STAGE_CHANGES[change]
    with_stages(model, make)
    assert said in refusal(model, tmp_path)


def test_stages_that_return_something_else_are_refused(
    model_files: dict[str, Path], tmp_path: Path
) -> None:
    model = onnx.load(model_files["live"])
    with_stages(model, outputs_swapped, "merge0")
    assert "don't return mask and activity" in refusal(model, tmp_path)


def test_stages_nested_without_end_are_refused(
    model_files: dict[str, Path], tmp_path: Path
) -> None:
    model = onnx.load(model_files["live"])
    entry = next(entry for entry in model.metadata_props if entry.key == STAGES_KEY)
    for value in ("[" * 100_000, json.dumps([]), json.dumps({"encode0": 1})):
        entry.value = value
        assert "its stages are broken" in refusal(model, tmp_path)


def test_a_file_cut_anywhere_is_refused(model_files: dict[str, Path], tmp_path: Path) -> None:
    data = model_files["live"].read_bytes()
    path = tmp_path / "cut.onnx"
    for length in np.linspace(0, len(data) - 1, 40, dtype=int):
        path.write_bytes(data[:length])
        with pytest.raises(LivevoxError, match="not a model for this livevox"):
            load_model(path)


def message(number: int, content: bytes) -> bytes:
    """A field of a protocol buffer that holds a message or bytes."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    data = bytearray()
    while value >= 0x80:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*data, value])


def test_a_field_that_others_read_as_another_one_is_refused() -> None:
    """Protocol buffers' own reader drops the bits of a number above 32."""
    hidden = varint(2**32 | 25 << 3 | 2) + varint(0)
    with pytest.raises(ValueError, match="can't be loaded as an ONNX model"):
        check_file(hidden)


@pytest.mark.parametrize("dims", [varint(2**63) * 200_000, varint(3) * 1_000_000])
def test_a_shape_that_takes_long_to_multiply_is_refused_at_once(dims: bytes) -> None:
    tensor = message(1, dims) + varint(2 << 3) + varint(1)
    with ends(), pytest.raises(ValueError, match="dimensions") as caught:
        check_file(message(7, message(5, tensor)))
    assert len(str(caught.value)) < 200


def test_many_empty_fields_take_no_memory() -> None:
    with pytest.raises(ValueError, match="can't be loaded as an ONNX model"):
        check_file(message(7, b"\x0a\x00" * 2_000_000))


def test_onnxruntimes_own_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"\x08\x00\x09\x00ORTM" + bytes(5) + b"\x10" * 51)
    with pytest.raises(LivevoxError, match=r"model\.onnx is not a model"):
        load_model(path)
