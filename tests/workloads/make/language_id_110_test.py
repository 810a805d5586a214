"""The network of nlp/language-id-110: the committed weights are those of the manifest, and the samples are fair."""

import hashlib
import json
import pathlib
import sys
import unittest

import numpy as np

WORKLOADS = pathlib.Path(__file__).resolve().parents[3] / "workloads"
sys.path.insert(0, str(WORKLOADS / "make"))
import language_id_110 as task  # noqa: E402 (the path is set above)
import language_id_110_graph  # noqa: E402
import udhr_split  # noqa: E402


class Weights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.arrays = task.trained()
        cls.manifest = json.loads((WORKLOADS / "zoo/nlp/language-id-110.json").read_text(encoding="utf-8"))

    def test_models_made_from_them_are_those_of_the_manifest(self):
        self.assertEqual(sorted(self.manifest["models"]), sorted(task.PRECISIONS))
        for precision, pinned in self.manifest["models"].items():
            model = task.model(self.arrays, precision)
            digest = hashlib.sha256(model.SerializeToString(deterministic=True)).hexdigest()
            self.assertEqual(digest, pinned["sha256"], precision)

    def test_they_are_small_and_of_at_least_110_languages(self):
        self.assertLess(task.WEIGHTS.stat().st_size, 2_000_000)
        labels = [str(code) for code in self.arrays["languages"]]
        self.assertGreaterEqual(len(labels), 110)
        self.assertEqual(labels, sorted(set(labels)))
        self.assertEqual(self.manifest["input"]["labels"], labels)
        self.assertEqual(self.arrays["head.weight"].shape[1], len(labels))

    def test_halves_are_halves_and_the_rest_is_not(self):
        for precision, kind in (("fp32", np.float32), ("fp16", np.float16)):
            graph = language_id_110_graph.model(self.arrays, precision).graph
            types = {constant.name: constant.data_type for constant in graph.initializer}
            self.assertEqual(types["head.weight"], {np.float32: 1, np.float16: 10}[kind])
            self.assertEqual(types["bias.sizes"], 7)
            self.assertEqual(len({node.name for node in graph.node}), len(graph.node))


class Samples(unittest.TestCase):
    def test_as_many_of_each_language_and_of_each_size(self):
        texts = [bytes([letter]) * 700 for letter in b"ab"]
        samples = task.samples([udhr_split.Language(code, b"", b"", text) for code, text in zip(("aa", "bb"), texts)])
        self.assertEqual(sorted((sample["label"], len(sample["text"])) for sample in samples),
                         [(code, size) for code in ("aa", "bb") for size in (64, 128) for _ in range(task.WINDOWS_A_SIZE)])
        for sample in samples:
            self.assertEqual(sample["text"][0], sample["label"][0])


if __name__ == "__main__":
    unittest.main()
