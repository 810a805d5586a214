#!/usr/bin/env python3
"""Makes the small ONNX models of the end-to-end tests: good ones, odd ones, and ones that nobody should trust.

Usage: make_models.py FOLDER

The same bytes come out every time. Each function gives one model; its name is the file's name.
"""

import pathlib
import random
import sys

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper

F32, F16, I64 = onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.INT64
TEXT = onnx.TensorProto.STRING
TEBI = 2**40


def value(name, shape, dtype=F32):
    return onnx.helper.make_tensor_value_info(name, dtype, shape)


def weights(name, *shape, dtype=numpy.float32):
    seed = sum(name.encode()) + sum(shape)
    return onnx.numpy_helper.from_array(numpy.random.RandomState(seed).standard_normal(shape).astype(dtype), name)


def whole_numbers(name, *numbers):
    return onnx.numpy_helper.from_array(numpy.array(numbers, numpy.int64), name)


def node(op_type, inputs, outputs, **attributes):
    return onnx.helper.make_node(op_type, inputs.split(), outputs.split(), name=f"{op_type}_{outputs.split()[0]}",
                                 **attributes)


def model(nodes, inputs, outputs, constants=(), domains=()):
    graph = onnx.helper.make_graph(nodes, "test", inputs, outputs, constants)
    opsets = [onnx.helper.make_opsetid("", 17), *(onnx.helper.make_opsetid(name, 1) for name in domains)]
    return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="edgebench-tests")


# Good models.

def conv():
    """Convolution and ReLU: 16 x 3 x 3 x 3 weights over 32 x 32 outputs are 442,368 MACs."""
    return model([node("Conv", "x w", "c", pads=[1, 1, 1, 1]), node("Relu", "c", "y")],
                 [value("x", [1, 3, 32, 32])], [value("y", [1, 16, 32, 32])], [weights("w", 16, 3, 3, 3)])


def gemm():
    """64 x 32 MACs."""
    return model([node("Gemm", "x w b", "y")], [value("x", [1, 64])], [value("y", [1, 32])],
                 [weights("w", 64, 32), weights("b", 32)])


def free_batch():
    return model([node("Gemm", "x w", "y")], [value("x", ["batch", 64])], [value("y", ["batch", 32])],
                 [weights("w", 64, 32)])


def free_inner():
    return model([node("MatMul", "x w", "y")], [value("x", [1, "sequence", 16])], [value("y", [1, "sequence", 8])],
                 [weights("w", 16, 8)])


def found_shape():
    """How many outputs there are, only the data tell."""
    return model([node("NonZero", "x", "y")], [value("x", [8, 8])], [value("y", [2, "count"], I64)])


def embedding():
    return model([node("Gather", "table ids", "y")], [value("ids", [1, 12], I64)], [value("y", [1, 12, 8])],
                 [weights("table", 2, 8)])


def half():
    return model([node("MatMul", "x w", "y")], [value("x", [1, 64], F16)], [value("y", [1, 32], F16)],
                 [weights("w", 64, 32, dtype=numpy.float16)])


def lstm():
    """10 steps of 4 gates: 10 x 4 x 8 x (16 + 8) = 7,680 MACs."""
    return model([node("LSTM", "x w r", "y", hidden_size=8)], [value("x", [10, 1, 16])], [value("y", [10, 1, 1, 8])],
                 [weights("w", 1, 32, 16), weights("r", 1, 32, 8)])


def square_product(size):
    """A product of two size x size matrices, from a small input."""
    return model([node("Expand", "x shape", "square"), node("MatMul", "square square", "product"),
                  node("ReduceMean", "product", "y")],
                 [value("x", [1, size])], [value("y", [1, 1])], [whole_numbers("shape", size, size)])


def medium():
    """About 10 ms on two cores: few queries fill a window."""
    return square_product(768)


def slow():
    """About 0.1 s on two cores: long enough to be caught at work."""
    return square_product(1536)


# Odd models, which a run can only refuse.

def free_unnamed():
    return model([node("MatMul", "x w", "y")], [value("x", [1, None, 16])], [value("y", [1, None, 8])],
                 [weights("w", 16, 8)])


def text_input():
    return model([node("Identity", "x", "y")],
                 [value("x", [1], TEXT)], [value("y", [1], TEXT)])


def unknown_operator():
    return model([node("Frobnicate", "x", "y", domain="com.example.nowhere")], [value("x", [1, 4])],
                 [value("y", [1, 4])], domains=["com.example.nowhere"])


def huge_input():
    return model([node("Relu", "x", "y")], [value("x", [1, 2_000_000_000, 3])], [value("y", [1, 2_000_000_000, 3])])


def huge_inside():
    """Wants 16 TiB in the middle; input and output are small."""
    return model([node("Expand", "x shape", "big"), node("ReduceMax", "big", "y", axes=[1, 2])],
                 [value("x", [1, 1, 1])], [value("y", [1, 1, 1])], [whole_numbers("shape", 1, 4 * TEBI, 1)])


def escaping_data():
    """Its weights are said to be in a file far outside the model's folder."""
    made = gemm()
    tensor = made.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../" * 20 + "etc/passwd")
    return made


MODELS = (conv, gemm, free_batch, free_inner, found_shape, embedding, half, lstm, medium, slow, free_unnamed,
          text_input, unknown_operator, huge_input, huge_inside, escaping_data)


def make(folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for function in MODELS:
        (folder / f"{function.__name__}.onnx").write_bytes(function().SerializeToString(deterministic=True))
    whole = (folder / "conv.onnx").read_bytes()
    (folder / "truncated.onnx").write_bytes(whole[:len(whole) // 2])
    (folder / "corrupt.onnx").write_bytes(random.Random(1).randbytes(4096))
    (folder / "empty.onnx").write_bytes(b"")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    make(pathlib.Path(sys.argv[1]))
