"""Refuses model files that are more than data, before onnxruntime sees them.

Reading the file with the package onnx would need that package where livevox runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from livevox.network.onnx_file import GRAPH, Value, as_bytes, fields, message, numbers, text
from livevox.network.session import MOST_MEMORY

MOST_BYTES = 2**31 - 1
"""Of a file, as of any protocol buffer."""
MOST_DIMENSIONS, LONGEST_DIMENSION = 8, 2**31
"""Of a tensor: a shape beyond takes long to multiply."""
_STANDARD = ("", "ai.onnx")
"""The domain of ONNX's own operators, by both its names."""

# Numbers of fields, as onnx.proto names them.
_FUNCTIONS = 25
_NODE, _INITIALIZER, _INPUT, _SPARSE = 1, 5, 11, 15
_OPERATOR, _ATTRIBUTE, _DOMAIN = 4, 5, 7
_TENSOR, _TENSORS, _SUBGRAPH, _SUBGRAPHS, _SPARSE_ONE, _SPARSE_MANY = 5, 10, 6, 11, 22, 23
_DIMS, _TYPE, _NAME, _RAW, _EXTERNAL, _LOCATION = 1, 2, 8, 9, 13, 14
_FLOATS, _INT32, _INT64, _DOUBLES, _UINT64 = 4, 5, 7, 10, 11


@dataclass(frozen=True)
class _Kind:
    """A type of number: its bytes, the field that has its values where they are not raw, and the
    bits of its exponent if it is a float."""

    size: int
    field: int
    exponent: int = 0


_KINDS = {
    1: _Kind(4, _FLOATS, 0x7F80_0000),
    2: _Kind(1, _INT32),
    3: _Kind(1, _INT32),
    4: _Kind(2, _INT32),
    5: _Kind(2, _INT32),
    6: _Kind(4, _INT32),
    7: _Kind(8, _INT64),
    9: _Kind(1, _INT32),
    10: _Kind(2, _INT32, 0x7C00),
    11: _Kind(8, _DOUBLES, 0x7FF0_0000_0000_0000),
    12: _Kind(4, _UINT64),
    13: _Kind(8, _UINT64),
    16: _Kind(2, _INT32, 0x7F80),
}
"""By ONNX's number of the type; those of strings, complex numbers and less than a byte lack."""


def check_file(data: bytes, given: Collection[str] = ()) -> None:
    """Check an ONNX model.

    Raises ValueError with the reason if it needs other files, has operators of its own or a program
    inside, if a weight is NaN, infinite, or of another size than stated, or if an input is huge.
    The weights named in ``given`` come from elsewhere.
    """
    model = fields(memoryview(data))
    if model[_FUNCTIONS]:
        raise ValueError("it has operators of its own: only ONNX's are run")
    for graph in map(message, model[GRAPH]):
        if graph[_SPARSE]:
            raise ValueError("it has sparse weights: give all of them")
        for tensor in graph[_INITIALIZER]:
            _check_tensor(message(tensor), given)
        for node in graph[_NODE]:
            _check_node(message(node))
        for value in graph[_INPUT]:
            _check_input(message(value))


def _check_node(node: defaultdict[int, list[Value]]) -> None:
    operator, domain = text(node[_OPERATOR]), text(node[_DOMAIN])
    if domain not in _STANDARD:
        raise ValueError(f"it has the operator {domain}.{operator}: only ONNX's own are run")
    for attribute in map(message, node[_ATTRIBUTE]):
        if attribute[_SUBGRAPH] or attribute[_SUBGRAPHS]:
            raise ValueError(f"it has the operator {operator}, a program: a network needs none")
        if attribute[_SPARSE_ONE] or attribute[_SPARSE_MANY]:
            raise ValueError("it has sparse weights: give all of them")
        for tensor in attribute[_TENSOR] + attribute[_TENSORS]:
            _check_tensor(message(tensor), ())


def _check_tensor(tensor: defaultdict[int, list[Value]], given: Collection[str]) -> None:
    name = text(tensor[_NAME])
    if tensor[_EXTERNAL] or any(tensor[_LOCATION]):
        if name not in given:
            raise ValueError(f"its weight '{name}' is in another file: save all in one file")
        return
    types = list(numbers(tensor[_TYPE])) or [0]
    kind = _KINDS.get(types[-1])
    if kind is None:
        raise ValueError(f"its weight '{name}' is of ONNX's type {types[-1]}: use float32")
    shape = _shape(f"its weight '{name}'", numbers(tensor[_DIMS]))
    values = _values(tensor, kind)
    if len(values) != prod(shape):
        raise ValueError(
            f"its weight '{name}' has {len(values)} values, its shape {shape} needs {prod(shape)}"
        )
    if kind.exponent and (values & kind.exponent == kind.exponent).any():
        raise ValueError(f"its weight '{name}' is NaN or infinite: get a good copy")


def _values(
    tensor: defaultdict[int, list[Value]], kind: _Kind
) -> npt.NDArray[np.unsignedinteger[Any]]:
    """The bits of a tensor's values as unsigned integers."""
    bits = np.dtype(f"<u{kind.size}")
    if tensor[_RAW]:
        raw = as_bytes(tensor[_RAW][-1])
    elif kind.field in (_FLOATS, _DOUBLES):
        raw = memoryview(b"".join(map(as_bytes, tensor[kind.field])))
    else:
        mask = 2 ** (8 * kind.size) - 1
        return np.array([number & mask for number in numbers(tensor[kind.field])], bits)
    if len(raw) % kind.size:
        raise ValueError(f"its weight '{text(tensor[_NAME])}' is cut off")
    return np.frombuffer(raw, bits)


def _check_input(value: defaultdict[int, list[Value]]) -> None:
    sizes = (
        number
        for kind in map(message, value[2])
        for tensor in map(message, kind[1])
        for dimensions in map(message, tensor[2])
        for dimension in map(message, dimensions[1])
        for number in numbers(dimension[1])
    )
    what = f"its input '{text(value[1])}'"
    shape = _shape(what, sizes)
    if 4 * prod(shape) > MOST_MEMORY:
        raise ValueError(f"{what} is of the shape {shape}: that is too large")


def _shape(what: str, sizes: Iterator[int]) -> list[int]:
    shape = list(islice(sizes, MOST_DIMENSIONS + 1))
    if len(shape) > MOST_DIMENSIONS:
        raise ValueError(f"{what} has more than {MOST_DIMENSIONS} dimensions")
    if max(shape, default=0) >= LONGEST_DIMENSION:
        raise ValueError(f"{what} is of the shape {shape}: that is too large")
    return shape
