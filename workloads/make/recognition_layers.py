"""The network of speech/recognition, without weights, its features, and its letters.

Separable convolutions in time with residuals, as QuartzNet has them, but looking back only: an answer never waits for
sound that comes later.
"""

import numpy as np

import mel
import sound
from layers import Layer, Layers

LETTERS = "abcdefghijklmnopqrstuvwxyz"
CLASSES = 1 + len(LETTERS) + 1  # the blank first, the space last

BANDS, FRAME = 40, sound.RATE_HZ // 100
CHUNK_FRAMES, STRIDE = 16, 2  # 160 ms; an answer every 20 ms
CHUNK = CHUNK_FRAMES * FRAME  # samples
STREAM_CHUNKS = 24
STREAM = STREAM_CHUNKS * CHUNK
BYTES_A_DEVIATION = 32  # of the level of a band

CHANNELS, BLOCKS = 96, 6
STEM, KERNEL = 5, 11  # frames, and answers of the layer before
CONTEXT_FRAMES = STEM - STRIDE  # of the chunk before

_WINDOW, _TRANSFORM = 400, 512  # 25 ms
_FLOOR = 1e-2
_BANDS = mel.band_weights(_TRANSFORM // 2 + 1, sound.RATE_HZ, BANDS, 20, 4000)


def convolutions() -> Layers:
    layers = [Layer("stem", "input", BANDS, CHANNELS, (1, STEM), STRIDE, pads=(0, CONTEXT_FRAMES, 0, 0))]
    for block in range(BLOCKS):
        depthwise = Layer(f"block{block}.depthwise", layers[-1].name, CHANNELS, CHANNELS, (1, KERNEL), group=CHANNELS,
                          pads=(0, KERNEL - 1, 0, 0))
        layers += [depthwise, Layer(f"block{block}.pointwise", depthwise.name, CHANNELS, CHANNELS, (1, 1),
                                    add=layers[-1].name)]
    return tuple(layers)


def features(stream: np.ndarray) -> np.ndarray:
    """[frames, 40] levels of a whole number of frames of sound; each window ends where its frame ends."""
    before = np.zeros(_WINDOW - FRAME)
    levels = mel.magnitudes(np.concatenate([before, stream]), _WINDOW, FRAME, _TRANSFORM) @ _BANDS
    return np.log(levels + _FLOOR)


def numbers_of(text: str) -> list[int]:
    return [CLASSES - 1 if letter == " " else 1 + LETTERS.index(letter) for letter in text]
