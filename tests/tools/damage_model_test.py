"""What the tool changes in a model, and what it leaves alone."""

import pathlib
import sys
import unittest

import numpy as np
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import damage_model  # noqa: E402 (the path is set above)

WEIGHTS = np.arange(1, 33, dtype=np.float32)


def tensor(name, values):
    return numpy_helper.from_array(values, name)


def model():
    """Weights as an initializer, as a Constant, and as a Constant in a branch; and what is no weight."""
    branch = helper.make_graph([helper.make_node("Constant", [], ["b"], value=tensor("b", WEIGHTS))], "branch", [],
                               [helper.make_tensor_value_info("b", TensorProto.FLOAT, [32])])
    nodes = [helper.make_node("Constant", [], ["c"], value=tensor("c", WEIGHTS.astype(np.float16))),
             helper.make_node("If", ["condition"], ["y"], then_branch=branch, else_branch=branch)]
    initializers = [tensor("w", WEIGHTS), tensor("shape", np.arange(32)), tensor("epsilon", WEIGHTS[:1])]
    return helper.make_model(helper.make_graph(nodes, "g", [], [], initializers))


def values(built):
    return [numpy_helper.to_array(t) for t in damage_model.weights(built.graph)]


class DamageModelTest(unittest.TestCase):
    def test_changes_all_weights_and_nothing_else(self):
        damaged = model()
        self.assertEqual(damage_model.damage(damaged, 0.5, 1), 4 * 32)
        for before, after in zip(values(model()), values(damaged)):
            self.assertEqual((before.dtype, before.shape), (after.dtype, after.shape))
            is_weight = before.dtype.kind == "f" and before.size > 1
            self.assertEqual((before != after).mean() > 0.9, is_weight)
            self.assertEqual((before == after).all(), not is_weight)

    def test_the_same_seed_does_the_same_damage(self):
        first, second, other = model(), model(), model()
        damage_model.damage(first, 0.5, 1)
        damage_model.damage(second, 0.5, 1)
        damage_model.damage(other, 0.5, 2)
        self.assertEqual(first, second)
        self.assertNotEqual(first, other)

    def test_no_strength_is_no_damage(self):
        damaged = model()
        damage_model.damage(damaged, 0, 1)
        for before, after in zip(values(model()), values(damaged)):
            np.testing.assert_array_equal(before, after)


if __name__ == "__main__":
    unittest.main()
