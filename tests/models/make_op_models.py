#!/usr/bin/env python3
"""Makes the tiny ONNX models of the tests of backends: one operator each, with work that a hand can count, and some for
what execution providers must take apart.

Usage: make_op_models.py FOLDER

Each function gives one model; its name is the file's name, its docstring the MACs.
"""

import pathlib
import sys

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper

F32, I64, I8, U8, I32 = (getattr(onnx.TensorProto, n) for n in ("FLOAT", "INT64", "INT8", "UINT8", "INT32"))
BOOL, TEXT, F64 = onnx.TensorProto.BOOL, onnx.TensorProto.STRING, onnx.TensorProto.DOUBLE


def value(name, shape, dtype=F32):
    return onnx.helper.make_tensor_value_info(name, dtype, shape)


def weights(name, *shape, dtype=numpy.float32):
    numbers = numpy.arange(int(numpy.prod(shape)), dtype=numpy.int64) % 7 - 3
    if dtype == numpy.uint8:
        numbers = abs(numbers)
    return onnx.numpy_helper.from_array(numbers.reshape(shape).astype(dtype), name)


def constant(name, number, dtype=numpy.float32):
    return onnx.numpy_helper.from_array(numpy.array(number, dtype), name)


def node(op_type, inputs, outputs, name=None, **attributes):
    name = f"{op_type}_{outputs.split()[0]}" if name is None else name
    return onnx.helper.make_node(op_type, inputs.split(), outputs.split(), name=name, **attributes)


def model(nodes, inputs, outputs, constants=()):
    graph = onnx.helper.make_graph(nodes, "test", inputs, outputs, constants)
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8,
                                  producer_name="edgebench-tests")


def quantization(*names):
    """A scale and a zero point for each name."""
    made = []
    for name in names:
        made += [constant(f"{name}_s", 0.5), constant(f"{name}_z", 0, numpy.uint8)]
    return made


# Work: what each model's MACs are.

def conv_strided():
    """16 x (16 x 16) outputs, each of 3 x 3 x 3 weights: 110,592."""
    return model([node("Conv", "x w", "y", strides=[2, 2], pads=[1, 1, 1, 1])],
                 [value("x", [1, 3, 32, 32])], [value("y", [1, 16, 16, 16])], [weights("w", 16, 3, 3, 3)])


def conv_grouped():
    """12 x (5 x 5) outputs, each of 2 x 3 x 3 weights: 5,400."""
    return model([node("Conv", "x w", "y", group=4, strides=[2, 2], pads=[1, 1, 1, 1])],
                 [value("x", [1, 8, 10, 10])], [value("y", [1, 12, 5, 5])], [weights("w", 12, 2, 3, 3)])


def conv_depthwise_batched():
    """2 x 8 x (4 x 4) outputs, each of 1 x 3 x 3 weights: 2,304."""
    return model([node("Conv", "x w b", "c", group=8), node("Relu", "c", "y")], [value("x", [2, 8, 6, 6])],
                 [value("y", [2, 8, 4, 4])], [weights("w", 8, 1, 3, 3), weights("b", 8)])


def conv_transpose():
    """4 x (5 x 5) inputs, each to 6 x 3 x 3 weights: 5,400."""
    return model([node("ConvTranspose", "x w", "y", strides=[2, 2])],
                 [value("x", [1, 4, 5, 5])], [value("y", [1, 6, 11, 11])], [weights("w", 4, 6, 3, 3)])


def gemm_plain():
    """3 x 5 x 7 = 105."""
    return model([node("Gemm", "x w b", "y")], [value("x", [3, 7])], [value("y", [3, 5])],
                 [weights("w", 7, 5), weights("b", 5)])


def gemm_transposed():
    """Both lie on their sides: 3 x 5 x 7 = 105."""
    return model([node("Gemm", "x w", "y", transA=1, transB=1)], [value("x", [7, 3])], [value("y", [3, 5])],
                 [weights("w", 5, 7)])


def matmul_batched():
    """2 x 3 products of 4 x 5 and 5 x 6, one side broadcast: 720."""
    return model([node("MatMul", "x z", "y")], [value("x", [2, 1, 4, 5]), value("z", [3, 5, 6])],
                 [value("y", [2, 3, 4, 6])])


def matmul_vector():
    """A vector of 5 and 5 x 6: 30."""
    return model([node("MatMul", "x w", "y")], [value("x", [5])], [value("y", [6])], [weights("w", 5, 6)])


def attention_like():
    """2 heads: 5 x 5 scores of 4, then 5 x 4 sums of 5: 200 + 200."""
    return model([node("MatMul", "q k", "scores"), node("Softmax", "scores", "p"), node("MatMul", "p v", "y")],
                 [value("q", [1, 2, 5, 4]), value("k", [1, 2, 4, 5]), value("v", [1, 2, 5, 4])],
                 [value("y", [1, 2, 5, 4])])


