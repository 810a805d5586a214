"""MobileBERT's graph and weights, in a network of two layers, and the questions."""

import pathlib
import sys
import unittest
from unittest import mock

import numpy as np
from onnx import numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import mobilebert  # noqa: E402 (the path is set above)
import mobilebert_reference  # noqa: E402
import mobilebert_weights  # noqa: E402
import question_answering as task  # noqa: E402


class NetworkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with mock.patch.object(mobilebert, "LAYERS", 2):
            cls.arrays = mobilebert_weights.weights()
            cls.model = mobilebert.model(cls.arrays)
            cls.answers = mobilebert_reference.Reference(cls.arrays).answers(*mobilebert_weights.question(1, 200))

    def test_has_the_published_shapes(self):
        layer = sum(values.size for name, values in self.arrays.items()
                    if name.startswith("layer1.") and name.endswith(".weight"))
        self.assertEqual(layer, 835_584)
        words = self.arrays["words"].size
        self.assertEqual(round((24 * layer + words) / 1e6, 1), 24.0)
        kinds = [node.op_type for node in self.model.graph.node]
        self.assertEqual(kinds.count("Relu"), 2 * mobilebert.FEEDFORWARDS)
        self.assertEqual(kinds.count("Softmax"), 2)
        self.assertNotIn("LayerNormalization", kinds)

    def test_every_node_has_a_name_of_its_own(self):
        names = [node.name for node in self.model.graph.node]
        self.assertEqual(len(set(names)), len(names))

    def test_scores_are_scaled_in_the_graph_and_not_in_the_weights(self):
        stored = {constant.name: numpy_helper.to_array(constant) for constant in self.model.graph.initializer}
        np.testing.assert_allclose(stored["layer0.query.weight"] * np.sqrt(32), self.arrays["layer0.query.weight"],
                                   rtol=1e-5)

    def test_nothing_grows_or_dies(self):
        for name, values in self.arrays.items():
            if name.endswith("norm.scale"):
                self.assertTrue(0.3 < values[0] < 3, f"{name} {values[0]}")
        self.assertTrue(0.1 < self.answers.std() < 10)

    def test_the_last_word_counts(self):
        tokens, asked = mobilebert_weights.question(1, 200)
        with mock.patch.object(mobilebert, "LAYERS", 2):
            other = mobilebert_reference.Reference(self.arrays).answers(tokens[:-1] + [tokens[-1] + 1], asked)
        self.assertGreater(np.abs(other - self.answers)[:190].max(), 1e-9)


class QuestionsTest(unittest.TestCase):
    def test_are_as_long_as_said_and_end_where_they_should(self):
        for sample, length in zip(task.questions(), task.LENGTHS):
            tokens = sample["tokens"]
            self.assertEqual(len(tokens), length)
            self.assertEqual((tokens[0], tokens[sample["question"] - 1], tokens[-1]), (101, 102, 102))
            self.assertTrue(all(0 <= token < mobilebert.VOCABULARY for token in tokens))
            self.assertLess(sample["question"], length)

    def test_there_is_a_reference_for_each(self):
        self.assertEqual(task.REFERENCE.stat().st_size, len(task.LENGTHS) * mobilebert.TOKENS * 2 * 4)


if __name__ == "__main__":
    unittest.main()
