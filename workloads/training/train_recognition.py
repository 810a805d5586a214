#!/usr/bin/env python3
"""Trains speech/recognition on synthetic speech and writes the weights that its models are made from.

Needs what train_keyword_spotting.py needs. Run again after an interruption: it goes on after the last epoch that was
done. Another processor or library gives other bits, and with them weights that are as good but not the same.
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
import mel  # noqa: E402
import recognition  # noqa: E402
import recognition_layers  # noqa: E402
import recognition_speech  # noqa: E402
import trained_network  # noqa: E402
import weighted_graph  # noqa: E402
import word_errors  # noqa: E402
from trainer import Schedule, Trainer  # noqa: E402

TRAINING, WATCHING = 2_000, 160  # streams; those that watch calibrate int8, too
EPOCHS, BATCH = 260, 32
RATE, WEIGHT_DECAY = 3e-3, 1e-3
MOST_BANDS, MOST_FRAMES, FRAME_MASKS = 8, 16, 2  # that are hidden while training
SLOWEST, FASTEST = 0.85, 1.18  # of pace, for a batch, and of the place of the bands, for a stream
MOST_LOUDER = 12  # bytes, about 5 dB: all bands together, and each of two waves over the bands

Arrays = dict[str, numpy.ndarray]


def streams(file: pathlib.Path) -> Arrays:
    """Features as bytes, texts, and the mean and deviation that the bytes are made with; kept in `file`."""
    if not file.is_file():
        training, texts = _features(recognition_speech.training_phrases(), TRAINING, 31)
        watching, watching_texts = _features(recognition_speech.watching_phrases(), WATCHING, 32)
        mean, deviation = (f(training, axis=(0, 1)).astype(numpy.float32) for f in (numpy.mean, numpy.std))
        training, watching = (mel.to_bytes(values, mean, deviation, recognition_layers.BYTES_A_DEVIATION)
                              for values in (training, watching))
        numpy.savez(file, training=training, texts=texts, watching=watching, watching_texts=watching_texts, mean=mean,
                    deviation=deviation)
    with numpy.load(file) as arrays:
        return dict(arrays)


def _features(phrases: list[recognition_speech.Spoken], count: int, seed: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    maker = recognition_speech.Streams(phrases, seed)
    made = [maker.stream() for _ in range(count)]
    return (numpy.stack([recognition_layers.features(stream).astype(numpy.float32) for stream, _ in made]),
            numpy.array([text for _, text in made]))


def inputs_of(features: numpy.ndarray) -> torch.Tensor:
    """[N, 40, 1, frames] from [N, frames, 40] bytes."""
    numbers = (features.astype(numpy.float32) - 128) / recognition_layers.BYTES_A_DEVIATION
    return torch.from_numpy(numbers).transpose(1, 2)[:, :, None]


def _between(values: numpy.ndarray, places: numpy.ndarray, axis: int) -> numpy.ndarray:
    """Straight lines between neighbours along an axis; `places` has as many dimensions as `values`."""
    low = numpy.clip(places.astype(numpy.int64), 0, values.shape[axis] - 2)
    part = numpy.clip(places - low, 0, 1).astype(numpy.float32)
    return (numpy.take_along_axis(values, low, axis) * (1 - part) +
            numpy.take_along_axis(values, low + 1, axis) * part)


def _spoken_otherwise(features: numpy.ndarray, random: numpy.random.RandomState) -> numpy.ndarray:
    """At another pace, by other throats."""
    frames = numpy.arange(0, features.shape[1] - 1, random.uniform(SLOWEST, FASTEST))[None, :, None]
    bands = numpy.arange(recognition_layers.BANDS) * random.uniform(SLOWEST, FASTEST, (len(features), 1, 1))
    return _between(_between(features.astype(numpy.float32), frames, 1), bands, 2)


def _hidden(features: numpy.ndarray, random: numpy.random.RandomState) -> numpy.ndarray:
    """Through another channel, and without some bands and some moments."""
    parts = random.uniform(-MOST_LOUDER, MOST_LOUDER, (3, len(features), 1, 1))
    bands = numpy.arange(recognition_layers.BANDS)
    waves = [numpy.cos(bands * random.uniform(0, 0.3, (len(features), 1, 1)) + random.uniform(0, 6.3, (len(features), 1, 1)))
             for _ in range(2)]
    changed = numpy.clip(numpy.rint(features + parts[0] + parts[1] * waves[0] + parts[2] * waves[1]), 0, 255)
    for stream in changed:
        bands, first = random.randint(MOST_BANDS + 1), random.randint(recognition_layers.BANDS)
        stream[:, first:first + bands] = 128
        for _ in range(FRAME_MASKS):
            frames, first = random.randint(MOST_FRAMES + 1), random.randint(len(stream))
            stream[first:first + frames] = 128
    return changed


class RecognitionLesson:
    examples = TRAINING

    def __init__(self, data: Arrays):
        self._features = data["training"]
        self._texts = [recognition_layers.numbers_of(str(text)) for text in data["texts"]]
        self._watching = inputs_of(data["watching"])
        self._watching_texts = [str(text) for text in data["watching_texts"]]

    def optimizer(self, network: torch.nn.Module, rate: float) -> torch.optim.Optimizer:
        return torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=WEIGHT_DECAY)

    def loss(self, network: torch.nn.Module, chosen: numpy.ndarray, random: numpy.random.RandomState) -> torch.Tensor:
        aside = random.randint(recognition_layers.CHUNK_FRAMES)
        heard = _hidden(_spoken_otherwise(self._features[chosen], random), random)
        scores = network(inputs_of(numpy.roll(heard, -aside, 1)))
        texts = [self._texts[number] for number in chosen]
        return functional.ctc_loss(scores.log_softmax(2).transpose(0, 1), torch.tensor(sum(texts, [])),
                                   torch.full((len(texts),), scores.shape[1]), torch.tensor([len(t) for t in texts]))

    def watched(self, network: torch.nn.Module) -> float:
        """The share of words that are wrong: less is better."""
        scores = trained_network.answers(network, self._watching).numpy()
        return word_errors.rate([word_errors.text_of(stream) for stream in scores], self._watching_texts)


def train(out: pathlib.Path, weights: pathlib.Path, threads: int) -> None:
    torch.set_num_threads(1)  # products of small matrices take 30 times as long with two
    data = streams(out / "streams.npz")
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    network = trained_network.Network(recognition_layers.convolutions(), recognition_layers.CLASSES,
                                      trained_network.each_step)
    lesson = RecognitionLesson(data)
    Trainer(out, lesson).train(network, Schedule("recognition", EPOCHS, RATE, seed=1, batch=BATCH))
    arrays = folded_network.calibrated(network.layers, network.folded(), inputs_of(data["watching"]),
                                       trained_network.each_step)
    rounded = folded_network.Folded(network.layers, arrays, trained_network.each_step)
    print(f"in whole numbers, watching {lesson.watched(rounded):.4f}")
    arrays |= {"input.range": folded_network.BYTES_RANGE / recognition_layers.BYTES_A_DEVIATION,
               "features.mean": data["mean"], "features.deviation": data["deviation"]}
    numpy.savez_compressed(weights / f"{recognition.WEIGHTS}.npz", **arrays)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path, help="folder of streams, checkpoint and training.log")
    parser.add_argument("--weights", type=pathlib.Path, default=weighted_graph.WEIGHTS,
                        help="folder of the weights  [make/weights]")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    train(options.out, options.weights, options.threads)
    return 0


if __name__ == "__main__":
    sys.exit(main())
