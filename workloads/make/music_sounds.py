"""Music that is computed, so that every note in it is known: up to three instruments, each playing note after note."""

import dataclasses
import typing

import numpy as np

LOWEST_KEY, HIGHEST_KEY = 40, 88  # of MIDI: E2 to E6
_MOST_LINES = 3
_LENGTHS_S = (0.22, 0.3, 0.4, 0.55, 0.8)
_RELEASE_S = 0.04
_HIGHEST_HZ = 10_000


@dataclasses.dataclass(frozen=True)
class Instrument:
    """Partials with amplitudes that fall with their number, each fading faster than the one below."""

    partials: tuple[int, ...]
    fall: float  # amplitude is number ** -fall
    attack_s: float
    fading: float  # of the first partial, in 1 / s
    stiffness: float = 0  # how far partials are above multiples
    vibrato: float = 0  # share of the frequency


INSTRUMENTS = (
    Instrument(tuple(range(1, 15)), 1.1, 0.004, 2.0, stiffness=2e-4),  # piano
    Instrument(tuple(range(1, 12)), 0.9, 0.003, 4.5),  # plucked string
    Instrument((1, 2, 3, 4, 6, 8), 0.6, 0.02, 0),  # organ
    Instrument((1, 3, 5, 7, 9, 11), 0.9, 0.025, 0.3),  # clarinet
    Instrument((1, 2, 3, 4), 1.7, 0.035, 0.2, vibrato=0.004),  # flute
    Instrument(tuple(range(1, 18)), 1.0, 0.045, 0.2, vibrato=0.005),  # bowed string
)


@dataclasses.dataclass(frozen=True)
class Note:
    onset_ms: int
    key: int  # of MIDI
    length_s: float


def music(samples: int, rate_hz: int, random: np.random.RandomState) -> tuple[np.ndarray, list[Note]]:
    """Sound whose loudest sample is 1, in soft noise, and its notes in the order of their beginning."""
    sound, notes = np.zeros(samples), []
    for _ in range(random.randint(1, _MOST_LINES + 1)):
        instrument = INSTRUMENTS[random.randint(len(INSTRUMENTS))]
        loudness = random.uniform(0.5, 1)
        for note in _line(1000 * samples // rate_hz, random):
            if any(_too_alike(note, other) for other in notes):
                continue
            notes.append(note)
            _add(sound, loudness * _tone(instrument, note, rate_hz, random), note.onset_ms * rate_hz // 1000)
    sound += np.abs(sound).max() * 10 ** (-random.uniform(35, 55) / 20) * random.standard_normal(samples)
    return sound / np.abs(sound).max(), sorted(notes, key=lambda note: (note.onset_ms, note.key))


def _line(length_ms: int, random: np.random.RandomState) -> typing.Iterator[Note]:
    """One note after the other, within an octave and a half."""
    middle = random.randint(LOWEST_KEY + 9, HIGHEST_KEY - 8)
    at_ms = random.randint(100, 500)
    while at_ms < length_ms - 300:
        length_s = _LENGTHS_S[random.randint(len(_LENGTHS_S))]
        yield Note(at_ms, middle + random.randint(-9, 10), length_s)
        at_ms += int(1000 * length_s) + (random.randint(50, 300) if random.randint(3) == 0 else 0)


def _too_alike(note: Note, other: Note) -> bool:
    """Where two notes of a key touch, nobody could hear two."""
    first, second = sorted((note, other), key=lambda either: either.onset_ms)
    return note.key == other.key and second.onset_ms < first.onset_ms + 1000 * first.length_s + 100


def _tone(instrument: Instrument, note: Note, rate_hz: int, random: np.random.RandomState) -> np.ndarray:
    at = np.arange(int((note.length_s + _RELEASE_S) * rate_hz)) / rate_hz
    shape = np.minimum(1, at / instrument.attack_s) * np.clip((note.length_s + _RELEASE_S - at) / _RELEASE_S, 0, 1)
    frequency_hz = 440 * 2 ** ((note.key - 69) / 12)
    swing = instrument.vibrato / (2 * np.pi * 5) * np.sin(2 * np.pi * 5 * at)
    tone = np.zeros(len(at))
    for number in instrument.partials:
        partial_hz = frequency_hz * number * np.sqrt(1 + instrument.stiffness * number**2)
        if partial_hz < _HIGHEST_HZ:
            phase = 2 * np.pi * (partial_hz * (at + swing) + random.random_sample())
            tone += number**-instrument.fall * np.exp(-instrument.fading * np.sqrt(number) * at) * np.sin(phase)
    return shape * tone


def _add(sound: np.ndarray, tone: np.ndarray, first: int) -> None:
    end = min(len(sound), first + len(tone))
    sound[first:end] += tone[: end - first]
