"""Keyword spotting: the graph is the published one, the committed weights are the manifest's, the samples a fair test."""

import hashlib
import json
import pathlib
import sys
import tempfile
import unittest

import numpy as np

WORKLOADS = pathlib.Path(__file__).resolve().parents[3] / "workloads"
sys.path.insert(0, str(WORKLOADS / "make"))
import keyword_clips  # noqa: E402 (the path is set above)
import keyword_layers  # noqa: E402
import keyword_spotting  # noqa: E402
import sound  # noqa: E402
import weighted_graph  # noqa: E402

MANIFEST = json.loads((WORKLOADS / "zoo/speech/keyword-spotting.json").read_text(encoding="utf-8"))


def burst(seconds, level=1.0):
    return level * np.sin(np.arange(int(seconds * sound.RATE_HZ)))


def silence(seconds):
    return np.zeros(int(seconds * sound.RATE_HZ))


class NetworkTest(unittest.TestCase):
    def test_sizes_are_the_published_ones(self):
        """22,604 parameters once the normalization is folded in, 2.66 million multiplications."""
        layers = keyword_layers.convolutions()
        parameters = sum(np.prod(layer.shape) + layer.channels for layer in layers) + 12 * 64 + 12
        self.assertEqual(parameters, 22_604)
        work = sum(25 * 5 * np.prod(layer.shape) for layer in layers) + 12 * 64
        self.assertEqual(work, 2_656_768)

    def test_models_made_from_the_weights_are_those_of_the_manifest(self):
        for precision, pinned in MANIFEST["models"].items():
            model = keyword_spotting.model(precision).SerializeToString(deterministic=True)
            self.assertEqual(hashlib.sha256(model).hexdigest(), pinned["sha256"], precision)

    def test_the_input_in_8_bits_is_the_features_as_they_are(self):
        scale, zero = weighted_graph.quantized_range(*weighted_graph.read_weights("keyword-spotting")["input.range"])
        self.assertEqual((scale, zero), (1 / MANIFEST["input"]["deviation"], MANIFEST["input"]["mean"]))
        self.assertEqual(keyword_layers.BYTES_A_DEVIATION, MANIFEST["input"]["deviation"])


class FeaturesTest(unittest.TestCase):
    def test_a_clip_gives_49_times_10_whatever_its_level(self):
        clip = np.random.RandomState(1).standard_normal(keyword_layers.CLIP)
        made = keyword_layers.features(clip)
        self.assertEqual(made.shape, (49, 10))
        np.testing.assert_allclose(keyword_layers.features(clip / 1000), made, atol=1e-9)

    def test_digital_silence_is_features_too(self):
        self.assertTrue(np.isfinite(keyword_layers.features(np.zeros(keyword_layers.CLIP))).all())


class ClipsTest(unittest.TestCase):
    def test_a_word_is_cut_out_of_quiet(self):
        spoken = np.concatenate([silence(0.5), burst(0.3), 0.01 * burst(0.4)])
        self.assertAlmostEqual(len(keyword_clips.cut_out(spoken)) / sound.RATE_HZ, 0.36, delta=0.021)

    def test_no_word_is_longer_than_a_clip(self):
        self.assertEqual(len(keyword_clips.cut_out(burst(3))), keyword_layers.CLIP)

    def test_the_last_word_begins_after_the_pause(self):
        for first in (0.3, 0.8):
            phrase = np.concatenate([burst(first, 0.5), silence(0.3), burst(0.5)])
            self.assertAlmostEqual(len(keyword_clips.last_word(phrase)) / sound.RATE_HZ, 0.55, delta=0.05)

    def test_a_word_is_placed_whole(self):
        word = burst(0.4)
        for seed in range(5):
            clip = keyword_clips.placed(word, np.random.RandomState(seed))
            self.assertEqual(len(clip), keyword_layers.CLIP)
            self.assertAlmostEqual(np.sum(clip**2), np.sum(word**2))

    def test_noise_has_the_stated_distance_to_the_word(self):
        word, noise = burst(0.4), np.random.RandomState(1).standard_normal(keyword_layers.CLIP)
        added = keyword_clips.noisy(np.zeros(keyword_layers.CLIP), word, noise, 10)
        self.assertAlmostEqual(sound.power(word) / sound.power(added), 10)


class SamplesTest(unittest.TestCase):
    def test_each_word_has_its_class_and_noise_alone_is_silence(self):
        words = [keyword_spotting.Word(burst(0.3), keyword, "test") for keyword in (*keyword_layers.WORDS, "unknown") * 3]
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder)
            keyword_spotting.make_samples(words, np.zeros(10), np.ones(10), out)
            samples = json.loads((out / "samples.json").read_text("utf-8"))["samples"]
            size = (out / "features.u8").stat().st_size
        self.assertEqual(size, len(samples) * 49 * 10)
        count = np.bincount([sample["class"] for sample in samples], minlength=12).tolist()
        self.assertEqual(count, [3] * 10 + [keyword_spotting.SILENCES, 3])
        for kind in keyword_spotting.NOISES:
            self.assertGreater(sum(sample["noise"] == kind for sample in samples), len(samples) // 4)

    def test_a_text_that_is_no_keyword_is_unknown(self):
        self.assertEqual([keyword_spotting.keyword_of(text) for text in ("go", "goal")], ["go", "unknown"])

    def test_people_say_words_of_the_ten(self):
        """Those that the manifest brings are those that are read."""
        files = {source["file"] for source in MANIFEST["sources"]}
        read = {f"{keyword_spotting.ASTERISK_FOLDER}/{name}.wav" for name in keyword_spotting.ASTERISK_FILES}
        read |= {f"{keyword_spotting.ALSA_FOLDER}/{name}.wav" for name in keyword_spotting.ALSA_FILES}
        self.assertEqual(files, read)


if __name__ == "__main__":
    unittest.main()
