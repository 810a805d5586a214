#!/usr/bin/env python3
"""Makes ONNX models of unusual form, as users have them: no workload of ours and no test of an engine was made by them.

Usage: make_odd_models.py FOLDER
"""

import pathlib
import sys

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper
from make_models import F32, I64, node, value, weights, whole_numbers

BOOL = onnx.TensorProto.BOOL


def model(opset, nodes, inputs, outputs, constants=(), ir_version=8):
    graph = onnx.helper.make_graph(nodes, "odd", inputs, outputs, constants)
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)], ir_version=ir_version,
                                  producer_name="edgebench-tests")


def branches():
    """If: which product is computed, the data say."""
    then, other = (onnx.helper.make_graph([node("MatMul", f"x {name}", f"{name}.y")], name, [],
                                          [value(f"{name}.y", [4, 8])]) for name in ("w1", "w2"))
    return model(16, [node("ReduceSum", "x", "sum", keepdims=0), node("Greater", "sum zero", "positive"),
                      node("If", "positive", "chosen", then_branch=then, else_branch=other), node("Relu", "chosen", "y")],
                 [value("x", [4, 16])], [value("y", [4, 8])],
                 [weights("w1", 16, 8), weights("w2", 16, 8), onnx.numpy_helper.from_array(numpy.float32(0), "zero")])


def loop():
    """Loop: three steps, each of which is kept."""
    body = onnx.helper.make_graph([node("MatMul", "before w", "product"), node("Tanh", "product", "after"),
                                   node("Identity", "go_on", "going_on"), node("Identity", "after", "kept")], "body",
                                  [value("step", [], I64), value("go_on", [], BOOL), value("before", [2, 8])],
                                  [value("going_on", [], BOOL), value("after", [2, 8]), value("kept", [2, 8])])
    steps = onnx.numpy_helper.from_array(numpy.int64(3), "steps")
    yes = onnx.numpy_helper.from_array(numpy.bool_(True), "yes")
    return model(13, [node("Loop", "steps yes x", "last all", body=body), node("Relu", "last", "y")],
                 [value("x", [2, 8])], [value("y", [2, 8]), value("all", [3, 2, 8])], [weights("w", 8, 8), steps, yes])


def opset_9():
    """Operators as they were: Upsample, Slice by attributes, Clip by attributes, weights that are inputs, too."""
    constants = [weights("w", 4, 3, 3, 3), weights("scale", 4), weights("shift", 4), weights("mean", 4),
                 onnx.numpy_helper.from_array(numpy.float32([1, 2, 3, 4]), "variance"),
                 onnx.numpy_helper.from_array(numpy.float32([1, 1, 2, 2]), "scales")]
    nodes = [node("Conv", "x w", "c", pads=[1, 1, 1, 1]), node("BatchNormalization", "c scale shift mean variance", "n"),
             node("Clip", "n", "k", min=0.0, max=6.0), node("Dropout", "k", "d"),
             node("Upsample", "d scales", "u", mode="nearest"), node("Slice", "u", "y", axes=[2], starts=[1], ends=[-1])]
    ports = [value(tensor.name, list(tensor.dims)) for tensor in constants]
    return model(9, nodes, [value("x", [1, 3, 8, 8]), *ports], [value("y", [1, 4, 14, 16])], constants, ir_version=3)


def whole_number_work():
    """int64 from end to end."""
    nodes = [node("Mod", "x seven", "m"), node("Gather", "table m", "g", axis=0), node("ReduceMax", "g", "most", axes=[1], keepdims=0),
             node("TopK", "most three", "top places", axis=0), node("CumSum", "top axis", "y")]
    return model(12, nodes, [value("x", [16], I64)], [value("y", [3], I64), value("places", [3], I64)],
                 [whole_numbers("seven", 7), whole_numbers("three", 3), onnx.numpy_helper.from_array(numpy.int64(0), "axis"),
                  onnx.numpy_helper.from_array(numpy.arange(42, dtype=numpy.int64).reshape(7, 6), "table")])


def free_dimensions():
    """Every dimension is free, and the shape is computed from the input's."""
    nodes = [node("Shape", "x", "shape"), node("Gather", "shape first", "count", axis=0), node("Concat", "count rest", "flat", axis=0),
             node("Reshape", "x flat", "rows"), node("ReduceMean", "rows", "mean", axes=[1], keepdims=1), node("Sub", "rows mean", "y")]
    return model(11, nodes, [value("x", ["count", "height", "width"])], [value("y", ["count", "pixels"])],
                 [whole_numbers("first", 0), whole_numbers("rest", -1)])


def nothing_comes_out():
    """One output has no element."""
    nodes = [node("MatMul", "x w", "y"), node("Slice", "y two two rows", "none"), node("Concat", "none y", "again", axis=0)]
    return model(15, nodes, [value("x", [4, 8])], [value("y", [4, 4]), value("none", [0, 4]), value("again", [4, 4])],
                 [weights("w", 8, 4), whole_numbers("two", 2), whole_numbers("rows", 0)])


def rare_operators():
    nodes = [node("Einsum", "x w", "e", equation="bij,jk->bik"), node("Trilu", "e", "t"), node("Celu", "t", "c", alpha=0.5),
             node("HardSwish", "c", "h"), node("GatherND", "h places", "g"), node("IsNaN", "g", "bad"),
             node("Where", "bad zero g", "y")]
    return model(17, nodes, [value("x", [2, 6, 6])], [value("y", [3, 6])],
                 [weights("w", 6, 6), onnx.numpy_helper.from_array(numpy.int64([[0, 1], [1, 0], [1, 5]]), "places"),
                  onnx.numpy_helper.from_array(numpy.float32(0), "zero")])


def six_dimensions():
    """A number without dimensions comes in, and tensors have six."""
    nodes = [node("Reshape", "x many", "wide"), node("Transpose", "wide", "turned", perm=[5, 3, 1, 0, 2, 4]),
             node("Mul", "turned factor", "scaled"), node("Reshape", "scaled flat", "y")]
    return model(14, nodes, [value("x", [64]), value("factor", [])], [value("y", [8, 8])],
                 [whole_numbers("many", 2, 2, 2, 2, 2, 2), whole_numbers("flat", 8, 8)])


MODELS = (branches, loop, opset_9, whole_number_work, free_dimensions, nothing_comes_out, rare_operators, six_dimensions)


def make(folder):
    """FOLDER/NAME.onnx of each, and beside_it.onnx, whose weights are in a file of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    for function in MODELS:
        made = function()
        onnx.checker.check_model(made)
        onnx.save(made, folder / f"{function.__name__}.onnx")
    made = model(13, [node("Conv", "x w", "c", strides=[2, 2]), node("Sigmoid", "c", "y")], [value("x", [1, 3, 17, 17], F32)],
                 [value("y", [1, 8, 8, 8])], [weights("w", 8, 3, 3, 3)])
    onnx.save(made, str(folder / "beside_it.onnx"), save_as_external_data=True, location="beside_it.bin", size_threshold=0)


if __name__ == "__main__":
    make(pathlib.Path(sys.argv[1]))
