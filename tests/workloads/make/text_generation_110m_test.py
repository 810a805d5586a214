"""The decoder with 110 million weights, in a size that takes no time: its graphs agree with a decoder without a cache."""

import json
import pathlib
import sys
import unittest

import numpy as np

WORKLOADS = pathlib.Path(__file__).resolve().parents[3] / "workloads"
sys.path.insert(0, str(WORKLOADS / "make"))
import onnx_double  # noqa: E402 (the path is set above)
import text_generation_110m as task  # noqa: E402
import text_generation_110m_references as references  # noqa: E402
import text_generation_graph as network  # noqa: E402
import transformer  # noqa: E402

TINY = network.Size("tiny", layers=2, shape=transformer.Shape(width=24, heads=3), tokens=50, prompt=6, capacity=8,
                    is_tied=True)
TOKENS = [3, 1, 4, 1, 5, 49]


class Agreement(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.arrays = task.weights(TINY)
        cls.logits = references.Reference(cls.arrays, TINY).logits(TOKENS)

    def test_the_prompt_in_one_run(self):
        model = network.prefill(self.arrays, "fp32", TINY)
        values = onnx_double.run(model, {"tokens": np.int32([TOKENS])})
        np.testing.assert_allclose(values["logits"][0], self.logits[-1], atol=1e-4)
        self.assertEqual(values["layer1.keys"].shape, (1, 3, 8, 6))

    def test_token_after_token_from_the_cache(self):
        model = network.decode(self.arrays, "fp32", TINY)
        state = {value.name: np.zeros([d.dim_value for d in value.type.tensor_type.shape.dim])
                 for value in model.graph.input if value.name != "tokens"}
        for token, expected in zip(TOKENS, self.logits):
            values = onnx_double.run(model, {"tokens": np.int32([[token]]), **state})
            np.testing.assert_allclose(values["logits"][0], expected, atol=1e-4)
            state = {pair["input"]: values[pair["output"]] for pair in network.state(TINY)}

    def test_what_came_before_counts(self):
        other = references.Reference(self.arrays, TINY).logits([7, *TOKENS[1:]])
        self.assertGreater(np.abs(other[-1] - self.logits[-1]).max(), 0.1)


class Manifests(unittest.TestCase):
    def test_are_of_this_size(self):
        for kind, samples in (("prefill", task.prompts()), ("decode", task.texts())):
            manifest = json.loads((WORKLOADS / f"zoo/large/text-generation-110m-{kind}.json").read_text(encoding="utf-8"))
            entries = manifest["input"]
            self.assertEqual((entries["vocabulary"], entries["judged_every"]), (task.SIZE.tokens, task.JUDGED_EVERY))
            pieces = sum(map(len, samples)) // entries["tokens"]
            judged = task.SIZE.tokens // task.JUDGED_EVERY
            self.assertEqual(task.reference(kind).stat().st_size, pieces * judged * 4)
            self.assertEqual(manifest.get("state", []), network.state(task.SIZE) if kind == "decode" else [])

    def test_it_has_110_million_weights(self):
        width = task.SIZE.shape.width
        matrices = task.SIZE.layers * 12 * width * width + task.SIZE.tokens * width
        self.assertEqual(round(matrices / 1e6), 110)


if __name__ == "__main__":
    unittest.main()
