"""Refuses model files that are more than data, before onnxruntime sees them.

The file is read as its format says: ONNX (https://onnx.ai/onnx/repo-docs/IR.html) in the encoding
of protocol buffers (https://protobuf.dev/programming-guides/encoding/). Reading it with the package
onnx would need that package where livevox runs.
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

from livevox.network.session import MOST_MEMORY

MOST_BYTES = 2**31 - 1
"""Of a file, as of any protocol buffer."""
MOST_FIELDS = 1_000_000
"""Of a message: reading takes some 200 bytes for each."""
MOST_DIMENSIONS, LONGEST_DIMENSION = 8, 2**31
"""Of a tensor: a shape beyond takes long to multiply."""
_STANDARD = ("", "ai.onnx")
"""The domain of ONNX's own operators, by both its names."""

NOT_ONNX = "it can't be loaded as an ONNX model"

# Numbers of fields, as onnx.proto names them.
_GRAPH, _FUNCTIONS = 7, 25
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
    model = _fields(memoryview(data))
    if model[_FUNCTIONS]:
        raise ValueError("it has operators of its own: only ONNX's are run")
    for graph in map(_message, model[_GRAPH]):
        if graph[_SPARSE]:
            raise ValueError("it has sparse weights: give all of them")
        for tensor in graph[_INITIALIZER]:
            _check_tensor(_message(tensor), given)
        for node in graph[_NODE]:
            _check_node(_message(node))
        for value in graph[_INPUT]:
            _check_input(_message(value))


Value = int | memoryview
"""A number, or the bytes of a message, a text or packed numbers."""


def _fields(data: memoryview) -> defaultdict[int, list[Value]]:
    """The values of a message by the number of the field. Raises ValueError if it is none."""
    fields: defaultdict[int, list[Value]] = defaultdict(list)
    at = count = 0
    while at < len(data):
        tag, at = _varint(data, at)
        # Other readers drop the bits above 32, and would see another field.
        if tag >= 2**32 or (count := count + 1) > MOST_FIELDS:
            raise ValueError(NOT_ONNX)
        value: Value
        match tag & 7:
            case 0:
                value, at = _varint(data, at)
            case 1 | 5 as kind:
                length = 8 if kind == 1 else 4
                value, at = data[at : at + length], at + length
            case 2:
                length, at = _varint(data, at)
                value, at = data[at : at + length], at + length
            case _:
                raise ValueError(NOT_ONNX)
        if at > len(data):
            raise ValueError(NOT_ONNX)
        fields[tag >> 3].append(value)
    return fields


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """An unsigned number of up to 64 bits, and where the next byte is."""
    value = 0
    for shift, byte in enumerate(data[at : at + 10]):
        value |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            return value, at + shift + 1
    raise ValueError(NOT_ONNX)


def _message(value: Value) -> defaultdict[int, list[Value]]:
    return _fields(_bytes(value))


def _bytes(value: Value) -> memoryview:
    if isinstance(value, int):
        raise ValueError(NOT_ONNX)
    return value


def _numbers(values: list[Value]) -> Iterator[int]:
    """Numbers, packed or not."""
    for value in values:
        if isinstance(value, int):
            yield value
            continue
        at = 0
        while at < len(value):
            number, at = _varint(value, at)
            yield number


def _text(values: list[Value]) -> str:
    """The last one counts."""
    return bytes(_bytes(values[-1])).decode(errors="surrogateescape") if values else ""


def _check_node(node: defaultdict[int, list[Value]]) -> None:
    operator, domain = _text(node[_OPERATOR]), _text(node[_DOMAIN])
    if domain not in _STANDARD:
        raise ValueError(f"it has the operator {domain}.{operator}: only ONNX's own are run")
    for attribute in map(_message, node[_ATTRIBUTE]):
        if attribute[_SUBGRAPH] or attribute[_SUBGRAPHS]:
            raise ValueError(f"it has the operator {operator}, a program: a network needs none")
        if attribute[_SPARSE_ONE] or attribute[_SPARSE_MANY]:
            raise ValueError("it has sparse weights: give all of them")
        for tensor in attribute[_TENSOR] + attribute[_TENSORS]:
            _check_tensor(_message(tensor), ())


def _check_tensor(tensor: defaultdict[int, list[Value]], given: Collection[str]) -> None:
    name = _text(tensor[_NAME])
    if tensor[_EXTERNAL] or any(tensor[_LOCATION]):
        if name not in given:
            raise ValueError(f"its weight '{name}' is in another file: save all in one file")
        return
    numbers = list(_numbers(tensor[_TYPE])) or [0]
    kind = _KINDS.get(numbers[-1])
    if kind is None:
        raise ValueError(f"its weight '{name}' is of ONNX's type {numbers[-1]}: use float32")
    shape = _shape(f"its weight '{name}'", _numbers(tensor[_DIMS]))
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
        raw = _bytes(tensor[_RAW][-1])
    elif kind.field in (_FLOATS, _DOUBLES):
        raw = memoryview(b"".join(map(_bytes, tensor[kind.field])))
    else:
        mask = 2 ** (8 * kind.size) - 1
        return np.array([number & mask for number in _numbers(tensor[kind.field])], bits)
    if len(raw) % kind.size:
        raise ValueError(f"its weight '{_text(tensor[_NAME])}' is cut off")
    return np.frombuffer(raw, bits)


def _check_input(value: defaultdict[int, list[Value]]) -> None:
    sizes = (
        number
        for kind in map(_message, value[2])
        for tensor in map(_message, kind[1])
        for dimensions in map(_message, tensor[2])
        for dimension in map(_message, dimensions[1])
        for number in _numbers(dimension[1])
    )
    what = f"its input '{_text(value[1])}'"
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
