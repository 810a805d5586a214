#!/usr/bin/env python3
"""Computes the answers that large/text-generation-110m-* are judged by, in double precision; two minutes of work.

The decoder is written down anew, without a cache: an error in the graphs is none here. The answers are kept in references/,
since they are small and only a change of the network or its tokens changes them.
"""

import math
import sys

import numpy

import text_generation_110m as task
import text_generation_graph
import transformer

Array = numpy.ndarray


class Reference:
    def __init__(self, arrays: transformer.Arrays, size: text_generation_graph.Size):
        self._arrays, self._size = arrays, size

    def logits(self, tokens: list[int]) -> Array:
        """[tokens given, tokens known] after each of `tokens`."""
        x = self._of("bytes.weight")[tokens]
        for layer in range(self._size.layers):
            name = f"layer{layer}"
            y = self._normalized(f"{name}.norm1", x)
            mixed = self._attention(*(self._linear(f"{name}.{part}", y) for part in ("query", "key", "value")))
            x = x + self._linear(f"{name}.out", mixed)
            y = self._linear(f"{name}.grow", self._normalized(f"{name}.norm2", x))
            x = x + self._linear(f"{name}.shrink", y * _normal_share(y))
        return self._normalized("norm", x) @ self._of("bytes.weight").T

    def _attention(self, query: Array, key: Array, value: Array) -> Array:
        """Each token looks at those up to itself, less at those that are farther; the query is scaled already."""
        heads, count = self._size.shape.heads, len(query)
        behind = numpy.arange(count)[:, None] - numpy.arange(count)
        mixed = []
        for head, (q, k, v) in enumerate(zip(*(numpy.split(part, heads, axis=1) for part in (query, key, value)))):
            scores = numpy.where(behind >= 0, q @ k.T - behind / 2 ** (8 * (head + 1) / heads), -numpy.inf)
            shares = numpy.exp(scores - scores.max(axis=1, keepdims=True))
            mixed.append(shares / shares.sum(axis=1, keepdims=True) @ v)
        return numpy.concatenate(mixed, axis=1)

    def _normalized(self, name: str, x: Array) -> Array:
        centred = x - x.mean(axis=1, keepdims=True)
        deviation = numpy.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
        return centred / deviation * self._of(f"{name}.weight") + self._of(f"{name}.bias")

    def _linear(self, name: str, x: Array) -> Array:
        return x @ self._of(f"{name}.weight") + self._of(f"{name}.bias")

    def _of(self, name: str) -> Array:
        return self._arrays[name].astype(numpy.float64)


def _normal_share(x: Array) -> Array:
    """The share of a standard normal number below x."""
    return numpy.vectorize(lambda one: 0.5 * math.erfc(-one / math.sqrt(2)))(x)


def main() -> int:
    reference = Reference(task.weights(), task.SIZE)
    prefill = [reference.logits(tokens)[-1:] for tokens in task.prompts()]
    decode = [reference.logits(tokens) for tokens in task.texts()]
    for kind, answers in (("prefill", prefill), ("decode", decode)):
        task.reference(kind).write_bytes(numpy.concatenate(answers)[:, ::task.JUDGED_EVERY].astype("<f4").tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
