"""ONNX graphs computed in double precision with numpy alone: the operators that our own graphs have."""

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper

Values = dict[str, numpy.ndarray]


def run(model: onnx.ModelProto, inputs: Values) -> Values:
    """Every value of the graph by its name."""
    values = {weights.name: onnx.numpy_helper.to_array(weights) for weights in model.graph.initializer}
    values = {name: _wide(array) for name, array in (values | inputs).items()}
    for node in model.graph.node:
        attributes = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
        values[node.output[0]] = OPERATORS[node.op_type](attributes, *(values[name] for name in node.input))
    return values


def _wide(array: numpy.ndarray) -> numpy.ndarray:
    return array.astype(numpy.float64) if array.dtype == numpy.float32 else array


def _conv(attributes, x, weights, bias):
    top, left, bottom, right = attributes["pads"]
    x = numpy.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    windows = numpy.lib.stride_tricks.sliding_window_view(x, weights.shape[2:], axis=(2, 3))
    stride, groups = attributes["strides"][0], attributes.get("group", 1)
    windows = windows[:, :, ::stride, ::stride]
    parts = [numpy.tensordot(part, kernel, ([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2) for part, kernel
             in zip(numpy.split(windows, groups, axis=1), numpy.split(weights, groups))]
    return numpy.concatenate(parts, axis=1) + bias.reshape(1, -1, 1, 1)


def _gemm(attributes, x, weights, bias):
    return x @ (weights.T if attributes.get("transB") else weights) + bias


def _softmax(_, x):
    powers = numpy.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _normalized(_, x, scale, bias):
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / numpy.sqrt((centred ** 2).mean(axis=-1, keepdims=True) + 1e-5) * scale + bias


OPERATORS = {
    "Conv": _conv, "Gemm": _gemm, "Softmax": _softmax, "LayerNormalization": _normalized,
    "Identity": lambda _, x: x,
    "Relu": lambda _, x: numpy.maximum(x, 0),
    "Add": lambda _, x, y: x + y,
    "Sub": lambda _, x, y: x - y,
    "Mul": lambda _, x, y: x * y,
    "MatMul": lambda _, x, y: x @ y,
    "Gather": lambda _, table, rows: table[rows],
    "Flatten": lambda _, x: x.reshape(len(x), -1),
    "GlobalAveragePool": lambda _, x: x.mean(axis=(2, 3), keepdims=True),
    "Reshape": lambda _, x, shape: x.reshape(shape),
    "Transpose": lambda attributes, x: x.transpose(attributes["perm"]),
    "ReduceMean": lambda attributes, x: x.mean(axis=tuple(attributes["axes"]), keepdims=bool(attributes["keepdims"])),
}
