"""The group `fashion`: the committed weights are those of the manifests, and the samples are a fair choice."""

import gzip
import hashlib
import json
import pathlib
import sys
import tempfile
import unittest

import numpy as np

WORKLOADS = pathlib.Path(__file__).resolve().parents[3] / "workloads"
sys.path.insert(0, str(WORKLOADS / "make"))
import fashion_layers  # noqa: E402 (the path is set above)
import fashion_mnist  # noqa: E402
import weighted_graph  # noqa: E402

HALF = fashion_layers.TEACHER_WIDTH // 2
NETWORKS = {"teacher": fashion_layers.teacher(), "student": fashion_layers.student(),
            "student-qat": fashion_layers.student(), "pruned": fashion_layers.teacher(HALF),
            "sparse": fashion_layers.teacher()}


class Weights(unittest.TestCase):
    def test_models_made_from_them_are_those_of_the_manifests(self):
        for name, layers in NETWORKS.items():
            manifest = json.loads((WORKLOADS / f"zoo/fashion/{name}.json").read_text(encoding="utf-8"))
            for precision, pinned in manifest["models"].items():
                model = fashion_mnist.model(name, layers, precision)
                digest = hashlib.sha256(model.SerializeToString(deterministic=True)).hexdigest()
                self.assertEqual(digest, pinned["sha256"], f"{name}, {precision}")

    def test_they_are_small(self):
        sizes = [file.stat().st_size for file in weighted_graph.WEIGHTS.glob("fashion-*.npz")]
        self.assertEqual(len(sizes), len(NETWORKS))
        self.assertLess(sum(sizes), 2_000_000)

    def test_two_of_every_four_are_zero_in_the_sparse_network(self):
        arrays = weighted_graph.read_weights("fashion-sparse")
        for layer in NETWORKS["sparse"]:
            weights = arrays[f"{layer.name}.weight"]
            if layer.inputs % 4:
                continue
            fours = np.moveaxis(weights, 1, -1).reshape(*weights.shape[2:], len(weights), -1, 4)
            self.assertLessEqual((fours != 0).sum(axis=-1).max(), 2, layer.name)
        self.assertAlmostEqual(np.mean(arrays["block3.outer.weight"] == 0), 0.5, places=3)

    def test_a_variant_names_the_teacher(self):
        for name in NETWORKS:
            manifest = json.loads((WORKLOADS / f"zoo/fashion/{name}.json").read_text(encoding="utf-8"))
            self.assertEqual(manifest.get("variant_of"), None if name == "teacher" else "fashion/teacher", name)


class Samples(unittest.TestCase):
    def test_as_many_of_each_class_each_with_its_own_pixels(self):
        classes = np.repeat(np.arange(10, dtype=np.uint8), fashion_mnist.SAMPLES_A_CLASS + 5)
        pixels = np.zeros((len(classes), 28, 28), np.uint8)
        pixels[:, 0, 0] = classes
        pixels[:, 0, 1] = np.arange(len(classes)) % 251
        with tempfile.TemporaryDirectory() as folder:
            sources, out = self.write(pathlib.Path(folder), pixels, classes)
            fashion_mnist.make_samples(*fashion_mnist.read_test(sources), out)
            made = np.fromfile(out / "pictures.u8", np.uint8).reshape(-1, 28, 28)
            told = [sample["class"] for sample in json.loads((out / "samples.json").read_text("utf-8"))["samples"]]
        self.assertEqual(list(np.bincount(told)), [fashion_mnist.SAMPLES_A_CLASS] * 10)
        np.testing.assert_array_equal(made[:, 0, 0], told)
        self.assertGreater(np.count_nonzero(np.diff(told)), len(told) // 2, "classes are not mixed")

    @staticmethod
    def write(folder, pixels, classes):
        data = folder / fashion_mnist.FOLDER
        data.mkdir(parents=True)
        (data / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(bytes(16) + pixels.tobytes()))
        (data / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(bytes(8) + classes.tobytes()))
        return {fashion_mnist.PACKAGE: folder}, folder


if __name__ == "__main__":
    unittest.main()
