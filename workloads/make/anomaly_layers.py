"""The autoencoder of MLPerf Tiny for anomaly detection, without weights, and the features that it takes.

The graph is that of https://github.com/mlcommons/tiny, benchmark/training/anomaly_detection: 5 frames of 128 mel bands
through layers of 128 numbers, a bottleneck of 8, and back.
"""

import numpy as np
import onnx

import mel
import sound
import weighted_graph
from layers import Layer, Layers

BANDS, WINDOW_FRAMES, CLIP_FRAMES = 128, 5, 36
NUMBERS = BANDS * WINDOW_FRAMES
WIDTHS = (128, 128, 128, 128, 8, 128, 128, 128, 128)
PORTS = weighted_graph.Ports("features", (NUMBERS,), "reconstruction", (NUMBERS,))
BYTES_A_DEVIATION = 32  # of the level of a band

_WINDOW, _STEP = 1024, 512  # 64 and 32 ms
CLIP = _WINDOW + (CLIP_FRAMES - 1) * _STEP  # samples of sound
_BANDS = mel.band_weights(_WINDOW // 2 + 1, sound.RATE_HZ, BANDS, 0, sound.RATE_HZ / 2)


def products() -> Layers:
    """All but the last product, as convolutions of a picture of one pixel; the last one is "head"."""
    layers, source, inputs = [], "input", NUMBERS
    for number, width in enumerate(WIDTHS):
        layers.append(Layer(f"dense{number}", source, inputs, width, (1, 1)))
        source, inputs = layers[-1].name, width
    return tuple(layers)


def model(arrays: weighted_graph.Arrays, precision: str) -> onnx.ModelProto:
    graph = weighted_graph.in_precision(precision, PORTS, arrays)
    x = graph.begin(PORTS.input)
    for layer in products():
        x = graph.node("Relu", f"{layer.name}.relu", [graph.weighted("Gemm", layer.name, x, {"transB": 1})])
        x = graph.settled(layer.name, x)
    graph.end(graph.weighted("Gemm", "head", x, {"transB": 1}), PORTS.output)
    return graph.model("anomaly-detection")


def features(clip: np.ndarray) -> np.ndarray:
    """[36, 128] levels in decibels of CLIP samples."""
    return 20 * np.log10(mel.magnitudes(clip, _WINDOW, _STEP, _WINDOW) @ _BANDS + 1e-3)
