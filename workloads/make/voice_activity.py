"""Makes speech/voice-activity: Silero VAD for 16 kHz, flat, in two precisions, and noisy streams with known speech."""

import pathlib

import numpy as np
import onnx

import common
import onnx_fold
import onnx_half
import sound

CHUNK = 512  # samples: 32 ms
CONTEXT = 64  # samples of the chunk before that the model sees again
STREAMS = 32  # each noise at each level twice
STREAM_SAMPLES = 300 * CHUNK  # 9.6 s
NOISES = ("white", "pink", "babble", "alsa")
SNRS_DB = (20, 10, 5, 0)
SPEECH_RMS = 0.05  # -26 dB of full scale, the customary active speech level

# The truth, taken from the clean sound: a chunk is speech if it is within ACTIVE_DB of the loudest chunk of its
# utterance (the noisiest recording has its own noise 27 dB below that). Pauses up to HANGOVER chunks between two
# such chunks belong to the speech. EDGE chunks on both sides of every change, where words fade in and out, are not
# judged.
ACTIVE_DB = 20
HANGOVER = 8
EDGE = 3

ESPEAK = (
    ("en-us", "The gate to the north field stays open until the first frost comes."),
    ("en-gb+f3", "Please weigh the parcel twice, and write the number on the label."),
    ("de", "Der Zug nach Hamburg fährt heute von einem anderen Gleis ab."),
    ("fr", "La lampe de la cuisine reste allumée pendant toute la nuit."),
    ("es", "El barco pequeño vuelve al puerto antes de que llueva."),
    ("ru", "Старый мост через реку закрыт до конца месяца."),
)
FLITE = (
    ("slt", "She put the blue cups back on the lowest shelf."),
    ("slt", "Twenty seven boxes arrived this morning, and nine of them were empty."),
    ("rms", "The weather station sends a reading every fifteen minutes."),
    ("rms", "Turn left after the bridge and follow the narrow road."),
    ("awb", "Nobody remembers who planted the two trees behind the school."),
    ("awb", "A short answer is enough for most of these questions."),
    ("kal16", "The engine starts at once when the battery is warm."),
    ("kal16", "Seven people signed the letter before noon."),
)


def _flat_model(shipped: pathlib.Path) -> onnx.ModelProto:
    return onnx_fold.flatten(
        onnx.load(str(shipped)),
        fixed={"sr": np.array(sound.RATE_HZ, np.int64)},
        shapes={"input": [1, CONTEXT + CHUNK], "state": [2, 1, 128], "output": [1, 1], "stateN": [2, 1, 128]},
        prefix="If_0_then_branch__Inline_0__",
    )


def _chunk_db(samples: np.ndarray) -> np.ndarray:
    chunks = samples[: len(samples) // CHUNK * CHUNK].reshape(-1, CHUNK)
    return 10 * np.log10(np.mean(chunks**2, axis=1) + 1e-12)


def _speech_chunks(utterance: np.ndarray) -> np.ndarray:
    """Marks the chunks of an utterance (a whole number of chunks) that are speech."""
    level_db = _chunk_db(utterance)
    active = np.flatnonzero(level_db >= level_db.max() - ACTIVE_DB)
    speech = np.zeros(len(level_db), bool)
    speech[active] = True
    for before, after in zip(active, active[1:]):
        if after - before - 1 <= HANGOVER:
            speech[before:after] = True
    return speech


def _normalized(utterance: np.ndarray) -> np.ndarray:
    """Pads to whole chunks and sets the level of the speech in it to SPEECH_RMS."""
    padded = np.concatenate([utterance, np.zeros(-len(utterance) % CHUNK)])
    speech = np.repeat(_speech_chunks(padded), CHUNK)
    return padded * SPEECH_RMS / np.sqrt(sound.power(padded[speech]))


def _utterances(sources: common.Sources, scratch: pathlib.Path) -> list[np.ndarray]:
    """All utterances, the voices taking turns."""
    recorded = sources["pocketsphinx-testdata"] / "usr/share/pocketsphinx/test/data"
    alsa = sources["alsa-utils"] / "usr/share/sounds/alsa"
    voices = [
        [sound.read(file) for file in sorted((recorded / "librivox").glob("*.wav"))],
        [sound.read(file) for file in sorted((recorded / "cards").glob("*.wav"))],
        [sound.read(recorded / f"{name}.raw") for name in ("goforward", "numbers", "something")],
        [sound.read(file) for file in sorted(alsa.glob("*.wav")) if file.name != "Noise.wav"],
        [sound.espeak(voice, text) for voice, text in ESPEAK],
        [sound.flite(voice, text, scratch) for voice, text in FLITE],
    ]
    rounds = max(len(voice) for voice in voices)
    return [_normalized(voice[i]) for i in range(rounds) for voice in voices if i < len(voice)]


def _clean_stream(utterances: list[np.ndarray], first: int, random: np.random.RandomState) -> tuple:
    """Utterances from number `first` on, 0.3 to 1.5 s of silence around each: sound, speech, next number."""
    stream, speech = np.zeros(STREAM_SAMPLES), np.zeros(STREAM_SAMPLES // CHUNK, bool)
    at, number = 0, first
    while True:
        at += random.randint(10, 48)
        utterance = utterances[number % len(utterances)]
        chunks = len(utterance) // CHUNK
        if at + chunks > len(speech):
            return stream, speech, number
        stream[at * CHUNK : (at + chunks) * CHUNK] = utterance
        speech[at : at + chunks] = _speech_chunks(utterance)
        at, number = at + chunks, number + 1


def _labels(speech: np.ndarray) -> str:
    """One character a chunk: 1 speech, 0 none, x too near a change to be judged."""
    near = np.zeros(len(speech), bool)
    for change in np.flatnonzero(speech[1:] != speech[:-1]) + 1:
        near[max(0, change - EDGE) : change + EDGE] = True
    return "".join("x" if skip else "1" if mark else "0" for skip, mark in zip(near, speech))


def _noise(
    kind: str, alsa: pathlib.Path, utterances: list[np.ndarray], random: np.random.RandomState
) -> np.ndarray:
    if kind == "white":
        return sound.white_noise(STREAM_SAMPLES, random)
    if kind == "pink":
        return sound.pink_noise(STREAM_SAMPLES, random)
    if kind == "babble":
        return sound.babble_noise(STREAM_SAMPLES, utterances, random)
    return sound.looped_noise(STREAM_SAMPLES, sound.read(alsa / "usr/share/sounds/alsa/Noise.wav"), random)


def make(sources: common.Sources, out: pathlib.Path) -> None:
    shipped = common.source_file(sources, "@ricky0123/vad-web", "dist/silero_vad_v6.onnx")
    onnx_half.save_both(_flat_model(shipped), out)
    utterances = _utterances(sources, out)
    samples, number = [], 0
    for index in range(STREAMS):
        random = common.generator(1000 + index)
        clean, speech, number = _clean_stream(utterances, number, random)
        kind, snr_db = NOISES[index % len(NOISES)], SNRS_DB[index // len(NOISES) % len(SNRS_DB)]
        noise = _noise(kind, sources["alsa-utils"], utterances, random)
        speech_power = sound.power(clean[np.repeat(speech, CHUNK)])
        noise *= np.sqrt(speech_power / sound.power(noise) / 10 ** (snr_db / 10))
        file = out / f"stream-{index:02}.wav"
        sound.write(file, clean + noise)
        sample = {"file": file.name, "sha256": common.sha256_of(file)}
        samples.append({**sample, "noise": kind, "snr_db": snr_db, "chunks": _labels(speech)})
    common.write_samples(samples, out / "samples.json")
