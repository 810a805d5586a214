"""vision/face-mesh: MediaPipe's face mesh, converted, and faces cut out as a face detector would have them.

The truth is seven points of each face, which we placed by eye on the enlarged photographs, to about a pixel of the
photograph: 0.6 to 1.5 % of the distance between the outer corners of the eyes. No network was asked.
"""

import dataclasses
import pathlib

import numpy

import common
import landmark_cuts
import onnx_half
import people
import scenes
import tfjs
import tfjs_onnx

MODEL = ("@vladmandic/human", "models/facemesh.json")
SIDE = 192
SURROUNDINGS = 1.5  # side of a cut over that of a face's box, as MediaPipe has it
CUTS_A_FACE = 4
SEED = 468

Point = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Face:
    """Points of the photograph. Right and left are the person's own."""

    portrait: str
    box: int  # of the portrait's faces
    right_eye_outer: Point
    right_eye_inner: Point
    left_eye_inner: Point
    left_eye_outer: Point
    nose_tip: Point
    right_mouth_corner: Point
    left_mouth_corner: Point

    @property
    def points(self) -> numpy.ndarray:
        return numpy.array([self.right_eye_outer, self.right_eye_inner, self.left_eye_inner, self.left_eye_outer,
                            self.nose_tip, self.right_mouth_corner, self.left_mouth_corner], numpy.float64)


MIRRORED = (3, 2, 1, 0, 4, 6, 5)  # which point is at the place of each in a mirror

# Of the photographs, those with both eyes to be seen.
FACES = (
    Face("astronaut", 0, (192.3, 100.5), (210.2, 104.3), (236.1, 104.9), (259.3, 104.1), (223, 126.7), (203, 140.1),
         (244.7, 140.7)),
    Face("hopper", 0, (207, 191.5), (237, 192.4), (288, 188.5), (322, 190), (267, 239), (228.3, 281), (308.3, 278)),
    Face("suit", 0, (298.7, 210.9), (358.1, 217.8), (405.7, 219), (466.9, 216), (371.6, 279.4), (341, 340.6),
         (421.1, 340.6)),
    Face("new-wave", 0, (318.9, 261.6), (373.2, 258), (427.8, 260.9), (485.7, 266), (398, 303), (340.9, 354),
         (456.3, 354.7)),
    Face("tattoo-three", 0, (189, 122.9), (224.2, 127.4), (250.6, 127.4), (275.3, 127.4), (243.5, 164.9),
         (196.2, 183.3), (247.4, 184.5)),
    Face("tattoo-three", 1, (369.3, 158), (398, 149.4), (424.8, 142.4), (453.7, 132.7), (417.9, 178.8),
         (399.3, 199.8), (453.3, 185.6)),
    Face("tattoo-three", 2, (583.4, 89.4), (604.9, 86.7), (632.7, 90.3), (665.1, 91.8), (613.5, 122.3), (591, 141.8),
         (658.2, 145.1)),
    Face("bar", 0, (280.6, 277.8), (307.8, 276.3), (332, 272.6), (358.5, 268.1), (328.9, 300.9), (304.3, 326.7),
         (351.8, 318.8)),
    Face("bar", 1, (374.1, 209.7), (399.6, 207.1), (420.4, 205.3), (446.2, 206.2), (411.3, 235.9), (386.8, 251.1),
         (434.5, 248.1)),
    Face("bar-toast", 0, (284.5, 179.6), (312.8, 181.8), (340.5, 182.7), (367.9, 182.2), (329.1, 211.6),
         (303.4, 236.6), (351, 238.3)),
    Face("bar-toast", 1, (392.3, 163.7), (422.8, 159.1), (445.2, 158.2), (473.3, 150.9), (432.8, 190.1),
         (415.5, 208.4), (468.4, 201.1)),
)


def make(sources: common.Sources, out: pathlib.Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    network = tfjs.read(common.source_file(sources, *MODEL))
    model = tfjs_onnx.convert(network, "face_mesh")
    onnx_half.save_both(model, out)
    portraits = {portrait.name: portrait for portrait in people.PORTRAITS}
    random = common.generator(SEED)
    samples = []
    for face in FACES:
        portrait = portraits[face.portrait]
        photo, frame = people.photograph(portrait, sources), _frame(face, portrait.faces[face.box])
        for _ in range(CUTS_A_FACE):
            pixels, points = landmark_cuts.cut(photo, face.points, landmark_cuts.shaken(frame, 0.03, 0.1, 10, random), SIDE)
            if random.randint(2):
                pixels, points = landmark_cuts.mirrored(pixels, points, MIRRORED)
            name = f"images/{len(samples):02d}.png"
            digest = common.save_png(scenes.exposed(pixels, random), out / name)
            samples.append({"image": name, "sha256": digest, "points": landmark_cuts.listed(points),
                            "size": round(float(numpy.hypot(*(points[3] - points[0]))), 2)})
    common.write_samples(samples, out / "samples.json")


def _frame(face: Face, box: people.Box) -> landmark_cuts.Frame:
    """The eyes are level in it."""
    right, left = face.points[:2].mean(axis=0), face.points[2:4].mean(axis=0)
    centre = numpy.array([box[0] + box[2], box[1] + box[3]]) / 2
    return landmark_cuts.Frame(centre, SURROUNDINGS * (box[2] - box[0]), numpy.arctan2(*(left - right)[::-1]))
