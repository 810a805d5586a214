#!/usr/bin/env python3
"""Trains the classifiers of the group `fashion` and writes the weights that their models are made from.

Needs Debian's python3-torch, dataset-fashion-mnist and libopenblas0-openmp; ten minutes of one processor's work. Run
again after an interruption: it goes on after the last epoch that was done. Another processor or library gives other
bits, and with them weights that are as good but not the same.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch: threads that wait leave the processor to others

import argparse  # noqa: E402
import copy  # noqa: E402
import pathlib  # noqa: E402
import sys  # noqa: E402

import numpy  # noqa: E402
import torch  # noqa: E402

import fashion_data  # noqa: E402
import fashion_layers  # noqa: E402
import fashion_lesson  # noqa: E402
import fashion_prune  # noqa: E402
import folded_network  # noqa: E402
import trained_network  # noqa: E402
import weighted_graph  # noqa: E402
from trainer import Schedule, Trainer  # noqa: E402


class Family:
    """Every step takes what came before it; `out` gets checkpoints, training.log and results.csv."""

    def __init__(self, out: pathlib.Path, weights: pathlib.Path):
        self._weights = weights
        self._lesson = fashion_lesson.FashionLesson()
        self._trainer = Trainer(out, self._lesson)
        self._test = fashion_data.read("t10k")
        self._calibration = fashion_data.read("train")[0][-fashion_data.CALIBRATION:]
        self._results = out / "results.csv"
        self._results.write_text("network,precision,right of 10000\n", encoding="utf-8")

    def train(self) -> None:
        teacher = self._network(fashion_layers.teacher(), Schedule("teacher", epochs=10, rate=0.1, seed=1))
        self._write("teacher", teacher.layers, teacher.folded())
        alone = self._network(fashion_layers.student(), Schedule("student-alone", epochs=10, rate=0.1, seed=2))
        self._judge("student-alone", "fp32", alone)

        self._lesson.listen_to(teacher)
        student = self._network(fashion_layers.student(), Schedule("student", epochs=10, rate=0.1, seed=2))
        arrays = self._write("student", student.layers, student.folded())

        aware = folded_network.Folded(student.layers, arrays)
        self._trainer.train(aware, Schedule("student-qat", epochs=3, rate=0.005, seed=3))
        self._write("student-qat", student.layers, aware.arrays())

        pruned = fashion_prune.halved(teacher, fashion_layers.teacher(fashion_layers.TEACHER_WIDTH // 2))
        self._trainer.train(pruned, Schedule("pruned", epochs=5, rate=0.05, seed=4))
        self._write("pruned", pruned.layers, pruned.folded())

        sparse = copy.deepcopy(teacher)
        rule = fashion_prune.TwoOfFour(sparse)
        self._trainer.train(sparse, Schedule("sparse", epochs=3, rate=0.02, seed=5), rule.apply)
        arrays = self._write("sparse", sparse.layers, sparse.folded())
        print(f"sparse: {fashion_prune.share_of_zeros(arrays):.4f} of the weights are 0")

    def _network(self, layers: fashion_layers.Layers, schedule: Schedule) -> trained_network.Network:
        torch.manual_seed(schedule.seed)
        network = trained_network.Network(layers, fashion_layers.CLASSES)
        self._trainer.train(network, schedule)
        return network

    def _write(self, name: str, layers: fashion_layers.Layers,
               arrays: dict[str, numpy.ndarray]) -> dict[str, numpy.ndarray]:
        """Weights, and ranges where training has not set them; judged as they will be used."""
        if "input.range" not in arrays:
            self._judge(name, "fp32", folded_network.Folded(layers, arrays))
            arrays = folded_network.calibrated(layers, arrays, self._calibration)
        self._judge(name, "int8", folded_network.Folded(layers, arrays))
        self._weights.mkdir(exist_ok=True)
        numpy.savez_compressed(self._weights / f"fashion-{name}.npz", **arrays)
        return arrays

    def _judge(self, name: str, precision: str, network: torch.nn.Module) -> None:
        right = round(trained_network.accuracy(network, *self._test) * len(self._test[1]))
        with self._results.open("a", encoding="utf-8") as results:
            results.write(f"{name},{precision},{right}\n")
        print(f"{name}, {precision}: {right} of {len(self._test[1])} test pictures", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path, help="folder of checkpoints, training.log and results.csv")
    parser.add_argument("--weights", type=pathlib.Path, default=weighted_graph.WEIGHTS, help="folder of the weights  [make/weights]")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    Family(options.out, options.weights).train()
    return 0


if __name__ == "__main__":
    sys.exit(main())
