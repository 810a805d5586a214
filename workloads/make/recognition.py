"""Makes speech/recognition: a network of ours in two precisions, and streams of what unknown voices and people say."""

import dataclasses
import pathlib

import numpy as np
import onnx

import common
import keyword_clips
import keyword_spotting
import mel
import recognition_graph
import recognition_layers
import recognition_phrases
import sound
import weighted_graph

WEIGHTS = "recognition"

# Recordings of people: the digits of Asterisk's telephone prompts (8 kHz, one voice), joined to strings, and a command
# that is said in one go.
ASTERISK, ASTERISK_FOLDER = keyword_spotting.ASTERISK, f"{keyword_spotting.ASTERISK_FOLDER}/digits"
ASTERISK_STRINGS = 12
SPHINX, SPHINX_FOLDER = "pocketsphinx-testdata", "usr/share/pocketsphinx/test/data"
SPHINX_FILES = {"goforward.raw": "go forward ten meters"}

PHRASES_A_VOICE, FLITE_PHRASES = 5, 16
SNRS_DB = (30, 20, 10)
NOISES = ("white", "pink", "babble")
SEED = 7300
_LEVEL = 0.05  # of full scale, while somebody speaks
_FIRST, _REST = sound.RATE_HZ // 5, sound.RATE_HZ * 4 // 10  # samples before and after what is said, at least


@dataclasses.dataclass(frozen=True)
class Spoken:
    sound: np.ndarray
    text: str
    source: str


def _synthetic(scratch: pathlib.Path) -> list[Spoken]:
    """Each voice of espeak-ng says other phrases, each in its own accent, pace and pitch."""
    spoken = []
    for number, voice in enumerate(keyword_spotting.ESPEAK_VOICES):
        random = common.generator(SEED + number)
        for _ in range(PHRASES_A_VOICE):
            text = recognition_phrases.phrase(random)
            accent = keyword_spotting.ESPEAK_ACCENTS[random.randint(len(keyword_spotting.ESPEAK_ACCENTS))]
            made = sound.espeak(f"{accent}+{voice}", text, random.randint(130, 200), random.randint(30, 75))
            spoken.append(Spoken(made, text, "espeak-ng"))
    random = common.generator(SEED + 100)
    for _ in range(FLITE_PHRASES):
        text = recognition_phrases.phrase(random)
        made = sound.flite(keyword_spotting.FLITE_VOICE, text, scratch, random.randint(85, 116) / 100)
        spoken.append(Spoken(made, text, "flite"))
    return spoken


def _people(sources: common.Sources) -> list[Spoken]:
    random = common.generator(SEED + 200)
    digits = [keyword_clips.without_quiet_ends(sound.read(common.source_file(sources, ASTERISK,
                                                                             f"{ASTERISK_FOLDER}/{digit}.wav")))
              for digit in range(len(recognition_phrases.DIGITS))]
    spoken = []
    for _ in range(ASTERISK_STRINGS):
        chosen = random.randint(len(digits), size=random.randint(3, 5))
        pauses = [np.zeros(random.randint(sound.RATE_HZ // 50, sound.RATE_HZ // 8)) for _ in chosen]
        made = np.concatenate([part for digit, pause in zip(chosen, pauses) for part in (digits[digit], pause)])
        spoken.append(Spoken(made, " ".join(recognition_phrases.DIGITS[digit] for digit in chosen), "people"))
    for name, text in SPHINX_FILES.items():
        made = sound.read(common.source_file(sources, SPHINX, f"{SPHINX_FOLDER}/{name}"))
        spoken.append(Spoken(made, text, "people"))
    return spoken


def _stream(spoken: Spoken, kind: str, snr_db: float, talkers: list[np.ndarray],
            random: np.random.RandomState) -> np.ndarray | None:
    """A phrase somewhere in a stream of noise; nothing if it is too long for one."""
    speech = keyword_clips.without_quiet_ends(spoken.sound)
    room = recognition_layers.STREAM - _FIRST - _REST - len(speech)
    if room <= 0:
        return None
    stream = np.zeros(recognition_layers.STREAM)
    first = _FIRST + random.randint(room)
    stream[first : first + len(speech)] = speech
    noise = keyword_spotting.noise(kind, len(stream), talkers, random)
    return _LEVEL * keyword_clips.noisy(stream, speech, noise, snr_db) / np.sqrt(sound.power(speech))


def make_samples(spoken: list[Spoken], mean: np.ndarray, deviation: np.ndarray, out: pathlib.Path) -> None:
    """features.u8, the streams one after another, and the list of what is said in each."""
    talkers = [phrase.sound for phrase in spoken[:: max(1, len(spoken) // 32)]]
    random = common.generator(SEED + 300)
    samples, features = [], []
    for index in random.permutation(len(spoken)):
        kind, snr_db = NOISES[index % len(NOISES)], SNRS_DB[index // len(NOISES) % len(SNRS_DB)]
        stream = _stream(spoken[index], kind, snr_db, talkers, random)
        if stream is None:
            continue
        samples.append({"text": spoken[index].text, "source": spoken[index].source, "noise": kind, "snr_db": snr_db})
        features.append(mel.to_bytes(recognition_layers.features(stream), mean, deviation,
                                     recognition_layers.BYTES_A_DEVIATION))
    (out / "features.u8").write_bytes(np.stack(features).tobytes())
    common.write_samples(samples, out / "samples.json")


def model(precision: str) -> onnx.ModelProto:
    return recognition_graph.model(weighted_graph.read_weights(WEIGHTS), precision)


def make(sources: common.Sources, out: pathlib.Path) -> None:
    weighted_graph.write_all(model, out, ("fp32", "fp16"))
    arrays = weighted_graph.read_weights(WEIGHTS)
    make_samples(_synthetic(out) + _people(sources), arrays["features.mean"], arrays["features.deviation"], out)
