"""Reads and shortens ONNX files as their format says, without the package onnx.

ONNX (https://onnx.ai/onnx/repo-docs/IR.html) is encoded as protocol buffers
(https://protobuf.dev/programming-guides/encoding/).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

NOT_ONNX = "it can't be loaded as an ONNX model"
MOST_FIELDS = 1_000_000
"""Of a message: reading takes some 200 bytes for each."""

# Numbers of fields, as onnx.proto names them.
GRAPH = 7
_OUTPUT, _OUTPUT_NAME = 12, 1
_BYTES = 2
"""The kind of a field that is a message, a text or packed numbers."""

Value = int | memoryview
"""A number, or the bytes of a message, a text or packed numbers."""


@dataclass(frozen=True)
class Field:
    """One field of a message: its number, its value, and all of its bytes."""

    number: int
    value: Value
    whole: memoryview


def each_field(data: memoryview) -> Iterator[Field]:
    """The fields of a message in their order. Raises ValueError if it is none."""
    at = count = 0
    while at < len(data):
        start = at
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
        yield Field(tag >> 3, value, data[start:at])


def fields(data: memoryview) -> defaultdict[int, list[Value]]:
    """The values of a message by the number of the field. Raises ValueError if it is none."""
    found: defaultdict[int, list[Value]] = defaultdict(list)
    for field in each_field(data):
        found[field.number].append(field.value)
    return found


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """An unsigned number of up to 64 bits, and where the next byte is."""
    value = 0
    for shift, byte in enumerate(data[at : at + 10]):
        value |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            return value, at + shift + 1
    raise ValueError(NOT_ONNX)


def message(value: Value) -> defaultdict[int, list[Value]]:
    """The fields of a message within another."""
    return fields(as_bytes(value))


def as_bytes(value: Value) -> memoryview:
    """A value that is no number. Raises ValueError if it is one."""
    if isinstance(value, int):
        raise ValueError(NOT_ONNX)
    return value


def numbers(values: list[Value]) -> Iterator[int]:
    """Numbers, packed or not."""
    for value in values:
        if isinstance(value, int):
            yield value
            continue
        at = 0
        while at < len(value):
            number, at = _varint(value, at)
            yield number


def text(values: list[Value]) -> str:
    """The last one counts."""
    return bytes(as_bytes(values[-1])).decode(errors="surrogateescape") if values else ""


def with_outputs(data: bytes, kept: Collection[str]) -> bytes:
    """A model's file without its other outputs. Raises ValueError if it is none."""
    parts: list[bytes | memoryview] = []
    for field in each_field(memoryview(data)):
        if field.number == GRAPH:
            graph = b"".join(
                part.whole
                for part in each_field(as_bytes(field.value))
                if part.number != _OUTPUT or text(message(part.value)[_OUTPUT_NAME]) in kept
            )
            parts += [bytes([GRAPH << 3 | _BYTES]), _as_varint(len(graph)), graph]
        else:
            parts.append(field.whole)
    return b"".join(parts)


def _as_varint(value: int) -> bytes:
    parts = []
    while value >= 0x80:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])
