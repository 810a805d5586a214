"""Turns a TensorFlow graph, as TensorFlow.js stores it, into ONNX with the same ports and a free batch dimension.

TensorFlow holds images as NHWC, ONNX as NCHW: images are transposed where they come in and become vectors, and are
NCHW between. Supported is what MediaPipe's face mesh needs; anything else raises.
"""

import base64
import typing

import numpy
import onnx

import onnx_nodes
import tfjs

Json = dict[str, typing.Any]


class _Value(typing.NamedTuple):
    name: str  # in ONNX
    shape: tuple[int, ...]  # in TensorFlow, without the batch: three numbers are an image, held as NCHW


def convert(model: tfjs.Model, name: str) -> onnx.ModelProto:
    return _Converter(model).run(name)


class _Converter:
    def __init__(self, model: tfjs.Model) -> None:
        self._outputs = model.outputs
        self._operations: dict[str, Json] = {node["name"]: node for node in model.topology["node"]}
        self._weights = model.weights
        self._nodes = onnx_nodes.Nodes()
        self._values: dict[str, _Value] = {}
        self._inputs: dict[str, tuple[int, ...]] = {}

    def run(self, name: str) -> onnx.ModelProto:
        outputs = {}
        for port, source in self._outputs.items():
            value = self._value(_source(source))
            _require(len(value.shape) != 3, self._operations[_source(source)], "an image as output")
            self._nodes.add("Identity", [value.name], output=port)
            outputs[port] = value.shape
        return self._nodes.model(name, self._inputs, outputs)

    def _value(self, key: str) -> _Value:
        """What a node computes, and all that it needs before it."""
        waiting = [key]
        while waiting:
            node = self._operations[waiting[-1]]
            missing = [source for source in map(_source, node.get("input", []))
                       if source not in self._values and self._operations[source]["op"] != "Const"]
            if missing:
                waiting += missing
                continue
            if waiting[-1] not in self._values:
                handler = _HANDLERS.get(node["op"])
                _require(handler is not None, node, "this operation")
                self._values[waiting[-1]] = handler(self, node)
            waiting.pop()
        return self._values[key]

    def _inputs_of(self, node: Json) -> list[_Value]:
        return [self._values[source] for source in map(_source, node["input"]) if source in self._values]

    def _constant(self, node: Json, index: int) -> numpy.ndarray:
        source = _source(node["input"][index])
        _require(source in self._weights, node, f"an input {index} that is computed")
        return self._weights[source]

    def placeholder(self, node: Json) -> _Value:
        dims = [int(dim["size"]) for dim in node["attr"]["shape"]["shape"]["dim"]]
        shape = tuple(dims[1:])
        self._inputs[node["name"]] = shape
        return _Value(self._nodes.add("Transpose", [node["name"]], perm=[0, 3, 1, 2]), shape)

    def identity(self, node: Json) -> _Value:
        return self._inputs_of(node)[0]

    def convolution(self, node: Json) -> _Value:
        weight = self._constant(node, 1)
        if "Depthwise" in node["op"]:  # [height, width, in, multiplier]
            group = weight.shape[2]
            weight = weight.transpose(2, 3, 0, 1).reshape(-1, 1, *weight.shape[:2])
        else:
            group, weight = 1, weight.transpose(3, 2, 0, 1)
        fused = _fused(node)
        dilations = _integers(node, "dilations") or [1, 1, 1, 1]
        _require(dilations == [1, 1, 1, 1], node, "dilation")
        value = self._inputs_of(node)[0]
        kernel = weight.shape[2:]
        pads, strides, size = _window(node, value.shape, kernel)
        inputs = [value.name, self._nodes.weight(weight)]
        if fused:
            inputs.append(self._nodes.weight(self._constant(node, 2)))
        name = self._nodes.add("Conv", inputs, kernel_shape=list(kernel), strides=strides, pads=pads, group=group)
        result = _Value(name, (*size, weight.shape[0]))
        return self._activated(result, fused[1], node) if len(fused) > 1 else result

    def _activated(self, value: _Value, kind: str, node: Json) -> _Value:
        if kind == "Prelu":
            slopes = self._constant(node, 3).reshape(-1, 1, 1)
            return _Value(self._nodes.add("PRelu", [value.name, self._nodes.weight(slopes)]), value.shape)
        _require(kind == "Relu", node, f"the fused operation {kind}")
        return _Value(self._nodes.add("Relu", [value.name]), value.shape)

    def prelu(self, node: Json) -> _Value:
        value = self._inputs_of(node)[0]
        slopes = self._constant(node, 1).reshape(-1, 1, 1)
        return _Value(self._nodes.add("PRelu", [value.name, self._nodes.weight(slopes)]), value.shape)

    def add(self, node: Json) -> _Value:
        first, second = self._inputs_of(node)
        _require(first.shape == second.shape, node, "a sum of unlike shapes")
        return _Value(self._nodes.add("Add", [first.name, second.name]), first.shape)

    def max_pool(self, node: Json) -> _Value:
        value = self._inputs_of(node)[0]
        kernel = tuple(_integers(node, "ksize")[1:3])
        pads, strides, size = _window(node, value.shape, kernel)
        name = self._nodes.add("MaxPool", [value.name], kernel_shape=list(kernel), strides=strides, pads=pads)
        return _Value(name, (*size, value.shape[2]))

    def pad(self, node: Json) -> _Value:
        value = self._inputs_of(node)[0]
        amounts = self._constant(node, 1)
        before, after = amounts[[0, 3, 1, 2]].T.tolist()
        _require(before[0] == after[0] == 0, node, "padding of the batch")
        name = self._nodes.add("Pad", [value.name, self._nodes.integers([*before, *after])])
        return _Value(name, tuple(int(side + sum(by)) for side, by in zip(value.shape, amounts[1:])))

    def reshape(self, node: Json) -> _Value:
        value = self._inputs_of(node)[0]
        name = value.name
        if len(value.shape) == 3:
            name = self._nodes.add("Transpose", [name], perm=[0, 2, 3, 1])
        shape = [int(side) for side in self._constant(node, 1)[1:]]
        _require(len(shape) == 1, node, "a shape that is no vector")
        count = int(numpy.prod(value.shape))
        _require(shape[0] in (-1, count), node, "mixing of the batch")
        return _Value(self._nodes.add("Reshape", [name, self._nodes.integers([-1, count])]), (count,))

    def sigmoid(self, node: Json) -> _Value:
        value = self._inputs_of(node)[0]
        return _Value(self._nodes.add("Sigmoid", [value.name]), value.shape)


