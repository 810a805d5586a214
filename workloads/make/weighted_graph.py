"""ONNX graphs in one of three precisions, node by node, from weights and measured ranges.

The weights are what training gave with the normalization folded in; the ranges are the smallest and largest value of
each tensor over the calibration samples (training/README.md). From there on only steps that give the same bits
everywhere: scaling, rounding and conversion, number by number.

- fp32: as trained.
- fp16: all weights and tensors are halves; the input comes and the output goes as f32.
- int8: QDQ. Tensors are u8 with one scale and zero point, weights i8 with a scale for each output channel and zero in
  the middle, biases i32 in units of both scales, which is what lets an engine compute in whole numbers.
"""

import dataclasses
import pathlib
import typing

import numpy
import onnx
import onnx.helper

import graph

WEIGHTS = pathlib.Path(__file__).resolve().parent / "weights"
PRECISIONS = ("fp32", "fp16", "int8")

Arrays = dict[str, numpy.ndarray]


@dataclasses.dataclass(frozen=True)
class Ports:
    """f32 both; the batch is free."""

    input: str
    input_shape: tuple[int, ...]
    output: str
    output_shape: tuple[int, ...]
    last_op: str = ""  # of ONNX, in f32 whatever the precision: "Softmax"


class WeightedGraph(graph.Graph):
    def __init__(self, ports: Ports, arrays: Arrays):
        super().__init__()
        self.ports, self.arrays = ports, arrays

    def end(self, last: str, name: str) -> None:
        super().end(self.node(self.ports.last_op, "end", [last]) if self.ports.last_op else last, name)

    def weighted(self, op: str, name: str, x: str, attributes: dict[str, typing.Any]) -> str:
        weights = [self.constant(f"{name}.{part}", self.arrays[f"{name}.{part}"]) for part in ("weight", "bias")]
        return self.node(op, name, [x, *weights], **attributes)

    def add(self, name: str, x: str, other: str) -> str:
        return self.node("Add", f"{name}.add", [x, other])

    def settled(self, _range: str, x: str, _name: str = "") -> str:
        """Where a graph of whole numbers rounds."""
        return x

    def model(self, name: str) -> onnx.ModelProto:
        value, ports = onnx.helper.make_tensor_value_info, self.ports
        return self.finished(name, [value(ports.input, onnx.TensorProto.FLOAT, ["batch", *ports.input_shape])],
                             [value(ports.output, onnx.TensorProto.FLOAT, ["batch", *ports.output_shape])])


class HalfWeightedGraph(graph.HalfGraph, WeightedGraph):
    pass


class QuantizedGraph(WeightedGraph):
    def __init__(self, ports: Ports, arrays: Arrays):
        super().__init__(ports, arrays)
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


def read_weights(name: str) -> Arrays:
    with numpy.load(WEIGHTS / f"{name}.npz", allow_pickle=False) as arrays:
        return dict(arrays)


def in_precision(precision: str, ports: Ports, arrays: Arrays) -> WeightedGraph:
    """`arrays`: NAME.weight and NAME.bias of each layer; for int8, RANGE.range of each tensor, too."""
    return {"fp32": WeightedGraph, "fp16": HalfWeightedGraph, "int8": QuantizedGraph}[precision](ports, arrays)


def write_all(make: typing.Callable[[str], onnx.ModelProto], out: pathlib.Path,
              precisions: tuple[str, ...] = PRECISIONS) -> None:
    """PRECISION.onnx of each, as `make` gives it."""
    for precision in precisions:
        (out / f"{precision}.onnx").write_bytes(make(precision).SerializeToString(deterministic=True))


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
