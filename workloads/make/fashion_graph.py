"""A Fashion-MNIST classifier as an ONNX graph in one of three precisions, from its weights and measured ranges.

The weights, in make/weights, are what training gave with the normalization folded in; the ranges are the smallest and
largest value of each tensor over the calibration pictures (training/README.md). From there on only steps that give the
same bits everywhere: scaling, rounding and conversion, number by number.

- fp32: as trained.
- fp16: all weights and tensors are halves; the picture comes and the logits go as f32.
- int8: QDQ. Tensors are u8 with one scale and zero point, weights i8 with a scale for each output channel and zero in
  the middle, biases i32 in units of both scales, which is what lets an engine compute in whole numbers.
"""

import typing

import numpy
import onnx
import onnx.helper

import fashion_layers
import graph

PRECISIONS = ("fp32", "fp16", "int8")

Arrays = dict[str, numpy.ndarray]


def model(name: str, layers: fashion_layers.Layers, arrays: Arrays, precision: str) -> onnx.ModelProto:
    """`arrays`: NAME.weight and NAME.bias of each layer and of "head"; for int8, RANGE.range of each tensor, too."""
    made = {"fp32": _Graph, "fp16": _HalfGraph, "int8": _QuantizedGraph}[precision](arrays)
    names = {"input": made.begin("image")}
    for layer in layers:
        x = made.weighted("Conv", layer.name, names[layer.source], _conv_attributes(layer))
        if layer.add:
            x = made.add(layer.name, made.settled(f"{layer.name}.conv", x), names[layer.add])
        if layer.relu:
            x = made.node("Relu", f"{layer.name}.relu", [x])
        names[layer.name] = made.settled(layer.name, x)
    x = made.settled("pool", made.node("GlobalAveragePool", "pool", [names[layers[-1].name]]))
    x = made.settled("pool", made.node("Flatten", "flatten", [x], axis=1), "flat")
    made.end(made.weighted("Gemm", "head", x, {"transB": 1}), "logits")
    return made.model(name)


def _conv_attributes(layer: fashion_layers.Layer) -> dict[str, typing.Any]:
    return {"kernel_shape": [layer.kernel] * 2, "strides": [layer.stride] * 2, "pads": [layer.kernel // 2] * 4}


class _Graph(graph.Graph):
    def __init__(self, arrays: Arrays):
        super().__init__()
        self.arrays = arrays

    def weighted(self, op: str, name: str, x: str, attributes: dict[str, typing.Any]) -> str:
        weights = [self.constant(f"{name}.{part}", self.arrays[f"{name}.{part}"]) for part in ("weight", "bias")]
        return self.node(op, name, [x, *weights], **attributes)

    def add(self, name: str, x: str, other: str) -> str:
        return self.node("Add", f"{name}.add", [x, other])

    def settled(self, _range: str, x: str, _name: str = "") -> str:
        """Where a graph of whole numbers rounds."""
        return x

    def model(self, name: str) -> onnx.ModelProto:
        value, side = onnx.helper.make_tensor_value_info, fashion_layers.SIDE
        return self.finished(name, [value("image", onnx.TensorProto.FLOAT, ["batch", 1, side, side])],
                             [value("logits", onnx.TensorProto.FLOAT, ["batch", fashion_layers.CLASSES])])


class _HalfGraph(graph.HalfGraph, _Graph):
    pass


class _QuantizedGraph(_Graph):
    def __init__(self, arrays: Arrays):
        super().__init__(arrays)
        self._scales: dict[str, numpy.float32] = {}  # by name of a dequantized tensor

    def begin(self, name: str) -> str:
        return self.settled("input", name)

    def weighted(self, op: str, name: str, x: str, attributes: dict[str, typing.Any]) -> str:
        numbers, scales = quantized_weights(self.arrays[f"{name}.weight"])
        bias_scales = self._scales[x] * scales
        bias = numpy.rint(self.arrays[f"{name}.bias"].astype(numpy.float64) / bias_scales).astype(numpy.int32)
        weight = self._dequantized(f"{name}.weight", numbers, scales)
        return self.node(op, name, [x, weight, self._dequantized(f"{name}.bias", bias, bias_scales)], **attributes)

    def settled(self, range_name: str, x: str, name: str = "") -> str:
        name = name or range_name
        scale, zero = quantized_range(*self.arrays[f"{range_name}.range"])
        steps = [self.constant(f"{name}.scale", scale), self.constant(f"{name}.zero", zero)]
        numbers = self.node("QuantizeLinear", f"{name}.quantize", [x, *steps])
        settled = self.node("DequantizeLinear", f"{name}.dequantize", [numbers, *steps])
        self._scales[settled] = scale
        return settled

    def _dequantized(self, name: str, numbers: numpy.ndarray, scales: numpy.ndarray) -> str:
        inputs = [self.constant(f"{name}.numbers", numbers), self.constant(f"{name}.scales", scales),
                  self.constant(f"{name}.zeros", numpy.zeros(len(scales), numbers.dtype))]
        return self.node("DequantizeLinear", f"{name}.dequantize", inputs, axis=0)


def quantized_weights(weights: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """i8 within -127 to 127, and a scale for each output channel: the first axis."""
    largest = numpy.abs(weights.reshape(len(weights), -1)).max(axis=1).astype(numpy.float32)
    scales = numpy.maximum(largest / numpy.float32(127), numpy.float32(1e-12))
    steps = weights / scales.reshape((-1,) + (1,) * (weights.ndim - 1))
    return numpy.clip(numpy.rint(steps), -127, 127).astype(numpy.int8), scales


def quantized_range(low: numpy.float32, high: numpy.float32) -> tuple[numpy.float32, numpy.uint8]:
    """Scale and zero point of u8 over a range that is widened to hold 0."""
    low, high = numpy.minimum(low, numpy.float32(0)), numpy.maximum(high, numpy.float32(0))
    scale = numpy.maximum((high - low) / numpy.float32(255), numpy.float32(1e-12))
    return scale, numpy.rint(-low / scale).astype(numpy.uint8)