def _source(name: str) -> str:
    """The node that an input comes from; "name:0" is its first output."""
    node, _, output = name.partition(":")
    if name.startswith("^") or output not in ("", "0"):
        raise ValueError(f"an input {name} of a node is not supported")
    return node


def _fused(node: Json) -> list[str]:
    """Nothing, or the bias, or the bias and an activation."""
    fused = [base64.b64decode(text).decode() for text in node["attr"].get("fused_ops", {}).get("list", {}).get("s", [])]
    _require(fused[:1] in ([], ["BiasAdd"]) and len(fused) <= 2, node, f"the fused operations {fused}")
    return fused


def _integers(node: Json, attribute: str) -> list[int]:
    return [int(number) for number in node["attr"].get(attribute, {}).get("list", {}).get("i", [])]


def _window(node: Json, shape: tuple[int, ...],
            kernel: tuple[int, int]) -> tuple[list[int], list[int], tuple[int, int]]:
    """ONNX's pads, strides, and the size of the result; an odd pixel of SAME padding goes below and right."""
    strides = _integers(node, "strides")[1:3]
    padding = base64.b64decode(node["attr"]["padding"]["s"]).decode()
    _require(padding in ("SAME", "VALID"), node, f"the padding {padding}")
    if padding == "VALID":
        size = [(side - k) // stride + 1 for side, k, stride in zip(shape, kernel, strides)]
        return [0, 0, 0, 0], strides, tuple(size)
    size = [-(-side // stride) for side, stride in zip(shape, strides)]
    totals = [max((out - 1) * stride + k - side, 0) for side, k, stride, out in zip(shape, kernel, strides, size)]
    return [*(t // 2 for t in totals), *(t - t // 2 for t in totals)], strides, tuple(size)


def _require(condition: bool, node: Json, what: str) -> None:
    if not condition:
        raise ValueError(f"TensorFlow operation {node['op']} ({node['name']}): {what} is not supported")


_HANDLERS: dict[str, typing.Callable[[_Converter, Json], _Value]] = {
    "AddV2": _Converter.add,
    "DepthwiseConv2dNative": _Converter.convolution,
    "FusedDepthwiseConv2dNative": _Converter.convolution,
    "Identity": _Converter.identity,
    "MaxPool": _Converter.max_pool,
    "Pad": _Converter.pad,
    "Placeholder": _Converter.placeholder,
    "Prelu": _Converter.prelu,
    "Reshape": _Converter.reshape,
    "Sigmoid": _Converter.sigmoid,
    "_FusedConv2D": _Converter.convolution,
}
