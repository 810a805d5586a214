#!/usr/bin/env python3
"""Trains speech/anomaly-detection on synthetic sound of healthy machines and writes the weights of its models.

Needs Debian's python3-torch and libopenblas0-openmp. Run again after an interruption: it goes on after the last epoch
that was done. Another processor or library gives other bits, and with them weights that are as good but not the same.
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
import anomaly_detection  # noqa: E402
import anomaly_layers  # noqa: E402
import common  # noqa: E402
import folded_network  # noqa: E402
import machine_sounds  # noqa: E402
import mel  # noqa: E402
import trained_network  # noqa: E402
import weighted_graph  # noqa: E402
from trainer import Schedule, Trainer  # noqa: E402

CLIPS_A_MACHINE, WATCHING_A_MACHINE = 300, 20  # those that watch are the last ones, and calibrate int8, too
EPOCHS, RATE = 20, 2e-3
SEED = 1_000_000  # far from those of the samples


def frames() -> numpy.ndarray:
    """[clip, frame, band] of healthy machines, which take turns."""
    machines = machine_sounds.MACHINES
    return numpy.stack([anomaly_layers.features(machine_sounds.clip(machines[number % len(machines)], "", anomaly_layers.CLIP,
                                                                    common.generator(SEED + number)))
                        for number in range(CLIPS_A_MACHINE * len(machines))])


def windows(clips: numpy.ndarray) -> torch.Tensor:
    """[N, 640, 1, 1] from frames as bytes."""
    made = numpy.lib.stride_tricks.sliding_window_view(clips, anomaly_layers.WINDOW_FRAMES, axis=1)
    flat = made.swapaxes(2, 3).reshape(-1, anomaly_layers.NUMBERS, 1, 1)
    return torch.from_numpy((flat.astype(numpy.float32) - 128) / anomaly_layers.BYTES_A_DEVIATION)


class AnomalyLesson:
    def __init__(self, training: torch.Tensor, watching: torch.Tensor):
        self._training, self._watching = training, watching
        self.examples = len(training)

    def optimizer(self, network: torch.nn.Module, rate: float) -> torch.optim.Optimizer:
        return torch.optim.Adam(network.parameters(), lr=rate)

    def loss(self, network: torch.nn.Module, chosen: numpy.ndarray, _: numpy.random.RandomState) -> torch.Tensor:
        given = self._training[chosen]
        return functional.mse_loss(network(given), given.flatten(1))

    def watched(self, network: torch.nn.Module) -> float:
        """The mean square of what is wrong: less is better."""
        return (trained_network.answers(network, self._watching) - self._watching.flatten(1)).square().mean().item()


def train(out: pathlib.Path, weights: pathlib.Path) -> None:
    clips = frames()
    mean, deviation = (f(clips).astype(numpy.float32) for f in (numpy.mean, numpy.std))
    numbers = mel.to_bytes(clips, mean, deviation, anomaly_layers.BYTES_A_DEVIATION)
    watching = WATCHING_A_MACHINE * len(machine_sounds.MACHINES)
    lesson = AnomalyLesson(windows(numbers[:-watching]), windows(numbers[-watching:]))
    torch.manual_seed(1)
    network = trained_network.Network(anomaly_layers.products(), anomaly_layers.NUMBERS)
    Trainer(out, lesson).train(network, Schedule("anomaly-detection", EPOCHS, RATE, seed=1))
    arrays = folded_network.calibrated(network.layers, network.folded(), windows(numbers[-watching:]))
    print(f"in whole numbers, watching {lesson.watched(folded_network.Folded(network.layers, arrays)):.4f}")
    arrays |= {"input.range": folded_network.BYTES_RANGE / anomaly_layers.BYTES_A_DEVIATION,
               "features.mean": mean, "features.deviation": deviation}
    numpy.savez_compressed(weights / f"{anomaly_detection.WEIGHTS}.npz",
                           **{name: values.squeeze() for name, values in arrays.items() if name != "pool.range"})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path, help="folder of checkpoint and training.log")
    parser.add_argument("--weights", type=pathlib.Path, default=weighted_graph.WEIGHTS,
                        help="folder of the weights  [make/weights]")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    train(options.out, options.weights)
    return 0


if __name__ == "__main__":
    sys.exit(main())
