#!/usr/bin/env python3
"""Trains speech/keyword-spotting on synthetic speech and writes the weights that its models are made from.

Needs Debian's python3-torch, libopenblas0-openmp, espeak-ng, flite, festival, festvox-kallpc16k, festvox-kdlpc16k and
festvox-us-slt-hts. Run again after an interruption: it goes on after the last step that was done. Another processor or
library gives other bits, and with them weights that are as good but not the same.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch: threads that wait leave the processor to others

import argparse  # noqa: E402
import pathlib  # noqa: E402
import sys  # noqa: E402

import numpy  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as functional  # noqa: E402

import find_make  # noqa: E402, F401
import folded_network  # noqa: E402
import keyword_layers  # noqa: E402
import keyword_speech  # noqa: E402
import keyword_spotting  # noqa: E402
import mel  # noqa: E402
import trained_network  # noqa: E402
import weighted_graph  # noqa: E402
from trainer import Schedule, Trainer  # noqa: E402

TRAINING, WATCHING, CALIBRATION = 20_000, 2_000, 1_000  # clips; those for calibration are the last watching ones
EPOCHS = 14
RATE, WEIGHT_DECAY, SMOOTHING = 3e-3, 1e-3, 0.05
MOST_STEPS_ASIDE = 2  # of time, while training

Arrays = dict[str, numpy.ndarray]


def clips(file: pathlib.Path) -> Arrays:
    """Features as bytes, classes, and the mean and deviation that the bytes are made with; kept in `file`."""
    if not file.is_file():
        training, classes = _features(keyword_speech.training_words(), TRAINING, 11)
        watching, watching_classes = _features(keyword_speech.watching_words(), WATCHING, 12)
        mean, deviation = (f(training, axis=(0, 1)).astype(numpy.float32) for f in (numpy.mean, numpy.std))
        training, watching = (mel.to_bytes(values, mean, deviation, keyword_layers.BYTES_A_DEVIATION)
                              for values in (training, watching))
        numpy.savez(file, training=training, classes=classes, watching=watching, watching_classes=watching_classes,
                    mean=mean, deviation=deviation)
    with numpy.load(file) as arrays:
        return dict(arrays)


def _features(words: list[keyword_speech.Spoken], count: int, seed: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    variation = keyword_speech.Variation(words, seed)
    made = [variation.clip() for _ in range(count)]
    return (numpy.stack([keyword_layers.features(clip) for clip, _ in made]).astype(numpy.float32),
            numpy.array([number for _, number in made]))


def inputs_of(features: numpy.ndarray) -> torch.Tensor:
    return torch.from_numpy((features[:, None].astype(numpy.float32) - 128) / keyword_layers.BYTES_A_DEVIATION)


class KeywordLesson:
    examples = TRAINING

    def __init__(self, data: Arrays):
        self._inputs, self._classes = inputs_of(data["training"]), torch.from_numpy(data["classes"])
        self._watching = inputs_of(data["watching"]), torch.from_numpy(data["watching_classes"])

    def optimizer(self, network: torch.nn.Module, rate: float) -> torch.optim.Optimizer:
        return torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=WEIGHT_DECAY)

    def loss(self, network: torch.nn.Module, chosen: numpy.ndarray, random: numpy.random.RandomState) -> torch.Tensor:
        aside = random.randint(-MOST_STEPS_ASIDE, MOST_STEPS_ASIDE + 1)
        answers = network(self._inputs[chosen].roll(aside, 2))
        return functional.cross_entropy(answers, self._classes[chosen], label_smoothing=SMOOTHING)

    def watched(self, network: torch.nn.Module) -> float:
        return trained_network.accuracy(network, *self._watching)


def train(out: pathlib.Path, weights: pathlib.Path, threads: int) -> None:
    torch.set_num_threads(1)  # products of small matrices take 30 times as long with two
    data = clips(out / "clips.npz")
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    network = trained_network.Network(keyword_layers.convolutions(), len(keyword_layers.CLASSES))
    Trainer(out, KeywordLesson(data)).train(network, Schedule("keyword-spotting", EPOCHS, RATE, seed=1))
    arrays = folded_network.calibrated(network.layers, network.folded(), inputs_of(data["watching"][-CALIBRATION:]))
    rounded = trained_network.accuracy(folded_network.Folded(network.layers, arrays), inputs_of(data["watching"]),
                                       torch.from_numpy(data["watching_classes"]))
    print(f"in whole numbers, watching {rounded:.4f}")
    arrays |= {"input.range": folded_network.BYTES_RANGE / keyword_layers.BYTES_A_DEVIATION,
               "features.mean": data["mean"], "features.deviation": data["deviation"]}
    numpy.savez_compressed(weights / f"{keyword_spotting.WEIGHTS}.npz", **arrays)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path, help="folder of clips, checkpoint and training.log")
    parser.add_argument("--weights", type=pathlib.Path, default=weighted_graph.WEIGHTS,
                        help="folder of the weights  [make/weights]")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    train(options.out, options.weights, options.threads)
    return 0


if __name__ == "__main__":
    sys.exit(main())
