"""Training on the device: the step of the graph is that of the formula, shards are fair, and it is worth the while."""

import pathlib
import sys
import tempfile
import unittest

import numpy as np
import onnx

WORKLOADS = pathlib.Path(__file__).resolve().parents[3] / "workloads"
sys.path.insert(0, str(WORKLOADS / "make"))
import common  # noqa: E402 (the path is set above)
import fashion_layers  # noqa: E402
import fashion_mnist  # noqa: E402
import federated_round  # noqa: E402
import last_layer  # noqa: E402
import onnx_double  # noqa: E402


class Step(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.teacher = fashion_mnist.model("teacher", fashion_layers.teacher(), "fp32")
        cls.model = last_layer.training_model(cls.teacher)
        random = common.generator(1)
        cls.inputs = {"image": random.standard_normal((1, 1, 28, 28)), "label": np.eye(10)[[3]],
                      "weight_change": random.standard_normal((64, 10)) / 10,
                      "bias_change": random.standard_normal((1, 10)) / 10}
        cls.values = onnx_double.run(cls.model, cls.inputs)

    def loss(self, weight_change, bias_change):
        weights, biases = last_layer.last_layer(self.teacher)
        features = onnx_double.run(self.teacher, {"image": self.inputs["image"]})[self.teacher.graph.node[-1].input[0]]
        logits = (features @ (weights + weight_change) + biases + bias_change)[0]
        return np.log(np.exp(logits - logits.max()).sum()) + logits.max() - logits[3]

    def test_it_is_a_model(self):
        onnx.checker.check_model(self.model)
        self.assertEqual([value.name for value in self.model.graph.output],
                         ["learned_weights", "learned_biases", "weight_change.next", "bias_change.next"])

    def test_it_goes_down_the_gradient_of_the_loss(self):
        change, bias = self.inputs["weight_change"], self.inputs["bias_change"]
        moved = (self.values["weight_change.next"] - change, self.values["bias_change.next"] - bias)
        for place in ((0, 3), (17, 0), (63, 9)):
            little = np.zeros((64, 10))
            little[place] = 1e-5
            slope = (self.loss(change + little, bias) - self.loss(change - little, bias)) / 2e-5
            self.assertAlmostEqual(moved[0][place], -last_layer.RATE * slope, places=8)
        little = np.eye(10)[[5]] * 1e-5
        slope = (self.loss(change, bias + little) - self.loss(change, bias - little)) / 2e-5
        self.assertAlmostEqual(moved[1][0, 5], -last_layer.RATE * slope, places=8)
        self.assertTrue((self.values["learned_weights"] == self.values["weight_change.next"]).all())
        self.assertTrue((self.values["learned_biases"] == self.values["bias_change.next"]).all())


class Shards(unittest.TestCase):
    def test_each_client_has_its_own_pictures_mostly_of_two_classes(self):
        classes = np.arange(3000) % 10
        rest = list(range(3000))
        plan = federated_round.PLAN
        shards = [last_layer.take_shard(rest, classes, plan, client) for client in range(plan.clients)]
        everything = [index for shard in shards for index in shard]
        self.assertEqual(len(set(everything)), plan.clients * plan.pictures)
        self.assertFalse(set(everything) & set(rest))
        for client, shard in enumerate(shards):
            main = {2 * client % 10, (2 * client + 1) % 10}
            self.assertEqual(sum(classes[index] in main for index in shard), 48)

    def test_without_a_main_share_the_first_are_taken(self):
        rest = list(range(50))
        plan = last_layer.Plan(clients=1, pictures=20, main_share=0, epochs=1)
        self.assertEqual(last_layer.take_shard(rest, np.zeros(50, int), plan, 0), list(range(20)))
        self.assertEqual(rest, list(range(20, 50)))

    def test_steps_are_whole_epochs_client_after_client(self):
        plan = last_layer.Plan(clients=2, pictures=3, main_share=0, epochs=2)
        made = last_layer.steps([[5, 6, 7], [8, 9, 10]], np.arange(20), plan, common.generator(1))
        self.assertEqual([step["client"] for step in made], [0] * 6 + [1] * 6)
        for first, pictures, classes in ((0, {0, 1, 2}, {5, 6, 7}), (3, {0, 1, 2}, {5, 6, 7}),
                                         (6, {3, 4, 5}, {8, 9, 10})):
            self.assertEqual({step["picture"] for step in made[first:first + 3]}, pictures)
            self.assertEqual({step["class"] for step in made[first:first + 3]}, classes)

    def test_noise_stays_a_pixel(self):
        pixels = np.array([[[0, 128, 255]]], np.uint8).repeat(1000, axis=0)
        noisy = last_layer.noisy(pixels, common.generator(2))
        self.assertEqual(noisy.dtype, np.uint8)
        self.assertLessEqual(np.abs(noisy[:, 0, 1].astype(int) - 128).max(), last_layer.NOISE)
        self.assertGreater(noisy[:, 0, 1].std(), 25)


if __name__ == "__main__":
    unittest.main()
