"""Speech as another throat, channel and room would give it, and noise to hear it in: what makes few voices many."""

import typing

import numpy as np

import find_make  # noqa: F401
import sound

_TALKERS = 6


class Varied:
    """Every call draws from `random`. `transform`: samples of the longest sound with its echo, and only small factors."""

    def __init__(self, random: np.random.RandomState, transform: int):
        self._random, self._transform = random, transform

    def paced(self, speech: np.ndarray) -> np.ndarray:
        """Faster or slower with its pitch, as by a shorter or longer throat."""
        step = self._random.uniform(0.84, 1.19)
        return np.interp(np.arange(0, len(speech) - 1, step), np.arange(len(speech)), speech)

    def coloured(self, speech: np.ndarray) -> np.ndarray:
        """A smooth random curve over the logarithm of frequency, some decibels up and down."""
        spectrum = np.fft.rfft(speech, self._transform)
        octave = np.log2(np.maximum(np.fft.rfftfreq(self._transform, 1 / sound.RATE_HZ), 60) / 60)
        gain_db = sum(self._random.uniform(-5, 5) * np.cos(octave * self._random.uniform(0.2, 1.2) +
                                                           self._random.uniform(0, 6.3)) for _ in range(3))
        return np.fft.irfft(spectrum * 10 ** (gain_db / 20))[: len(speech)]

    def echoed(self, speech: np.ndarray) -> np.ndarray:
        if self._random.random_sample() < 0.5:
            return speech
        tail = np.arange(sound.RATE_HZ * 3 // 10)
        seconds = self._random.uniform(0.02, 0.12)
        room = self._random.standard_normal(len(tail)) * np.exp(-tail / (seconds * sound.RATE_HZ))
        room *= self._random.uniform(0.1, 0.7) / np.sqrt(np.sum(room**2))
        spectrum = np.fft.rfft(speech, self._transform) * (1 + np.fft.rfft(room, self._transform))
        return np.fft.irfft(spectrum)[: len(speech) + len(tail)]

    def noise(self, samples: int, speech: typing.Sequence[np.ndarray]) -> np.ndarray:
        """Noise of any slope between white and brown; one in four times several talkers, played backwards."""
        if self._random.random_sample() < 0.25:
            chosen = [speech[self._random.randint(len(speech))] for _ in range(_TALKERS)]
            return sum(np.roll(np.resize(word[::-1], samples), self._random.randint(samples))
                       for word in chosen) + 0.05 * self._random.standard_normal(samples)
        spectrum = np.fft.rfft(self._random.standard_normal(samples))
        frequency_hz = np.maximum(np.fft.rfftfreq(samples, 1 / sound.RATE_HZ), 20)
        return np.fft.irfft(spectrum / frequency_hz ** self._random.uniform(0, 1), samples)
