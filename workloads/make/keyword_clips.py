"""One second of sound with a word in it: cut out, placed, and with noise."""

import numpy as np

import keyword_layers
import mel
import sound

_FRAME = sound.RATE_HZ // 100
_QUIET_DB = 32  # below the loudest frame of a word
_EDGE_FRAMES = 3


def cut_out(spoken: np.ndarray) -> np.ndarray:
    """Without quiet ends, and at most a clip long."""
    return without_quiet_ends(spoken)[: keyword_layers.CLIP]


def last_word(phrase: np.ndarray) -> np.ndarray:
    """The second of two words: what comes after the quietest stretch in the middle half."""
    spoken = without_quiet_ends(phrase)
    power = mel.windows(spoken**2, 4 * _FRAME, _FRAME).mean(axis=1)
    first, end = len(power) // 4, 3 * len(power) // 4
    return cut_out(spoken[(first + int(np.argmin(power[first:end])) + 2) * _FRAME :])


def without_quiet_ends(spoken: np.ndarray) -> np.ndarray:
    """From the first to the last frame that is not quiet, with a little around."""
    whole = np.pad(spoken, (0, -len(spoken) % _FRAME))
    loudness_db = 10 * np.log10(np.mean(whole.reshape(-1, _FRAME) ** 2, axis=1) + 1e-12)
    loud = np.flatnonzero(loudness_db > loudness_db.max() - _QUIET_DB)
    return whole[max(0, loud[0] - _EDGE_FRAMES) * _FRAME : (loud[-1] + 1 + _EDGE_FRAMES) * _FRAME]


def placed(word: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    """The word somewhere in a clip of silence."""
    clip = np.zeros(keyword_layers.CLIP)
    start = random.randint(keyword_layers.CLIP - len(word) + 1)
    clip[start : start + len(word)] = word
    return clip


def noisy(clip: np.ndarray, word: np.ndarray, noise: np.ndarray, snr_db: float) -> np.ndarray:
    """`snr_db`: of the power while the word is spoken."""
    return clip + noise * np.sqrt(sound.power(word) / sound.power(noise) / 10 ** (snr_db / 10))
