"""Reading of TensorFlow.js models made here, whole and damaged."""

import json
import pathlib
import sys
import tempfile
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import tfjs  # noqa: E402 (the path is set above)


class ReadTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def read(self, weights, shards):
        for name, data in shards.items():
            (self.root / name).write_bytes(data)
        model = {"modelTopology": {"node": []}, "weightsManifest": [{"paths": list(shards), "weights": weights}]}
        (self.root / "model.json").write_text(json.dumps(model))
        return tfjs.read(self.root / "model.json")

    def test_weights_follow_one_another_across_shards(self):
        data = np.arange(6, dtype="<f4").tobytes() + np.array([7], "<i4").tobytes()
        entries = [{"name": "a", "shape": [2, 3], "dtype": "float32"}, {"name": "b", "shape": [], "dtype": "int32"}]
        model = self.read(entries, {"one.bin": data[:10], "two.bin": data[10:]})
        np.testing.assert_array_equal(model.weights["a"], [[0, 1, 2], [3, 4, 5]])
        self.assertEqual((model.weights["b"].shape, int(model.weights["b"])), ((), 7))
        self.assertEqual(model.topology, {"node": []})

    def test_outputs_are_those_that_the_file_names(self):
        self.read([], {})
        file = self.root / "model.json"
        self.assertEqual(tfjs.read(file).outputs, {})
        description = json.loads(file.read_text())
        file.write_text(json.dumps(description | {"signature": {"outputs": {"port": {"name": "node:0"}}}}))
        self.assertEqual(tfjs.read(file).outputs, {"port": "node:0"})

    def test_halves_are_widened(self):
        entry = {"name": "a", "shape": [2], "dtype": "float32", "quantization": {"dtype": "float16"}}
        weight = self.read([entry], {"one.bin": np.array([0.5, -2], "<f2").tobytes()}).weights["a"]
        self.assertEqual(weight.dtype, np.float32)
        np.testing.assert_array_equal(weight, [0.5, -2])

    def test_what_it_does_not_know_is_refused(self):
        for entry in ({"dtype": "string"}, {"dtype": "float32", "quantization": {"dtype": "uint8"}}):
            with self.assertRaisesRegex(ValueError, "a: .* is not supported"):
                self.read([{"name": "a", "shape": [1], **entry}], {"one.bin": bytes(4)})

    def test_files_of_another_length_are_refused(self):
        entry = {"name": "a", "shape": [2], "dtype": "float32"}
        for length in (4, 12):
            with self.assertRaises(ValueError):
                self.read([entry], {"one.bin": bytes(length)})

    def test_weights_lie_beside_the_model(self):
        model = {"modelTopology": {}, "weightsManifest": [{"paths": ["../secret.bin"], "weights": []}]}
        (self.root / "model.json").write_text(json.dumps(model))
        with self.assertRaisesRegex(ValueError, "no plain file name"):
            tfjs.read(self.root / "model.json")


if __name__ == "__main__":
    unittest.main()
