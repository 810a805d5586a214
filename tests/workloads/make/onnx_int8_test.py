"""Graphs in whole numbers: what is rounded, by which ranges, and how near the answers stay."""

import pathlib
import sys
import unittest

import numpy as np
import onnx
from onnx import numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import graph  # noqa: E402 (the path is set above)
import onnx_double  # noqa: E402
import onnx_int8  # noqa: E402


def network():
    """Two products with one input, one of them turned over, and a matrix too small to be rounded."""
    random = np.random.RandomState(1)
    nodes = graph.Graph()
    weights = {name: nodes.constant(name, random.standard_normal(shape).astype(np.float32))
               for name, shape in (("a", (32, 40)), ("b", (40, 32)), ("c", (40, 4)), ("shift", (40,)))}
    left = nodes.node("MatMul", "left", ["x", weights["a"]])
    right = nodes.node("Gemm", "right", ["x", weights["b"], weights["shift"]], transB=1)
    added = nodes.node("Relu", "added", [nodes.node("Add", "sum", [left, right])])
    nodes.end(nodes.node("MatMul", "last", [added, weights["c"]]), "y")
    value = onnx.helper.make_tensor_value_info
    return nodes.finished("test", [value("x", onnx.TensorProto.FLOAT, ["batch", 32])],
                          [value("y", onnx.TensorProto.FLOAT, ["batch", 4])])


class Quantized(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = network()
        cls.samples = [{"x": np.random.RandomState(seed).uniform(-1, 3, (64, 32)).astype(np.float32)} for seed in (2, 3)]
        cls.ranges = onnx_int8.ranges(cls.model, cls.samples)
        cls.rounded = onnx_int8.quantized(cls.model, cls.ranges)

    def test_ranges_are_over_all_samples(self):
        self.assertEqual(list(self.ranges), ["x"])
        both = np.concatenate([sample["x"] for sample in self.samples])
        np.testing.assert_array_equal(self.ranges["x"], np.float32([both.min(), both.max()]))

    def test_what_is_used_twice_is_rounded_once(self):
        kinds = [node.op_type for node in self.rounded.graph.node]
        self.assertEqual((kinds.count("QuantizeLinear"), kinds.count("DequantizeLinear")), (1, 3))
        names = [node.name for node in self.rounded.graph.node]
        self.assertEqual(len(names), len(set(names)))

    def test_weights_are_bytes_and_small_matrices_are_not(self):
        types = {tensor.name: tensor.data_type for tensor in self.rounded.graph.initializer}
        self.assertEqual((types["a.numbers"], types["b.numbers"]), (onnx.TensorProto.INT8, onnx.TensorProto.INT8))
        self.assertEqual(types["c"], onnx.TensorProto.FLOAT)
        self.assertNotIn("a", types)
        self.assertNotIn("b", types)

    def test_each_output_channel_has_its_scale(self):
        stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in self.rounded.graph.initializer}
        for name, axis in (("a", 1), ("b", 0)):
            self.assertEqual(stored[f"{name}.scales"].shape, (40,))
            largest = np.abs(stored[f"{name}.numbers"].astype(int)).max(axis=1 - axis)
            np.testing.assert_array_equal(largest, 127)

    def test_answers_stay_near(self):
        exact, rounded = (onnx_double.run(model, self.samples[0])["y"] for model in (self.model, self.rounded))
        noise = np.square(rounded - exact).mean() / exact.var()
        self.assertLess(noise, 1e-3)
        self.assertGreater(noise, 1e-9)

    def test_the_model_given_is_left_as_it_is(self):
        self.assertEqual(self.model.SerializeToString(deterministic=True),
                         network().SerializeToString(deterministic=True))

    def test_other_precisions_are_what_is_written(self):
        self.assertIs(onnx_int8.in_precision("fp16", lambda kind: kind, "none"), "fp16")


if __name__ == "__main__":
    unittest.main()
