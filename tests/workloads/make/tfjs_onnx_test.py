"""Conversion of single TensorFlow operations whose ONNX form is known."""

import base64
import pathlib
import sys
import unittest

import numpy as np
from onnx import numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import tfjs  # noqa: E402 (the path is set above)
import tfjs_onnx  # noqa: E402


def text(value):
    return base64.b64encode(value.encode()).decode()


def integers(*values):
    return {"list": {"i": [str(value) for value in values]}}


def window(padding="SAME", stride=1, fused=("BiasAdd",), **others):
    return {"padding": {"s": text(padding)}, "strides": integers(1, stride, stride, 1),
            "fused_ops": {"list": {"s": [text(name) for name in fused]}}, **others}


def convert(nodes, weights=None, shape=(8, 6, 2)):
    """`nodes`: (op, name, inputs, attributes). Weights are constants; "in" is the input."""
    sizes = {"shape": {"dim": [{"size": str(side)} for side in (-1, *shape)]}}
    all_nodes = [{"op": "Placeholder", "name": "in", "attr": {"shape": sizes}}]
    all_nodes += [{"op": "Const", "name": name, "attr": {}} for name in weights or {}]
    all_nodes += [{"op": op, "name": name, "input": inputs, "attr": attr} for op, name, inputs, attr in nodes]
    return tfjs_onnx.convert(tfjs.Model({"node": all_nodes}, weights or {}, {"port": "out:0"}), "test")


def flat(source, count):
    """A last operation, since images are no outputs, and its weights."""
    return ("Reshape", "out", [source, "shape"], {}), {"shape": np.array([1, count], np.int32)}


def node_of(model, kind):
    found = [node for node in model.graph.node if node.op_type == kind]
    assert len(found) == 1, [node.op_type for node in model.graph.node]
    return found[0]


def attributes(node):
    return {a.name: list(a.ints) or a.i or a.f or a.s.decode() for a in node.attribute}


def weights_of(model):
    return [numpy_helper.to_array(tensor) for tensor in model.graph.initializer]


def weight(*shape):
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


