"""Conversion of single operators whose ONNX form is known."""

import pathlib
import struct
import sys
import unittest

import numpy as np
from onnx import numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import tflite  # noqa: E402 (the path is set above)
import tflite_onnx  # noqa: E402

SAME, VALID = 0, 1


class Options:
    def __init__(self, **values):
        self.values = {int(name[1:]): value for name, value in values.items()}

    def scalar(self, index, _form, default=0):
        return self.values.get(index, default)


def convert(kind, in_shape, out_shape, options=None, constants=(), custom=b"", computed=False):
    """A network of one operator: tensor 0 in, 1 out, then the constants; or the input twice where all is computed."""
    tensors = [tflite.Tensor("in", in_shape, None), tflite.Tensor("out", out_shape, None)]
    tensors += [tflite.Tensor(f"c{k}", c.shape, c) for k, c in enumerate(constants)]
    inputs = [0, 0] if computed else [0, *range(2, len(tensors))]
    operator = tflite.Operator(kind, inputs, [1], options, custom)
    return tflite_onnx.convert(tflite.Model(tensors, [operator], [0], [1]), "test")


def conv_options(padding=SAME, stride=(1, 1), **others):
    return Options(f0=padding, f1=stride[1], f2=stride[0], **others)


def node_of(model, kind):
    found = [node for node in model.graph.node if node.op_type == kind]
    assert len(found) == 1, [node.op_type for node in model.graph.node]
    return found[0]


def attributes(node):
    return {a.name: list(a.ints) or a.i or a.f or a.s.decode() for a in node.attribute}


def weights(model):
    return [numpy_helper.to_array(tensor) for tensor in model.graph.initializer]


def weight(*shape):
    return np.arange(np.prod(shape), dtype=np.float16).reshape(shape)


