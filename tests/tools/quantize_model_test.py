"""Tests of quantize_model.py: what a small network becomes."""

import collections
import unittest

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper

import quantize_model


def network() -> onnx.ModelProto:
    """Convolution, activation, pooling, residual, product."""
    node = onnx.helper.make_node
    value = onnx.helper.make_tensor_value_info
    random = numpy.random.RandomState(1)
    weights = {"w": random.standard_normal((4, 4, 1, 1)), "b": random.standard_normal(4), "m": random.standard_normal((4, 3))}
    graph = onnx.helper.make_graph(
        [node("Conv", ["x", "w", "b"], ["c"]), node("Relu", ["c"], ["r"]), node("MaxPool", ["r"], ["p"], kernel_shape=[1, 1]),
         node("Add", ["p", "x"], ["s"]), node("GlobalAveragePool", ["s"], ["g"]), node("Flatten", ["g"], ["f"]),
         node("Gemm", ["f", "m"], ["y"])],
        "network", [value("x", onnx.TensorProto.FLOAT, [1, 4, 2, 2])], [value("y", onnx.TensorProto.FLOAT, [1, 3])],
        [onnx.numpy_helper.from_array(array.astype("f4"), name) for name, array in weights.items()])
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)


class QuantizeModel(unittest.TestCase):
    def setUp(self) -> None:
        ranges = {name: numpy.array([-1, 3], "f4") for name in quantize_model.activations(network().graph)}
        self.made = quantize_model.quantized(network(), ranges)
        self.constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in self.made.graph.initializer}

    def test_is_a_model_with_the_same_ends(self) -> None:
        onnx.checker.check_model(self.made)
        self.assertEqual([value.name for value in self.made.graph.input], ["x"])
        self.assertEqual([value.name for value in self.made.graph.output], ["y"])

    def test_quantizes_activations_once_and_not_before_an_activation(self) -> None:
        counts = collections.Counter(node.op_type for node in self.made.graph.node)
        self.assertEqual(counts["QuantizeLinear"], 7)  # x, r, p, s, g, f, y; not c
        self.assertEqual(counts["DequantizeLinear"], 7 + 3)  # and w, b, m
        relu = next(node for node in self.made.graph.node if node.op_type == "Relu")
        self.assertEqual(list(relu.input), ["c"])

    def test_weights_have_a_scale_an_output_channel(self) -> None:
        self.assertEqual(self.constants["w.scale"].shape, (4,))
        self.assertEqual(self.constants["m.scale"].shape, (3,))
        axes = {node.output[0]: node.attribute[0].i for node in self.made.graph.node if node.attribute and node.attribute[0].name == "axis"}
        self.assertEqual((axes["w.real"], axes["m.real"]), (0, 1))
        original = onnx.numpy_helper.to_array(network().graph.initializer[0])
        again = self.constants["w.steps"] * self.constants["w.scale"].reshape(4, 1, 1, 1)
        self.assertLess(numpy.abs(again - original).max(), self.constants["w.scale"].max() / 2 + 1e-6)

    def test_a_bias_has_the_scale_of_the_products(self) -> None:
        numpy.testing.assert_allclose(self.constants["b.scale"], self.constants["w.scale"] * self.constants["x.scale"])
        self.assertEqual(self.constants["b.steps"].dtype, numpy.int32)

    def test_zero_is_a_step(self) -> None:
        scale, zero = quantize_model.step_of(numpy.array([-1, 3], "f4"))
        self.assertEqual((float(scale), int(zero)), (numpy.float32(4 / 255), 64))
        self.assertEqual(quantize_model.step_of(numpy.array([0.5, 2], "f4"))[1], 0)
        self.assertEqual(quantize_model.step_of(numpy.zeros(3, "f4"))[0], 1)


if __name__ == "__main__":
    unittest.main()
