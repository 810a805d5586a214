"""Synthetic speech to train speech recognition with: phrases by many voices, and streams made of them."""

import dataclasses
import pathlib
import tempfile
import typing

import numpy as np

import find_make  # noqa: F401
import common
import keyword_clips
import keyword_speech
import recognition_layers
import recognition_phrases
import sound
import sound_variation

ESPEAK_PHRASES, OTHER_PHRASES = 40, 120  # a voice
_QUIETEST_DB, _LOUDEST_DB = -38, -16  # of full scale, while somebody speaks
_TRANSFORM = 65536
_REST = sound.RATE_HZ * 4 // 10  # after the last word: the network looks back only, and answers late
_TRIES = 3


@dataclasses.dataclass(frozen=True)
class Spoken:
    sound: np.ndarray
    text: str


def _espeak(voices: typing.Iterable[str], phrases: int, seed: int) -> list[Spoken]:
    random, made = common.generator(seed), []
    for voice in voices:
        for _ in range(phrases):
            text = recognition_phrases.phrase(random)
            accent = keyword_speech.ESPEAK_ACCENTS[random.randint(len(keyword_speech.ESPEAK_ACCENTS))]
            made.append(_cut(text, sound.espeak(f"{accent}+{voice}", text, random.randint(110, 240),
                                                random.randint(15, 91))))
    return made


def _flite(voices: typing.Iterable[str], phrases: int, scratch: pathlib.Path, seed: int) -> list[Spoken]:
    random, made = common.generator(seed), []
    for voice in voices:
        for _ in range(phrases):
            text = recognition_phrases.phrase(random)
            made.append(_cut(text, sound.flite(voice, text, scratch, random.randint(75, 131) / 100)))
    return made


def _festival(phrases: int, scratch: pathlib.Path, seed: int) -> list[Spoken]:
    random = common.generator(seed)
    said = [keyword_speech.FestivalLine(voice, recognition_phrases.phrase(random), random.randint(75, 131) / 100)
            for voice in keyword_speech.FESTIVAL_VOICES for _ in range(phrases)]
    return [_cut(line.text, spoken) for line, spoken in zip(said, keyword_speech.festival(said, scratch))]


def _cut(text: str, spoken: np.ndarray) -> Spoken:
    speech = keyword_clips.without_quiet_ends(spoken)
    return Spoken(speech / np.sqrt(sound.power(speech)), text)


def training_phrases() -> list[Spoken]:
    """espeak-ng has many voices of one kind, so that the few others count twice."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        others = _flite(keyword_speech.FLITE_VOICES, OTHER_PHRASES, scratch, 22) + _festival(OTHER_PHRASES, scratch, 23)
        return _espeak(keyword_speech.ESPEAK_VOICES, ESPEAK_PHRASES, 21) + 2 * others


def watching_phrases() -> list[Spoken]:
    with tempfile.TemporaryDirectory() as folder:
        return (_espeak(keyword_speech.WATCHING_ESPEAK_VOICES, 40, 24) +
                _flite([keyword_speech.WATCHING_FLITE_VOICE], 40, pathlib.Path(folder), 25))


class Streams:
    """Streams with as many phrases as they have room for, no two alike: pace, colour, echo, place, level, noise."""

    def __init__(self, phrases: list[Spoken], seed: int):
        self._phrases, self._random = phrases, common.generator(seed)
        self._varied = sound_variation.Varied(self._random, _TRANSFORM)

    def stream(self) -> tuple[np.ndarray, str]:
        stream, texts = np.zeros(recognition_layers.STREAM), []
        at, tries = self._random.randint(sound.RATE_HZ // 2), 0
        while tries < _TRIES:
            phrase = self._phrases[self._random.randint(len(self._phrases))]
            speech = self._varied.echoed(self._varied.coloured(self._varied.paced(phrase.sound)))
            if at + len(speech) > len(stream) - _REST:
                tries += 1
                continue
            stream[at : at + len(speech)] = speech / np.sqrt(sound.power(speech))
            texts.append(phrase.text)
            at += len(speech) + self._random.randint(sound.RATE_HZ // 8, sound.RATE_HZ * 3 // 4)
        noise = self._varied.noise(len(stream), [phrase.sound for phrase in self._phrases])
        noise /= np.sqrt(sound.power(noise)) * 10 ** (self._random.uniform(3, 35) / 20)
        level = 10 ** (self._random.uniform(_QUIETEST_DB, _LOUDEST_DB) / 20)
        return level * (stream + noise), " ".join(texts)
