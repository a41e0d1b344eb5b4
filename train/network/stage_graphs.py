"""The stages of a causal network as separate ONNX graphs, as livevox reads them."""

from __future__ import annotations

import onnx
import onnx.utils
from onnx import ModelProto, TensorProto

from livevox.network.model import INPUT_NAME, OUTPUT_NAMES, STAGES_KEY
from livevox.network.stages import STAGES, StageGraph, inputs, outputs, to_metadata
from train.network.checkpoints import WEIGHT_PREFIX

SHARED_FROM_BYTES = 1024
"""Smaller tensors are copied into each graph that needs them."""


def with_stages_apart(model: ModelProto) -> ModelProto:
    """Separate the stages from a graph that computes them beside the whole network.

    The result has the whole network with unchanged weights, and as further outputs the weights that
    stages share with it. The stages are in its metadata, see :mod:`livevox.network.stages`.
    """
    extractor = onnx.utils.Extractor(model)
    stages = {name: _stage(extractor.extract_model(inputs(name), outputs(name))) for name in STAGES}
    whole = extractor.extract_model([INPUT_NAME], list(OUTPUT_NAMES))
    needed = {tensor.name for tensor in whole.graph.initializer}
    shared = {weight for stage in stages.values() for weight in stage.weights}
    for tensor in model.graph.initializer:
        kept = tensor.name in shared or tensor.name.startswith(WEIGHT_PREFIX)
        if kept and tensor.name not in needed:
            whole.graph.initializer.append(tensor)
        if tensor.name in shared:
            whole.graph.output.append(
                onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
            )
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    onnx.helper.set_model_props(whole, metadata | {STAGES_KEY: to_metadata(stages)})
    return whole


def _stage(model: ModelProto) -> StageGraph:
    """A stage without its weights and without the default values of inputs, which are zeros."""
    given = {value.name for value in model.graph.input}
    tensors = [tensor for tensor in model.graph.initializer if tensor.name not in given]
    shared = [tensor.name for tensor in tensors if tensor.ByteSize() >= SHARED_FROM_BYTES]
    del model.graph.initializer[:]
    for tensor in tensors:
        model.graph.initializer.append(_elsewhere(tensor) if tensor.name in shared else tensor)
    return StageGraph(model.SerializeToString(deterministic=True), tuple(shared))


def _elsewhere(tensor: TensorProto) -> TensorProto:
    """The tensor without its values, which the session gets from outside."""
    return TensorProto(
        name=tensor.name,
        data_type=tensor.data_type,
        dims=tensor.dims,
        data_location=TensorProto.EXTERNAL,
        external_data=[onnx.StringStringEntryProto(key="location", value="whole graph")],
    )
