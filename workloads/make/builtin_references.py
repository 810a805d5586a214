#!/usr/bin/env python3
"""Computes the answers that the builtin workloads are judged by, in double precision with numpy alone.

Usage: builtin_references.py MODELS      the folder of --models, after 'edgebench verify --workloads builtin'

Reads the models that the program wrote, knows the inputs by its own generator, and prints golden.inc.
"""

import pathlib
import sys

import numpy
import onnx

import onnx_double

NETWORKS = ("vision", "speech", "nlp")
SAMPLES = 8
PATCH = 8
_MASK = (1 << 64) - 1


class Numbers:
    """splitmix64, as in workloads/builtin/numbers.h."""

    def __init__(self, seed: int):
        self._state = seed

    def bits(self) -> int:
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        z = (z ^ z >> 27) * 0x94D049BB133111EB & _MASK
        return z ^ z >> 31

    def unit(self) -> float:
        return ((self.bits() >> 53) - 1024) / 1024

    def byte(self) -> int:
        return self.bits() >> 56


def sample(index: int, shape: tuple[int, ...]) -> numpy.ndarray:
    """The input of a sample: bytes for [1, length], else pictures."""
    numbers = Numbers(1000 + index)
    if len(shape) == 2:
        return numpy.array([[numbers.byte() for _ in range(shape[1])]], numpy.int64)
    _, channels, rows, columns = shape
    made = numpy.empty(shape)
    for channel in range(channels):
        for row in range(rows):
            if row % PATCH == 0:
                patches = [numbers.unit() for _ in range(-(-columns // PATCH))]
            for column in range(columns):
                made[0, channel, row, column] = (3 * patches[column // PATCH] + numbers.unit()) / 2
    return made


def answers(file: pathlib.Path) -> list[list[float]]:
    """One list a sample."""
    model = onnx.load(str(file))
    shape = tuple(dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim)
    return [onnx_double.run(model, {"input": sample(index, shape)})["logits"][0].tolist() for index in range(SAMPLES)]


def text_of(found: dict[str, list[list[float]]]) -> str:
    """golden.inc: rows of an array in C++."""
    lines = ["// Made by workloads/make/builtin_references.py.\n// clang-format off\n"]
    for name, rows in found.items():
        lines.append(f'{{"{name}", {{{{\n')
        for row in rows:
            numbers = [f"{number:.9e}F" for number in row]
            parts = [", ".join(numbers[first:first + 6]) for first in range(0, len(numbers), 6)]
            lines.append("  {" + ",\n   ".join(parts) + "},\n")
        lines.append("}}},\n")
    return "".join(lines)


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1]) / "builtin"
    sys.stdout.write(text_of({name: answers(folder / name / "model.onnx") for name in NETWORKS}))