class ConverterTest(unittest.TestCase):
    def convolution(self, op, kernel, attr, count, shape=(8, 6, 2), bias=5, more=None):
        last, weights = flat("c", count)
        weights |= {"w": kernel, "b": weight(bias)} | (more or {})
        inputs = ["in", "w", "b:0", *(more or {})]
        return convert([(op, "c", inputs, attr), last], weights, shape)

    def test_ports_keep_their_names_and_the_batch_is_free(self):
        last, weights = flat("in", 96)
        model = convert([last], weights)
        for port, name, shape in ((model.graph.input[0], "in", [8, 6, 2]), (model.graph.output[0], "port", [96])):
            self.assertEqual(port.name, name)
            self.assertEqual([d.dim_param or d.dim_value for d in port.type.tensor_type.shape.dim], ["batch", *shape])
        # NHWC before it is flattened.
        self.assertEqual([n.op_type for n in model.graph.node], ["Transpose", "Transpose", "Reshape", "Identity"])

    def test_same_padding_is_below_and_right_where_it_is_odd(self):
        model = self.convolution("_FusedConv2D", weight(3, 3, 2, 5), window(stride=2), 60)
        found = attributes(node_of(model, "Conv"))
        self.assertEqual((found["pads"], found["strides"], found["group"]), ([0, 0, 1, 1], [2, 2], 1))
        np.testing.assert_array_equal(weights_of(model)[0], weight(3, 3, 2, 5).transpose(3, 2, 0, 1))

    def test_valid_padding_is_none(self):
        model = self.convolution("_FusedConv2D", weight(3, 3, 2, 5), window("VALID"), 120)
        self.assertEqual(attributes(node_of(model, "Conv"))["pads"], [0, 0, 0, 0])

    def test_a_depthwise_convolution_has_a_group_a_channel(self):
        model = self.convolution("FusedDepthwiseConv2dNative", weight(3, 3, 2, 1), window(), 96, bias=2)
        self.assertEqual(attributes(node_of(model, "Conv"))["group"], 2)
        np.testing.assert_array_equal(weights_of(model)[0][1, 0], weight(3, 3, 2, 1)[:, :, 1, 0])

    def test_a_convolution_may_have_no_bias(self):
        last, weights = flat("c", 96)
        model = convert([("DepthwiseConv2dNative", "c", ["in", "w"], window(fused=())), last],
                        weights | {"w": weight(3, 3, 2, 1)})
        self.assertEqual(len(node_of(model, "Conv").input), 2)

    def test_fused_activations_follow(self):
        relu = self.convolution("_FusedConv2D", weight(1, 1, 2, 5), window(fused=("BiasAdd", "Relu")), 240)
        self.assertEqual(node_of(relu, "Relu").input[0], node_of(relu, "Conv").output[0])
        slopes = {"a": weight(1, 1, 5)}
        prelu = self.convolution("_FusedConv2D", weight(1, 1, 2, 5), window(fused=("BiasAdd", "Prelu")), 240,
                                 more=slopes)
        self.assertEqual(node_of(prelu, "PRelu").input[0], node_of(prelu, "Conv").output[0])
        self.assertIn((5, 1, 1), [w.shape for w in weights_of(prelu)])

    def test_channels_are_padded_and_windows_pooled(self):
        last, weights = flat("p", 60)
        pool = window("VALID", 2, ksize=integers(1, 2, 2, 1))
        model = convert([("MaxPool", "m", ["in"], pool), ("Pad", "p", ["m", "by"], {}), last],
                        weights | {"by": np.array([[0, 0], [0, 0], [0, 0], [0, 3]], np.int32)})
        self.assertEqual(attributes(node_of(model, "MaxPool"))["kernel_shape"], [2, 2])
        self.assertEqual(weights_of(model)[0].tolist(), [0, 0, 0, 0, 0, 3, 0, 0])

    def test_order_does_not_matter_and_sums_take_both(self):
        last, weights = flat("s", 96)
        model = convert([last, ("AddV2", "s", ["r", "in"], {}), ("Prelu", "r", ["i", "a"], {}),
                         ("Identity", "i", ["in"], {})], weights | {"a": weight(1, 1, 2)})
        total = node_of(model, "Add")
        self.assertEqual(list(total.input), [node_of(model, "PRelu").output[0], model.graph.node[0].output[0]])


class RefusalTest(unittest.TestCase):
    def assert_refused(self, words, op, inputs, attr, weights):
        last, more = flat("c", 96)
        with self.assertRaisesRegex(ValueError, words):
            convert([(op, "c", inputs, attr), last], weights | more)

    def test_what_would_be_converted_wrongly(self):
        weights = {"w": weight(3, 3, 2, 2), "b": weight(2), "k": np.array([1, 8, 12], np.int32)}
        conv = ("_FusedConv2D", ["in", "w", "b"])
        self.assert_refused("fused operations", *conv, window(fused=("Relu",)), weights)
        self.assert_refused("fused operation Elu", *conv, window(fused=("BiasAdd", "Elu")), weights)
        self.assert_refused("dilation", *conv, window(dilations=integers(1, 2, 2, 1)), weights)
        self.assert_refused("padding EXPLICIT", *conv, window("EXPLICIT"), weights)
        self.assert_refused("this operation", "Softmax", ["in"], {}, {})
        self.assert_refused("no vector", "Reshape", ["in", "k"], {}, weights)
        self.assert_refused("that is computed", "Prelu", ["in", "in"], {}, {})
        self.assert_refused("an input in:1", "Sigmoid", ["in:1"], {}, {})

    def test_images_as_outputs(self):
        with self.assertRaisesRegex(ValueError, "an image as output"):
            convert([("Sigmoid", "out", ["in"], {})])


if __name__ == "__main__":
    unittest.main()
