"""Operators in double precision: those whose attributes can be mistaken."""

import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
from onnx_double import OPERATORS  # noqa: E402 (the path is set above)


class Operators(unittest.TestCase):
    def test_convolution_along_one_dimension(self):
        x = np.arange(10.0).reshape(1, 2, 5)
        weights = np.float64([[[1, 2, 3], [0, 1, 0]]])
        found = OPERATORS["Conv"]({"pads": (1, 1), "strides": (2,)}, x, weights, np.float64([0.5]))
        padded = np.pad(x, ((0, 0), (0, 0), (1, 1)))
        expected = [(padded[0, :, at:at + 3] * weights[0]).sum() + 0.5 for at in (0, 2, 4)]
        np.testing.assert_allclose(found, [[expected]])
        np.testing.assert_allclose(OPERATORS["Conv"]({"pads": (1, 1)}, x, weights, np.float64([0.5]))[0, 0, ::2], expected)

    def test_reshape_keeps_what_is_zero(self):
        self.assertEqual(OPERATORS["Reshape"]({}, np.zeros((2, 3, 4)), np.int64([0, 0, 2, 2])).shape, (2, 3, 2, 2))

    def test_slice_with_and_without_steps(self):
        x = np.arange(12).reshape(2, 6)
        np.testing.assert_array_equal(OPERATORS["Slice"]({}, x, [1], [6], [1]), x[:, 1:])
        np.testing.assert_array_equal(OPERATORS["Slice"]({}, x, [0], [6], [1], [4]), x[:, ::4])

    def test_whole_numbers_there_and_back(self):
        numbers = OPERATORS["QuantizeLinear"]({}, np.float64([-9, 0, 0.26, 99]), 0.1, np.uint8(10))
        np.testing.assert_array_equal(numbers, [0, 10, 13, 255])
        np.testing.assert_allclose(OPERATORS["DequantizeLinear"]({}, numbers, 0.1, np.uint8(10)), [-1, 0, 0.3, 24.5])
        rows = OPERATORS["DequantizeLinear"]({"axis": 0}, np.int8([[1, 2], [3, 4]]), np.float64([1, 10]), np.int8([0, 0]))
        np.testing.assert_array_equal(rows, [[1, 2], [30, 40]])


if __name__ == "__main__":
    unittest.main()
