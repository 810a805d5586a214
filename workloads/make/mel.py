"""Spectra as networks of sound see them: mel bands and cepstral coefficients.

All in float64 and rounded to 8 bits in the end, far more coarsely than sums differ from one machine to another.
"""

import numpy as np


def windows(sound: np.ndarray, length: int, step: int) -> np.ndarray:
    """[count, length], as many as fit."""
    return np.lib.stride_tricks.sliding_window_view(sound, length)[::step]


def magnitudes(sound: np.ndarray, length: int, step: int, transform: int) -> np.ndarray:
    """[count, transform / 2 + 1] of Hann windows, padded to `transform` samples."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    return np.abs(np.fft.rfft(windows(sound, length, step) * hann, transform))


def band_weights(bins: int, rate_hz: int, bands: int, low_hz: float, high_hz: float) -> np.ndarray:
    """[bins, bands]: triangles of equal width on the mel scale, 1 in the middle, each from its neighbour's middle to
    the other's. `bins` are those of a spectrum from 0 to half of the rate; the first, a constant, is in no band."""
    at = _mel(np.linspace(0, rate_hz / 2, bins))[:, None]
    edges = np.linspace(_mel(low_hz), _mel(high_hz), bands + 2)
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    weights = np.maximum(0, np.minimum((at - low) / (middle - low), (high - at) / (high - middle)))
    weights[0] = 0
    return weights


def cepstrum(logarithms: np.ndarray, count: int) -> np.ndarray:
    """The first `count` coefficients of a cosine transform (DCT-II, orthogonal but for the first) over the last axis."""
    bands = logarithms.shape[-1]
    angles = np.pi / bands * (np.arange(bands) + 0.5)[:, None] * np.arange(count)
    return logarithms @ np.cos(angles) * np.sqrt(2 / bands)


def to_bytes(features: np.ndarray, mean: np.ndarray, deviation: np.ndarray, steps: int) -> np.ndarray:
    """u8: 128 is the mean, and `steps` more a deviation more."""
    return np.clip(np.rint(128 + steps * (features - mean) / deviation), 0, 255).astype(np.uint8)


def _mel(frequency_hz: np.ndarray | float) -> np.ndarray:
    return 1127 * np.log1p(np.asarray(frequency_hz) / 700)
