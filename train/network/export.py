"""Export of trained weights to livevox' ONNX file, checked against torch.

python -m train.network.export RUN/best.ckpt livevox/models/live.onnx --version 0.1 ...
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from livevox.dsp.stft import NET_BINS
from livevox.media.files import atomic_path
from livevox.network.info import ModelInfo
from livevox.network.model import INPUT_NAME, OUTPUT_NAMES
from livevox.network.stages import STAGES, inputs, outputs
from train.network.checkpoints import HALF_SUFFIX, WEIGHT_PREFIX, load_exported
from train.network.model import Net
from train.network.stage_graphs import with_stages_apart
from train.network.stages import empty_inputs, stages

HALF_TOLERANCE = 3e-3
"""Largest error of mask and activity by float16 weights: 50 dB below the mixture."""
HALF_FROM_SIZE = 100_000
"""Smallest tensor, in weights, that is stored as float16. The large tensors are on the coarse
levels, which have nearly all weights and where rounding is least audible."""
FLOAT_TOLERANCE = 5e-5
"""Largest difference from torch: four times the float32 rounding error of `paper`."""
TRACED_FRAMES = 222
CHECKED_FRAMES = 222 + 5 * 16


class Playable(nn.Module):
    """The exported network: activity as a probability and, in the causal alignment, the stages."""

    def __init__(self, net: Net) -> None:
        super().__init__()
        self._net = net

    def forward(self, log_magnitude: Tensor, *stage_inputs: Tensor) -> tuple[Tensor, ...]:
        """(batch, n, 257) to mask (batch, m, 257) and activity (batch, m), both in 0..1, and then
        the stages' outputs if their inputs are given."""
        mask, logits = self._net(log_magnitude)
        results = [mask, torch.sigmoid(logits)]
        rest = iter(stage_inputs)
        for name, stage in stages(self._net).items() if stage_inputs else ():
            results += stage(*(next(rest) for _ in STAGES[name][0]))
        return tuple(results)


def export(net: Net, info: ModelInfo, path: Path) -> float:
    """Write ``net`` as ONNX and return the largest difference from torch.

    The weights are stored as float16 if that changes the output by less than HALF_TOLERANCE.
    Raises ValueError if the graph's output differs from torch's.
    """
    if info.geometry != net.geometry:
        raise ValueError(f"the metadata says {info.geometry}, the network is {net.geometry}")
    playable = Playable(net).eval()
    model = traced(net)
    onnx.helper.set_model_props(model, info.to_metadata())
    if (difference := _difference(model, playable)) > FLOAT_TOLERANCE:
        raise ValueError(f"ONNX differs from torch by {difference:.2g}")
    half = _with_half_weights(model)
    if (half_difference := _difference(half, playable)) < HALF_TOLERANCE:
        model, difference = half, half_difference
    if net.geometry.alignment == "causal":
        model = with_stages_apart(model)
    onnx.checker.check_model(model, full_check=True)
    with atomic_path(path) as part:
        part.write_bytes(model.SerializeToString())
    return difference


def convert(source: Path, target: Path) -> None:
    """Export a model of an earlier livevox anew, with unchanged weights.

    Raises LivevoxError if ``source`` is no livevox model.
    """
    info, net = load_exported(source)
    export(net, info, target)


def traced(net: Net) -> onnx.ModelProto:
    """The graph of the whole network, with the stages in the causal alignment."""
    playable = Playable(net).eval()
    causal = net.geometry.alignment == "causal"
    empty = empty_inputs(net) if causal else {}
    stage_inputs = [tensor for tensors in empty.values() for tensor in tensors]
    frames = torch.export.Dim("cells", min=7, max=2**16) * 16 + 14
    with warnings.catch_warnings():
        # Ignore deprecations inside the exporter.
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            playable,
            (torch.rand(2, TRACED_FRAMES, NET_BINS), *stage_inputs),
            dynamo=True,
            verbose=False,
            input_names=[INPUT_NAME, *(name for stage in empty for name in inputs(stage))],
            output_names=[*OUTPUT_NAMES, *(name for stage in empty for name in outputs(stage))],
            dynamic_shapes={
                "log_magnitude": {0: torch.export.Dim("batch"), 1: frames},
                **({"stage_inputs": tuple({} for _ in stage_inputs)} if causal else {}),
            },
            opset_version=18,
        )
    assert program is not None
    model = program.model_proto
    # The exporter's notes on where each node comes from hold the paths of this machine.
    for node in model.graph.node:
        del node.metadata_props[:]
        node.ClearField("doc_string")
    # The exporter folds small weights and merges equal ones, but a training that starts from the
    # file needs all of them.
    kept = {tensor.name for tensor in model.graph.initializer}
    for name, weights in playable.state_dict().items():
        if name not in kept:
            model.graph.initializer.append(onnx.numpy_helper.from_array(weights.numpy(), name))
    # Inputs with a default may be left out: a run needs only those of its stage.
    for given, tensor in zip(model.graph.input[1:], stage_inputs, strict=True):
        model.graph.initializer.append(onnx.numpy_helper.from_array(tensor.numpy(), given.name))
    return model


def _difference(model: onnx.ModelProto, playable: Playable) -> float:
    """The largest difference of mask and activity, on loud and quiet input of another shape."""
    generator = torch.Generator().manual_seed(0)
    frames = 4 * torch.rand(3, CHECKED_FRAMES, NET_BINS, generator=generator) ** 4
    options = onnxruntime.SessionOptions()
    # It warns that the stages' inputs have defaults, which is intended.
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    with torch.no_grad():
        expected = playable(frames)
    played = session.run(OUTPUT_NAMES, {INPUT_NAME: frames.numpy()})
    return max(float(np.abs(p - e.numpy()).max()) for p, e in zip(played, expected, strict=True))


def _with_half_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store large weights as float16, cast at loading: the arithmetic does not change."""
    half = onnx.ModelProto()
    half.CopyFrom(model)
    casts = []
    for tensor in half.graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.size < HALF_FROM_SIZE or not tensor.name.startswith(WEIGHT_PREFIX):
            continue
        name = tensor.name
        tensor.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), name + HALF_SUFFIX))
        casts.append(
            onnx.helper.make_node("Cast", [name + HALF_SUFFIX], [name], to=onnx.TensorProto.FLOAT)
        )
    for position, node in enumerate(casts):
        half.graph.node.insert(position, node)
    return half
