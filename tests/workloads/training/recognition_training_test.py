"""What speech recognition is trained with, and how its errors are counted; skipped where there is no torch."""

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
import train_recognition  # noqa: E402 (the path is set above; finds what is in make, too)
import recognition_layers  # noqa: E402
import recognition_speech  # noqa: E402
import sound  # noqa: E402
import trained_network  # noqa: E402
import word_errors  # noqa: E402


def phrases():
    random = np.random.RandomState(1)
    return [recognition_speech.Spoken(random.standard_normal(int(seconds * sound.RATE_HZ)), text)
            for seconds, text in ((0.6, "yes"), (0.9, "stop"), (1.4, "one two"))]


class StreamsTest(unittest.TestCase):
    def test_a_stream_has_as_many_phrases_as_fit_and_ends_in_quiet(self):
        streams = recognition_speech.Streams(phrases(), 1)
        made = [streams.stream() for _ in range(30)]
        self.assertEqual({stream.shape for stream, _ in made}, {(recognition_layers.STREAM,)})
        self.assertTrue(all(np.isfinite(stream).all() for stream, _ in made))
        self.assertEqual(len({stream.tobytes() for stream, _ in made}), len(made))
        counts = {len(text.split()) for _, text in made}
        self.assertGreater(min(counts), 0)
        self.assertGreater(max(counts), 2)

    def test_the_same_seed_is_the_same_streams(self):
        once, again = (recognition_speech.Streams(phrases(), 3).stream() for _ in range(2))
        self.assertEqual(once[1], again[1])
        np.testing.assert_array_equal(once[0], again[0])


class LessonTest(unittest.TestCase):
    def lesson(self):
        features = np.random.RandomState(1).randint(0, 256, (4, 64, recognition_layers.BANDS)).astype(np.uint8)
        texts = np.array(["yes", "no", "stop", "go"])
        return train_recognition.RecognitionLesson({"training": features, "texts": texts, "watching": features[:2],
                                                    "watching_texts": texts[:2]})

    def test_a_step_down_the_loss_lowers_it(self):
        torch.manual_seed(1)
        network = trained_network.Network(recognition_layers.convolutions(), recognition_layers.CLASSES,
                                          trained_network.each_step)
        lesson, chosen = self.lesson(), np.arange(4)
        optimizer, losses = lesson.optimizer(network, 1e-3), []
        for _ in range(4):
            losses.append(lesson.loss(network, chosen, np.random.RandomState(1)))
            optimizer.zero_grad()
            losses[-1].backward()
            optimizer.step()
        self.assertLess(losses[-1].item(), losses[0].item())

    def test_what_is_watched_are_words(self):
        lesson = self.lesson()
        silence = torch.zeros(1, 8, recognition_layers.CLASSES)
        silence[:, :, 0] = 1
        network = torch.nn.Module()
        network.forward = lambda inputs: silence.expand(len(inputs), -1, -1)
        self.assertEqual(lesson.watched(network), 1)


class SpokenOtherwiseTest(unittest.TestCase):
    def test_between_numbers_are_straight_lines_and_the_last_goes_on(self):
        values = np.array([[[0, 10], [1, 20], [2, 40]]], np.float32)
        over_time = train_recognition._between(values, np.array([0.5, 2])[None, :, None], 1)
        np.testing.assert_allclose(over_time, [[[0.5, 15], [2, 40]]])
        over_bands = train_recognition._between(values, np.array([0.5, 7])[None, None], 2)
        np.testing.assert_allclose(over_bands[0, :, 1], [10, 20, 40])
        np.testing.assert_allclose(over_bands[0, :, 0], [5, 10.5, 21])

    def test_all_streams_of_a_batch_keep_pace_but_not_their_throats(self):
        features = np.tile(np.arange(recognition_layers.BANDS, dtype=np.uint8), (3, 100, 1))
        made = train_recognition._spoken_otherwise(features, np.random.RandomState(1))
        self.assertNotEqual(made.shape[1], 100)
        self.assertEqual(len({stream[0].tobytes() for stream in made}), 3)
        np.testing.assert_array_equal(made[:, 0], made[:, -1])


class WordErrorsTest(unittest.TestCase):
    def test_letters_are_joined_and_blanks_dropped(self):
        def scores(steps):
            return np.eye(recognition_layers.CLASSES)[[0 if step == "." else recognition_layers.numbers_of(step)[0]
                                                       for step in steps]]
        self.assertEqual(word_errors.text_of(scores("aa.abb  c")), "aab c")
        self.assertEqual(word_errors.text_of(scores("....")), "")

    def test_worked_examples(self):
        self.assertEqual(word_errors.distance("kitten", "sitting"), 3)
        self.assertEqual(word_errors.distance([], ["a", "b"]), 2)
        self.assertEqual(word_errors.rate(["one two", ""], ["one three", "four"]), 2 / 3)


if __name__ == "__main__":
    unittest.main()
