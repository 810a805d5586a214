"""Square cuts of photographs for networks that place landmarks, and where points of the photograph are in them.

Points are [N, 2], x and y; a point that cannot be seen is not a number.
"""

import dataclasses
import typing

import numpy
import PIL.Image


@dataclasses.dataclass(frozen=True)
class Frame:
    """What to cut out, in pixels of the photograph; `turn` (radians) is how far to the right its upper edge points."""

    centre: numpy.ndarray
    side: float
    turn: float


def shaken(frame: Frame, shift: float, scale: float, tilt_degrees: float, random: numpy.random.RandomState) -> Frame:
    """As a detector would have it: at most so far off, in parts of the side, of 1 and in degrees."""
    centre = frame.centre + random.uniform(-shift, shift, 2) * frame.side
    side = frame.side * random.uniform(1 - scale, 1 + scale)
    return Frame(centre, side, frame.turn + numpy.radians(random.uniform(-tilt_degrees, tilt_degrees)))


def cut(photo: PIL.Image.Image, points: numpy.ndarray, frame: Frame,
        size: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """[size, size, 3] floats, black where the photograph ends, and the points in them."""
    axes, corner = _axes(frame, size)
    coefficients = (axes[0, 0], axes[0, 1], corner[0], axes[1, 0], axes[1, 1], corner[1])
    picture = photo.transform((size, size), PIL.Image.Transform.AFFINE, coefficients, PIL.Image.Resampling.BICUBIC)
    return numpy.asarray(picture, numpy.float64), in_frame(points, frame, size)


def in_frame(points: numpy.ndarray, frame: Frame, size: int) -> numpy.ndarray:
    """In pixels of a cut."""
    axes, corner = _axes(frame, size)
    return (points - corner) @ numpy.linalg.inv(axes).T


def _axes(frame: Frame, size: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """A step to the right and one down in a cut of `size` pixels, as columns, and its upper left corner."""
    cos, sin = numpy.cos(frame.turn), numpy.sin(frame.turn)
    axes = frame.side / size * numpy.array([[cos, -sin], [sin, cos]])
    return axes, frame.centre - axes @ [size / 2, size / 2]


def mirrored(pixels: numpy.ndarray, points: numpy.ndarray,
             places: typing.Sequence[int]) -> tuple[numpy.ndarray, numpy.ndarray]:
    """`places`: the point that a mirror shows at the place of each."""
    return pixels[:, ::-1], (points * [-1, 1] + [pixels.shape[1], 0])[list(places)]


def listed(points: numpy.ndarray) -> list[list[float] | None]:
    """As a sample list has them."""
    return [None if numpy.isnan(point).any() else point for point in numpy.round(points, 2).tolist()]
