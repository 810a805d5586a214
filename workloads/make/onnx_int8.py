"""A graph in whole numbers (QDQ) of an FP32 one: products with weights, in the form that engines compute in 8 bits.

What goes into a product is u8 with a scale and zero point a tensor, the weights are i8 with a scale for each output channel;
what is between the products stays FP32, as do tables of embeddings. Ranges are measured by `ranges`, in double precision on
samples that judge nothing, and kept in weights/: from there on the same bits come out everywhere.
"""

import pathlib
import typing

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper

import onnx_double
import weighted_graph

PRODUCTS = ("MatMul", "Gemm")
FEWEST_WEIGHTS = 1024  # smaller matrices stay FP32

Ranges = dict[str, numpy.ndarray]  # smallest and largest value of a tensor, f32


def rounded_inputs(model: onnx.ModelProto) -> list[str]:
    """The tensors that are multiplied by weights, each once."""
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    return list(dict.fromkeys(node.input[0] for node in model.graph.node if _is_product(node, constants)))


def ranges(model: onnx.ModelProto, samples: typing.Iterable[onnx_double.Values]) -> Ranges:
    """Over all samples, each a batch of inputs."""
    found: Ranges = {}
    for sample in samples:
        values = onnx_double.run(model, sample)
        for name in rounded_inputs(model):
            seen = numpy.float32([values[name].min(), values[name].max()])
            low, high = found.get(name, seen)
            found[name] = numpy.float32([min(low, seen[0]), max(high, seen[1])])
    return found


def write_ranges(found: Ranges, file: pathlib.Path) -> None:
    numpy.savez_compressed(file, **found)


def read_ranges(name: str) -> Ranges:
    return weighted_graph.read_weights(f"{name}-ranges")


def in_precision(precision: str, write: typing.Callable[[str], onnx.ModelProto], name: str) -> onnx.ModelProto:
    """What `write` makes of a precision; of int8 with the ranges of `name`, from FP32."""
    return quantized(write("fp32"), read_ranges(name)) if precision == "int8" else write(precision)


def quantized(model: onnx.ModelProto, measured: Ranges) -> onnx.ModelProto:
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    made = _Made()
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        if _is_product(node, constants):
            changed = onnx.NodeProto()
            changed.CopyFrom(node)
            axis = 0 if _is_turned(node) else 1
            changed.input[0] = made.rounded(node.input[0], measured[node.input[0]])
            changed.input[1] = made.weights(node.input[1], onnx.numpy_helper.to_array(constants[node.input[1]]), axis)
            node = changed
        nodes += [*made.taken(), node]
    kept = {name for node in nodes for name in node.input}
    initializers = [tensor for tensor in (*graph.initializer, *made.constants) if tensor.name in kept]
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(nodes)
    graph.initializer.extend(initializers)
    onnx.checker.check_model(result, full_check=True)
    return result


class _Made:
    """Pairs of nodes and their constants; each tensor has one pair, however often it is used."""

    def __init__(self) -> None:
        self.constants: list[onnx.TensorProto] = []
        self._nodes: list[onnx.NodeProto] = []
        self._known: dict[str, str] = {}

    def taken(self) -> list[onnx.NodeProto]:
        nodes, self._nodes = self._nodes, []
        return nodes

    def rounded(self, name: str, limits: numpy.ndarray) -> str:
        if name not in self._known:
            steps = self._constants(name, *zip(("scale", "zero"), weighted_graph.quantized_range(*limits)))
            self._node("QuantizeLinear", f"{name}.quantize", [name, *steps], f"{name}.numbers")
            self._known[name] = self._node("DequantizeLinear", f"{name}.dequantize", [f"{name}.numbers", *steps],
                                           f"{name}.rounded")
        return self._known[name]

    def weights(self, name: str, values: numpy.ndarray, axis: int) -> str:
        if name not in self._known:
            numbers, scales = weighted_graph.quantized_weights(values if axis == 0 else values.T)
            if axis == 1:
                numbers = numpy.ascontiguousarray(numbers.T)
            inputs = self._constants(name, ("numbers", numbers), ("scales", scales),
                                     ("zeros", numpy.zeros(len(scales), numpy.int8)))
            self._known[name] = self._node("DequantizeLinear", f"{name}.dequantize", inputs, f"{name}.rounded", axis=axis)
        return self._known[name]

    def _constants(self, name: str, *parts: tuple[str, numpy.ndarray]) -> list[str]:
        self.constants += [onnx.numpy_helper.from_array(numpy.asarray(values), f"{name}.{part}") for part, values in parts]
        return [f"{name}.{part}" for part, _ in parts]

    def _node(self, op: str, name: str, inputs: list[str], output: str, **attributes: int) -> str:
        self._nodes.append(onnx.helper.make_node(op, inputs, [output], name=name, **attributes))
        return output


def _is_product(node: onnx.NodeProto, constants: dict[str, onnx.TensorProto]) -> bool:
    return (node.op_type in PRODUCTS and node.input[1] in constants and len(constants[node.input[1]].dims) == 2
            and numpy.prod(constants[node.input[1]].dims) >= FEWEST_WEIGHTS)


def _is_turned(node: onnx.NodeProto) -> bool:
    """Whether the output channels come first in the weights."""
    return any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