def lstm_both_ways():
    """10 steps, batch 2, 2 directions, 4 gates of 8 x (16 + 8): 30,720."""
    return model([node("LSTM", "x w r", "y", hidden_size=8, direction="bidirectional")], [value("x", [10, 2, 16])],
                 [value("y", [10, 2, 2, 8])], [weights("w", 2, 32, 16), weights("r", 2, 32, 8)])


def gru():
    """4 steps of 3 gates of 5 x (6 + 5): 660."""
    return model([node("GRU", "x w r", "y", hidden_size=5)], [value("x", [4, 1, 6])], [value("y", [4, 1, 1, 5])],
                 [weights("w", 1, 15, 6), weights("r", 1, 15, 5)])


def rnn():
    """3 steps of 2 x (4 + 2): 36."""
    return model([node("RNN", "x w r", "y", hidden_size=2)], [value("x", [3, 1, 4])], [value("y", [3, 1, 1, 2])],
                 [weights("w", 1, 2, 4), weights("r", 1, 2, 2)])


def qlinear_conv():
    """4 x (6 x 6) outputs, each of 3 x 3 x 3 weights: 3,888."""
    return model([node("QLinearConv", "x x_s x_z w w_s w_z y_s y_z", "y")], [value("x", [1, 3, 8, 8], U8)],
                 [value("y", [1, 4, 6, 6], U8)],
                 [weights("w", 4, 3, 3, 3, dtype=numpy.uint8), *quantization("x", "w", "y")])


def qdq_conv():
    """As qlinear_conv, written as a float convolution between quantizers: 3,888."""
    return model([node("QuantizeLinear", "x x_s x_z", "xq"), node("DequantizeLinear", "xq x_s x_z", "xd"),
                  node("DequantizeLinear", "w w_s w_z", "wd"), node("Conv", "xd wd", "c"),
                  node("QuantizeLinear", "c y_s y_z", "cq"), node("DequantizeLinear", "cq y_s y_z", "y")],
                 [value("x", [1, 3, 8, 8])], [value("y", [1, 4, 6, 6])],
                 [weights("w", 4, 3, 3, 3, dtype=numpy.uint8), *quantization("x", "w", "y")])


def matmul_integer():
    """2 x 3 x 5 outputs of 4: 120."""
    return model([node("MatMulInteger", "x w", "y")], [value("x", [2, 3, 4], U8)], [value("y", [2, 3, 5], I32)],
                 [weights("w", 4, 5, dtype=numpy.uint8)])


def qlinear_matmul():
    """3 x 5 outputs of 4: 60."""
    return model([node("QLinearMatMul", "x x_s x_z w w_s w_z y_s y_z", "y")], [value("x", [3, 4], U8)],
                 [value("y", [3, 5], U8)],
                 [weights("w", 4, 5, dtype=numpy.uint8), *quantization("x", "w", "y")])


def conv_integer():
    """2 x (2 x 2) outputs of 3 x 3: 72."""
    return model([node("DynamicQuantizeLinear", "x", "xq x_s x_z"), node("ConvInteger", "xq w x_z", "y")],
                 [value("x", [1, 1, 4, 4])], [value("y", [1, 2, 2, 2], I32)],
                 [weights("w", 2, 1, 3, 3, dtype=numpy.uint8)])


def branches():
    """Zeroes choose the branch with 4 x 3 = 12; the other one has 4 x 5 x 3 more."""
    def branch(name, nodes):
        return onnx.helper.make_graph(nodes, name, [], [value(f"{name}_y", [1, 3])])
    return model([node("If", "choice", "y", then_branch=branch("t", [node("MatMul", "x wide", "t_x"),
                                                                      node("MatMul", "t_x back", "t_y")]),
                       else_branch=branch("e", [node("MatMul", "x w", "e_y")]))],
                 [value("choice", [1], BOOL), value("x", [1, 4])], [value("y", [1, 3])],
                 [weights("w", 4, 3), weights("wide", 4, 20), weights("back", 20, 3)])


def unnamed():
    """Two products of 4 x 4 in nodes without names: 32."""
    return model([node("MatMul", "x w", "a", name=""), node("Relu", "a", "b", name=""),
                  node("MatMul", "b w", "y", name="")], [value("x", [1, 4])], [value("y", [1, 4])],
                 [weights("w", 4, 4)])


def no_work():
    """An addition: no MACs."""
    return model([node("Add", "x one", "y")], [value("x", [1, 4])], [value("y", [1, 4])], [constant("one", 1)])


def einsum():
    """Does work that is not counted."""
    return model([node("Einsum", "x w", "y", equation="ij,jk->ik")], [value("x", [2, 3])], [value("y", [2, 4])],
                 [weights("w", 3, 4)])


# Shapes and types.

