"""The DS-CNN of MLPerf Tiny for keyword spotting, without weights, and the features that it takes.

The graph is that of https://github.com/mlcommons/tiny, benchmark/training/keyword_spotting: 10 coefficients in 49 time
steps, 64 filters, borders as TensorFlow's "same" has them.
"""

import numpy as np

import mel
import sound
import weighted_graph
from layers import Layer, Layers

WORDS = ("down", "go", "left", "no", "off", "on", "right", "stop", "up", "yes")
SILENCE, UNKNOWN = "silence", "unknown"
CLASSES = (*WORDS, SILENCE, UNKNOWN)

CLIP = sound.RATE_HZ  # one second
STEPS, COEFFICIENTS = 49, 10
FILTERS, BLOCKS = 64, 4
PORTS = weighted_graph.Ports("features", (1, STEPS, COEFFICIENTS), "chances", (len(CLASSES),), last_op="Softmax")
BYTES_A_DEVIATION = 32  # of a feature

_WINDOW, _STEP, _TRANSFORM = 480, 320, 512  # 30 and 20 ms
_BANDS = mel.band_weights(_TRANSFORM // 2 + 1, sound.RATE_HZ, 40, 20, 4000)


def convolutions() -> Layers:
    layers = [Layer("stem", "input", 1, FILTERS, (10, 4), 2, pads=(4, 1, 5, 1))]
    for block in range(BLOCKS):
        depthwise = Layer(f"block{block}.depthwise", layers[-1].name, FILTERS, FILTERS, group=FILTERS)
        layers += [depthwise, Layer(f"block{block}.pointwise", depthwise.name, FILTERS, FILTERS, (1, 1))]
    return tuple(layers)


def features(clip: np.ndarray) -> np.ndarray:
    """[49, 10] cepstral coefficients of CLIP samples, whose loudest counts as 1."""
    loud = clip / max(float(np.abs(clip).max()), 1e-9)
    bands = mel.magnitudes(loud, _WINDOW, _STEP, _TRANSFORM) @ _BANDS
    return mel.cepstrum(np.log(bands + 1e-6), COEFFICIENTS)
