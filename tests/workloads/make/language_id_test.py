"""The network of lande, from weights made here."""

import base64
import pathlib
import sys
import tempfile
import unittest

import numpy as np
from onnx import numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import language_id as task  # noqa: E402 (the path is set above)


def encoded(scale, values):
    return f"1{scale}|{base64.b64encode(bytes(values)).decode('ascii')}"


def layers():
    return [
        {"type": "input", "sx": 1, "sy": 1, "sz": 3},
        {"type": "dense", "_biases": encoded("10", [127, 137]), "_filters": [encoded("2", [127, 129, 0])] * 2},
        {"type": "relu"},
        {"type": "dense", "_biases": encoded("1", [128] * 4), "_filters": [encoded("1", [120, 140])] * 4},
        {"type": "softmax"},
    ]


class DecodeTest(unittest.TestCase):
    def test_a_byte_is_a_weight(self):
        self.assertEqual(task._decode(encoded("0.5", [127, 128, 0, 255])).tolist(), [0, 2, -254, 256])

    def test_other_encodings_are_refused(self):
        for text in ("4AAAA", "2AAAA", "1-0.5|abc", "", "10.5|not base64"):
            with self.assertRaises(ValueError):
                task._decode(text)


class NetworkTest(unittest.TestCase):
    def test_is_two_products_and_a_softmax_with_a_free_batch(self):
        graph = task._network({"layers": layers()}).graph
        self.assertEqual([node.op_type for node in graph.node], ["Gemm", "Relu", "Gemm", "Softmax"])
        self.assertTrue(all(node.name for node in graph.node))
        shapes = [[d.dim_param or d.dim_value for d in port.type.tensor_type.shape.dim]
                  for port in (graph.input[0], graph.output[0])]
        self.assertEqual(shapes, [["batch", 3], ["batch", 4]])
        values = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        self.assertEqual(values["weight1"].tolist(), [[0, 1, -63.5]] * 2)
        np.testing.assert_allclose(values["bias1"], [0, 1])
        self.assertEqual(values["weight2"].tolist(), [[-7, 13]] * 4)

    def test_unknown_layers_are_refused(self):
        changed = layers()
        changed[2] = {"type": "tanh"}
        with self.assertRaises(ValueError):
            task._network({"layers": changed})


class ModuleTest(unittest.TestCase):
    def test_reads_the_value_without_running_it(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "a.js"
            file.write_text('export default ["a","b"];\n', encoding="utf-8")
            self.assertEqual(task._module(file), ["a", "b"])
            file.write_text("export default process.exit(1);", encoding="utf-8")
            with self.assertRaises(ValueError):
                task._module(file)


if __name__ == "__main__":
    unittest.main()
