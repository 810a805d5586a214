"""ONNX graphs computed in double precision with numpy alone: the operators that our own graphs have."""

import math

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
        made = OPERATORS[node.op_type](attributes, *(values[name] for name in node.input))
        values |= zip(node.output, made if isinstance(made, list) else [made])
    return values


def _wide(array: numpy.ndarray) -> numpy.ndarray:
    return array.astype(numpy.float64) if array.dtype == numpy.float32 else array


def _conv(attributes, x, weights, bias):
    if x.ndim == 3:  # along one dimension: of pictures of one row
        before, after = attributes["pads"]
        pictures = {**attributes, "pads": (0, before, 0, after), "strides": (1, *attributes.get("strides", (1,)))}
        return _conv(pictures, x[:, :, None], weights[:, :, None], bias)[:, :, 0]
    top, left, bottom, right = attributes["pads"]
    x = numpy.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    windows = numpy.lib.stride_tricks.sliding_window_view(x, weights.shape[2:], axis=(2, 3))
    down, across = attributes["strides"]
    groups = attributes.get("group", 1)
    windows = windows[:, :, ::down, ::across]
    parts = [numpy.tensordot(part, kernel, ([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2) for part, kernel
             in zip(numpy.split(windows, groups, axis=1), numpy.split(weights, groups))]
    return numpy.concatenate(parts, axis=1) + bias.reshape(1, -1, 1, 1)


def _gemm(attributes, x, weights, bias=0):
    return x @ (weights.T if attributes.get("transB") else weights) + bias


def _softmax(_, x):
    powers = numpy.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _normalized(_, x, scale, bias):
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / numpy.sqrt((centred ** 2).mean(axis=-1, keepdims=True) + 1e-5) * scale + bias


def _slice(_, x, begins, ends, axes, steps=None):
    cut = [slice(None)] * x.ndim
    for axis, begin, end, step in zip(axes, begins, ends, steps if steps is not None else [1] * len(axes)):
        cut[axis] = slice(begin, end, step)
    return x[tuple(cut)]


def _reshape(_, x, shape):
    return x.reshape([x.shape[axis] if size == 0 else size for axis, size in enumerate(shape)])


def _pad(_, x, pads):
    return numpy.pad(x, list(zip(pads[:x.ndim], pads[x.ndim:])))


def _cast(attributes, x):
    return x.astype(_KINDS[attributes["to"]])


def _quantized(_, x, scale, zero):
    return numpy.clip(numpy.rint(x / scale) + zero, 0, 255)


def _dequantized(attributes, x, scale, zero):
    """`scale` and `zero` are one number each, or one for each row along an axis."""
    shape = [1] * x.ndim
    if numpy.ndim(scale):
        shape[attributes["axis"]] = -1
    return (x.astype(numpy.float64) - numpy.reshape(zero, shape)) * numpy.reshape(scale, shape)


def _reduced(function):
    return lambda attributes, x: function(x, axis=tuple(attributes["axes"]), keepdims=bool(attributes["keepdims"]))


_KINDS = {onnx.TensorProto.FLOAT: numpy.float64, onnx.TensorProto.INT64: numpy.int64, onnx.TensorProto.INT32: numpy.int32}

OPERATORS = {
    "Conv": _conv, "Gemm": _gemm, "Softmax": _softmax, "LayerNormalization": _normalized,
    "Identity": lambda _, x: x,
    "Relu": lambda _, x: numpy.maximum(x, 0),
    "Add": lambda _, x, y: x + y,
    "Sub": lambda _, x, y: x - y,
    "Mul": lambda _, x, y: x * y,
    "MatMul": lambda _, x, y: x @ y,
    "Gather": lambda _, table, rows: table[rows],
    "Split": lambda attributes, x, sizes: numpy.split(x, numpy.cumsum(sizes)[:-1], attributes["axis"]),
    "Flatten": lambda _, x: x.reshape(len(x), -1),
    "GlobalAveragePool": lambda _, x: x.mean(axis=(2, 3), keepdims=True),
    "Reshape": _reshape, "Slice": _slice, "Pad": _pad, "Cast": _cast,
    "QuantizeLinear": _quantized, "DequantizeLinear": _dequantized,
    "Div": lambda _, x, y: x / y,
    "Clip": lambda _, x, low, high: numpy.clip(x, low, high),
    "Erf": lambda _, x: numpy.vectorize(math.erf)(x),
    "Concat": lambda attributes, *parts: numpy.concatenate(parts, axis=attributes["axis"]),
    "Transpose": lambda attributes, x: x.transpose(attributes["perm"]),
    "ReduceMean": _reduced(numpy.mean), "ReduceMax": _reduced(numpy.max),
}
