"""Drawn hands: joints bend as a hand's do, and a landmark lies where the picture shows it."""

import pathlib
import sys
import tempfile
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import common  # noqa: E402 (the path is set above)
import hand_landmarks  # noqa: E402
import hand_mesh  # noqa: E402
import render  # noqa: E402

STRAIGHT = (hand_mesh.Bend((0, 0, 0)),) * 5
MESH = hand_mesh.read()


def bent(finger, *bends, sideways=0.0):
    return STRAIGHT[:finger] + (hand_mesh.Bend(bends, sideways),) + STRAIGHT[finger + 1:]


class MeshTest(unittest.TestCase):
    def test_a_hand_at_rest_is_as_in_the_file(self):
        vertices, normals, landmarks = hand_mesh.posed(MESH, STRAIGHT)
        np.testing.assert_allclose(vertices, MESH.vertices, atol=1e-6)
        np.testing.assert_allclose(normals, MESH.normals, atol=1e-5)
        np.testing.assert_allclose(landmarks, MESH.joints[list(hand_mesh.LANDMARKS), :3, 3], atol=1e-12)

    def test_landmarks_are_a_wrist_and_four_of_each_finger(self):
        self.assertEqual(len(set(hand_mesh.LANDMARKS)), 21)
        landmarks = hand_mesh.posed(MESH, STRAIGHT)[2]
        for first in range(1, 21, 4):
            away = np.sqrt(((landmarks[first:first + 4] - landmarks[0]) ** 2).sum(axis=1))
            self.assertTrue((np.diff(away) > 0.005).all(), "from the palm to the tip")

    def test_a_bent_finger_goes_to_the_palm_and_keeps_its_length(self):
        rest = hand_mesh.posed(MESH, STRAIGHT)[2]
        for finger in range(1, 5):
            landmarks = hand_mesh.posed(MESH, bent(finger, 0.5, 0.6, 0.4))[2]
            first, tip = 1 + 4 * finger, 4 + 4 * finger
            self.assertLess(landmarks[tip, 0], rest[tip, 0] - 0.03, "the palm looks to -x")
            bones, at_rest = (np.diff(points[first:tip + 1], axis=0) for points in (landmarks, rest))
            np.testing.assert_allclose((bones ** 2).sum(axis=1), (at_rest ** 2).sum(axis=1), rtol=1e-9)
            others = [i for i in range(21) if not first <= i <= tip]
            np.testing.assert_array_equal(landmarks[others], rest[others])

    def test_the_skin_follows_its_bones(self):
        vertices, _, landmarks = hand_mesh.posed(MESH, bent(1, 1.2, 1.2, 0.6))
        near = np.sqrt(((vertices - landmarks[8]) ** 2).sum(axis=1)).min()
        self.assertLess(near, 0.015)

    def test_sideways_keeps_the_height_over_the_palm(self):
        rest, turned = (hand_mesh.posed(MESH, pose)[2] for pose in (STRAIGHT, bent(2, 0, 0, 0, sideways=0.3)))
        self.assertGreater(abs(turned[12] - rest[12])[2], 0.015)
        self.assertLess(abs(turned[12] - rest[12])[0], 0.01)

    def test_another_file_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "a.glb"
            file.write_bytes(b"PNG and more")
            with self.assertRaisesRegex(ValueError, "no binary glTF"):
                hand_mesh.read(file)


class RenderTest(unittest.TestCase):
    POINTS = np.array([(2, 2), (2, 10), (10, 2)], np.float64)  # counter-clockwise where y goes down
    RED, BLUE = np.array([(200, 0, 0)] * 3, np.float64), np.array([(0, 0, 200)] * 3, np.float64)

    def draw(self, points, depths, colours):
        return render.draw(points, np.array(depths, np.float64), np.arange(len(points)).reshape(-1, 3), colours, 12)

    def test_a_triangle_covers_its_area(self):
        picture, share = self.draw(self.POINTS, [1, 1, 1], self.RED)
        self.assertAlmostEqual(share.sum(), 32, delta=1.5)
        self.assertEqual((share[3, 3], share[9, 9]), (1, 0))
        np.testing.assert_allclose(picture[share > 0], [(200, 0, 0)] * int((share > 0).sum()))

    def test_what_is_seen_from_behind_is_not_drawn(self):
        self.assertEqual(self.draw(self.POINTS[::-1], [1, 1, 1], self.RED)[1].sum(), 0)

    def test_the_near_hides_the_far(self):
        both = np.concatenate([self.POINTS, self.POINTS])
        colours = np.concatenate([self.RED, self.BLUE])
        for depths, colour in (([1] * 3 + [2] * 3, (200, 0, 0)), ([2] * 3 + [1] * 3, (0, 0, 200))):
            np.testing.assert_allclose(self.draw(both, depths, colours)[0][3, 3], colour)

    def test_what_leaves_the_picture_is_cut(self):
        _, share = self.draw(self.POINTS * 3 - 12, [1, 1, 1], self.RED)
        self.assertTrue(0 < share.sum() < 144)

    def test_light_from_the_front_is_brightest(self):
        normals = np.array([(0, 0, -1), (1, 0, 0), (0, 0, 1)], np.float64)
        front, side, back = render.lit(normals, (100, 50, 20), np.array([0, 0, -2.0]))
        np.testing.assert_allclose(front, (100, 50, 20))
        np.testing.assert_allclose(side, back)
        np.testing.assert_allclose(back, np.array((100, 50, 20)) * render.AMBIENT)


class PictureTest(unittest.TestCase):
    def test_landmarks_lie_on_the_hand(self):
        for number in range(0, 24, 5):
            picture, alpha, points = hand_landmarks.hand_picture(MESH, number, common.generator(number))
            self.assertTrue(((points > 0) & (points < hand_landmarks.SIDE)).all(), "all in the cut")
            on_hand = [alpha[int(y), int(x)] for x, y in points]
            self.assertGreater(np.mean(on_hand), 0.9, number)
            self.assertTrue(0.08 < alpha.mean() < 0.6, number)
            self.assertTrue(((picture >= 0) & (picture <= 255)).all(), number)

    def test_fingers_point_up(self):
        for number in range(4):
            points = hand_landmarks.hand_picture(MESH, number, common.generator(number))[2]
            self.assertLess(points[9, 1], points[0, 1] - 30)

    def test_the_frame_is_around_the_palm_along_its_bones(self):
        landmarks = np.zeros((21, 2))
        landmarks[[5, 9, 13, 17]] = (80, -20), (80, 0), (80, 20), (78, 35)  # the hand points to the right
        frame = hand_landmarks.frame_of(landmarks)
        self.assertAlmostEqual(frame.turn, np.pi / 2)
        self.assertAlmostEqual(frame.side, 160)
        np.testing.assert_allclose(frame.centre, (48, 7.5))

    def test_every_gesture_has_five_fingers(self):
        for gesture in hand_landmarks.GESTURES:
            self.assertEqual([len(bends) for bends in gesture], [3] * 5)


if __name__ == "__main__":
    unittest.main()
