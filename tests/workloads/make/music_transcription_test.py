"""Music transcription: the graph has the published sizes, and what is played is where the truth says."""

import json
import pathlib
import sys
import tempfile
import unittest
import unittest.mock

import numpy as np
import onnx.checker
import onnx.shape_inference

WORKLOADS = pathlib.Path(__file__).resolve().parents[3] / "workloads"
sys.path.insert(0, str(WORKLOADS / "make"))
import music_sounds  # noqa: E402 (the path is set above)
import music_transcription  # noqa: E402
import music_transcription_graph as graph  # noqa: E402
import tfjs  # noqa: E402

MANIFEST = json.loads((WORKLOADS / "zoo/speech/music-transcription.json").read_text(encoding="utf-8"))
SHAPES = {"contour.first": (3, 39, 8, 8), "contour.last": (5, 5, 8, 1), "note.first": (7, 7, 1, 32),  # as TensorFlow's
          "note.last": (7, 3, 32, 1), "onset.first": (5, 5, 8, 32), "onset.last": (3, 3, 33, 1)}


def published():
    """Weights of the published names and sizes; each filter of the spectrum holds its own number."""
    weights = {}
    for name, (weight, bias) in graph._CONVOLUTIONS.items():
        weights[graph._PREFIX + weight] = np.full(SHAPES[name], 0.01, np.float32)
        weights[graph._PREFIX + bias] = np.zeros(SHAPES[name][3], np.float32)
    for number in range(26):
        suffix = f"_{number}" if number else ""
        filters = 1 if number % 3 == 2 else 36
        weights[f"{graph._PREFIX}cq_t2010v2_1/conv1d{suffix}/ExpandDims_1"] = np.full((1, 256, 1, filters), number,
                                                                                     np.float32)
    weights[graph._PREFIX + "cq_t2010v2_1/Sqrt"] = np.arange(309, dtype=np.float32).reshape(309, 1, 1)
    for part in ("Scaled", "Offset"):
        weights[f"{graph._PREFIX}batch_normalization/FusedBatchNormV3/{part}"] = np.ones(1, np.float32)
    return tfjs.Model({}, weights)


class GraphTest(unittest.TestCase):
    def test_answers_have_172_steps_in_every_octave_and_precision(self):
        arrays = graph.arrays(published())
        for precision in ("fp32", "fp16"):
            model = graph.model(arrays, precision)
            onnx.checker.check_model(model, full_check=True)
            found = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph.value_info
            sizes = {value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim][1:] for value in found}
            self.assertEqual(sizes["octave8.real.filtered:0"], [21, 1, 172])
            self.assertEqual(sizes["normal:0"], [1, 172, 309])
            self.assertEqual(sizes["harmonics:0"], [8, 172, 264])
            self.assertEqual(sizes["onset.given:0" if precision == "fp16" else "onset.chances:0"], [1, 172, 88])

    def test_each_filter_is_scaled_by_the_length_of_its_bin(self):
        """The lowest octave, of which 21 filters are left, has the first of the 309 bins."""
        arrays = graph.arrays(published())
        np.testing.assert_array_equal(arrays["octave8.real"][:, 0, 0, 0], 24 * np.arange(21))
        np.testing.assert_array_equal(arrays["octave0.imaginary"][:, 0, 0, 0], np.arange(273, 309))
        np.testing.assert_array_equal(arrays["octave1.halving"].ravel(), np.full(256, 2))

    def test_the_manifest_has_the_sizes_of_the_graph(self):
        wanted = {"rate_hz": graph.RATE_HZ, "clip_samples": graph.SAMPLES, "step_samples": graph.HOP,
                  "steps": graph.STEPS, "keys": graph.KEYS}
        self.assertEqual({name: MANIFEST["input"][name] for name in wanted}, wanted)


class MusicTest(unittest.TestCase):
    def test_a_note_sounds_at_its_pitch_from_its_onset_on(self):
        note = music_sounds.Note(0, 69, 0.5)
        for instrument in music_sounds.INSTRUMENTS:
            tone = music_sounds._tone(instrument, note, graph.RATE_HZ, np.random.RandomState(1))
            spectrum = np.abs(np.fft.rfft(tone, graph.RATE_HZ))
            self.assertAlmostEqual(np.argmax(spectrum[300:600]) + 300, 440, delta=3)
            self.assertGreater(np.abs(tone[: graph.RATE_HZ // 20]).max(), 0.5 * np.abs(tone).max())

    def test_a_key_does_not_begin_again_while_it_sounds(self):
        for seed in range(20):
            sound, notes = music_sounds.music(graph.SAMPLES, graph.RATE_HZ, np.random.RandomState(seed))
            self.assertEqual(np.abs(sound).max(), 1)
            self.assertEqual(notes, sorted(notes, key=lambda note: (note.onset_ms, note.key)))
            for number, note in enumerate(notes):
                self.assertTrue(100 <= note.onset_ms < 1700)
                self.assertTrue(music_sounds.LOWEST_KEY <= note.key <= music_sounds.HIGHEST_KEY)
                self.assertFalse(any(music_sounds._too_alike(note, other) for other in notes[:number]))

    def test_before_the_first_note_there_is_noise_only(self):
        sound, notes = music_sounds.music(graph.SAMPLES, graph.RATE_HZ, np.random.RandomState(3))
        first = notes[0].onset_ms * graph.RATE_HZ // 1000
        self.assertLess(np.abs(sound[:first]).max(), 0.1)
        self.assertGreater(np.abs(sound[first : first + 4000]).max(), 0.2)


@unittest.mock.patch.object(music_transcription, "CLIPS", 2)
class SamplesTest(unittest.TestCase):
    def test_every_clip_is_there_with_its_notes(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder)
            music_transcription.make_samples(out)
            samples = json.loads((out / "samples.json").read_text("utf-8"))["samples"]
            sound = np.fromfile(out / "sound.s16", "<i2")
        self.assertEqual(len(sound), 2 * graph.SAMPLES)
        self.assertEqual(np.abs(sound).max(), music_transcription._LOUDEST)
        self.assertTrue(all(sample["notes"] for sample in samples))


if __name__ == "__main__":
    unittest.main()
