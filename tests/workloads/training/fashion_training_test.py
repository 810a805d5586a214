"""Pruning, quantization and their bookkeeping in training; skipped where there is no torch, which set-up does not need."""

import pathlib
import sys
import unittest

import numpy as np

try:
    import torch
except ImportError:
    print("skipped: there is no torch (Debian: python3-torch)")
    sys.exit(77)

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "training"))
import fashion_data  # noqa: E402 (the path is set above; finds what is in make, too)
import fashion_layers  # noqa: E402
import fashion_prune  # noqa: E402
import folded_network  # noqa: E402
import trained_network  # noqa: E402
import weighted_graph  # noqa: E402


def network_of(layers):
    """With a normalization that does something."""
    torch.manual_seed(1)
    network = trained_network.Network(layers, fashion_layers.CLASSES)
    for norm in network.norms.values():
        norm.weight.data.uniform_(0.5, 1.5)
        norm.bias.data.uniform_(-0.2, 0.2)
        norm.running_mean.uniform_(-0.1, 0.1)
        norm.running_var.uniform_(0.5, 1.5)
    return network.eval()


def pictures():
    return torch.randn(32, 1, 28, 28, generator=torch.Generator().manual_seed(2))


class FoldedTest(unittest.TestCase):
    def test_answers_are_those_of_the_network_with_normalization(self):
        for layers in (fashion_layers.teacher(), fashion_layers.student()):
            network = network_of(layers)
            folded = folded_network.Folded(layers, network.folded())
            torch.testing.assert_close(trained_network.answers(folded, pictures()),
                                       trained_network.answers(network, pictures()), rtol=1e-4, atol=1e-5)

    def test_quantized_answers_are_near_and_not_the_same(self):
        layers = fashion_layers.teacher()
        arrays = folded_network.calibrated(layers, network_of(layers).folded(), pictures())
        wanted = trained_network.answers(folded_network.Folded(layers, network_of(layers).folded()), pictures())
        error = trained_network.answers(folded_network.Folded(layers, arrays), pictures()) - wanted
        self.assertGreater(error.abs().max().item(), 0)
        self.assertLess(error.std() / wanted.std(), 0.05)

    def test_weights_are_rounded_as_the_graph_rounds_them(self):
        layers = fashion_layers.student()
        arrays = folded_network.calibrated(layers, network_of(layers).folded(), pictures())
        rounded = folded_network.Folded(layers, arrays)._weights("conv2")[0].detach().numpy()
        numbers, scales = weighted_graph.quantized_weights(arrays["conv2.weight"])
        np.testing.assert_allclose(rounded, numbers * scales[:, None, None, None], rtol=1e-6)

    def test_gradients_pass_the_rounding(self):
        layers = fashion_layers.student()
        folded = folded_network.Folded(
            layers, folded_network.calibrated(layers, network_of(layers).folded(), pictures()))
        folded(pictures()).square().sum().backward()
        for name, weight in folded.weights.items():
            self.assertGreater(weight.grad.abs().max().item(), 0, name)

    def test_calibration_covers_every_tensor_and_holds_what_was_seen(self):
        layers = fashion_layers.teacher()
        arrays = folded_network.calibrated(layers, network_of(layers).folded(), pictures())
        ranges = {name.removesuffix(".range") for name in arrays if name.endswith(".range")}
        self.assertEqual(ranges, {"input", "pool", *(layer.name for layer in layers),
                                  *(f"{layer.name}.conv" for layer in layers if layer.add)})
        np.testing.assert_allclose(arrays["input.range"], [pictures().min(), pictures().max()])


class HalvedTest(unittest.TestCase):
    def test_keeps_the_channels_that_matter_and_their_answers(self):
        """Channels that are nothing anywhere can go without a difference."""
        wide, narrow = fashion_layers.teacher(8), fashion_layers.teacher(4)
        network = network_of(wide)
        with torch.no_grad():
            for layer in wide:
                key = layer.name.replace(".", "_")
                network.convs[key].weight[1::2] = 0
                for values in (network.norms[key].bias, network.norms[key].running_mean):
                    values[1::2] = 0
        small = fashion_prune.halved(network, narrow).eval()
        self.assertEqual(small.convs["block1_outer"].weight.shape, (8, 8, 3, 3))
        torch.testing.assert_close(small(pictures()), network(pictures()), rtol=1e-4, atol=1e-5)


class TwoOfFourTest(unittest.TestCase):
    def test_keeps_the_two_largest_of_each_four_input_channels(self):
        weights = torch.tensor([[1.0, -4.0, 2.0, 3.0, 0.5, 0.1, -0.2, 0.3]])
        np.testing.assert_array_equal(fashion_prune.mask_of(weights), [[0, 1, 0, 1, 1, 0, 0, 1]])

    def test_holds_in_the_whole_network_after_each_step(self):
        network = network_of(fashion_layers.teacher())
        rule = fashion_prune.TwoOfFour(network)
        with torch.no_grad():
            for conv in network.convs.values():
                conv.weight.add_(1)
        rule.apply()
        for layer in network.layers[1:]:
            fours = (network.convs[layer.name.replace(".", "_")].weight != 0).movedim(1, -1).unflatten(-1, (-1, 4))
            self.assertLessEqual(fours.sum(-1).max().item(), 2, layer.name)
        self.assertGreater(fashion_prune.share_of_zeros(network.folded()), 0.49)


class VariedTest(unittest.TestCase):
    def test_mirrors_those_that_are_said_and_shifts_all_alike(self):
        batch = pictures()[:2]
        same = [fashion_data.varied(batch, torch.tensor([False, True]), np.random.RandomState(seed)) for seed in (1, 1)]
        torch.testing.assert_close(same[0], same[1])
        plain = fashion_data.varied(batch, torch.tensor([False, False]), np.random.RandomState(1))
        torch.testing.assert_close(same[0][0], plain[0])
        torch.testing.assert_close(same[0][1], plain[1].flip(2))


if __name__ == "__main__":
    unittest.main()
