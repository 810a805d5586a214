"""Mel bands and cepstral coefficients of sound whose spectrum is known."""

import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import mel  # noqa: E402 (the path is set above)


class MagnitudesTest(unittest.TestCase):
    def test_a_tone_is_in_its_bin_of_every_window(self):
        tone = np.cos(2 * np.pi * 1000 * np.arange(4000) / 16000)
        made = mel.magnitudes(tone, 480, 320, 512)
        self.assertEqual(made.shape, ((4000 - 480) // 320 + 1, 257))
        self.assertEqual(set(made.argmax(axis=1)), {32})
        np.testing.assert_allclose(made[:, 32], 480 / 4, rtol=0.01)


class BandWeightsTest(unittest.TestCase):
    def test_each_band_is_a_triangle_between_its_neighbours(self):
        weights = mel.band_weights(2049, 16000, 40, 20, 4000)
        self.assertEqual(weights.shape, (2049, 40))
        np.testing.assert_allclose(weights.max(axis=0), 1, atol=0.1)
        self.assertTrue((np.diff(weights.argmax(axis=0)) > 0).all())
        inside = slice(weights[:, 0].argmax(), weights[:, -1].argmax())
        np.testing.assert_allclose(weights[inside].sum(axis=1), 1, atol=1e-9)
        self.assertFalse(weights[2049 // 2 + 1 :].any(), "nothing above the highest frequency")
        self.assertFalse(weights[0].any())


class CepstrumTest(unittest.TestCase):
    def test_the_first_is_the_level_and_the_others_are_shape(self):
        made = mel.cepstrum(np.full((3, 40), 2.0), 10)
        np.testing.assert_allclose(made[:, 0], 2 * 40 * np.sqrt(2 / 40))
        np.testing.assert_allclose(made[:, 1:], 0, atol=1e-12)

    def test_a_cosine_has_one_coefficient(self):
        wave = np.cos(np.pi / 40 * (np.arange(40) + 0.5) * 3)
        np.testing.assert_allclose(mel.cepstrum(wave, 10), np.eye(10)[3] * 20 * np.sqrt(2 / 40), atol=1e-12)


class ToBytesTest(unittest.TestCase):
    def test_the_mean_is_in_the_middle_and_what_is_far_is_clipped(self):
        made = mel.to_bytes(np.array([5.0, 7.0, 4.0, 1000.0, -1000.0]), np.float32(5), np.float32(2), 32)
        self.assertEqual((made.dtype, made.tolist()), (np.uint8, [128, 160, 112, 255, 0]))


if __name__ == "__main__":
    unittest.main()
