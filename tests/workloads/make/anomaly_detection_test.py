"""Anomaly detection: the graph is the published one, the weights are the manifest's, faults are heard and not shouted."""

import hashlib
import json
import pathlib
import sys
import tempfile
import unittest
import unittest.mock

import numpy as np
import onnx.checker

WORKLOADS = pathlib.Path(__file__).resolve().parents[3] / "workloads"
sys.path.insert(0, str(WORKLOADS / "make"))
import anomaly_detection  # noqa: E402 (the path is set above)
import anomaly_layers  # noqa: E402
import machine_sounds  # noqa: E402
import sound  # noqa: E402
import weighted_graph  # noqa: E402

MANIFEST = json.loads((WORKLOADS / "zoo/speech/anomaly-detection.json").read_text(encoding="utf-8"))


def clip(fault, seed=1, machine=0):
    return machine_sounds.clip(machine_sounds.MACHINES[machine], fault, anomaly_layers.CLIP, np.random.RandomState(seed))


class NetworkTest(unittest.TestCase):
    def test_sizes_are_the_published_ones(self):
        """MLPerf Tiny counts 264,192 multiplications."""
        widths = (640, *anomaly_layers.WIDTHS, 640)
        self.assertEqual(sum(a * b for a, b in zip(widths, widths[1:])), 264_192)

    def test_models_made_from_the_weights_are_those_of_the_manifest(self):
        arrays = weighted_graph.read_weights(anomaly_detection.WEIGHTS)
        for precision, pinned in MANIFEST["models"].items():
            model = anomaly_layers.model(arrays, precision)
            onnx.checker.check_model(model)
            self.assertEqual([node.op_type for node in model.graph.node].count("Gemm"), 10)
            digest = hashlib.sha256(model.SerializeToString(deterministic=True)).hexdigest()
            self.assertEqual(digest, pinned["sha256"], precision)

    def test_the_manifest_has_the_sizes_of_the_features(self):
        wanted = {"bands": anomaly_layers.BANDS, "window_frames": anomaly_layers.WINDOW_FRAMES,
                  "clip_frames": anomaly_layers.CLIP_FRAMES, "mean": 128, "deviation": anomaly_layers.BYTES_A_DEVIATION}
        self.assertEqual({name: MANIFEST["input"][name] for name in wanted}, wanted)


class MachineSoundsTest(unittest.TestCase):
    def test_the_same_seed_is_the_same_sound(self):
        np.testing.assert_array_equal(clip("gear"), clip("gear"))
        self.assertGreater(np.abs(clip("gear") - clip("gear", seed=2)).max(), 0.1)

    def test_every_fault_is_in_the_spectrum_but_within_what_varies_anyway(self):
        """So that level alone, of any band, does not tell."""
        healthy = np.stack([anomaly_layers.features(clip("", seed)).mean(axis=0) for seed in range(24)])
        low, high = healthy.min(axis=0), healthy.max(axis=0)
        for fault in machine_sounds.FAULTS:
            faulty = np.stack([anomaly_layers.features(clip(fault, seed)).mean(axis=0) for seed in range(24)])
            difference = np.abs(faulty.mean(axis=0) - healthy.mean(axis=0)) / healthy.std(axis=0)
            self.assertGreater(difference.max(), 0.3, fault)
            self.assertGreater(((faulty > low) & (faulty < high)).mean(), 0.5, fault)

    def test_machines_sound_different(self):
        levels = [anomaly_layers.features(clip("", machine=number)).mean(axis=0) for number in range(4)]
        for number in range(3):
            self.assertGreater(np.abs(levels[number] - levels[number + 1]).max(), 3)

    def test_balls_hit_a_dent_as_often_as_they_pass_it(self):
        angle = 2 * np.pi * 40 * np.arange(sound.RATE_HZ) / sound.RATE_HZ
        made = machine_sounds._impacts(angle, np.random.RandomState(1))
        hits = np.flatnonzero(np.abs(made) > 0.4)
        self.assertAlmostEqual(np.count_nonzero(np.diff(hits) > 40) + 1, 40 * 3.58, delta=3)


@unittest.mock.patch.multiple(anomaly_detection, NORMAL_A_MACHINE=5, FAULTY_A_MACHINE=1)
class SamplesTest(unittest.TestCase):
    def test_half_of_the_clips_are_faulty_and_each_has_its_frames(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder)
            anomaly_detection.make_samples(np.float32(0), np.float32(10), out)
            samples = json.loads((out / "samples.json").read_text("utf-8"))["samples"]
            frames = np.fromfile(out / "frames.u8", np.uint8)
        self.assertEqual(len(frames), len(samples) * anomaly_layers.CLIP_FRAMES * anomaly_layers.BANDS)
        self.assertEqual(sum(sample["anomalous"] for sample in samples) * 2, len(samples))
        for sample in samples:
            self.assertEqual(sample["anomalous"], int(sample["fault"] != ""))


if __name__ == "__main__":
    unittest.main()
