"""Dialogues of up to ten messages whose right reply is known: the last message asks for what was told before.

Other things are told, too: in other roles, of other kinds, and sometimes in the same role, before it was said anew; the
last word counts.
"""

import typing

import numpy

from smart_reply_phrases import CLOSERS, KINDS, OPENERS, SMALL_TALK

MESSAGES = 10
FEWEST_MESSAGES = 5
WORDS = 15  # of a message that are read
SLOTS = WORDS + 1  # the last one is empty: a network sees where a message ends
BUCKETS = 4096  # 0: no word
CHANGED_SHARE = 0.25  # of the dialogues: what is asked for was told twice
TYPO_SHARE = 0.02  # of the words
KNOWN_WAYS, OTHER_WAYS = (0, 1, 2), (3,)  # to ask: with which networks are trained, and never are

REPLIES = tuple(role.reply.format(thing) for kind in KINDS for role in kind.roles for thing in kind.things)


class Dialogue(typing.NamedTuple):
    messages: list[str]
    reply: int  # of REPLIES


def words(text: str) -> list[bytes]:
    """Runs of letters and digits of ASCII and of anything beyond it, in lower case as ASCII has it."""
    kept = bytes(byte if chr(byte).isalnum() or byte >= 0x80 else 0x20 for byte in text.encode().lower())
    return kept.split()


def bucket(word: bytes) -> int:
    """FNV-1a of 32 bits, which no platform computes otherwise."""
    state = 2166136261
    for byte in word:
        state = (state ^ byte) * 16777619 & 0xFFFFFFFF
    return 1 + state % (BUCKETS - 1)


def numbered(text: str) -> numpy.ndarray:
    """[SLOTS] i32"""
    numbers = numpy.zeros(SLOTS, numpy.int32)
    found = [bucket(word) for word in words(text)[:WORDS]]
    numbers[:len(found)] = found
    return numbers


def numbered_dialogue(messages: list[str]) -> numpy.ndarray:
    """[MESSAGES, SLOTS] i32: the last message is in the last row, and rows of none come first."""
    rows = numpy.zeros((MESSAGES, SLOTS), numpy.int32)
    for row, message in enumerate(messages[-MESSAGES:], MESSAGES - len(messages[-MESSAGES:])):
        rows[row] = numbered(message)
    return rows


class Author:
    """Writes dialogues; `ways_to_ask` are those of a role that it uses."""

    def __init__(self, random: numpy.random.RandomState, ways_to_ask: tuple[int, ...]):
        self._random = random
        self._ways_to_ask = ways_to_ask

    def dialogue(self) -> Dialogue:
        kind, role, thing = self._below(len(KINDS)), self._below(len(KINDS[0].roles)), self._below(len(KINDS[0].things))
        count = FEWEST_MESSAGES + self._below(MESSAGES - FEWEST_MESSAGES + 1)
        places = [int(place) for place in self._random.permutation(count - 1)]
        messages = [self._one_of(SMALL_TALK) for _ in range(count)]
        told = sorted(places[:2] if self._random.random_sample() < CHANGED_SHARE else places[:1])
        for place in told:
            messages[place] = self._told(kind, role, self._other(thing, len(KINDS[0].things)))
        messages[told[-1]] = self._told(kind, role, thing)
        for place, is_alike in zip(places[len(told):], (True, True, False, False)):
            if is_alike:
                other = kind, self._other(role, len(KINDS[0].roles))
            else:
                other = self._other(kind, len(KINDS)), self._below(len(KINDS[0].roles))
            messages[place] = self._told(*other, self._below(len(KINDS[0].things)))
        messages[-1] = self._written(KINDS[kind].roles[role].asked[self._one_of(self._ways_to_ask)])
        index = (kind * len(KINDS[0].roles) + role) * len(KINDS[0].things) + thing
        return Dialogue([self._mistyped(message) for message in messages], index)

    def _told(self, kind: int, role: int, thing: int) -> str:
        return self._written(self._one_of(KINDS[kind].roles[role].told).format(KINDS[kind].things[thing]))

    def _written(self, core: str) -> str:
        return self._one_of(OPENERS) + core + self._one_of(CLOSERS)

    def _mistyped(self, message: str) -> str:
        """Two neighbouring letters of some words have changed places."""
        written = message.split(" ")
        for index, word in enumerate(written):
            if len(word) > 3 and self._random.random_sample() < TYPO_SHARE:
                at = self._below(len(word) - 1)
                written[index] = word[:at] + word[at + 1] + word[at] + word[at + 2:]
        return " ".join(written)

    def _below(self, count: int) -> int:
        return int(self._random.randint(count))

    def _other(self, one: int, count: int) -> int:
        return (one + 1 + self._below(count - 1)) % count

    def _one_of(self, choices: typing.Sequence[typing.Any]) -> typing.Any:
        return choices[self._below(len(choices))]
