"""TFLite files, whole and damaged."""

import pathlib
import sys
import tempfile
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import tflite  # noqa: E402 (the path is set above)

from flatbuffer import file, integers, raw, table, tables, text

WEIGHTS = np.arange(6, dtype="<f2").reshape(1, 2, 1, 3)
FLOAT, HALF, STRING = 0, 1, 5
CONV, CUSTOM, UNKNOWN = 3, 32, 250


def tensor(name, shape, buffer, kind=FLOAT):
    return table(f0=integers(*shape), f1=("b", kind), f2=("I", buffer), f3=text(name))


def code(number, custom=None):
    fields = {"f0": ("b", min(number, 127)), "f3": ("i", number)}
    return table(**fields, **({"f1": text(custom)} if custom else {}))


def model(codes, kind=HALF, graphs=1):
    operator = table(f0=("I", 0), f1=integers(0, 1), f2=integers(2), f3=("B", 1), f4=table(f1=("i", 2), f2=("i", 3)))
    custom = table(f0=("I", 1), f1=integers(2), f2=integers(2), f5=raw(b"\1\2\3"))
    tensors = tables(tensor("in", (1, 4, 4, 3), 0), tensor("w", WEIGHTS.shape, 1, kind), tensor("out", (1, 2, 2, 1), 0))
    graph = table(f0=tensors, f1=integers(0), f2=integers(2), f3=tables(operator, custom))
    buffers = tables(table(), table(f0=raw(WEIGHTS.tobytes())))
    return table(f0=("I", 3), f1=tables(*codes), f2=tables(*[graph] * graphs), f4=buffers)


class TfliteTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "a.tflite"
        self.codes = [code(CONV), code(CUSTOM, "Mine")]

    def read(self, data):
        self.path.write_bytes(data)
        return tflite.read(self.path)

    def test_reads_tensors_operators_and_ports(self):
        found = self.read(file(model(self.codes)))
        self.assertEqual([(t.name, t.shape) for t in found.tensors],
                         [("in", (1, 4, 4, 3)), ("w", (1, 2, 1, 3)), ("out", (1, 2, 2, 1))])
        self.assertIsNone(found.tensors[0].constant)
        np.testing.assert_array_equal(found.tensors[1].constant, WEIGHTS)
        self.assertEqual((found.inputs, found.outputs), ([0], [2]))
        self.assertEqual([o.kind for o in found.operators], ["CONV_2D", "Mine"])
        self.assertEqual((found.operators[0].inputs, found.operators[0].outputs), ([0, 1], [2]))
        self.assertEqual([found.operators[0].options.scalar(k, "i", 9) for k in range(4)], [9, 2, 3, 9])
        self.assertIsNone(found.operators[1].options)
        self.assertEqual(found.operators[1].custom_options, b"\1\2\3")

    def test_refuses_other_files(self):
        for data in (b"", b"TFL3", b"\0" * 100, file(model(self.codes), b"TFL2")):
            with self.assertRaisesRegex(ValueError, "not a TFLite model"):
                self.read(data)

    def test_refuses_what_it_does_not_know(self):
        with self.assertRaisesRegex(ValueError, "operator 250"):
            self.read(file(model([code(CONV), code(UNKNOWN)])))
        with self.assertRaisesRegex(ValueError, "w: type 5"):
            self.read(file(model(self.codes, kind=STRING)))
        with self.assertRaisesRegex(ValueError, "2 graphs"):
            self.read(file(model(self.codes, graphs=2)))

    def test_a_truncated_file_is_an_exception(self):
        whole = file(model(self.codes))
        for length in range(0, len(whole) - 16, 4):
            with self.assertRaises(Exception, msg=f"{length} of {len(whole)} bytes"):
                self.read(whole[:length])


if __name__ == "__main__":
    unittest.main()
