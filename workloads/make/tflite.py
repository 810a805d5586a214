"""Reads a TFLite model file: the FlatBuffers tables that a converter of convolutional networks needs, no more.

Positions come from the file itself. struct raises on a position outside of it, so a damaged file is an exception,
never a wrong read.
"""

import dataclasses
import pathlib
import struct

import numpy

# BuiltinOperator and TensorType of TFLite's schema.fbs, as far as they are used here.
OPERATORS = {0: "ADD", 1: "AVERAGE_POOL_2D", 3: "CONV_2D", 4: "DEPTHWISE_CONV_2D", 6: "DEQUANTIZE",
             9: "FULLY_CONNECTED", 14: "LOGISTIC", 17: "MAX_POOL_2D", 18: "MUL", 19: "RELU", 22: "RESHAPE",
             23: "RESIZE_BILINEAR", 32: "CUSTOM", 34: "PAD", 40: "MEAN", 117: "HARD_SWISH"}
DTYPES = {0: numpy.dtype("<f4"), 1: numpy.dtype("<f2"), 2: numpy.dtype("<i4")}


class Table:
    """A FlatBuffers table. Fields are named by their index in the schema; an absent one gives its default."""

    def __init__(self, data: bytes, position: int) -> None:
        self.data = data
        self.position = position
        self._vtable = position - struct.unpack_from("<i", data, position)[0]
        self._size = struct.unpack_from("<H", data, self._vtable)[0]

    def _field(self, index: int) -> int | None:
        slot = 4 + 2 * index
        if slot >= self._size:
            return None
        offset = struct.unpack_from("<H", self.data, self._vtable + slot)[0]
        return self.position + offset if offset else None

    def _follow(self, index: int) -> int | None:
        field = self._field(index)
        return None if field is None else field + struct.unpack_from("<I", self.data, field)[0]

    def scalar(self, index: int, form: str, default: int = 0) -> int:
        field = self._field(index)
        return default if field is None else struct.unpack_from("<" + form, self.data, field)[0]

    def table(self, index: int) -> "Table":
        position = self._follow(index)
        if position is None:
            raise ValueError(f"TFLite table without its field {index}")
        return Table(self.data, position)

    def bytes(self, index: int) -> bytes:
        start = self._follow(index)
        if start is None:
            return b""
        length = struct.unpack_from("<I", self.data, start)[0]
        return struct.unpack_from(f"<{length}s", self.data, start + 4)[0]

    def text(self, index: int) -> str:
        return self.bytes(index).decode("utf-8")

    def integers(self, index: int) -> list[int]:
        start = self._follow(index)
        if start is None:
            return []
        length = struct.unpack_from("<I", self.data, start)[0]
        return list(struct.unpack_from(f"<{length}i", self.data, start + 4))

    def tables(self, index: int) -> list["Table"]:
        start = self._follow(index)
        if start is None:
            return []
        length = struct.unpack_from("<I", self.data, start)[0]
        places = range(start + 4, start + 4 + 4 * length, 4)
        return [Table(self.data, place + struct.unpack_from("<I", self.data, place)[0]) for place in places]


@dataclasses.dataclass
class Tensor:
    name: str
    shape: tuple[int, ...]
    constant: numpy.ndarray | None


@dataclasses.dataclass
class Operator:
    kind: str  # "CONV_2D", or a custom operator's own name
    inputs: list[int]
    outputs: list[int]
    options: Table | None
    custom_options: bytes


@dataclasses.dataclass
class Model:
    tensors: list[Tensor]
    operators: list[Operator]
    inputs: list[int]
    outputs: list[int]


def read(file: pathlib.Path) -> Model:
    """The model's only graph."""
    data = file.read_bytes()
    if data[4:8] != b"TFL3":
        raise ValueError(f"{file}: not a TFLite model")
    root = Table(data, struct.unpack_from("<I", data, 0)[0])
    kinds = [_kind(code) for code in root.tables(1)]
    graphs, buffers = root.tables(2), root.tables(4)
    if len(graphs) != 1:
        raise ValueError(f"{file}: {len(graphs)} graphs, expected one")
    tensors = [_tensor(table, buffers) for table in graphs[0].tables(0)]
    operators = [_operator(table, kinds) for table in graphs[0].tables(3)]
    return Model(tensors, operators, graphs[0].integers(1), graphs[0].integers(2))


def _kind(code: Table) -> str:
    # Files older than schema 3a hold the code in one byte, newer ones in both fields.
    number = max(code.scalar(0, "b"), code.scalar(3, "i"))
    kind = OPERATORS.get(number)
    if kind is None:
        raise ValueError(f"TFLite operator {number} is not supported")
    return code.text(1) if kind == "CUSTOM" else kind


def _tensor(table: Table, buffers: list[Table]) -> Tensor:
    shape = tuple(table.integers(0))
    raw = buffers[table.scalar(2, "I")].bytes(0)
    if not raw:
        return Tensor(table.text(3), shape, None)
    dtype = DTYPES.get(table.scalar(1, "b"))
    if dtype is None:
        raise ValueError(f"TFLite tensor {table.text(3)}: type {table.scalar(1, 'b')} is not supported")
    return Tensor(table.text(3), shape, numpy.frombuffer(raw, dtype).reshape(shape))


def _operator(table: Table, kinds: list[str]) -> Operator:
    has_options = table.scalar(3, "B") != 0
    return Operator(kinds[table.scalar(0, "I")], table.integers(1), table.integers(2),
                    table.table(4) if has_options else None, table.bytes(5))
