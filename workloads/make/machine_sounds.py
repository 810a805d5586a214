"""Sound of a small geared electric motor, healthy or with one fault, made from what turns, meshes and rings in it.

A machine is a speed, a gear and a body that rings at three frequencies. No two clips of it are alike: speed and load
drift, and there is noise of a workshop around it.
"""

import dataclasses

import numpy as np

import sound

FAULTS = ("imbalance", "bearing", "gear", "looseness", "rubbing")
_BEARING_RATIO = 3.58  # balls that pass a dent in the outer ring, a turn
_BEARING_RING_HZ, _BEARING_DECAY_S = 2900, 0.002


@dataclasses.dataclass(frozen=True)
class Machine:
    turns_hz: float
    teeth: int
    body_hz: tuple[float, float, float]
    harmonics: tuple[float, ...]  # amplitudes of the shaft's first ones


MACHINES = (
    Machine(31.0, 13, (240, 1150, 2600), (0.5, 0.3, 0.2, 0.12, 0.1, 0.06)),
    Machine(38.5, 17, (310, 940, 3300), (0.4, 0.35, 0.1, 0.2, 0.05, 0.05)),
    Machine(46.0, 11, (180, 1420, 2150), (0.6, 0.2, 0.25, 0.08, 0.12, 0.03)),
    Machine(55.5, 19, (420, 1280, 3800), (0.3, 0.4, 0.15, 0.1, 0.03, 0.08)),
)


def clip(machine: Machine, fault: str, samples: int, random: np.random.RandomState) -> np.ndarray:
    """`fault`: one of FAULTS, or empty. How far it has gone differs by a factor of four."""
    severity = 0.0 if not fault else 2.0 ** random.uniform(-1, 1)
    angle = _angle(machine, samples, random)
    amplitudes = np.array(machine.harmonics) * np.exp(random.normal(0, 0.15, len(machine.harmonics)))
    if fault == "imbalance":
        amplitudes[0] *= 1 + 3 * severity
    turning = sum(amplitude * np.sin(order * angle + random.uniform(0, 6.3))
                  for order, amplitude in enumerate(amplitudes, start=1))
    if fault == "looseness":
        turning = turning + sum(0.25 * severity * np.sin(order * angle + random.uniform(0, 6.3))
                                for order in (0.5, 1.5, 2.5, 3.5))
    meshing = sum(0.35 / order * np.sin(order * machine.teeth * angle + random.uniform(0, 6.3))
                  for order in (1, 2, 3, 4)) * np.exp(random.normal(0, 0.2))
    if fault == "gear":  # one bad tooth
        meshing = meshing * (1 + 2 * severity * np.exp(8 * (np.cos(angle) - 1)))
    friction = 0.4 * random.standard_normal(samples)
    if fault == "rubbing":
        friction *= 1 + 1.5 * severity * np.maximum(np.cos(angle), 0) ** 2
    if fault == "bearing":
        friction += 1.2 * severity * _impacts(angle, random)
    made = _through_body(machine, turning + meshing + friction)
    workshop = sound.pink_noise(samples, random)
    made *= np.sqrt(sound.power(workshop) / sound.power(made)) * 10 ** (random.uniform(0, 12) / 20)
    return (made + workshop) * 10 ** (random.uniform(-1.5, 1.5) / 20)


def _angle(machine: Machine, samples: int, random: np.random.RandomState) -> np.ndarray:
    """Of the shaft, in radians; the speed is up to 4 % off, and wavers by 0.5 % a second."""
    seconds = np.arange(samples) / sound.RATE_HZ
    speed_hz = machine.turns_hz * (1 + random.uniform(-0.04, 0.04) +
                                   0.005 * np.sin(2 * np.pi * seconds + random.uniform(0, 6.3)))
    return 2 * np.pi * np.cumsum(speed_hz) / sound.RATE_HZ + random.uniform(0, 6.3)


def _impacts(angle: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    """A short ringing at each ball that passes the dent; balls slip by a few percent."""
    passed = np.floor(angle * _BEARING_RATIO / (2 * np.pi))
    at = np.flatnonzero(np.diff(passed) > 0)
    at = np.clip(at + random.randint(-8, 9, len(at)), 0, len(angle) - 1)
    hits = np.zeros(len(angle))
    hits[at] = random.uniform(0.6, 1.4, len(at))
    seconds = np.arange(sound.RATE_HZ // 50) / sound.RATE_HZ
    ringing = np.exp(-seconds / _BEARING_DECAY_S) * np.sin(2 * np.pi * _BEARING_RING_HZ * seconds)
    return np.convolve(hits, ringing)[: len(angle)]


def _through_body(machine: Machine, exciting: np.ndarray) -> np.ndarray:
    """Each resonance is 10 times as loud in its middle as what is far from all."""
    frequency_hz = np.fft.rfftfreq(len(exciting), 1 / sound.RATE_HZ)
    gain = 0.1 + sum(1 / (1 + ((frequency_hz - middle_hz) / (0.08 * middle_hz)) ** 2) for middle_hz in machine.body_hz)
    return np.fft.irfft(np.fft.rfft(exciting) * gain, len(exciting))