def two_of_each():
    return model([node("Add", "a b", "sum"), node("Sub", "a b", "difference")],
                 [value("a", [1, 3]), value("b", [1, 3])], [value("sum", [1, 3]), value("difference", [1, 3])])


def found():
    """The places of what is not zero: as many columns as there are."""
    return model([node("NonZero", "x", "y"), node("Identity", "x", "z")], [value("x", [2, 3])],
                 [value("y", [2, "count"], I64), value("z", [2, 3])])


def free_dimensions():
    """batch x width products of 4: with 1 and 2 they are 8."""
    return model([node("MatMul", "x w", "y")], [value("x", ["batch", "width", 4])], [value("y", ["batch", "width", 1])],
                 [weights("w", 4, 1)])


def half_unnamed():
    return model([node("Relu", "x", "y")], [value("x", ["batch", None, 3])], [value("y", ["batch", None, 3])])


def whole_numbers():
    return model([node("Add", "x x", "y")], [value("x", [2], I64)], [value("y", [2], I64)])


def text():
    return model([node("Identity", "x", "y")], [value("x", [1], TEXT)], [value("y", [1], TEXT)])


# For execution providers. What runs in double is nothing that a GPU takes.

def in_double(source, target):
    """Three nodes: the negative of `source`, computed in double."""
    wide, negative = f"{source}_wide", f"{target}_wide"
    return [node("Cast", source, wide, to=F64), node("Neg", wide, negative), node("Cast", negative, target, to=F32)]


def flat_model(nodes, shape=(1, 4)):
    """From x to y, both of one shape."""
    return model(nodes, [value("x", shape)], [value("y", shape)])


def one_relu():
    return flat_model([node("Relu", "x", "y")])


def half_supported():
    return flat_model([node("Relu", "x", "a"), *in_double("a", "b"), node("Relu", "b", "y")])


def around_a_detour():
    """y needs a both straight and through double: both nodes that a GPU takes, but never as one."""
    return flat_model([node("Relu", "x", "a"), *in_double("a", "b"), node("Add", "a b", "y")])


def lone_view():
    return model([node("Reshape", "x to", "y")], [value("x", [2, 3])], [value("y", [3, 2])],
                 [constant("to", [3, 2], numpy.int64)])


def view_and_double():
    return model([node("Reshape", "x to", "a"), *in_double("a", "y")], [value("x", [2, 3])], [value("y", [3, 2])],
                 [constant("to", [3, 2], numpy.int64)])


def with_bodies():
    """Both branches of an If have a node that a GPU takes."""
    def branch(op_type):
        return onnx.helper.make_graph([node(op_type, "a", "chosen", name=f"in_{op_type}")], op_type, [],
                                      [value("chosen", [1, 4])])
    return model([node("Relu", "x", "a"), node("If", "which", "b", then_branch=branch("Relu"),
                                               else_branch=branch("Neg")), node("Relu", "b", "y")],
                 [value("x", [1, 4]), value("which", [], BOOL)], [value("y", [1, 4])])


def many_attributes():
    """An LSTM with texts in a list, a Clip without its minimum, a ConstantOfShape with a tensor inside."""
    filled = onnx.numpy_helper.from_array(numpy.array([7], numpy.int64))
    return model([node("LSTM", "x w r", "s", hidden_size=2, activations=["Sigmoid", "Tanh", "Tanh"], clip=3.0),
                  onnx.helper.make_node("Clip", ["s", "", "most"], ["y"], name="Clip_y"),
                  node("ConstantOfShape", "shape", "filled", value=filled)],
                 [value("x", [3, 1, 4]), value("shape", [1], I64)],
                 [value("y", [3, 1, 1, 2]), value("filled", ["n"], I64)],
                 [weights("w", 1, 8, 4), weights("r", 1, 8, 2), constant("most", 0.5)])


MODELS = (conv_strided, conv_grouped, conv_depthwise_batched, conv_transpose, gemm_plain, gemm_transposed,
          matmul_batched, matmul_vector, attention_like, lstm_both_ways, gru, rnn, qlinear_conv, qdq_conv,
          matmul_integer, qlinear_matmul, conv_integer, branches, unnamed, no_work, einsum, two_of_each, found,
          free_dimensions, half_unnamed, whole_numbers, text, one_relu, half_supported, around_a_detour, lone_view,
          view_and_double, with_bodies, many_attributes)


def make(folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for function in MODELS:
        (folder / f"{function.__name__}.onnx").write_bytes(function().SerializeToString(deterministic=True))
    whole = (folder / "conv_strided.onnx").read_bytes()
    (folder / "truncated.onnx").write_bytes(whole[:len(whole) // 2])
    (folder / "corrupt.onnx").write_bytes(bytes((i * 37 + 11) % 256 for i in range(4096)))
    (folder / "empty.onnx").write_bytes(b"")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    make(pathlib.Path(sys.argv[1]))
