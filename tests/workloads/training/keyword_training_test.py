"""What keyword spotting is trained with: nobody's voice that is tested with; skipped where there is no torch."""

import pathlib
import sys
import unittest

import numpy as np

try:
    import torch
except ImportError:
    print("skipped: there is no torch (Debian: python3-torch)")
    sys.exit(77)

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "training"))
import train_keyword_spotting  # noqa: E402 (the path is set above; finds what is in make, too)
import keyword_layers  # noqa: E402
import keyword_speech  # noqa: E402
import keyword_spotting  # noqa: E402
import sound  # noqa: E402
import trained_network  # noqa: E402


def words():
    random = np.random.RandomState(1)
    return [keyword_speech.Spoken(random.standard_normal(random.randint(3000, keyword_layers.CLIP)), keyword)
            for keyword in (*keyword_layers.WORDS, keyword_layers.UNKNOWN)]


class VoicesTest(unittest.TestCase):
    def test_voices_are_either_trained_or_watched_or_tested_with(self):
        for three in ((keyword_speech.ESPEAK_VOICES, keyword_speech.WATCHING_ESPEAK_VOICES, keyword_spotting.ESPEAK_VOICES),
                      (keyword_speech.FLITE_VOICES, (keyword_speech.WATCHING_FLITE_VOICE,), (keyword_spotting.FLITE_VOICE,))):
            together = [voice for voices in three for voice in voices]
            self.assertEqual(len(together), len(set(together)))

    def test_other_words_are_no_keywords_and_not_those_of_the_test(self):
        self.assertFalse(set(keyword_speech.OTHER_WORDS) & set(keyword_layers.WORDS))
        self.assertFalse(set(keyword_speech.OTHER_WORDS) & set(keyword_spotting.UNKNOWN_WORDS))


class VariationTest(unittest.TestCase):
    def test_clips_are_a_second_of_each_class_and_no_two_alike(self):
        variation = keyword_speech.Variation(words(), 1)
        made = [variation.clip() for _ in range(240)]
        self.assertEqual({clip.shape for clip, _ in made}, {(keyword_layers.CLIP,)})
        self.assertTrue(all(np.isfinite(clip).all() and sound.power(clip) > 0 for clip, _ in made))
        count = np.bincount([number for _, number in made], minlength=12)
        self.assertGreater(count.min(), 5)
        self.assertEqual(len({clip.tobytes() for clip, _ in made}), len(made))

    def test_the_same_seed_is_the_same_clips(self):
        once, again = (keyword_speech.Variation(words(), 3) for _ in range(2))
        for _ in range(20):
            a, b = once.clip(), again.clip()
            self.assertEqual(a[1], b[1])
            np.testing.assert_array_equal(a[0], b[0])


class LessonTest(unittest.TestCase):
    def test_the_network_takes_features_as_they_are_kept(self):
        features = np.full((4, 49, 10), 160, np.uint8)
        inputs = train_keyword_spotting.inputs_of(features)
        self.assertEqual((inputs.shape, inputs.unique().tolist()), ((4, 1, 49, 10), [1.0]))
        torch.manual_seed(1)
        network = trained_network.Network(keyword_layers.convolutions(), len(keyword_layers.CLASSES)).eval()
        self.assertEqual(network(inputs).shape, (4, 12))


if __name__ == "__main__":
    unittest.main()
