"""Pictures of meshes: one light, no shadows."""

import numpy

SUPERSAMPLING = 3
AMBIENT = 0.45  # of the light that comes from everywhere


def lit(normals: numpy.ndarray, colour: tuple[int, int, int], light: numpy.ndarray) -> numpy.ndarray:
    """[V, 3] colours from normals [V, 3] that point outwards; `light` points to where it comes from."""
    lengths = numpy.sqrt((normals ** 2).sum(axis=1) * (light ** 2).sum())
    facing = (normals * light).sum(axis=1) / numpy.maximum(lengths, 1e-12)
    return (AMBIENT + (1 - AMBIENT) * numpy.maximum(facing, 0))[:, None] * numpy.array(colour, numpy.float64)


def draw(points: numpy.ndarray, depths: numpy.ndarray, triangles: numpy.ndarray, colours: numpy.ndarray,
         side: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """[side, side, 3] and the share of each pixel that is covered. `points` are [V, 2] pixels to the right and down, the
    corners of a triangle counter-clockwise from outside, and what is near hides what is far.
    """
    fine = side * SUPERSAMPLING
    points = points * SUPERSAMPLING
    picture, nearest = numpy.zeros((fine, fine, 3)), numpy.full((fine, fine), numpy.inf)
    for corners in triangles:
        _fill(points[corners], depths[corners], colours[corners], picture, nearest)
    covered = numpy.isfinite(nearest).astype(numpy.float64)
    blocks = (side, SUPERSAMPLING, side, SUPERSAMPLING)
    share = covered.reshape(blocks).mean(axis=(1, 3))
    total = picture.reshape(*blocks, 3).mean(axis=(1, 3))
    return total / numpy.maximum(share, 1e-9)[:, :, None], share


def _fill(points: numpy.ndarray, depths: numpy.ndarray, colours: numpy.ndarray, picture: numpy.ndarray,
          nearest: numpy.ndarray) -> None:
    """One triangle; those that are seen edge on or from behind are not."""
    (ax, ay), (bx, by), (cx, cy) = points
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    side = len(nearest)
    left, top = numpy.maximum(numpy.floor(points.min(axis=0)), 0).astype(int)
    right, bottom = numpy.minimum(numpy.ceil(points.max(axis=0)), side).astype(int)
    if area >= -1e-9 or left >= right or top >= bottom:
        return
    x, y = numpy.arange(left, right)[None, :] + 0.5, numpy.arange(top, bottom)[:, None] + 0.5
    second = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
    third = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
    first = 1 - second - third
    depth = first * depths[0] + second * depths[1] + third * depths[2]
    window = numpy.s_[top:bottom, left:right]
    seen = (first >= 0) & (second >= 0) & (third >= 0) & (depth < nearest[window])
    nearest[window][seen] = depth[seen]
    shares = numpy.stack([first[seen], second[seen], third[seen]], axis=1)
    picture[window][seen] = (shares[:, :, None] * colours).sum(axis=1)
