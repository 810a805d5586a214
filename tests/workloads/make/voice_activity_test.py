"""The truth about speech, from utterances whose loudness is known."""

import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import voice_activity as task  # noqa: E402 (the path is set above)


def utterance(levels_db):
    """One chunk of a square wave for each level."""
    wave = np.where(np.arange(task.CHUNK) % 2 == 0, 1.0, -1.0)
    return np.concatenate([wave * 10 ** (level / 20) for level in levels_db])


def marks(levels_db):
    return "".join("01"[int(mark)] for mark in task._speech_chunks(utterance(levels_db)))


class TruthTest(unittest.TestCase):
    def test_speech_is_what_is_near_the_loudest_chunk(self):
        self.assertEqual(marks([-90, -40, -25, -6, -25.9, -26.1, -60]), "0011100")

    def test_the_level_of_the_whole_does_not_matter(self):
        levels = [-60, -3, -10, -50]
        self.assertEqual(marks(levels), marks([level - 40 for level in levels]))

    def test_short_pauses_belong_to_the_speech_and_long_ones_do_not(self):
        short, long = [-60] * task.HANGOVER, [-60] * (task.HANGOVER + 1)
        self.assertEqual(marks([0] + short + [0]), "1" * (task.HANGOVER + 2))
        self.assertEqual(marks([0] + long + [0]), "1" + "0" * (task.HANGOVER + 1) + "1")

    def test_chunks_near_a_change_are_not_judged(self):
        speech = np.array([False] * 10 + [True] * 10)
        self.assertEqual(task._labels(speech), "0" * (10 - task.EDGE) + "x" * (2 * task.EDGE) + "1" * (10 - task.EDGE))
        self.assertEqual(task._labels(np.array([True] * 4)), "1111")
        self.assertEqual(task._labels(np.array([True, False, True])), "xxx")


class StreamTest(unittest.TestCase):
    def test_speech_has_the_stated_level_and_utterances_whole_chunks(self):
        made = task._normalized(utterance([-90, -20, -20, -90])[:-100])
        self.assertEqual(len(made), 4 * task.CHUNK)
        self.assertAlmostEqual(np.sqrt(np.mean(made[task.CHUNK : 3 * task.CHUNK] ** 2)), task.SPEECH_RMS)

    def test_a_stream_is_utterances_with_silence_around(self):
        word = utterance([0] * 20)
        stream, speech, number = task._clean_stream([word], 5, np.random.RandomState(1))
        self.assertEqual(len(stream), task.STREAM_SAMPLES)
        self.assertEqual(int(speech.sum()), 20 * (number - 5))
        self.assertGreater(number, 7)
        loud = np.abs(stream.reshape(-1, task.CHUNK)).max(axis=1) > 0
        self.assertTrue((loud == speech).all())
        self.assertFalse(speech[:10].any())
        starts = np.flatnonzero(speech[1:] & ~speech[:-1])
        self.assertGreaterEqual(np.diff(starts).min(), 30)


if __name__ == "__main__":
    unittest.main()
