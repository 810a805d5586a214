"""Text from the scores of letters, and how many of its words are wrong."""

import typing

import numpy

import find_make  # noqa: F401
import recognition_layers


def text_of(scores: numpy.ndarray) -> str:
    """[steps, classes]: the best letter of each step, repetitions joined, blanks dropped."""
    best = scores.argmax(1)
    kept = best[(best != 0) & (best != numpy.concatenate([[-1], best[:-1]]))]
    return "".join((recognition_layers.LETTERS + " ")[number - 1] for number in kept)


def distance(given: typing.Sequence[str], wanted: typing.Sequence[str]) -> int:
    """Insertions, deletions and substitutions, at the least."""
    row = list(range(len(wanted) + 1))
    for number, word in enumerate(given, 1):
        corner, row[0] = row[0], number
        for at, other in enumerate(wanted, 1):
            corner, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, corner + (word != other))
    return row[-1]


def rate(given: list[str], wanted: list[str]) -> float:
    errors = sum(distance(a.split(), b.split()) for a, b in zip(given, wanted))
    return errors / sum(len(text.split()) for text in wanted)
