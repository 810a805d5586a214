"""Reads a TensorFlow.js model: its JSON file, and the weights in the files beside it."""

import dataclasses
import json
import pathlib
import typing

import numpy

DTYPES = {"float32": numpy.dtype("<f4"), "int32": numpy.dtype("<i4"), "float16": numpy.dtype("<f2")}


@dataclasses.dataclass
class Model:
    topology: dict[str, typing.Any]
    weights: dict[str, numpy.ndarray]  # f32 or i32; halves are widened
    outputs: dict[str, str] = dataclasses.field(default_factory=dict)  # port -> tensor, where the file names them


def read(file: pathlib.Path) -> Model:
    description = json.loads(file.read_bytes())
    weights: dict[str, numpy.ndarray] = {}
    for group in description["weightsManifest"]:
        data = b"".join((file.parent / _plain(name)).read_bytes() for name in group["paths"])
        offset = 0
        for entry in group["weights"]:
            weights[entry["name"]], offset = _weight(entry, data, offset)
        if offset != len(data):
            raise ValueError(f"{file}: {len(data)} bytes of weights, {offset} are described")
    outputs = description.get("signature", {}).get("outputs", {})
    return Model(description["modelTopology"], weights, {port: tensor["name"] for port, tensor in outputs.items()})


def _plain(name: str) -> str:
    if pathlib.PurePosixPath(name).name != name:
        raise ValueError(f"'{name}' is no plain file name")
    return name


def _weight(entry: dict[str, typing.Any], data: bytes, offset: int) -> tuple[numpy.ndarray, int]:
    """The array that begins at `offset`, and where it ends."""
    stored = entry.get("quantization", {}).get("dtype", entry["dtype"])
    if stored not in DTYPES:
        raise ValueError(f"weights {entry['name']}: {stored} is not supported")
    count = int(numpy.prod(entry["shape"], dtype=numpy.int64))
    array = numpy.frombuffer(data, DTYPES[stored], count, offset).reshape(entry["shape"])
    return array.astype(DTYPES[entry["dtype"]]), offset + array.nbytes
