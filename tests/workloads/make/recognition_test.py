"""Speech recognition: chunk by chunk is as in one go, the committed weights are the manifest's, samples are whole."""

import hashlib
import json
import pathlib
import sys
import tempfile
import unittest

import numpy as np
import onnx.checker

WORKLOADS = pathlib.Path(__file__).resolve().parents[3] / "workloads"
sys.path.insert(0, str(WORKLOADS / "make"))
import onnx_double  # noqa: E402 (the path is set above)
import recognition  # noqa: E402
import recognition_graph  # noqa: E402
import recognition_layers  # noqa: E402
import recognition_phrases  # noqa: E402
import sound  # noqa: E402
import weighted_graph  # noqa: E402

MANIFEST = json.loads((WORKLOADS / "zoo/speech/recognition.json").read_text(encoding="utf-8"))


def whole(arrays, frames):
    """The network over a stream in one go, in double precision: scores of letters, [steps, classes]."""
    values = {"input": frames.T[None, :, None].astype(np.float64)}
    for layer in recognition_layers.convolutions():
        attributes = {"pads": layer.padding, "strides": [layer.stride] * 2, "group": layer.group}
        made = onnx_double.OPERATORS["Conv"](attributes, values[layer.source], arrays[f"{layer.name}.weight"],
                                             arrays[f"{layer.name}.bias"])
        values[layer.name] = np.maximum(made + values.get(layer.add, 0), 0)
    return values[layer.name][0, :, 0].T @ arrays["head.weight"].T + arrays["head.bias"]


class GraphTest(unittest.TestCase):
    def test_chunk_by_chunk_a_stream_gives_what_it_gives_in_one_go(self):
        arrays = weighted_graph.read_weights(recognition.WEIGHTS)
        model = recognition.model("fp32")
        chunks, size = 3, recognition_layers.CHUNK_FRAMES
        frames = np.random.RandomState(1).standard_normal((chunks * size, recognition_layers.BANDS))
        before = np.zeros((recognition_layers.CONTEXT_FRAMES, recognition_layers.BANDS))
        padded, state, heard = np.concatenate([before, frames]), np.zeros(recognition_graph.STATE_SHAPE), []
        for chunk in range(chunks):
            window = padded[chunk * size : chunk * size + recognition_graph.WINDOW_FRAMES]
            values = onnx_double.run(model, {"features": window.T[None, :, None], recognition_graph.STATE: state})
            state = values[recognition_graph.NEXT_STATE]
            heard.append(values["letters"])
        self.assertEqual(state.shape, recognition_graph.STATE_SHAPE)
        np.testing.assert_allclose(np.concatenate(heard), whole(arrays, frames), atol=1e-9)

    def test_models_made_from_the_weights_are_those_of_the_manifest(self):
        for precision, pinned in MANIFEST["models"].items():
            model = recognition.model(precision)
            onnx.checker.check_model(model, full_check=True)
            digest = hashlib.sha256(model.SerializeToString(deterministic=True)).hexdigest()
            self.assertEqual(digest, pinned["sha256"], precision)

    def test_the_manifest_has_the_sizes_of_the_network(self):
        wanted = {"bands": recognition_layers.BANDS, "chunk_frames": recognition_layers.CHUNK_FRAMES,
                  "context_frames": recognition_layers.CONTEXT_FRAMES, "steps": recognition_graph.STEPS,
                  "stream_chunks": recognition_layers.STREAM_CHUNKS, "letters": recognition_layers.LETTERS,
                  "mean": 128, "deviation": recognition_layers.BYTES_A_DEVIATION}
        self.assertEqual({name: MANIFEST["input"][name] for name in wanted}, wanted)
        self.assertEqual(MANIFEST["sample_ms"], 1000 * recognition_layers.CHUNK / sound.RATE_HZ)


class FeaturesTest(unittest.TestCase):
    def test_a_frame_hears_nothing_that_comes_later(self):
        stream = np.random.RandomState(1).standard_normal(recognition_layers.CHUNK)
        changed = stream.copy()
        changed[recognition_layers.FRAME * 8 :] = 0
        made, other = recognition_layers.features(stream), recognition_layers.features(changed)
        self.assertEqual(made.shape, (recognition_layers.CHUNK_FRAMES, recognition_layers.BANDS))
        np.testing.assert_array_equal(made[:8], other[:8])
        self.assertTrue((made[8] != other[8]).all())

    def test_digital_silence_is_features_too(self):
        self.assertTrue(np.isfinite(recognition_layers.features(np.zeros(recognition_layers.CHUNK))).all())


class PhrasesTest(unittest.TestCase):
    def test_phrases_are_of_the_words_and_the_words_of_the_letters(self):
        random = np.random.RandomState(1)
        said = {word for _ in range(3000) for word in recognition_phrases.phrase(random).split()}
        self.assertEqual(said, recognition_phrases.words())
        self.assertLessEqual(set("".join(said)), set(recognition_layers.LETTERS))

    def test_numbers_of_a_text(self):
        self.assertEqual(recognition_layers.numbers_of("ab z"), [1, 2, 27, 26])


class SamplesTest(unittest.TestCase):
    def test_every_phrase_that_fits_is_a_stream_with_its_text(self):
        random = np.random.RandomState(1)
        spoken = [recognition.Spoken(random.standard_normal(int(seconds * sound.RATE_HZ)), text, "test")
                  for seconds, text in ((1, "yes"), (2, "no"), (3.5, "too long"))]
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder)
            recognition.make_samples(spoken, np.float32(0), np.float32(1), out)
            samples = json.loads((out / "samples.json").read_text("utf-8"))["samples"]
            features = np.fromfile(out / "features.u8", np.uint8)
        self.assertEqual({sample["text"] for sample in samples}, {"yes", "no"})
        frames = recognition_layers.STREAM_CHUNKS * recognition_layers.CHUNK_FRAMES
        self.assertEqual(len(features), 2 * frames * recognition_layers.BANDS)


if __name__ == "__main__":
    unittest.main()
