"""vision/pose: MediaPipe's BlazePose lite, converted, and people cut out as a person detector would have them.

The truth is the joints of each person, which we placed by eye on the photographs, as well as clothes allow. No network
was asked for them. Left out is the man of pool.jpg, who stands sideways: the network takes his left for his right in
some cuts, and such an error would hide all smaller ones.
"""

import dataclasses
import pathlib

import numpy
import PIL.Image

import common
import landmark_cuts
import onnx_half
import people
import scenes
import tflite
import tflite_onnx

MODEL = ("@mediapipe/pose", "pose_landmark_lite.tflite")
SIDE = 256
CUTS_A_PERSON = 8
SEED = 33

Point = tuple[float, float] | None


@dataclasses.dataclass(frozen=True)
class Body:
    """Pixels of the photograph, upright. Right and left are the person's own; None: out of sight."""

    photo: str  # of the album
    middle: tuple[int, int]  # between the hips, or where they must be
    side: int  # of the square around the whole person
    joints: tuple[Point, ...]  # in the order of JOINTS
    turned: bool = False  # stored with its right side up

    @property
    def points(self) -> numpy.ndarray:
        return numpy.array([joint or (numpy.nan, numpy.nan) for joint in self.joints])


JOINTS = ("nose", "right shoulder", "left shoulder", "right elbow", "left elbow", "right wrist", "left wrist",
          "right hip", "left hip", "right knee", "left knee", "right ankle", "left ankle")
MIRRORED = (0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11)  # which joint is at the place of each in a mirror

BODIES = (
    Body("cold_water.jpg", (460, 400), 650, (
        (462, 209), (407, 242), (516, 240), (357, 296), (583, 304), (306, 325), (635, 337), (419, 401), (501, 401),
        (411, 494), (498, 504), None, None)),
    Body("wayne.jpg", (211, 510), 690, (
        (197, 298), (155, 353), (255, 342), (139, 447), (286, 432), (142, 490), (276, 466), (176, 521), (247, 521),
        (176, 632), (239, 621), (186, 747), (234, 690)), turned=True),
    Body("wayne.jpg", (457, 463), 600, (
        (510, 307), (444, 326), (520, 337), (395, 375), (534, 410), (379, 416), (528, 476), (423, 470), (492, 470),
        None, None, None, None), turned=True),
    Body("grand_canyon_2.jpg", (385, 530), 700, (
        (372, 288), (314, 346), (457, 340), (267, 418), (543, 445), (225, 489), None, None, None, None, None, None,
        None)),
    Body("anne_helene.jpg", (130, 450), 720, (
        (183, 192), (57, 258), (225, 278), (54, 409), (225, 422), (146, 495), (185, 488), None, None, None, None, None,
        None)),
)


def make(sources: common.Sources, out: pathlib.Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    network = tflite.read(common.source_file(sources, *MODEL))
    model = tflite_onnx.convert(network, "pose")
    onnx_half.save_both(model, out)
    random = common.generator(SEED)
    samples = []
    for body in BODIES:
        photo = PIL.Image.open(common.source_file(sources, people.ALBUM[0], people.ALBUM[1] + body.photo)).convert("RGB")
        if body.turned:
            photo = photo.transpose(PIL.Image.Transpose.ROTATE_270)
        frame = landmark_cuts.Frame(numpy.array(body.middle, numpy.float64), body.side, 0)
        for _ in range(CUTS_A_PERSON):
            pixels, points = landmark_cuts.cut(photo, body.points, landmark_cuts.shaken(frame, 0.03, 0.1, 10, random), SIDE)
            if random.randint(2):
                pixels, points = landmark_cuts.mirrored(pixels, points, MIRRORED)
            name = f"images/{len(samples):02d}.png"
            digest = common.save_png(scenes.exposed(pixels, random), out / name)
            samples.append({"image": name, "sha256": digest, "points": landmark_cuts.listed(points),
                            "size": round(float(numpy.hypot(*(points[2] - points[1]))), 2)})
    common.write_samples(samples, out / "samples.json")
