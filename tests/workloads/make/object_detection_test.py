"""The detector's network has the published size, and what it finds is decoded as it should be."""

import json
import pathlib
import sys
import unittest

import numpy as np
import onnx.checker

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "workloads" / "make"))
import networks  # noqa: E402 (the path is set above)
import object_detection as detection  # noqa: E402

COUNT = detection.count_of_anchors()
FIRST_OF_5 = 20 ** 2 * 3 + 10 ** 2 * 6  # the first anchor on the map of 5 x 5


def nothing():
    return np.zeros((COUNT, 4)), np.full((COUNT, detection.CLASSES), -5.0)


class NetworkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.network = networks.calibrated(detection.network(), 1)

    def test_the_size_is_the_published_one(self):
        self.assertAlmostEqual(self.network.parameters() / 1e6, 4.475, delta=0.001)
        work = []

        def visit(layer, result):
            if layer.weights is not None:
                work.append(layer.weights[0].size * result.size)

        answers = self.network.run(np.zeros((1, 3, detection.SIDE, detection.SIDE)), visit)
        self.assertAlmostEqual(sum(work) / 1e6, 804.4, delta=0.1)
        self.assertEqual(answers.shape, (1, COUNT * (4 + detection.CLASSES)))

    def test_the_model_is_valid_and_has_both_outputs(self):
        model = self.network.model("object-detection")
        onnx.checker.check_model(model, full_check=True)
        shapes = {value.name: [dim.dim_value or dim.dim_param for dim in value.type.tensor_type.shape.dim]
                  for value in model.graph.output}
        self.assertEqual(shapes, {"boxes": ["batch", COUNT, 4], "scores": ["batch", COUNT, detection.CLASSES]})

    def test_the_manifest_has_the_same_anchors(self):
        manifest = json.loads((ROOT / "workloads" / "zoo" / "vision" / "object-detection.json").read_text("utf-8"))
        self.assertEqual([(grid["cells"], tuple(map(tuple, grid["shapes"]))) for grid in manifest["input"]["grids"]],
                         [(grid.cells, grid.shapes) for grid in detection.grids()])
        given = [manifest["input"][name] for name in ("min_score", "max_overlap", "max_objects", "classes")]
        self.assertEqual(given, [detection.MIN_SCORE, detection.MAX_OVERLAP, detection.MAX_OBJECTS, detection.CLASSES])


class FoundTest(unittest.TestCase):
    def test_nothing_above_a_half_is_nothing(self):
        self.assertEqual(detection.found(*nothing()), {"classes": [], "boxes": []})

    def test_an_anchor_that_nothing_moves_is_its_own_box(self):
        boxes, scores = nothing()
        middle = FIRST_OF_5 + 12 * 6  # of the cell in the middle, the square of 0.5
        scores[middle, 7] = 1
        self.assertEqual(detection.found(boxes, scores), {"classes": [7], "boxes": [[80, 80, 240, 240]]})

    def test_a_box_moves_by_tenths_grows_by_fifths_and_is_cut_at_the_edge(self):
        boxes, scores = nothing()
        middle = FIRST_OF_5 + 12 * 6
        scores[middle, 7] = 1
        boxes[middle] = (0, 10, 5 * np.log(0.5), 0)  # one side to the right, half as high
        self.assertEqual(detection.found(boxes, scores)["boxes"], [[240, 120, 320, 200]])
        boxes[middle] = (0, 100, 0, 0)
        self.assertEqual(detection.found(boxes, scores)["boxes"], [], "outside")

    def test_overlaps_of_one_class_go_and_the_surest_come_first(self):
        boxes, scores = nothing()
        first, second = FIRST_OF_5 + 12 * 6, FIRST_OF_5 + 12 * 6 + 5  # 0.5 and 0.57 wide, square both
        scores[first, 7], scores[second, 7], scores[second, 9] = 1, 2, 3
        self.assertEqual(detection.found(boxes, scores)["classes"], [9, 7])

    def test_the_background_is_no_object(self):
        boxes, scores = nothing()
        scores[:, 0] = 9
        self.assertEqual(detection.found(boxes, scores)["classes"], [])


class ReferenceTest(unittest.TestCase):
    def test_has_objects_of_many_classes_inside_of_each_picture(self):
        samples = json.loads(detection.REFERENCE.read_text("utf-8"))
        self.assertEqual(len(samples), detection.SAMPLES)
        for sample in samples:
            boxes = np.array(sample["boxes"])
            self.assertTrue(10 < len(boxes) == len(sample["classes"]) <= detection.MAX_OBJECTS)
            self.assertGreater(len(set(sample["classes"])), 10)
            self.assertTrue(((boxes >= 0) & (boxes <= detection.SIDE)).all())
            self.assertTrue((boxes[:, 2:] > boxes[:, :2]).all())


if __name__ == "__main__":
    unittest.main()
