"""FastDepth has the published size, and its graph is what numpy computes."""

import pathlib
import sys
import unittest

import numpy as np
import onnx
import onnx.checker

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import depth_estimation  # noqa: E402 (the path is set above)
import networks  # noqa: E402


class DepthTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.network = networks.calibrated(depth_estimation.network(), 1)

    def test_the_size_is_the_published_one_and_each_pixel_has_a_depth(self):
        work, deviations = [], []

        def visit(layer, result):
            if layer.weights is not None:
                work.append(layer.weights[0].size * result.size)
            deviations.append(result.std())

        depths = self.network.run(networks.normalized(networks.pictures(0, 1)), visit)
        self.assertAlmostEqual(self.network.parameters() / 1e6, 3.947, delta=0.001)
        self.assertAlmostEqual(sum(work) / 1e6, 736.7, delta=0.1)
        self.assertEqual(depths.shape, (1, networks.SIDE ** 2))
        self.assertTrue(1 / 3 < min(deviations) and max(deviations) < 3, "variance is kept")

    def test_the_model_is_valid(self):
        model = self.network.model("depth-estimation")
        onnx.checker.check_model(model, full_check=True)
        shape = onnx.shape_inference.infer_shapes(model).graph.output[0].type.tensor_type.shape.dim
        self.assertEqual([dim.dim_value for dim in shape[1:]], [1, networks.SIDE, networks.SIDE])
        doublings = [node for node in model.graph.node if node.op_type == "Resize"]
        self.assertEqual(len(doublings), 5)
        self.assertEqual({tuple(node.input[1:]) for node in doublings}, {("", "doubled")})

    def test_rounding_is_what_a_file_would_do(self):
        answers = np.linspace(-3, 5, 20).reshape(2, 10)
        np.testing.assert_allclose(networks.rounded(answers), answers, atol=0.51 * 5 / 32767, rtol=0)


if __name__ == "__main__":
    unittest.main()
