"""The language model's two graphs, and the texts to foretell."""

import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import text_generation as task  # noqa: E402 (the path is set above)
import text_generation_graph as network  # noqa: E402
import transformer  # noqa: E402
import udhr_split  # noqa: E402


class Distances(unittest.TestCase):
    def test_the_last_position_of_a_prompt_sees_what_a_step_sees(self):
        np.testing.assert_array_equal(network.distances(8, 8)[:, :, -1:], network.distances(1, 8))

    def test_nothing_later_is_seen_and_farther_costs_more(self):
        bias = network.distances(4, 4)[0]
        self.assertTrue((bias[:, np.triu_indices(4, 1)[0], np.triu_indices(4, 1)[1]] == transformer.FAR).all())
        self.assertTrue((np.diff(bias[:, -1]) > 0).all())
        np.testing.assert_array_equal(bias[:, range(4), range(4)], 0)


class State(unittest.TestCase):
    def test_every_pair_is_in_the_graph(self):
        names = ("bytes", "norm", "head", *(f"layer{layer}.{part}" for layer in range(network.LAYERS) for part in
                                            ("norm1", "query", "key", "value", "out", "norm2", "grow", "shrink")))
        wide = {"grow": (128, 512), "shrink": (512, 128), "head": (128, 256), "bytes": (256, 128)}
        arrays = {}
        for name in names:
            part = name.rpartition(".")[2]
            shape = (128,) if part.startswith("norm") else wide.get(part, (128, 128))
            arrays |= {f"{name}.weight": np.zeros(shape, np.float32), f"{name}.bias": np.zeros(shape[-1:], np.float32)}
        for precision in ("fp32", "fp16"):
            graph = network.decode(arrays, precision).graph
            inputs = {value.name: value.type for value in graph.input}
            outputs = {value.name: value.type for value in graph.output}
            for pair in network.state():
                self.assertEqual(inputs[pair["input"]], outputs[pair["output"]])
            self.assertEqual(len(inputs), len(network.state()) + 1)


class Samples(unittest.TestCase):
    def test_are_of_one_size_and_whole_characters(self):
        text = "\u0627\u0644 abc \u4e16 ".encode() * 50
        languages = [udhr_split.Language(code, b"", b"", text) for code in ("ar", "xx")]
        samples = task.samples(languages, 32, 3)
        self.assertEqual([sample["language"] for sample in samples], ["ar"] * 3)
        for sample in samples:
            self.assertEqual(len(sample["text"].encode()), 32)


if __name__ == "__main__":
    unittest.main()
