"""Synthetic speech to train keyword spotting with: words by many voices, and how they are varied."""

import dataclasses
import pathlib
import subprocess
import tempfile
import typing

import numpy as np

import find_make  # noqa: F401
import common
import keyword_clips
import keyword_layers
import keyword_spotting
import sound
import sound_variation

ESPEAK_VOICES = (
    "m1 m2 m3 m6 m8 f1 f2 f3 Alex Alicia Andrea Andy Annie Denis Gene Hugo Lee Marco Michael Mike adam anika antonio "
    "belinda boris caleb ed edward gustave iven john kaukovalta klatt klatt2 klatt4 klatt5 linda marcelo max michel "
    "miguel norbert pablo paul pedro quincy robert shelby steph travis victor zac").split()
ESPEAK_ACCENTS = ("en-us", "en-us-nyc", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-gb-x-gbcwmd",
                  "en-gb-x-gbclan")
FLITE_VOICES = ("kal", "awb", "slt")
FESTIVAL_VOICES = ("kal_diphone", "ked_diphone", "cmu_us_slt_arctic_hts")
WATCHING_ESPEAK_VOICES, WATCHING_FLITE_VOICE = ("m4", "f5", "david"), "kal16"  # never trained with

OTHER_WORDS = (
    "bed bird cat dog house tree happy seven three marvin sheila water table paper green window music apple under one "
    "two four five six nine forward follow backward yellow summer light night note goal load coffee often lamp long gone "
    "step store stamp cup us app yeah rest best now town dawn round lift laugh leaf write fight bright low snow row over "
    "open hello please thank minute number letter again maybe never before after morning because sister brother").split()
_TRANSFORM = 20736  # samples: a clip and its echo, and only small factors


@dataclasses.dataclass(frozen=True)
class Spoken:
    sound: np.ndarray
    keyword: str


def _texts(words: int, others: int, random: np.random.RandomState) -> list[str]:
    """Each keyword `words` times, and `others` other words."""
    return [*keyword_layers.WORDS] * words + [OTHER_WORDS[random.randint(len(OTHER_WORDS))] for _ in range(others)]


def _espeak(voices: typing.Iterable[str], seed: int) -> list[Spoken]:
    random, made = common.generator(seed), []
    for voice in voices:
        for text in _texts(3, 15, random):
            accent = ESPEAK_ACCENTS[random.randint(len(ESPEAK_ACCENTS))]
            made.append(_cut(text, sound.espeak(f"{accent}+{voice}", text, random.randint(105, 240),
                                                random.randint(15, 91))))
    return made


def _flite(voices: typing.Iterable[str], scratch: pathlib.Path, seed: int) -> list[Spoken]:
    random = common.generator(seed)
    return [_cut(text, sound.flite(voice, text, scratch, random.randint(75, 146) / 100))
            for voice in voices for text in _texts(8, 50, random)]


@dataclasses.dataclass(frozen=True)
class FestivalLine:
    voice: str
    text: str
    stretch: float


def festival(lines: list[FestivalLine], scratch: pathlib.Path) -> list[np.ndarray]:
    """One process for all, since it takes seconds to start."""
    commands, voice = [], ""
    for number, line in enumerate(lines):
        if line.voice != voice:
            voice = line.voice
            commands.append(f"(voice_{voice})")
        commands += [f"(Parameter.set 'Duration_Stretch {line.stretch})",
                     f'(utt.save.wave (utt.synth (Utterance Text "{line.text}")) "{scratch / f"{number}.wav"}" \'riff)']
    script = scratch / "words.scm"
    script.write_text("\n".join(commands) + "\n", encoding="ascii")
    subprocess.run(["festival", "--batch", str(script)], check=True, capture_output=True)
    return [sound.read(scratch / f"{number}.wav") for number in range(len(lines))]


def _festival(scratch: pathlib.Path, seed: int) -> list[Spoken]:
    random = common.generator(seed)
    lines = [FestivalLine(voice, text, random.randint(75, 146) / 100)
             for voice in FESTIVAL_VOICES for text in _texts(8, 50, random)]
    return [_cut(line.text, spoken) for line, spoken in zip(lines, festival(lines, scratch))]


def _cut(text: str, spoken: np.ndarray) -> Spoken:
    word = keyword_clips.cut_out(spoken)
    return Spoken(word / np.sqrt(sound.power(word)), keyword_spotting.keyword_of(text))


def training_words() -> list[Spoken]:
    """espeak-ng has many voices of one kind, so that the few others count three times."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        return _espeak(ESPEAK_VOICES, 1) + 3 * (_flite(FLITE_VOICES, scratch, 2) + _festival(scratch, 3))


def watching_words() -> list[Spoken]:
    with tempfile.TemporaryDirectory() as folder:
        return _espeak(WATCHING_ESPEAK_VOICES, 4) + _flite([WATCHING_FLITE_VOICE], pathlib.Path(folder), 5)


class Variation:
    """Clips of one second, no two alike: pace, colour of the channel, echo, place, noise."""

    def __init__(self, words: list[Spoken], seed: int):
        self._words, self._random = words, common.generator(seed)
        self._varied = sound_variation.Varied(self._random, _TRANSFORM)

    def clip(self) -> tuple[np.ndarray, int]:
        """A clip and the number of its class; one of twelve has no word."""
        if self._random.randint(len(keyword_layers.CLASSES)) == 0:
            return self._noise(), keyword_layers.CLASSES.index(keyword_layers.SILENCE)
        spoken = self._words[self._random.randint(len(self._words))]
        paced = self._varied.paced(spoken.sound)[: keyword_layers.CLIP]
        word = self._varied.echoed(self._varied.coloured(paced))[: keyword_layers.CLIP]
        clip = keyword_clips.noisy(keyword_clips.placed(word, self._random), word, self._noise(),
                                   self._random.uniform(0, 30))
        return clip, keyword_layers.CLASSES.index(spoken.keyword)

    def _noise(self) -> np.ndarray:
        return self._varied.noise(keyword_layers.CLIP, [word.sound for word in self._words])
