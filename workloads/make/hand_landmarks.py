"""vision/hand-landmarks: MediaPipe's hand landmarks (lite), converted, and drawn hands of which each joint is known.

Photographs of hands with joints on record are in no free package, and by eye the joints of a bent finger are hard to
place. So the truth is exact, and the hands are drawn: a mesh in twelve gestures, seen from its palm or its back, in six
tones of skin, before photographs. The network never saw such; that it places the joints all the same is what is judged.
"""

import pathlib

import numpy

import common
import hand_mesh
import landmark_cuts
import onnx_half
import render
import scenes
import tflite
import tflite_onnx

MODEL = ("@mediapipe/hands", "hand_landmark_lite.tflite")
SIDE = 224
SAMPLES = 48
SEED = 21
TO_CAMERA = numpy.array([[0.0, 0, -1], [0, 1, 0], [1, 0, 0]])  # the palm to the camera, fingers up
DISTANCE = 0.45  # of the camera, in metres
SKIN = ((236, 188, 160), (224, 172, 140), (198, 134, 94), (161, 102, 66), (115, 72, 50), (82, 53, 41))
# As MediaPipe finds a hand anew in the next picture: a square around the palm, upright along its bones.
PALM = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)
KNUCKLES = (5, 9, 13)
SURROUNDINGS, SHIFT_TO_TIPS = 2.0, 0.1

STRAIGHT, CURVED, HALF, CLOSED = (0.0, 0.0, 0.0), (0.3, 0.3, 0.2), (0.6, 0.8, 0.5), (1.35, 1.5, 0.8)
THUMB_OUT, THUMB_IN = (0.0, 0.0, 0.0), (0.35, 0.4, 0.5)
# The bends of thumb, index, middle, ring and little finger.
GESTURES = (
    (THUMB_OUT, STRAIGHT, STRAIGHT, STRAIGHT, STRAIGHT),
    (THUMB_IN, STRAIGHT, STRAIGHT, STRAIGHT, STRAIGHT),
    (THUMB_IN, CURVED, CURVED, CURVED, CURVED),
    (THUMB_OUT, HALF, HALF, HALF, HALF),
    (THUMB_IN, STRAIGHT, CLOSED, CLOSED, CLOSED),
    (THUMB_OUT, STRAIGHT, CLOSED, CLOSED, CLOSED),
    (THUMB_IN, STRAIGHT, STRAIGHT, CLOSED, CLOSED),
    (THUMB_IN, STRAIGHT, STRAIGHT, STRAIGHT, CLOSED),
    (THUMB_OUT, CLOSED, CLOSED, CLOSED, CLOSED),
    (THUMB_OUT, CLOSED, CLOSED, CLOSED, STRAIGHT),
    (THUMB_IN, STRAIGHT, CLOSED, CLOSED, STRAIGHT),
    (THUMB_IN, HALF, STRAIGHT, STRAIGHT, STRAIGHT),
)


def make(sources: common.Sources, out: pathlib.Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    network = tflite.read(common.source_file(sources, *MODEL))
    onnx_half.save_both(tflite_onnx.convert(network, "hand_landmarks"), out)
    mesh, random = hand_mesh.read(), common.generator(SEED)
    samples = []
    for index in range(SAMPLES):
        hand, alpha, points = hand_picture(mesh, index, random)
        scene = scenes.background(index % scenes.KINDS, (SIDE, SIDE), sources, random)
        pixels = scene + alpha[:, :, None] * (hand - scene)
        if random.randint(2):
            pixels, points = landmark_cuts.mirrored(pixels, points, range(len(points)))
        name = f"images/{index:02d}.png"
        digest = common.save_png(scenes.exposed(pixels, random), out / name)
        samples.append({"image": name, "sha256": digest, "points": landmark_cuts.listed(points),
                        "size": round(float(numpy.hypot(*(points[9] - points[0]))), 2)})
    common.write_samples(samples, out / "samples.json")


def hand_picture(mesh: hand_mesh.Mesh, number: int,
                 random: numpy.random.RandomState) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """A right hand in a cut, its share of each pixel, and where its landmarks are in it. Every second shows its back."""
    vertices, normals, landmarks = hand_mesh.posed(mesh, _bends(GESTURES[number // 2 % len(GESTURES)], random))
    turn = (hand_mesh.rotation(numpy.array([1.0, 0, 0]), random.uniform(-0.4, 0.4))
            @ hand_mesh.rotation(numpy.array([0, 1.0, 0]), number % 2 * numpy.pi + random.uniform(-0.6, 0.6)) @ TO_CAMERA)
    centre = landmarks[KNUCKLES[1]]
    seen, joints = ((points - centre) @ turn.T for points in (vertices, landmarks))
    points, places = _projected(seen), _projected(joints)
    frame = landmark_cuts.shaken(frame_of(places), 0.05, 0.1, 10, random)
    colours = render.lit(normals @ turn.T, SKIN[random.randint(len(SKIN))], numpy.array([*random.uniform(-0.8, 0.8, 2), -1]))
    picture, alpha = render.draw(landmark_cuts.in_frame(points, frame, SIDE), seen[:, 2], mesh.triangles, colours, SIDE)
    return picture, alpha, landmark_cuts.in_frame(places, frame, SIDE)


def frame_of(landmarks: numpy.ndarray) -> landmark_cuts.Frame:
    up = landmarks[list(KNUCKLES)].mean(axis=0) - landmarks[0]
    turn = numpy.arctan2(up[0], -up[1])
    axes = numpy.array([[numpy.cos(turn), -numpy.sin(turn)], [numpy.sin(turn), numpy.cos(turn)]])
    palm = landmarks[list(PALM)] @ axes
    low, high = palm.min(axis=0), palm.max(axis=0)
    shift = numpy.array([0, SHIFT_TO_TIPS * (high[1] - low[1])])
    return landmark_cuts.Frame(axes @ ((low + high) / 2 - shift), SURROUNDINGS * (high - low).max(), turn)


def _bends(gesture: tuple[tuple[float, ...], ...], random: numpy.random.RandomState) -> tuple[hand_mesh.Bend, ...]:
    """No two hands are alike."""
    return tuple(hand_mesh.Bend(tuple(numpy.array(bends) * random.uniform(0.85, 1.1) + random.uniform(-0.05, 0.15, 3)),
                                random.uniform(-0.08, 0.08)) for bends in gesture)


def _projected(points: numpy.ndarray) -> numpy.ndarray:
    return points[:, :2] / (points[:, 2:] + DISTANCE)
