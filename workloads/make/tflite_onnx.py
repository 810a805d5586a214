"""Turns a TFLite network of 2-D convolutions into ONNX with the same ports, FP32 weights and a free batch dimension.

TFLite holds images as NHWC, ONNX as NCHW: images are transposed where they come in, go out or become vectors, and are
NCHW between. Supported is what MediaPipe's networks need that are in the zoo; anything else raises.
"""

import struct
import typing

import numpy
import onnx

import onnx_nodes
import tflite

PADDINGS = ("SAME", "VALID")
NO_ACTIVATION, RELU, RELU6 = 0, 1, 3


def convert(model: tflite.Model, name: str) -> onnx.ModelProto:
    return _Converter(model, name).run()


class _Converter:
    def __init__(self, model: tflite.Model, name: str) -> None:
        self._model = model
        self._name = name
        self._nodes = onnx_nodes.Nodes()
        self._values: dict[int, str] = {}  # TFLite tensor -> ONNX value, NCHW

    def run(self) -> onnx.ModelProto:
        for index in self._model.inputs:
            port = self._model.tensors[index].name
            self._values[index] = self._nodes.add("Transpose", [port], perm=[0, 3, 1, 2])
        for operator in self._model.operators:
            self._convert(operator)
        for index in self._model.outputs:
            tensor = self._model.tensors[index]
            if len(tensor.shape) == 4:
                self._nodes.add("Transpose", [self._values[index]], output=tensor.name, perm=[0, 2, 3, 1])
            else:
                self._nodes.add("Identity", [self._values[index]], output=tensor.name)
        return self._nodes.model(self._name, self._ports(self._model.inputs), self._ports(self._model.outputs))

    def _ports(self, indices: list[int]) -> dict[str, tuple[int, ...]]:
        tensors = [self._model.tensors[index] for index in indices]
        return {tensor.name: tensor.shape[1:] for tensor in tensors}

    def _constant(self, index: int) -> numpy.ndarray:
        constant = self._model.tensors[index].constant
        if constant is None:
            raise ValueError(f"{self._model.tensors[index].name}: weights computed in the graph are not supported")
        return constant

    def _convert(self, operator: tflite.Operator) -> None:
        if operator.kind == "DEQUANTIZE":
            # Half-precision weights: widened here, so that the graph holds FP32.
            target = self._model.tensors[operator.outputs[0]]
            target.constant = self._constant(operator.inputs[0]).astype(numpy.float32)
            return
        handler = _HANDLERS.get(operator.kind)
        if handler is None:
            raise ValueError(f"TFLite operator {operator.kind} is not supported")
        self._values[operator.outputs[0]] = handler(self, operator)

    def _activated(self, value: str, kind: int, operator: tflite.Operator) -> str:
        """What TFLite fuses into an operator is a node of its own in ONNX."""
        _require(kind in (NO_ACTIVATION, RELU, RELU6), operator, f"the fused activation {kind}")
        if kind == RELU6:
            return self._nodes.add("Clip", [value, self._nodes.number(0), self._nodes.number(6)])
        return self._nodes.add("Relu", [value]) if kind == RELU else value

    def _size(self, index: int) -> tuple[int, int]:
        return self._model.tensors[index].shape[1:3]

    def _same_pads(self, operator: tflite.Operator, kernel: tuple[int, int], strides: list[int]) -> list[int]:
        """TFLite's SAME: the output is ceil(input / stride); an odd pixel of padding goes below and right."""
        totals = []
        for size, out, k, stride in zip(self._size(operator.inputs[0]), self._size(operator.outputs[0]), kernel, strides):
            totals.append(max((out - 1) * stride + k - size, 0))
        return [totals[0] // 2, totals[1] // 2, totals[0] - totals[0] // 2, totals[1] - totals[1] // 2]

    def _convolution(self, operator: tflite.Operator, weight: numpy.ndarray, group: int) -> str:
        """Both kinds of convolution; `weight` is [out, in / group, height, width]."""
        options = operator.options
        depthwise = operator.kind == "DEPTHWISE_CONV_2D"
        activation, dilations = (4, (6, 5)) if depthwise else (3, (5, 4))
        _require(all(options.scalar(d, "i", 1) == 1 for d in dilations), operator, "dilation")
        strides = [options.scalar(2, "i"), options.scalar(1, "i")]
        kernel = weight.shape[2:]
        padding = PADDINGS[options.scalar(0, "b")]
        pads = self._same_pads(operator, kernel, strides) if padding == "SAME" else [0, 0, 0, 0]
        inputs = [self._values[operator.inputs[0]], self._nodes.weight(weight),
                  self._nodes.weight(self._constant(operator.inputs[2]))]
        result = self._nodes.add("Conv", inputs, kernel_shape=list(kernel), strides=strides, pads=pads, group=group)
        return self._activated(result, options.scalar(activation, "b"), operator)

    def conv(self, operator: tflite.Operator) -> str:
        return self._convolution(operator, self._constant(operator.inputs[1]).transpose(0, 3, 1, 2), 1)

    def depthwise_conv(self, operator: tflite.Operator) -> str:
        channels = self._model.tensors[operator.inputs[0]].shape[3]
        return self._convolution(operator, self._constant(operator.inputs[1]).transpose(3, 0, 1, 2), channels)

    def transposed_conv_bias(self, operator: tflite.Operator) -> str:
        """MediaPipe's custom operator; its options are three ints: padding, stride in x, stride in y."""
        padding, stride_x, stride_y = struct.unpack_from("<iii", operator.custom_options)
        weight = self._constant(operator.inputs[1]).transpose(3, 0, 1, 2)  # to [in, out, height, width]
        kernel = weight.shape[2:]
        in_size, out_size = self._size(operator.inputs[0]), self._size(operator.outputs[0])
        _require(kernel == (stride_y, stride_x), operator, "overlapping windows")
        _require(out_size == (in_size[0] * stride_y, in_size[1] * stride_x), operator, f"padding {padding}")
        inputs = [self._values[operator.inputs[0]], self._nodes.weight(weight),
                  self._nodes.weight(self._constant(operator.inputs[2]))]
        return self._nodes.add("ConvTranspose", inputs, kernel_shape=list(kernel), strides=[stride_y, stride_x])

    def global_average(self, operator: tflite.Operator) -> str:
        window = (operator.options.scalar(4, "i"), operator.options.scalar(3, "i"))
        _require(window == self._size(operator.inputs[0]), operator, "a window smaller than the image")
        _require(self._size(operator.outputs[0]) == (1, 1), operator, "more than one window")
        _require(operator.options.scalar(5, "b") == 0, operator, "a fused activation")
        return self._nodes.add("GlobalAveragePool", [self._values[operator.inputs[0]]])

    def max_pool(self, operator: tflite.Operator) -> str:
        options = operator.options
        strides, kernel = ([options.scalar(field, "i") for field in fields] for fields in ((2, 1), (4, 3)))
        pads = [0, 0, 0, 0]
        if PADDINGS[options.scalar(0, "b")] == "SAME":
            pads = self._same_pads(operator, tuple(kernel), strides)
        result = self._nodes.add("MaxPool", [self._values[operator.inputs[0]]], kernel_shape=kernel, strides=strides,
                                 pads=pads)
        return self._activated(result, options.scalar(5, "b"), operator)

    def mean(self, operator: tflite.Operator) -> str:
        axes = sorted(self._constant(operator.inputs[1]).reshape(-1).tolist())
        _require(axes == [1, 2], operator, "anything but the mean of a whole image")
        result = self._nodes.add("GlobalAveragePool", [self._values[operator.inputs[0]]])
        keeps = len(self._model.tensors[operator.outputs[0]].shape) == 4
        return result if keeps else self._nodes.add("Flatten", [result], axis=1)

    def pad(self, operator: tflite.Operator) -> str:
        before, after = self._constant(operator.inputs[1])[[0, 3, 1, 2]].T.tolist()
        return self._nodes.add("Pad", [self._values[operator.inputs[0]], self._nodes.integers([*before, *after])])

    def reshape(self, operator: tflite.Operator) -> str:
        """From an image, or between vectors."""
        value = self._values[operator.inputs[0]]
        if len(self._model.tensors[operator.inputs[0]].shape) == 4:
            value = self._nodes.add("Transpose", [value], perm=[0, 2, 3, 1])
        shape = self._model.tensors[operator.outputs[0]].shape
        _require(len(shape) != 4, operator, "a shape of an image")
        return self._nodes.add("Reshape", [value, self._nodes.integers([-1, *shape[1:]])])

    def fully_connected(self, operator: tflite.Operator) -> str:
        weight = self._constant(operator.inputs[1])
        shape = self._model.tensors[operator.inputs[0]].shape
        _require(shape[-1] == weight.shape[1] and numpy.prod(shape[1:]) == shape[-1], operator, "more than one row")
        value = self._values[operator.inputs[0]]
        if len(shape) == 4:
            value = self._nodes.add("Flatten", [value], axis=1)
        inputs = [value, self._nodes.weight(weight), self._nodes.weight(self._constant(operator.inputs[2]))]
        result = self._nodes.add("Gemm", inputs, transB=1)
        return self._activated(result, operator.options.scalar(0, "b"), operator)

    def resize_bilinear(self, operator: tflite.Operator) -> str:
        half_pixel = operator.options.scalar(3, "b") == 1 and operator.options.scalar(2, "b") == 0
        _require(half_pixel, operator, "anything but half-pixel centres")
        in_size, out_size = self._size(operator.inputs[0]), self._size(operator.outputs[0])
        scales = numpy.array([1, 1, out_size[0] / in_size[0], out_size[1] / in_size[1]])
        return self._nodes.add("Resize", [self._values[operator.inputs[0]], "", self._nodes.weight(scales)],
                               mode="linear", coordinate_transformation_mode="half_pixel")

    def arithmetic(self, operator: tflite.Operator) -> str:
        kind = {"ADD": "Add", "MUL": "Mul"}[operator.kind]
        result = self._nodes.add(kind, [self._values[index] for index in operator.inputs])
        activation = operator.options.scalar(0, "b") if operator.options else NO_ACTIVATION
        return self._activated(result, activation, operator)

    def unary(self, operator: tflite.Operator) -> str:
        kind = {"RELU": "Relu", "LOGISTIC": "Sigmoid"}[operator.kind]
        return self._nodes.add(kind, [self._values[operator.inputs[0]]])

    def hard_swish(self, operator: tflite.Operator) -> str:
        value = self._values[operator.inputs[0]]
        return self._nodes.add("Mul", [value, self._nodes.add("HardSigmoid", [value], alpha=1 / 6, beta=0.5)])


def _require(condition: bool, operator: tflite.Operator, what: str) -> None:
    if not condition:
        raise ValueError(f"TFLite operator {operator.kind}: {what} is not supported")


_HANDLERS: dict[str, typing.Callable[[_Converter, tflite.Operator], str]] = {
    "ADD": _Converter.arithmetic,
    "AVERAGE_POOL_2D": _Converter.global_average,
    "CONV_2D": _Converter.conv,
    "Convolution2DTransposeBias": _Converter.transposed_conv_bias,
    "DEPTHWISE_CONV_2D": _Converter.depthwise_conv,
    "FULLY_CONNECTED": _Converter.fully_connected,
    "HARD_SWISH": _Converter.hard_swish,
    "LOGISTIC": _Converter.unary,
    "MAX_POOL_2D": _Converter.max_pool,
    "MEAN": _Converter.mean,
    "MUL": _Converter.arithmetic,
    "PAD": _Converter.pad,
    "RELU": _Converter.unary,
    "RESHAPE": _Converter.reshape,
    "RESIZE_BILINEAR": _Converter.resize_bilinear,
}
