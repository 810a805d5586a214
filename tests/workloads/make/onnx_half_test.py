"""Graphs in half precision: the same graph with halves inside and the same ports."""

import pathlib
import sys
import unittest

import numpy as np
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import onnx_half  # noqa: E402 (the path is set above)
import onnx_nodes  # noqa: E402


def network():
    nodes = onnx_nodes.Nodes()
    x = nodes.add("Resize", ["in", "", nodes.numbers([1, 1, 2, 2])], mode="nearest",
                  coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    x = nodes.add("Mul", [x, nodes.weight(np.array([0.1, 0.2, 0.3], np.float32).reshape(3, 1, 1))])
    nodes.add("Relu", [x], output="out")
    return nodes.model("test", {"in": (3, 4, 4)}, {"out": (3, 8, 8)})


class HalvedTest(unittest.TestCase):
    def test_ports_stay_and_the_inside_is_between_casts(self):
        model = onnx_half.halved(network())
        self.assertEqual([n.op_type for n in model.graph.node], ["Cast", "Resize", "Mul", "Relu", "Cast"])
        for port, name in ((model.graph.input[0], "in"), (model.graph.output[0], "out")):
            self.assertEqual((port.name, port.type.tensor_type.elem_type), (name, TensorProto.FLOAT))
        self.assertEqual((model.graph.node[0].input[0], model.graph.node[-1].output[0]), ("in", "out"))

    def test_weights_are_halves_but_for_scales(self):
        scales, weight = map(numpy_helper.to_array, onnx_half.halved(network()).graph.initializer)
        self.assertEqual((scales.dtype, weight.dtype), (np.float32, np.float16))
        np.testing.assert_array_equal(weight.reshape(-1), np.array([0.1, 0.2, 0.3], np.float16))

    def test_the_original_is_left_alone(self):
        model = network()
        before = model.SerializeToString()
        onnx_half.halved(model)
        self.assertEqual(model.SerializeToString(), before)

    def test_constants_and_casts_within_become_halves(self):
        value = numpy_helper.from_array(np.array([2.0], np.float32))
        nodes = [helper.make_node("Constant", [], ["c"], value=value),
                 helper.make_node("Shape", ["in"], ["s"]),
                 helper.make_node("Cast", ["s"], ["f"], to=TensorProto.FLOAT),
                 helper.make_node("Mul", ["f", "c"], ["out"])]
        graph = helper.make_graph(nodes, "test", [helper.make_tensor_value_info("in", TensorProto.FLOAT, [2])],
                                  [helper.make_tensor_value_info("out", TensorProto.FLOAT, [1])])
        model = onnx_half.halved(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]))
        constant, _, cast = model.graph.node[1:4]
        self.assertEqual(constant.attribute[0].t.data_type, TensorProto.FLOAT16)
        self.assertEqual(cast.attribute[0].i, TensorProto.FLOAT16)

    def test_numbers_beyond_half_precision_are_refused(self):
        model = network()
        model.graph.initializer[1].CopyFrom(numpy_helper.from_array(np.full((3, 1, 1), 1e6, np.float32), "weight_1"))
        with self.assertRaisesRegex(ValueError, "weight_1: holds numbers beyond"):
            onnx_half.halved(model)


if __name__ == "__main__":
    unittest.main()
