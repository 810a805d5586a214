"""Geometry of cut-outs: what is pasted lies where the truth says it does."""

import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import common  # noqa: E402 (the path is set above)
import face_detection  # noqa: E402
import people  # noqa: E402
import person_segmentation  # noqa: E402
import scenes  # noqa: E402


def cutting(width=60, height=40, face=(10, 5, 26, 21)):
    """Black, with a white square where the face is."""
    image = np.zeros((height, width, 3))
    image[face[1]:face[3], face[0]:face[2]] = 255
    return people.Cutting(image, np.ones((height, width)), np.array([face], np.float64))


def white_box(image):
    """The bounding box of what is bright."""
    rows, columns = np.flatnonzero((image[:, :, 0] > 128).any(axis=1)), np.flatnonzero((image[:, :, 0] > 128).any(axis=0))
    return [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]


class CuttingTest(unittest.TestCase):
    def assert_face_is_white(self, part, tolerance=1.0):
        np.testing.assert_allclose(white_box(part.image), part.faces[0], atol=tolerance)

    def test_mirrored(self):
        self.assert_face_is_white(scenes.mirrored(cutting()), 0)

    def test_resized(self):
        for scale in (0.5, 1.7, 3):
            self.assert_face_is_white(scenes.resized(cutting(), scale))

    def test_rotated_by_a_quarter(self):
        self.assert_face_is_white(scenes.rotated(cutting(), 90))
        self.assert_face_is_white(scenes.rotated(cutting(), -90))

    def test_rotated_a_little_the_centre_moves_along(self):
        turned = scenes.rotated(cutting(200, 120, (30, 20, 70, 60)), 20)
        box = white_box(turned.image)
        face = turned.faces[0]
        np.testing.assert_allclose([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2],
                                   [(face[0] + face[2]) / 2, (face[1] + face[3]) / 2], atol=1.5)
        self.assertAlmostEqual(face[2] - face[0], 40)

    def test_pasted_over_an_edge(self):
        scene = np.full((50, 50, 3), 9.0)
        alpha = scenes.paste(scene, cutting(), -8, 40)
        self.assertEqual(alpha.sum(), 10 * 50)
        self.assertEqual(scene[45, 2, 0], 255)  # the face begins at 10 - 8, 40 + 5
        self.assertEqual(scene[39, 2, 0], 9)

    def test_pasted_outside(self):
        scene = np.full((50, 50, 3), 9.0)
        self.assertEqual(scenes.paste(scene, cutting(), 60, 0).sum(), 0)
        self.assertTrue((scene == 9).all())


class SceneTest(unittest.TestCase):
    def test_faces_lie_in_their_scene_and_apart(self):
        random = common.generator(3)
        for layout in ((1,), (1, 1), (1, 1, 1)):
            scene = np.zeros((240, 320, 3))
            faces = face_detection._populate(scene, layout, [cutting()], random)
            self.assertEqual(len(faces), len(layout))
            for x0, y0, x1, y1 in faces:
                self.assertTrue(0 <= x0 < x1 <= 320 and 0 <= y0 < y1 <= 240, faces)
                middle = scene[int((y0 + y1) / 2), int((x0 + x1) / 2), 0]
                self.assertGreater(middle, 200, "the middle of a face is not white")
            for left, right in zip(faces, faces[1:]):
                self.assertLess(left[2], right[0])

    def test_backgrounds_without_photos_have_the_size_asked_for(self):
        random = common.generator(4)
        for kind in range(len(scenes.PHOTOS), scenes.KINDS):
            image = scenes.background(kind, (40, 30), {}, random)
            self.assertEqual(image.shape, (30, 40, 3))
            self.assertTrue((image >= 0).all() and (image <= 255).all())

    def test_exposure_gives_bytes_and_is_repeatable(self):
        scene = np.full((20, 20, 3), 100.0)
        first, second = (scenes.exposed(scene, common.generator(5)) for _ in range(2))
        self.assertEqual(first.dtype, np.uint8)
        np.testing.assert_array_equal(first, second)

    def test_neighbouring_scenes_get_unlike_backgrounds(self):
        kinds = {index * 7 % scenes.KINDS for index in range(scenes.KINDS)}
        self.assertEqual(len(kinds), scenes.KINDS)


class PortraitTest(unittest.TestCase):
    def test_boxes_are_squares_inside_their_crop(self):
        for portrait in people.PORTRAITS:
            left, top, right, bottom = portrait.crop
            for x0, y0, x1, y1 in portrait.faces:
                self.assertTrue(left <= x0 < x1 <= right and top <= y0 < y1 <= bottom, portrait.name)
                self.assertAlmostEqual((x1 - x0) / (y1 - y0), 1, delta=0.08, msg=portrait.name)

    def test_outlines_are_points_around_the_faces(self):
        outlined = [portrait for portrait in people.PORTRAITS if portrait.outline]
        self.assertGreaterEqual(len(outlined) * person_segmentation.SCENES_A_PERSON, 60)
        for portrait in outlined:
            self.assertEqual(len(portrait.outline) % 2, 0, portrait.name)
            xs, ys = portrait.outline[::2], portrait.outline[1::2]
            for x0, y0, x1, y1 in portrait.faces:
                self.assertTrue(min(xs) < x0 and x1 < max(xs) and min(ys) < y0 and y1 < max(ys), portrait.name)

    def test_names_differ(self):
        names = [portrait.name for portrait in people.PORTRAITS]
        self.assertEqual(len(set(names)), len(names))


if __name__ == "__main__":
    unittest.main()
