"""Conversion of Keras layers whose ONNX form is known."""

import pathlib
import sys
import unittest

import numpy as np
from onnx import numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import keras_onnx  # noqa: E402 (the path is set above)
import tfjs  # noqa: E402

CONV = {"padding": "same", "strides": [1, 1], "dilation_rate": [1, 1], "use_bias": True, "kernel_size": [3, 3],
        "activation": "linear"}


def layer(kind, name, sources, **config):
    return {"class_name": kind, "name": name, "config": config, "inbound_nodes": [[[s, 0, 0, {}] for s in sources]]}


def convert(*layers, weights=None, scale=1):
    first = {"class_name": "InputLayer", "name": "in", "config": {}, "inbound_nodes": []}
    config = {"layers": [first, *layers], "output_layers": [[layers[-1]["name"], 0, 0]]}
    return keras_onnx.convert(tfjs.Model({"model_config": {"config": config}}, weights or {}), "test", (4, 6), scale)


def conv_weights(name, inputs=3, outputs=3):
    kernel = np.arange(9 * inputs * outputs, dtype=np.float32).reshape(3, 3, inputs, outputs)
    return {f"{name}/kernel": kernel, f"{name}/bias": np.arange(outputs, dtype=np.float32)}


class ConverterTest(unittest.TestCase):
    def test_ports_keep_their_names_and_layout_and_the_batch_is_free(self):
        model = convert(layer("UpSampling2D", "out", ["in"], size=[2, 2]), scale=2)
        for port, name, shape in ((model.graph.input[0], "in", [4, 6]), (model.graph.output[0], "out", [8, 12])):
            dims = port.type.tensor_type.shape.dim
            self.assertEqual(port.name, name)
            self.assertEqual([d.dim_param or d.dim_value for d in dims], ["batch", *shape, 3])
        self.assertEqual([n.op_type for n in model.graph.node], ["Transpose", "Resize", "Transpose"])

    def test_a_convolution_keeps_the_size_and_has_weights_channels_first(self):
        weights = conv_weights("c")
        model = convert(layer("Conv2D", "c", ["in"], **CONV), weights=weights)
        conv = model.graph.node[1]
        self.assertEqual({a.name: list(a.ints) for a in conv.attribute},
                         {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]})
        point = np.ones((1, 1, 3, 3), np.float32)
        convert(layer("Conv2D", "c", ["in"], **{**CONV, "kernel_size": [1, 1], "padding": "valid"}),
                weights={"c/kernel": point, "c/bias": np.zeros(3, np.float32)})
        np.testing.assert_array_equal(numpy_helper.to_array(model.graph.initializer[0]),
                                      weights["c/kernel"].transpose(3, 2, 0, 1))

    def test_an_activation_within_a_convolution_follows_it(self):
        model = convert(layer("Conv2D", "c", ["in"], **{**CONV, "activation": "relu"}), weights=conv_weights("c"))
        self.assertEqual([n.op_type for n in model.graph.node], ["Transpose", "Conv", "Relu", "Transpose"])

    def test_layers_of_several_inputs_take_them_in_order(self):
        model = convert(layer("Activation", "r", ["in"], activation="relu"), layer("Add", "s", ["in", "r", "r"]),
                        layer("Concatenate", "j", ["s", "r"], axis=3), layer("Conv2D", "c", ["j"], **CONV),
                        weights=conv_weights("c", 6))
        relu, first, second, concat = model.graph.node[1:5]
        self.assertEqual([n.op_type for n in (first, second, concat)], ["Add", "Add", "Concat"])
        self.assertEqual(list(second.input), [first.output[0], relu.output[0]])
        self.assertEqual(list(concat.input), [second.output[0], relu.output[0]])

    def test_what_would_be_converted_wrongly_is_refused(self):
        for change in ({"padding": "valid"}, {"strides": [2, 2]}, {"dilation_rate": [2, 2]}, {"use_bias": False},
                       {"kernel_size": [2, 2]}, {"activation": "tanh"}):
            with self.assertRaisesRegex(ValueError, "is not supported", msg=change):
                convert(layer("Conv2D", "c", ["in"], **{**CONV, **change}), weights=conv_weights("c"))
        with self.assertRaisesRegex(ValueError, "Lambda is not supported"):
            convert(layer("Lambda", "l", ["in"]))
        with self.assertRaisesRegex(ValueError, "not of channels"):
            convert(layer("Concatenate", "j", ["in", "in"], axis=1))
        with self.assertRaisesRegex(ValueError, "interpolation"):
            convert(layer("UpSampling2D", "u", ["in"], size=[2, 2], interpolation="bilinear"))


if __name__ == "__main__":
    unittest.main()
