"""Makes speech/music-transcription: Basic Pitch in two precisions, and music whose notes are known."""

import pathlib

import numpy as np

import common
import music_sounds
import music_transcription_graph
import tfjs
import weighted_graph

PACKAGE, MODEL = "@spotify/basic-pitch", "model/model.json"
CLIPS = 20
SEED = 2205
_LOUDEST = 16_000  # of 32,767


def make_samples(out: pathlib.Path) -> None:
    """sound.s16, the clips one after another, and the list of what is played in each."""
    sounds, samples = [], []
    for number in range(CLIPS):
        sound, notes = music_sounds.music(music_transcription_graph.SAMPLES, music_transcription_graph.RATE_HZ,
                                          common.generator(SEED + number))
        sounds.append(np.rint(_LOUDEST * sound).astype("<i2"))
        samples.append({"notes": [[note.onset_ms, note.key] for note in notes]})
    (out / "sound.s16").write_bytes(np.stack(sounds).tobytes())
    common.write_samples(samples, out / "samples.json")


def make(sources: common.Sources, out: pathlib.Path) -> None:
    arrays = music_transcription_graph.arrays(tfjs.read(common.source_file(sources, PACKAGE, MODEL)))
    weighted_graph.write_all(lambda precision: music_transcription_graph.model(arrays, precision), out,
                             ("fp32", "fp16"))
    make_samples(out)
