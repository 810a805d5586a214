"""Seeded networks: their sizes are the published ones, and numbers neither vanish nor explode on the way through."""

import pathlib
import sys
import tempfile
import unittest

import numpy as np
import onnx
import onnx.checker
import onnx.shape_inference

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import bench_references  # noqa: E402 (the path is set above)
import networks  # noqa: E402

# Parameters as published, scale and offset of each normalized channel included; millions of multiplications.
PUBLISHED = {"squeezenet-1.1": (1_235_496, 349.2), "mobilenet-v1": (4_231_976, 568.7),
             "mobilenet-v2": (3_504_872, 300.8), "resnet-50": (25_557_032, 4089.2),
             "image-classification-32": (78_666, 12.5), "visual-wake-words": (221_794, 7.5)}
# Folded, a normalized channel has a bias only. SqueezeNet has none; the others' last layer is not normalized. MLPerf Tiny
# counts four numbers a normalized channel, and a bias besides.
NORMALIZED = {"squeezenet-1.1": 0, "mobilenet-v1": 10_944, "mobilenet-v2": 17_056, "resnet-50": 26_560,
              "image-classification-32": 4 * 240, "visual-wake-words": 4 * 2_736}


class NetworksTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = {name: networks.calibrated(network()) for name, network in bench_references.NETWORKS.items()}

    def test_sizes_are_the_published_ones(self):
        for name, network in self.made.items():
            self.assertEqual(network.parameters() + NORMALIZED[name], PUBLISHED[name][0], name)

    def test_activations_keep_their_size_and_answers_are_the_references(self):
        for name, network in self.made.items():
            pictures = networks.normalized(networks.pictures(0, 1, network.side))
            work, deviations = [], {}

            def visit(layer, result):
                if layer.weights is not None:
                    work.append(layer.weights[0].size * result.size)
                deviations[layer.output] = result.std()
                small = np.abs(result[result != 0])
                self.assertGreater(small.min(), 1e-30, f"{name}: {layer.output} is near the denormal numbers")

            answers = network.run(pictures, visit)
            self.assertAlmostEqual(sum(work) / 1e6, PUBLISHED[name][1], delta=0.1, msg=name)
            # Up to the average over the picture, which is meant to make numbers smaller.
            deep = list(deviations.values())[:-3]
            self.assertGreater(min(deep), 1 / 3, name)
            self.assertLess(max(deep), 3, name)
            reference = networks.read_reference(networks.REFERENCES / f"{name}.i16", network.classes)
            self.assertEqual(reference.shape, (networks.SAMPLES, network.classes), name)
            np.testing.assert_allclose(answers[0], reference[0], atol=np.abs(reference).max() / 32767, rtol=0)

    def test_answers_depend_on_the_picture(self):
        for name, network in self.made.items():
            reference = networks.read_reference(networks.REFERENCES / f"{name}.i16", network.classes)
            self.assertGreater(reference.std(axis=0).mean(), 0.5 * reference.std(), name)
            self.assertGreater(len(set(reference.argmax(axis=1))), min(networks.SAMPLES // 8, network.classes // 2), name)

    def test_models_are_valid_and_give_a_batch_of_answers(self):
        for name, network in self.made.items():
            model = network.model(name)
            onnx.checker.check_model(model, full_check=True)
            shapes = onnx.shape_inference.infer_shapes(model).graph.output[0].type.tensor_type.shape.dim
            self.assertEqual((shapes[0].dim_param, shapes[1].dim_value), ("batch", network.classes), name)

    def test_a_reference_is_read_back_within_half_a_step(self):
        answers = np.linspace(-3, 5, 2 * networks.CLASSES).reshape(2, -1)
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "a.i16"
            networks.write_reference(answers, file)
            np.testing.assert_allclose(networks.read_reference(file), answers, atol=0.51 * 5 / 32767, rtol=0)


if __name__ == "__main__":
    unittest.main()
