"""MobileBERT in double precision with numpy alone, written down anew from its paper: an error in the graph is none here."""

import numpy

import mobilebert

Array = numpy.ndarray


class Reference:
    def __init__(self, arrays: mobilebert.Arrays):
        self._arrays = {name: values.astype(numpy.float64) for name, values in arrays.items()}

    def answers(self, tokens: list[int], question: int) -> Array:
        """[TOKENS, 2]"""
        count = len(tokens)
        padded = numpy.zeros(mobilebert.TOKENS, numpy.int64)
        padded[:count] = tokens
        segments = (numpy.arange(mobilebert.TOKENS) >= question) & (numpy.arange(mobilebert.TOKENS) < count)
        words = self._arrays["words"][padded]
        nothing = numpy.zeros_like(words[:1])
        after, before = numpy.concatenate([words[1:], nothing]), numpy.concatenate([nothing, words[:-1]])
        x = self._linear("embedding", numpy.concatenate([after, words, before], axis=1))
        x = x + self._arrays["places"][0] + self._arrays["segments"][segments.astype(int)]
        x = self.norm("embedding.norm", x)
        for layer in range(mobilebert.LAYERS):
            x = self._layer(f"layer{layer}", x, count)
        return self._linear("answers", x)

    def _layer(self, name: str, x: Array, count: int) -> Array:
        entry, shared = (self.norm(f"{name}.{part}.norm", self._linear(f"{name}.{part}", x)) for part in ("entry", "shared"))
        query, key = (self._linear(f"{name}.{part}", shared) for part in ("query", "key"))
        mixed = self._attention(query, key, self._linear(f"{name}.value", x), count)
        y = self.norm(f"{name}.out.norm", self._linear(f"{name}.out", mixed) + entry)
        for index in range(mobilebert.FEEDFORWARDS):
            grown = numpy.maximum(self._linear(f"{name}.grow{index}", y), 0)
            y = self.norm(f"{name}.shrink{index}.norm", self._linear(f"{name}.shrink{index}", grown) + y)
        return self.norm(f"{name}.exit.norm", self._linear(f"{name}.exit", y) + x)

    @staticmethod
    def _attention(query: Array, key: Array, value: Array, count: int) -> Array:
        """Words behind `count` are not looked at."""
        mixed = []
        for q, k, v in zip(*(numpy.split(part, mobilebert.HEADS, axis=1) for part in (query, key, value))):
            scores = q @ k[:count].T / numpy.sqrt(q.shape[1])
            shares = numpy.exp(scores - scores.max(axis=1, keepdims=True))
            mixed.append(shares / shares.sum(axis=1, keepdims=True) @ v[:count])
        return numpy.concatenate(mixed, axis=1)

    def _linear(self, name: str, x: Array) -> Array:
        return x @ self._arrays[f"{name}.weight"] + self._arrays[f"{name}.bias"]

    def norm(self, name: str, x: Array) -> Array:
        return x * self._arrays[f"{name}.scale"] + self._arrays[f"{name}.shift"]
