"""Weights that mean nothing: uniform, and the same bytes everywhere."""

import numpy

import common


class Uniform:
    def __init__(self, seed: int) -> None:
        self.arrays: dict[str, numpy.ndarray] = {}
        self._random = common.generator(seed)

    def add(self, name: str, shape: tuple[int, ...], deviation: float) -> None:
        numbers = (self._random.random_sample(shape) * 2 - 1) * (3**0.5 * deviation)
        self.arrays[name] = numbers.astype(numpy.float32)

    def linear(self, name: str, inputs: int, outputs: int, gain: float = 1.0) -> None:
        self.add(f"{name}.weight", (inputs, outputs), gain / inputs**0.5)
        self.add(f"{name}.bias", (outputs,), 0.1)
