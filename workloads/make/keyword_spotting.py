"""Makes speech/keyword-spotting: a DS-CNN of ours in three precisions, and features of words by unknown voices."""

import dataclasses
import pathlib

import numpy as np
import onnx

import classifier_graph
import common
import keyword_clips
import keyword_layers
import mel
import sound
import weighted_graph

# No word of theirs was trained with. The accents of espeak-ng are those of the training.
ESPEAK_VOICES = ("m5", "m7", "f4", "benjamin", "Diogo", "Henrique", "Jacky", "Nguyen", "grandma", "klatt3", "rob",
                 "sandro")
ESPEAK_ACCENTS = ("en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland")
FLITE_VOICE = "rms"
UNKNOWN_WORDS = ("eight", "wow", "zero", "visual", "learn", "orange", "doctor", "river")

# Recordings of people, as far as free ones are packaged: the telephone prompts of Asterisk (8 kHz, one voice), and the
# loudspeaker names of ALSA, of which the second word is taken.
ASTERISK, ASTERISK_FOLDER = "asterisk-core-sounds-en-wav", "usr/share/asterisk/sounds/en_US_f_Allison"
ASTERISK_FILES = ("vm-no", "hello", "goodbye", "sorry", "removed", "minute", "digits/0", "digits/1", "digits/4",
                  "digits/8", "digits/11", "digits/20", "digits/day-2", "digits/mon-2", "letters/dash")
ALSA, ALSA_FOLDER = "alsa-utils", "usr/share/sounds/alsa"
ALSA_FILES = tuple(f"{place}_{side}" for side in ("Left", "Right") for place in ("Front", "Rear", "Side"))

WEIGHTS = "keyword-spotting"
SNRS_DB = (20, 10, 5)
NOISES = ("white", "pink", "babble")
SILENCES = 60
SEED = 4910


@dataclasses.dataclass(frozen=True)
class Word:
    sound: np.ndarray
    keyword: str  # one of keyword_layers.CLASSES
    source: str


def keyword_of(text: str) -> str:
    return text if text in keyword_layers.WORDS else keyword_layers.UNKNOWN


def _espeak_words() -> list[Word]:
    """Each voice says every word three times, and three others, each time in its own accent, pace and pitch."""
    words = []
    for number, voice in enumerate(ESPEAK_VOICES):
        random = common.generator(SEED + number)
        texts = [*keyword_layers.WORDS] * 3 + [UNKNOWN_WORDS[i] for i in random.permutation(len(UNKNOWN_WORDS))[:3]]
        for text in texts:
            accent = ESPEAK_ACCENTS[random.randint(len(ESPEAK_ACCENTS))]
            spoken = sound.espeak(f"{accent}+{voice}", text, random.randint(120, 210), random.randint(30, 75))
            words.append(Word(keyword_clips.cut_out(spoken), keyword_of(text), "espeak-ng"))
    return words


def _flite_words(scratch: pathlib.Path) -> list[Word]:
    random = common.generator(SEED + 100)
    texts = [*keyword_layers.WORDS] * 6 + [*UNKNOWN_WORDS]
    return [Word(keyword_clips.cut_out(sound.flite(FLITE_VOICE, text, scratch, random.randint(85, 131) / 100)),
                 keyword_of(text), "flite") for text in texts]


def _human_words(sources: common.Sources) -> list[Word]:
    """Each recording three times, for it is heard in other noise each time."""
    words = []
    for name in ASTERISK_FILES:
        spoken = sound.read(common.source_file(sources, ASTERISK, f"{ASTERISK_FOLDER}/{name}.wav"))
        text = name.removeprefix("vm-")
        words += [Word(keyword_clips.cut_out(spoken), keyword_of(text), "human")] * 3
    for name in ALSA_FILES:
        spoken = sound.read(common.source_file(sources, ALSA, f"{ALSA_FOLDER}/{name}.wav"))
        text = name.split("_")[1].lower()
        words += [Word(keyword_clips.last_word(spoken), keyword_of(text), "human")] * 3
    return words


def noise(kind: str, samples: int, talkers: list[np.ndarray], random: np.random.RandomState) -> np.ndarray:
    if kind == "babble":
        return sound.babble_noise(samples, talkers, random)
    make_noise = sound.white_noise if kind == "white" else sound.pink_noise
    return make_noise(samples, random)


def make_samples(words: list[Word], mean: np.ndarray, deviation: np.ndarray, out: pathlib.Path) -> None:
    """features.u8, the clips one after another, and the list of what each one is. Silence is noise without a word."""
    talkers = [word.sound for word in words[:: max(1, len(words) // 32)]]
    random = common.generator(SEED + 200)
    samples, features = [], []
    for index in random.permutation(len(words) + SILENCES):
        kind, snr_db = NOISES[index % len(NOISES)], SNRS_DB[index // len(NOISES) % len(SNRS_DB)]
        clip, sample = noise(kind, keyword_layers.CLIP, talkers, random), {"noise": kind}
        if index < len(words):
            word = words[index]
            clip = keyword_clips.noisy(keyword_clips.placed(word.sound, random), word.sound, clip, snr_db)
            sample |= {"class": keyword_layers.CLASSES.index(word.keyword), "source": word.source, "snr_db": snr_db}
        else:
            sample |= {"class": keyword_layers.CLASSES.index(keyword_layers.SILENCE), "source": "none"}
        samples.append(sample)
        features.append(mel.to_bytes(keyword_layers.features(clip), mean, deviation, keyword_layers.BYTES_A_DEVIATION))
    (out / "features.u8").write_bytes(np.stack(features).tobytes())
    common.write_samples(samples, out / "samples.json")


def model(precision: str) -> onnx.ModelProto:
    return classifier_graph.model("keyword-spotting", keyword_layers.convolutions(), keyword_layers.PORTS,
                                  weighted_graph.read_weights(WEIGHTS), precision)


def make(sources: common.Sources, out: pathlib.Path) -> None:
    weighted_graph.write_all(model, out)
    arrays = weighted_graph.read_weights(WEIGHTS)
    words = _espeak_words() + _flite_words(out) + _human_words(sources)
    make_samples(words, arrays["features.mean"], arrays["features.deviation"], out)
