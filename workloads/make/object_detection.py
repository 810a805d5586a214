"""vision/object-detection: SSDLite on MobileNetV2 at 320 (https://arxiv.org/abs/1801.04381, 6.2), with seeded weights.

No free package has trained weights with a clear licence. So what is found means nothing, and is judged by its agreement
with what is found from answers in double precision, which were decoded here and not by the program: references/
object-detection.json has them.
"""

import dataclasses
import json
import pathlib

import numpy

import bench_mobilenet_v2
import common
import networks
import onnx_half

NAME = "object-detection"
SIDE = 320
CLASSES = 91  # of COCO as TensorFlow counts them, with that of the background, 0
SAMPLES = 16
SEED = 320
CALIBRATION_PICTURES = 8  # the smallest map has one place a picture
TAPPED_BLOCK = 13  # of MobileNetV2: the last one that widens a map of 20 x 20
EXTRAS = ((256, 512), (128, 256), (128, 256), (64, 128))  # inner channels and channels out of each smaller map
RARITY = 3.25  # by how many deviations a score has to be above the mean to be more than one half
REFERENCE = networks.REFERENCES / f"{NAME}.json"
MIN_SCORE, MAX_OVERLAP, MAX_OBJECTS = 0.5, 0.6, 100
# Of a box to its anchor: offsets of the centre in tenths of a side, logarithms of sides in fifths.
CENTRE_SCALE, SIZE_SCALE = 10, 5


@dataclasses.dataclass(frozen=True)
class Grid:
    """A map's anchors, all of them at the centre of each place: width and height over the sides of the picture."""

    cells: int
    shapes: tuple[tuple[float, float], ...]


def grids() -> tuple[Grid, ...]:
    """As TensorFlow's SSD has them: sides from 0.2 to 0.95, ratios of 1, 2, 1/2, 3 and 1/3, and one size in between."""
    scales = [0.2 + 0.15 * index for index in range(6)] + [1.0]
    made = [Grid(20, (_shape(0.1, 1), _shape(0.2, 2), _shape(0.2, 0.5)))]
    for cells, scale, following in zip((10, 5, 3, 2, 1), scales[1:], scales[2:]):
        shapes = [_shape(scale, ratio) for ratio in (1, 2, 0.5, 3, 1 / 3)]
        made.append(Grid(cells, (*shapes, _shape((scale * following) ** 0.5, 1))))
    return tuple(made)


def network() -> networks.Network:
    net = networks.Network(SEED, SIDE)
    last, widened = bench_mobilenet_v2.features(net)
    maps = [(widened[TAPPED_BLOCK], 576), (last, 1280)]
    for inner, out in EXTRAS:
        x, channels = maps[-1]
        x = net.relu6(net.conv(x, (channels, inner), 1))
        x = net.relu6(net.conv(x, (inner, inner), 3, stride=2, group=inner))
        maps.append((net.relu6(net.conv(x, (inner, out), 1)), out))
    for port, numbers, shift in (("boxes", 4, 0.0), ("scores", CLASSES, -RARITY)):
        parts = [_head(net, *one, grid, numbers, shift) for one, grid in zip(maps, grids())]
        net.end(net.concat(*parts), port, (count_of_anchors(), numbers))
    return net


def calibrated() -> networks.Network:
    return networks.calibrated(network(), CALIBRATION_PICTURES)


def count_of_anchors() -> int:
    return sum(grid.cells ** 2 * len(grid.shapes) for grid in grids())


def found(boxes: numpy.ndarray, scores: numpy.ndarray) -> dict[str, list]:
    """The class and the corners, in pixels, of each object, the surest first; `boxes` [A, 4], `scores` [A, classes]."""
    x, y, width, height = anchors()
    centres = x + boxes[:, 1] / CENTRE_SCALE * width, y + boxes[:, 0] / CENTRE_SCALE * height
    halves = numpy.exp(boxes[:, 3] / SIZE_SCALE) * width / 2, numpy.exp(boxes[:, 2] / SIZE_SCALE) * height / 2
    corners = SIDE * numpy.stack([numpy.clip(centre + sign * half, 0, 1) for sign in (-1, 1)
                                  for centre, half in zip(centres, halves)], axis=1)
    objects = []
    for number in range(1, CLASSES):
        logits = numpy.where((corners[:, 2:] > corners[:, :2]).all(axis=1), scores[:, number], -numpy.inf)
        kept: list[int] = []
        for candidate in numpy.argsort(-logits, kind="stable"):
            if logits[candidate] < 0:  # below a half
                break
            if all(_overlap(corners[candidate], corners[other]) <= MAX_OVERLAP for other in kept):
                kept.append(candidate)
        objects += [(logits[index], number, corners[index]) for index in kept]
    objects.sort(key=lambda one: -one[0])
    return {"classes": [number for _, number, _ in objects[:MAX_OBJECTS]],
            "boxes": [numpy.round(box, 3).tolist() for *_, box in objects[:MAX_OBJECTS]]}


def anchors() -> numpy.ndarray:
    """[4, A]: x and y of the centre, width, height; row by row, and all shapes of a place together."""
    made = [((column + 0.5) / grid.cells, (row + 0.5) / grid.cells, *shape) for grid in grids()
            for row in range(grid.cells) for column in range(grid.cells) for shape in grid.shapes]
    return numpy.array(made).T


def write_reference() -> None:
    """The objects of each sample, from answers in double precision; one sample a line."""
    answers = networks.reference(calibrated(), SAMPLES)
    count = count_of_anchors()
    samples = [found(answer[:4 * count].reshape(count, 4), answer[4 * count:].reshape(count, CLASSES))
               for answer in answers]
    REFERENCE.write_text("[" + ",\n".join(json.dumps(one) for one in samples) + "]\n", encoding="utf-8")


def make(_: common.Sources, out: pathlib.Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    onnx_half.save_both(calibrated().model(NAME), out)
    pictures = networks.pictures(0, SAMPLES, SIDE)
    (out / "pictures.u8").write_bytes(pictures.tobytes())
    common.write_samples(json.loads(REFERENCE.read_text("utf-8")), out / "samples.json")


def _head(net: networks.Network, x: str, channels: int, grid: Grid, numbers: int, shift: float) -> str:
    y = net.relu6(net.conv(x, (channels, channels), 3, group=channels))
    y = net.conv(y, (channels, len(grid.shapes) * numbers), 1, shift=shift)
    return net.rows(y, grid.cells ** 2 * len(grid.shapes), numbers)


def _shape(scale: float, ratio: float) -> tuple[float, float]:
    """With as many digits as the manifest has."""
    return round(scale * ratio ** 0.5, 6), round(scale / ratio ** 0.5, 6)


def _overlap(a: numpy.ndarray, b: numpy.ndarray) -> float:
    width, height = numpy.minimum(a[2:], b[2:]) - numpy.maximum(a[:2], b[:2])
    shared = max(width, 0) * max(height, 0)
    return shared / (numpy.prod(a[2:] - a[:2]) + numpy.prod(b[2:] - b[:2]) - shared)
