"""Graphs of classifiers: what each precision must look like to be computed in that precision."""

import pathlib
import sys
import unittest

import numpy as np
import onnx
import onnx.checker
import onnx.numpy_helper
import onnx.shape_inference

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import classifier_graph  # noqa: E402 (the path is set above)
import fashion_layers  # noqa: E402
import layers  # noqa: E402
import weighted_graph  # noqa: E402

RANGES = (np.float32(-0.75), np.float32(3.0))


def arrays_of(convolutions: layers.Layers) -> dict[str, np.ndarray]:
    random = np.random.RandomState(1)
    shapes = {layer.name: layer.shape for layer in convolutions} | {"head": (10, convolutions[-1].channels)}
    arrays = {}
    for name, shape in shapes.items():
        arrays[f"{name}.weight"] = random.uniform(-1, 1, shape).astype(np.float32)
        arrays[f"{name}.bias"] = random.uniform(-1, 1, shape[0]).astype(np.float32)
    names = ["input", "pool", *shapes, *(f"{layer.name}.conv" for layer in convolutions if layer.add)]
    relu = {layer.name for layer in convolutions if layer.relu} | {"pool"}
    return arrays | {f"{name}.range": np.array((0, 2) if name in relu else RANGES, np.float32) for name in names}


class Graph:
    """A model's nodes by name and constants by name."""

    def __init__(self, layers: fashion_layers.Layers, precision: str):
        self.arrays = arrays_of(layers)
        self.model = classifier_graph.model("test", layers, fashion_layers.PORTS, self.arrays, precision)
        self.nodes = {node.name: node for node in self.model.graph.node}
        self.constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in self.model.graph.initializer}
        self.producers = {node.output[0]: node for node in self.model.graph.node}


class EveryPrecision(unittest.TestCase):
    def test_is_a_good_model_from_a_picture_to_ten_logits(self):
        for layers in (fashion_layers.teacher(), fashion_layers.student()):
            for precision in weighted_graph.PRECISIONS:
                model = Graph(layers, precision).model
                onnx.checker.check_model(model)
                model = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
                for value, shape in ((model.graph.input[0], ["batch", 1, 28, 28]), (model.graph.output[0], ["batch", 10])):
                    self.assertEqual(value.type.tensor_type.elem_type, onnx.TensorProto.FLOAT)
                    self.assertEqual([dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim], shape)

    def test_has_the_same_convolutions_whatever_the_precision(self):
        def work(precision):
            return [(node.name, node.op_type) for node in Graph(fashion_layers.teacher(), precision).model.graph.node
                    if node.op_type in ("Conv", "Gemm", "Add", "Relu", "GlobalAveragePool")]
        self.assertEqual(work("fp16"), work("fp32"))
        self.assertEqual(work("int8"), work("fp32"))

    def test_is_the_same_bytes_each_time(self):
        for precision in weighted_graph.PRECISIONS:
            once, again = (Graph(fashion_layers.student(), precision).model.SerializeToString(deterministic=True)
                           for _ in range(2))
            self.assertEqual(once, again)


class Half(unittest.TestCase):
    def test_every_constant_is_a_half(self):
        graph = Graph(fashion_layers.teacher(), "fp16")
        self.assertEqual({str(values.dtype) for values in graph.constants.values()}, {"float16"})
        self.assertEqual([node.op_type for node in graph.nodes.values()].count("Cast"), 2)
        weight = graph.arrays["stem.weight"]
        np.testing.assert_allclose(graph.constants["stem.weight"], weight, atol=np.abs(weight).max() * 2**-11)


class Quantized(unittest.TestCase):
    def setUp(self):
        self.graph = Graph(fashion_layers.teacher(), "int8")

    def weighted(self):
        return [node for node in self.graph.nodes.values() if node.op_type in ("Conv", "Gemm")]

    def test_all_that_is_multiplied_or_added_comes_from_whole_numbers(self):
        for node in self.graph.nodes.values():
            if node.op_type in ("Conv", "Gemm", "Add", "GlobalAveragePool", "Flatten"):
                for name in node.input:
                    self.assertEqual(self.graph.producers[name].op_type, "DequantizeLinear", f"{node.name}: {name}")

    def test_a_bias_is_in_units_of_both_scales(self):
        """Bit for bit: ONNX Runtime fuses nothing else."""
        self.assertEqual(len(self.weighted()), 12)
        for node in self.weighted():
            x, weight, bias = (self.graph.producers[name] for name in node.input)
            x_scale, weight_scales, bias_scales = (self.graph.constants[of.input[1]] for of in (x, weight, bias))
            np.testing.assert_array_equal(bias_scales, x_scale * weight_scales, node.name)
            numbers = self.graph.constants[bias.input[0]]
            self.assertEqual(numbers.dtype, np.int32)
            np.testing.assert_allclose(numbers * bias_scales, self.graph.arrays[f"{node.name}.bias"],
                                       atol=bias_scales.max())

    def test_weights_are_signed_with_a_scale_a_channel(self):
        for node in self.weighted():
            weight = self.graph.producers[node.input[1]]
            numbers, scales, zeros = (self.graph.constants[name] for name in weight.input)
            wanted = self.graph.arrays[f"{node.name}.weight"]
            self.assertEqual((numbers.dtype, zeros.any(), scales.shape), (np.int8, False, (len(wanted),)))
            self.assertGreaterEqual(numbers.min(), -127)
            steps = scales.reshape((-1,) + (1,) * (wanted.ndim - 1))
            self.assertLess((np.abs(numbers * steps - wanted) / steps).max(), 0.501, node.name)

    def test_scales_of_tensors_are_scalars(self):
        """Rank 1 would keep ONNX Runtime from adding in whole numbers."""
        for node in self.graph.nodes.values():
            if node.op_type == "QuantizeLinear":
                scale, zero = (self.graph.constants[name] for name in node.input[1:])
                self.assertEqual((scale.shape, zero.shape, zero.dtype), ((), (), np.uint8), node.name)


class UnevenLayers(unittest.TestCase):
    """Convolutions that are depthwise, or have other borders on each side, and chances in the end."""

    LAYERS = (layers.Layer("stem", "input", 1, 8, (10, 4), 2, pads=(4, 1, 5, 1)),
              layers.Layer("depthwise", "stem", 8, 8, group=8), layers.Layer("pointwise", "depthwise", 8, 8, (1, 1)))
    PORTS = weighted_graph.Ports("features", (1, 49, 10), "chances", (10,), last_op="Softmax")

    def graph(self, precision):
        model = classifier_graph.model("test", self.LAYERS, self.PORTS, arrays_of(self.LAYERS), precision)
        onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
        return model.graph

    def test_chances_are_of_f32_whatever_the_precision(self):
        for precision in weighted_graph.PRECISIONS:
            graph = self.graph(precision)
            last = graph.node[-1]
            self.assertEqual((last.op_type, last.output[0]), ("Softmax", "chances"))
            producers = {node.output[0]: node.op_type for node in graph.node}
            self.assertEqual(producers[last.input[0]], "Cast" if precision == "fp16" else "Gemm")

    def test_convolutions_have_the_groups_and_borders_of_their_layers(self):
        convolutions = [node for node in self.graph("fp32").node if node.op_type == "Conv"]
        for node, layer in zip(convolutions, self.LAYERS):
            attributes = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
            self.assertEqual(attributes.get("group", 1), layer.group, layer.name)
            self.assertEqual(tuple(attributes["pads"]), layer.padding, layer.name)
            self.assertEqual(tuple(attributes["kernel_shape"]), layer.kernel, layer.name)


if __name__ == "__main__":
    unittest.main()
