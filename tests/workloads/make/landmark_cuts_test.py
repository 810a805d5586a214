"""Cuts of photographs: points stay on what they mark."""

import pathlib
import sys
import unittest

import numpy as np
import PIL.Image

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import common  # noqa: E402 (the path is set above)
import face_mesh  # noqa: E402
import landmark_cuts  # noqa: E402
import people  # noqa: E402
import pose  # noqa: E402

POINTS = np.array([(60, 50), (100, 70), (80, 110)], np.float64)


def photo():
    """Black, with a white spot at each point."""
    pixels = np.zeros((160, 200, 3), np.uint8)
    for x, y in POINTS.astype(int):
        pixels[y - 2:y + 2, x - 2:x + 2] = 255
    return PIL.Image.fromarray(pixels)


def frame(turn=0.0, side=120.0):
    return landmark_cuts.Frame(np.array([80.0, 80.0]), side, turn)


class CutTest(unittest.TestCase):
    def assert_on_spots(self, pixels, points):
        for x, y in points:
            self.assertGreater(pixels[int(round(y - 0.5)), int(round(x - 0.5)), 0], 100, points)

    def test_points_stay_on_their_spots(self):
        for turn in (0, 0.4, -2):
            for side in (110, 150):
                self.assert_on_spots(*landmark_cuts.cut(photo(), POINTS, frame(turn, side), 240))

    def test_a_mirror_swaps_places(self):
        pixels, points = landmark_cuts.cut(photo(), POINTS, frame(0.3), 240)
        swapped, there = landmark_cuts.mirrored(pixels, points, (1, 0, 2))
        self.assert_on_spots(swapped, there)
        self.assertAlmostEqual(there[0, 0], 240 - points[1, 0])

    def test_what_is_level_after_the_turn(self):
        direction = POINTS[1] - POINTS[0]
        _, points = landmark_cuts.cut(photo(), POINTS, frame(np.arctan2(direction[1], direction[0])), 240)
        self.assertAlmostEqual(points[0, 1], points[1, 1])
        self.assertLess(points[0, 0], points[1, 0])

    def test_points_that_cannot_be_seen_stay_so(self):
        points = np.array([(1.004, 2), (np.nan, np.nan)])
        _, there = landmark_cuts.cut(photo(), points, frame(), 240)
        self.assertTrue(np.isnan(there[1]).all())
        self.assertEqual(landmark_cuts.listed(points), [[1.0, 2.0], None])

    def test_a_shaken_frame_is_near(self):
        random = common.generator(1)
        for _ in range(50):
            shaken = landmark_cuts.shaken(frame(), 0.1, 0.2, 5, random)
            self.assertLessEqual(np.abs(shaken.centre - 80).max(), 12)
            self.assertTrue(96 <= shaken.side <= 144 and abs(shaken.turn) <= np.radians(5))


class FacesTest(unittest.TestCase):
    def test_points_lie_in_their_box_in_the_order_of_a_face(self):
        boxes = {portrait.name: portrait.faces for portrait in people.PORTRAITS}
        for face in face_mesh.FACES:
            x0, y0, x1, y1 = boxes[face.portrait][face.box]
            points = face.points
            self.assertTrue((points > [x0 - 5, y0]).all() and (points < [x1 + 5, y1]).all(), face)
            self.assertTrue((np.diff(points[:4, 0]) > 0).all(), face)  # eyes from left to right
            self.assertTrue(points[:4, 1].max() < points[4, 1] < points[5:, 1].min(), face)  # eyes, nose, mouth
            self.assertLess(points[5, 0], points[6, 0], face)

    def test_a_mirror_of_a_mirror_is_the_face(self):
        self.assertEqual([face_mesh.MIRRORED[place] for place in face_mesh.MIRRORED], list(range(7)))


class BodiesTest(unittest.TestCase):
    def test_each_joint_has_a_place_or_none(self):
        for body in pose.BODIES:
            self.assertEqual(body.points.shape, (len(pose.JOINTS), 2), body)
            self.assertFalse(np.isnan(body.points[:3]).any(), "the shoulders are the unit of errors")

    def test_joints_lie_in_the_square(self):
        for body in pose.BODIES:
            away = np.abs(body.points - body.middle)
            self.assertLess(np.nanmax(away), body.side / 2, body)

    def test_a_mirror_of_a_mirror_is_the_body(self):
        self.assertEqual([pose.MIRRORED[place] for place in pose.MIRRORED], list(range(len(pose.JOINTS))))
        for place, joint in zip(pose.MIRRORED, pose.JOINTS):
            self.assertEqual(pose.JOINTS[place].split()[-1], joint.split()[-1])


if __name__ == "__main__":
    unittest.main()
