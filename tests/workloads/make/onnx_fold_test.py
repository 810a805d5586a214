"""Flattening of small graphs whose result is known."""

import pathlib
import sys
import unittest

import numpy as np
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import onnx_fold  # noqa: E402 (the path is set above)


def constant(name, value):
    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(np.asarray(value)))


def branch(name, nodes, output):
    return helper.make_graph(nodes, name, [], [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)])


def choice(condition, output, then_nodes, else_nodes):
    """An If whose branches give "then" and "else"; nested ones need names of their own, so they are prefixed."""
    return helper.make_node("If", [condition], [output], f"if_{output}",
                            then_branch=branch("t", then_nodes, f"{output}.then"),
                            else_branch=branch("e", else_nodes, f"{output}.else"))


def model(nodes, inputs, outputs):
    ports = [helper.make_tensor_value_info(name, kind, None) for name, kind in inputs]
    made = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    graph = helper.make_graph(nodes, "test", ports, made)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8)


def relu_or_exp(condition, output, value):
    return choice(condition, output, [helper.make_node("Relu", [value], [f"{output}.then"])],
                  [helper.make_node("Exp", [value], [f"{output}.else"])])


def operators(graph):
    return [node.op_type for node in graph.node]


FLOAT, INT = TensorProto.FLOAT, TensorProto.INT64


class FlattenTest(unittest.TestCase):
    def rate_model(self):
        nodes = [constant("rate", np.int64(16000)), helper.make_node("Equal", ["sr", "rate"], ["is16"]),
                 relu_or_exp("is16", "y", "x")]
        return model(nodes, [("x", FLOAT), ("sr", INT)], ["y"])

    def test_a_fixed_input_chooses_the_branch(self):
        for rate, expected in ((16000, "Relu"), (8000, "Exp")):
            flat = onnx_fold.flatten(self.rate_model(), {"sr": np.int64(rate)}, {"x": [1, 4], "y": [1, 4]})
            self.assertEqual(operators(flat.graph), [expected])
            self.assertEqual([port.name for port in flat.graph.input], ["x"])
            self.assertEqual(list(flat.graph.node[0].output), ["y"])
            self.assertEqual(len(flat.graph.initializer), 0)

    def test_a_condition_that_stays_open_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "If"):
            onnx_fold.flatten(self.rate_model(), {}, {"x": [1, 4], "sr": [1], "y": [1, 4]})

    def test_shapes_choose_branches_within_branches(self):
        inner = [helper.make_node("Shape", ["h"], ["s"]), constant("at", np.int64(1)),
                 helper.make_node("Gather", ["s", "at"], ["width"], axis=0), constant("four", np.int64(4)),
                 helper.make_node("Equal", ["width", "four"], ["is4"]), relu_or_exp("is4", "z", "h"),
                 helper.make_node("Identity", ["z"], ["y.then"])]
        nodes = [constant("yes", np.bool_(True)), helper.make_node("Identity", ["x"], ["same"]),
                 helper.make_node("Sigmoid", ["same"], ["h"]),
                 choice("yes", "y", inner, [helper.make_node("Neg", ["h"], ["y.else"])])]
        for width, expected in ((4, "Relu"), (5, "Exp")):
            flat = onnx_fold.flatten(model(nodes, [("x", FLOAT)], ["y"]), {}, {"x": [1, width], "y": [1, width]})
            self.assertEqual(operators(flat.graph), ["Sigmoid", expected])

    def test_names_lose_their_prefix_and_every_node_has_its_own(self):
        nodes = [helper.make_node("Relu", ["x"], ["p/a"], "p/r"), helper.make_node("Relu", ["p/a"], ["p/b"], "p/r"),
                 helper.make_node("Exp", ["p/b"], ["y"])]
        flat = onnx_fold.flatten(model(nodes, [("x", FLOAT)], ["y"]), {}, {"x": [2], "y": [2]}, "p/")
        self.assertEqual([node.name for node in flat.graph.node], ["r", "r_2", "Exp"])
        self.assertEqual(list(flat.graph.node[1].input), ["a"])

    def test_dead_nodes_and_those_that_change_nothing_go(self):
        nodes = [helper.make_node("Exp", ["x"], ["dead"]), helper.make_node("Cast", ["x"], ["c"], to=FLOAT),
                 constant("zero", np.array([0])), constant("end", np.array([99])),
                 helper.make_node("Slice", ["c", "zero", "end"], ["d"]), helper.make_node("Relu", ["d"], ["y"])]
        flat = onnx_fold.flatten(model(nodes, [("x", FLOAT)], ["y"]), {}, {"x": [3], "y": [3]})
        self.assertEqual(operators(flat.graph), ["Relu"])
        self.assertEqual(list(flat.graph.node[0].input), ["x"])

    def test_the_callers_model_stays_as_it_was_in_its_ports(self):
        before = self.rate_model()
        onnx_fold.flatten(before, {"sr": np.int64(16000)}, {"x": [1, 4], "y": [1, 4]})
        self.assertEqual([port.name for port in before.graph.input], ["x", "sr"])


class FoldTest(unittest.TestCase):
    def folded(self, operator, inputs, shape, **attributes):
        """What the graph x + operator(inputs), which has this shape, holds as its constant."""
        nodes = [constant(f"i{k}", value) for k, value in enumerate(inputs)]
        nodes.append(helper.make_node(operator, [f"i{k}" for k in range(len(inputs))], ["c"], **attributes))
        nodes.append(helper.make_node("Add", ["x", "c"], ["y"]))
        flat = onnx_fold.flatten(model(nodes, [("x", FLOAT)], ["y"]), {}, {"x": [1], "y": shape})
        self.assertEqual(operators(flat.graph), ["Add"])
        return numpy_helper.to_array(flat.graph.initializer[0]).tolist()

    def test_operators(self):
        a = np.arange(6, dtype=np.float32).reshape(2, 3)
        one, ends = np.array([1]), np.array([np.iinfo(np.int64).min])
        cases = (
            ("Concat", [a, a[:1]], {"axis": 0}, [[0, 1, 2], [3, 4, 5], [0, 1, 2]]),
            ("Gather", [a, np.array([2, 0])], {"axis": 1}, [[2, 0], [5, 3]]),
            ("Reshape", [a, np.array([0, -1, 1])], {}, [[[0], [1], [2]], [[3], [4], [5]]]),
            ("Slice", [a, one, np.array([3]), one], {}, [[1, 2], [4, 5]]),
            ("Slice", [a, np.array([-1]), ends, one, np.array([-1])], {}, [[2, 1, 0], [5, 4, 3]]),
            ("Squeeze", [a[:1], np.array([0])], {}, [0, 1, 2]),
            ("Transpose", [a], {"perm": [1, 0]}, [[0, 3], [1, 4], [2, 5]]),
            ("Unsqueeze", [a[0], np.array([0, 2])], {}, [[[0], [1], [2]]]),
            ("ConstantOfShape", [np.array([2])], {}, [0, 0]),
        )
        for operator, inputs, attributes, expected in cases:
            made = self.folded(operator, inputs, list(np.shape(expected)), **attributes)
            self.assertEqual(made, expected, operator)


if __name__ == "__main__":
    unittest.main()
