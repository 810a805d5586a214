"""Weights of MobileBERT that mean nothing: for speed.

They are uniform and seeded. Each NoNorm gets, from a pass of one question through the network, the scale that makes what
comes out as strong as what came in; what follows a ReLU has a bias that takes the mean away. Without these, the answers
of so deep a network would grow beyond bounds, or be nearly the same for all words. The same bytes everywhere: what comes
from sums of products is rounded far more coarsely than such sums differ.
"""

import numpy

import common
import mobilebert
import mobilebert_reference
import seeded_weights
from mobilebert import BOTTLENECK, EMBEDDING, TOKENS, VOCABULARY, WIDTH

SEED = 384
START, SEPARATOR, FIRST_WORD = 101, 102, 1000  # of the published vocabulary
_QUERY_GAIN = 2.0  # attention falls on a few words instead of on all alike
_RELU_MEAN = 0.39894228  # of what a ReLU makes of a standard normal number
_STEP = 1 / 256  # of biases, and of scales relative to their size


def question(seed: int, length: int) -> tuple[list[int], int]:
    """[CLS] question [SEP] passage [SEP], of words drawn by chance; and how many of these tokens are the question's."""
    random = common.generator(seed)
    asked = int(random.randint(8, 24))
    words = random.randint(FIRST_WORD, VOCABULARY, length)
    words[0], words[asked - 1], words[-1] = START, SEPARATOR, SEPARATOR
    return [int(word) for word in words], asked


def weights() -> mobilebert.Arrays:
    arrays = _uniform_weights()
    _Calibration(arrays).answers(*question(SEED - 1, TOKENS))
    return arrays


class _Calibration(mobilebert_reference.Reference):
    """Sets each NoNorm when a pass comes to it."""

    def __init__(self, arrays: mobilebert.Arrays):
        super().__init__(arrays)
        self._set = arrays

    def norm(self, name: str, x: numpy.ndarray) -> numpy.ndarray:
        fraction, exponent = numpy.frexp(1 / numpy.sqrt(numpy.mean(x * x)))
        scale = numpy.ldexp(numpy.rint(fraction / _STEP) * _STEP, exponent)
        self._set[f"{name}.scale"] = numpy.full(x.shape[1], scale, numpy.float32)
        return x * scale + self._set[f"{name}.shift"]


class _Uniform(seeded_weights.Uniform):
    def linear_after_relu(self, name: str, inputs: int, outputs: int) -> None:
        self.linear(name, inputs, outputs, gain=2**0.5)
        mean = self.arrays[f"{name}.weight"].astype(numpy.float64).sum(axis=0) * _RELU_MEAN
        self.arrays[f"{name}.bias"] = (numpy.rint(-mean / _STEP) * _STEP).astype(numpy.float32)

    def norm(self, name: str, width: int) -> None:
        self.add(f"{name}.shift", (width,), 0.1)


def _uniform_weights() -> mobilebert.Arrays:
    made = _Uniform(SEED)
    made.add("words", (VOCABULARY, EMBEDDING), 1)
    made.add("places", (1, TOKENS, WIDTH), 0.5)
    made.add("segments", (2, WIDTH), 0.5)
    made.linear("embedding", 3 * EMBEDDING, WIDTH)
    made.norm("embedding.norm", WIDTH)
    for layer in range(mobilebert.LAYERS):
        name = f"layer{layer}"
        for part in ("entry", "shared"):
            made.linear(f"{name}.{part}", WIDTH, BOTTLENECK)
            made.norm(f"{name}.{part}.norm", BOTTLENECK)
        made.linear(f"{name}.query", BOTTLENECK, BOTTLENECK, _QUERY_GAIN)
        made.linear(f"{name}.key", BOTTLENECK, BOTTLENECK)
        made.linear(f"{name}.value", WIDTH, BOTTLENECK)
        made.linear(f"{name}.out", BOTTLENECK, BOTTLENECK)
        made.norm(f"{name}.out.norm", BOTTLENECK)
        for index in range(mobilebert.FEEDFORWARDS):
            made.linear(f"{name}.grow{index}", BOTTLENECK, WIDTH)
            made.linear_after_relu(f"{name}.shrink{index}", WIDTH, BOTTLENECK)
            made.norm(f"{name}.shrink{index}.norm", BOTTLENECK)
        made.linear(f"{name}.exit", BOTTLENECK, WIDTH)
        made.norm(f"{name}.exit.norm", WIDTH)
    made.linear("answers", WIDTH, 2)
    return made.arrays