class ConverterTest(unittest.TestCase):
    def test_ports_keep_their_names_and_layout_and_the_batch_is_free(self):
        model = convert("RELU", (1, 4, 6, 3), (1, 4, 6, 3))
        for port, name in ((model.graph.input[0], "in"), (model.graph.output[0], "out")):
            dims = port.type.tensor_type.shape.dim
            self.assertEqual(port.name, name)
            self.assertEqual([d.dim_param or d.dim_value for d in dims], ["batch", 4, 6, 3])
        self.assertEqual([n.op_type for n in model.graph.node], ["Transpose", "Relu", "Transpose"])

    def test_same_padding_is_below_and_right_where_it_is_odd(self):
        constants = (weight(5, 3, 3, 2), weight(5))
        model = convert("CONV_2D", (1, 8, 6, 2), (1, 4, 3, 5), conv_options(stride=(2, 2)), constants)
        found = attributes(node_of(model, "Conv"))
        self.assertEqual(found["pads"], [0, 0, 1, 1])
        self.assertEqual((found["strides"], found["kernel_shape"]), ([2, 2], [3, 3]))

    def test_same_padding_is_even_at_stride_one_and_none_when_valid(self):
        constants = (weight(5, 3, 3, 2), weight(5))
        same = convert("CONV_2D", (1, 8, 8, 2), (1, 8, 8, 5), conv_options(), constants)
        valid = convert("CONV_2D", (1, 8, 8, 2), (1, 6, 6, 5), conv_options(VALID), constants)
        self.assertEqual(attributes(node_of(same, "Conv"))["pads"], [1, 1, 1, 1])
        self.assertEqual(attributes(node_of(valid, "Conv"))["pads"], [0, 0, 0, 0])

    def test_weights_become_channels_first_floats(self):
        kernel, bias = weight(5, 3, 1, 2), weight(5)
        model = convert("CONV_2D", (1, 8, 8, 2), (1, 8, 8, 5), conv_options(), (kernel, bias))
        np.testing.assert_array_equal(weights(model)[0], kernel.transpose(0, 3, 1, 2))
        self.assertEqual([w.dtype for w in weights(model)], [np.float32, np.float32])

    def test_a_depthwise_convolution_has_a_group_a_channel(self):
        kernel = weight(1, 3, 3, 4)
        model = convert("DEPTHWISE_CONV_2D", (1, 8, 8, 4), (1, 8, 8, 4), conv_options(), (kernel, weight(4)))
        self.assertEqual(attributes(node_of(model, "Conv"))["group"], 4)
        np.testing.assert_array_equal(weights(model)[0], kernel.transpose(3, 0, 1, 2))

    def test_the_custom_transposed_convolution(self):
        kernel = weight(1, 2, 2, 4)
        model = convert("Convolution2DTransposeBias", (1, 3, 3, 4), (1, 6, 6, 1), None, (kernel, weight(1)),
                        struct.pack("<iii", 1, 2, 2))
        self.assertEqual(attributes(node_of(model, "ConvTranspose"))["strides"], [2, 2])
        np.testing.assert_array_equal(weights(model)[0], kernel.transpose(3, 0, 1, 2))

    def test_fused_activations_follow(self):
        constants = (weight(5, 3, 3, 2), weight(5))
        relu = convert("CONV_2D", (1, 8, 8, 2), (1, 8, 8, 5), conv_options(f3=1), constants)
        self.assertEqual(node_of(relu, "Relu").input[0], node_of(relu, "Conv").output[0])
        clip = convert("ADD", (1, 8, 8, 2), (1, 8, 8, 2), Options(f0=3), computed=True)
        self.assertEqual(node_of(clip, "Clip").input[0], node_of(clip, "Add").output[0])
        self.assertEqual([float(w) for w in weights(clip) if w.shape == ()], [0, 6])

    def test_pooling_of_windows(self):
        model = convert("MAX_POOL_2D", (1, 7, 6, 2), (1, 4, 3, 2), Options(f0=SAME, f1=2, f2=2, f3=2, f4=3))
        found = attributes(node_of(model, "MaxPool"))
        self.assertEqual((found["kernel_shape"], found["strides"], found["pads"]), ([3, 2], [2, 2], [1, 0, 1, 0]))

    def test_an_image_becomes_a_vector_in_its_own_order(self):
        model = convert("RESHAPE", (1, 2, 3, 4), (1, 24), Options())
        self.assertEqual([n.op_type for n in model.graph.node], ["Transpose", "Transpose", "Reshape", "Identity"])
        self.assertEqual(weights(model)[0].tolist(), [-1, 24])

    def test_means_and_rows_of_weights(self):
        mean = convert("MEAN", (1, 4, 4, 3), (1, 3), Options(), (np.array([1, 2], np.int32),))
        self.assertEqual([n.op_type for n in mean.graph.node][1:], ["GlobalAveragePool", "Flatten", "Identity"])
        full = convert("FULLY_CONNECTED", (1, 1, 1, 4), (1, 3), Options(), (weight(3, 4), weight(3)))
        self.assertEqual(attributes(node_of(full, "Gemm"))["transB"], 1)
        np.testing.assert_array_equal(weights(full)[0], weight(3, 4))

    def test_padding_is_channels_first(self):
        amounts = np.array([[0, 0], [1, 2], [3, 4], [0, 5]], np.int32)
        model = convert("PAD", (1, 4, 4, 3), (1, 7, 11, 8), None, (amounts,))
        self.assertEqual(weights(model)[0].tolist(), [0, 0, 1, 3, 0, 5, 2, 4])

    def test_resizing_is_by_scale_with_half_pixel_centres(self):
        sizes = np.array([8, 12], np.int32)
        model = convert("RESIZE_BILINEAR", (1, 4, 4, 2), (1, 8, 12, 2), Options(f3=1), (sizes,))
        self.assertEqual(attributes(node_of(model, "Resize")),
                         {"mode": "linear", "coordinate_transformation_mode": "half_pixel"})
        np.testing.assert_array_equal(weights(model)[0], [1, 1, 2, 3])

    def test_pooling_of_the_whole_image(self):
        model = convert("AVERAGE_POOL_2D", (1, 4, 6, 2), (1, 1, 1, 2), Options(f0=VALID, f3=6, f4=4))
        self.assertEqual(node_of(model, "GlobalAveragePool").input[0], model.graph.node[0].output[0])

    def test_hard_swish_is_x_times_its_hard_sigmoid(self):
        model = convert("HARD_SWISH", (1, 4, 4, 2), (1, 4, 4, 2))
        gate, product = node_of(model, "HardSigmoid"), node_of(model, "Mul")
        self.assertAlmostEqual(attributes(gate)["alpha"], 1 / 6)
        self.assertEqual(list(product.input), [gate.input[0], gate.output[0]])

    def test_half_precision_weights_are_widened_ahead_of_time(self):
        half = weight(3)
        tensors = [tflite.Tensor("in", (1, 4, 4, 2), None), tflite.Tensor("half", (3, 1, 1, 2), weight(3, 1, 1, 2)),
                   tflite.Tensor("wide", (3, 1, 1, 2), None), tflite.Tensor("bias", (3,), half),
                   tflite.Tensor("out", (1, 4, 4, 3), None)]
        operators = [tflite.Operator("DEQUANTIZE", [1], [2], None, b""),
                     tflite.Operator("CONV_2D", [0, 2, 3], [4], conv_options(), b"")]
        model = tflite_onnx.convert(tflite.Model(tensors, operators, [0], [4]), "test")
        self.assertEqual([n.op_type for n in model.graph.node], ["Transpose", "Conv", "Transpose"])


class RefusalTest(unittest.TestCase):
    def assert_refused(self, words, *arguments, **options):
        with self.assertRaisesRegex(ValueError, words):
            convert(*arguments, **options)

    def test_what_would_be_converted_wrongly(self):
        constants = (weight(5, 3, 3, 2), weight(5))
        shapes = (1, 8, 8, 2), (1, 8, 8, 5)
        self.assert_refused("fused activation 4", "CONV_2D", *shapes, conv_options(f3=4), constants)
        self.assert_refused("dilation", "CONV_2D", *shapes, conv_options(f4=2), constants)
        self.assert_refused("fused activation 5", "ADD", *shapes, Options(f0=5))
        self.assert_refused("half-pixel", "RESIZE_BILINEAR", *shapes, Options(f2=1))
        self.assert_refused("window smaller", "AVERAGE_POOL_2D", *shapes, Options(f3=2, f4=2))
        self.assert_refused("overlapping", "Convolution2DTransposeBias", (1, 3, 3, 4), (1, 6, 6, 1), None,
                            (weight(1, 3, 3, 4), weight(1)), struct.pack("<iii", 1, 2, 2))
        self.assert_refused("SOFTMAX is not supported", "SOFTMAX", *shapes)

    def test_weights_that_the_graph_computes(self):
        tensors = [tflite.Tensor(name, (1, 4, 4, 2), None) for name in ("in", "computed", "out")]
        operator = tflite.Operator("CONV_2D", [0, 1, 1], [2], conv_options(), b"")
        with self.assertRaisesRegex(ValueError, "computed in the graph"):
            tflite_onnx.convert(tflite.Model(tensors, [operator], [0], [2]), "test")


if __name__ == "__main__":
    unittest.main()
