"""Networks in training and the graphs that their weights make; skipped where there is no torch, which set-up does not
need."""

import pathlib
import sys
import tempfile
import unittest

import numpy as np

try:
    import torch
except ImportError:
    print("skipped: there is no torch (Debian: python3-torch)")
    sys.exit(77)

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "training"))
import language_id_train  # noqa: E402 (the path is set above)
import text_train  # noqa: E402
import transformer_network  # noqa: E402

import language_id_110_graph  # noqa: E402
import transformer  # noqa: E402
import udhr_split  # noqa: E402


def texts():
    """Two languages that differ by their letters."""
    return language_id_train.Texts([udhr_split.Language(code, letters * 200, letters * 9, letters * 90)
                                    for code, letters in (("aa", b"abc "), ("xx", "xyz\u4e16 ".encode()))])


class ArraysTest(unittest.TestCase):
    def test_the_graph_takes_all_of_them(self):
        arrays = language_id_train.Network(2).arrays()
        graph = language_id_110_graph.model(arrays, "fp32").graph
        stored = {constant.name for constant in graph.initializer}
        self.assertLessEqual(set(arrays), stored)
        self.assertEqual(sum(values.size for values in arrays.values()),
                         transformer_network.parameters(language_id_train.Network(2)))

    def test_linear_layers_are_turned_and_the_query_holds_the_scale(self):
        layer = transformer_network.Layer(transformer.Shape(8, 2), 0)
        arrays = layer.arrays("l")
        np.testing.assert_array_equal(arrays["l.grow.weight"], layer.grow.weight.detach().numpy().T)
        np.testing.assert_allclose(arrays["l.query.weight"] * 2, layer.query.weight.detach().numpy().T)

    def test_rounding_leaves_halves(self):
        layer = torch.nn.Linear(3, 3)
        transformer_network.round_to_halves(layer)
        torch.testing.assert_close(layer.weight, layer.weight.half().float(), rtol=0, atol=0)


class TextsTest(unittest.TestCase):
    def test_a_batch_is_text_of_its_label_with_nothing_behind(self):
        tokens, labels = texts().batch(np.random.RandomState(1))
        self.assertEqual(tuple(tokens.shape), (language_id_train.BATCH, language_id_110_graph.BYTES))
        self.assertEqual(set(labels.tolist()), {0, 1})
        for row, label in zip(tokens.tolist(), labels.tolist()):
            length = len(bytes(row).rstrip(b"\0"))
            self.assertGreater(length, 32 - 4)  # at the end of a text there is less than was drawn
            allowed = set(b"abcABC \1") if label == 0 else set("xyzXYZ\u4e16 \1".encode())
            self.assertLessEqual(set(row[:length]), allowed)

    def test_windows_are_padded(self):
        tokens, labels = texts().windows(64, "held_out")
        self.assertEqual(len(tokens), len(labels))
        self.assertEqual(int(tokens[0, 64:].sum()), 0)
        self.assertGreater(int(tokens[0, 63]), 0)


class TrainTest(unittest.TestCase):
    def run_to(self, folder, stops):
        """Trains a line by steps that may stop; gives its weight."""
        schedule = text_train.Schedule("line", steps=2 * text_train.STEPS_A_SAVE, rate=0.1, seed=1)
        for watched in stops:
            torch.manual_seed(0)
            network = torch.nn.Linear(1, 1)

            def loss_of(random, network=network):
                x = torch.tensor(random.random_sample((4, 1)), dtype=torch.float32)
                return (network(x) - 3 * x).square().mean()

            calls = []

            def watch(calls=calls, watched=watched):
                calls.append(1)
                if len(calls) == watched:
                    raise KeyboardInterrupt
                return "fine"

            try:
                text_train.train(network, schedule, pathlib.Path(folder), loss_of, watch)
            except KeyboardInterrupt:
                pass
        return network.weight.item()

    def test_a_run_that_was_stopped_goes_on_to_the_same_result(self):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            whole = self.run_to(one, [None])
            self.assertEqual(self.run_to(other, [2, None]), whole)
        self.assertNotEqual(whole, 0)

    def test_the_rate_rises_and_falls_to_nothing(self):
        schedule = text_train.Schedule("x", steps=100, rate=1.0, seed=1)
        rates = [schedule.rate_at(step) for step in range(100)]
        self.assertLess(rates[0], 0.1)
        self.assertGreater(max(rates), 0.95)
        self.assertLess(rates[99], 0.001)


if __name__ == "__main__":
    unittest.main()
