"""Resampling, noise and WAV files."""

import pathlib
import sys
import tempfile
import unittest
import wave

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import sound  # noqa: E402 (the path is set above)


def sine(frequency_hz, rate_hz, seconds=0.5):
    return np.sin(2 * np.pi * frequency_hz * np.arange(int(seconds * rate_hz)) / rate_hz)


def middle(samples):
    return samples[len(samples) // 4 : -len(samples) // 4]


class ResampleTest(unittest.TestCase):
    def test_tones_below_both_limits_pass(self):
        for rate_hz in (8000, 22050, 44100, 48000):
            made = sound.resample(sine(1000, rate_hz), rate_hz)
            expected = sine(1000, sound.RATE_HZ)[: len(made)]
            self.assertLess(np.abs(middle(made - expected)).max(), 0.01, rate_hz)

    def test_tones_above_the_new_limit_go(self):
        made = sound.resample(sine(12000, 48000), 48000)
        self.assertLess(np.abs(middle(made)).max(), 0.01)

    def test_the_length_follows_the_rate(self):
        self.assertEqual(len(sound.resample(np.zeros(48000), 48000)), 16000)
        self.assertEqual(len(sound.resample(np.zeros(22050), 22050)), 16000)

    def test_the_right_rate_is_left_alone(self):
        samples = sine(440, 16000)
        self.assertIs(sound.resample(samples, 16000), samples)


class WavTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "a.wav"

    def test_what_is_written_is_read_and_the_rest_is_clipped(self):
        sound.write(self.file, np.array([0, 0.5, -1, 2, -3]))
        self.assertEqual(sound.read(self.file).tolist(), [0, 0.5, -1, 32767 / 32768, -1])

    def test_headerless_sound_goes_by_its_name(self):
        raw = self.file.with_suffix(".raw")
        raw.write_bytes(np.array([16384, -32768], "<i2").tobytes())
        self.assertEqual(sound.read(raw).tolist(), [0.5, -1])

    def test_two_channels_are_refused(self):
        with wave.open(str(self.file), "wb") as out:
            out.setnchannels(2)
            out.setsampwidth(2)
            out.setframerate(16000)
            out.writeframes(bytes(8))
        with self.assertRaises(ValueError):
            sound.read(self.file)


class NoiseTest(unittest.TestCase):
    SAMPLES = 1 << 15

    def noises(self, seed):
        voices = [sine(200, 16000), sine(310, 16000)]
        return [
            sound.white_noise(self.SAMPLES, np.random.RandomState(seed)),
            sound.pink_noise(self.SAMPLES, np.random.RandomState(seed)),
            sound.looped_noise(self.SAMPLES, sine(500, 16000), np.random.RandomState(seed)),
            sound.babble_noise(self.SAMPLES, voices, np.random.RandomState(seed)),
        ]

    def test_a_seed_gives_the_same_noise_again_and_another_seed_another(self):
        for first, again, other in zip(self.noises(1), self.noises(1), self.noises(2)):
            self.assertEqual(len(first), self.SAMPLES)
            self.assertTrue((first == again).all())
            self.assertFalse((first == other).all())

    def test_pink_noise_falls_by_three_decibels_an_octave(self):
        power = np.abs(np.fft.rfft(self.noises(3)[1])) ** 2
        low, high = power[1000:2000].mean(), power[2000:4000].mean()
        self.assertAlmostEqual(10 * np.log10(low / high), 3, delta=0.5)


if __name__ == "__main__":
    unittest.main()
