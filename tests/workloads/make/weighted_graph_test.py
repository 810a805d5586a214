"""Numbers in 8 bits: what rounding must keep."""

import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import weighted_graph  # noqa: E402 (the path is set above)


class QuantizedNumbersTest(unittest.TestCase):
    def test_zeros_stay_zeros(self):
        weights = np.float32([[0, 0, 1, -2], [0, 3, 0, 0.001]])
        numbers, _ = weighted_graph.quantized_weights(weights)
        np.testing.assert_array_equal(numbers[weights == 0], 0)
        numbers, scales = weighted_graph.quantized_weights(np.zeros((2, 4), np.float32))
        self.assertFalse(numbers.any())
        self.assertTrue((scales > 0).all())

    def test_a_range_is_widened_to_hold_zero(self):
        scale, zero = weighted_graph.quantized_range(np.float32(0), np.float32(2.55))
        self.assertEqual((round(float(scale), 6), int(zero)), (0.01, 0))
        scale, zero = weighted_graph.quantized_range(np.float32(1), np.float32(2.55))
        self.assertEqual(int(zero), 0)
        scale, zero = weighted_graph.quantized_range(np.float32(-2.55), np.float32(-1))
        self.assertEqual((round(float(scale), 6), int(zero)), (0.01, 255))
        self.assertGreater(weighted_graph.quantized_range(np.float32(0), np.float32(0))[0], 0)


if __name__ == "__main__":
    unittest.main()
