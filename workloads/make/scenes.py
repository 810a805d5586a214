"""Backgrounds without people, and the pasting of people onto them. Images are [H, W, 3] floats, 0..255."""

import numpy
import PIL.Image

import common
import people

SKIMAGE = "usr/lib/python3/dist-packages/skimage/data/"
# Animals are among them on purpose: a face of theirs is not a face.
PHOTOS = tuple((people.ALBUM[0], people.ALBUM[1] + name) for name in (
    "grand_canyon_3.jpg", "skagen.jpg", "skagen_2.jpg", "snow.jpg", "sunset.jpg", "blackie.jpg", "donna.jpg",
    "donna_2.jpg", "spiff.jpg", "spiff_2.jpg")) + tuple(("python3-skimage", SKIMAGE + name) for name in (
        "coffee.png", "rocket.jpg", "chelsea.png", "brick.png", "grass.png", "gravel.png",
        "hubble_deep_field.jpg", "coins.png"))
PROCEDURAL = 4  # kinds of backgrounds that are made, not photographed
KINDS = len(PHOTOS) + PROCEDURAL


def background(kind: int, size: tuple[int, int], sources: common.Sources,
               random: numpy.random.RandomState) -> numpy.ndarray:
    """`size` is width, height. Kinds below len(PHOTOS) are a random part of that photograph."""
    if kind >= len(PHOTOS):
        return _procedural(kind - len(PHOTOS), size, random)
    photo = PIL.Image.open(common.source_file(sources, *PHOTOS[kind])).convert("RGB")
    zoom = random.uniform(1.0, 1.6) * max(size[0] / photo.width, size[1] / photo.height)
    photo = photo.resize((max(size[0], round(photo.width * zoom)), max(size[1], round(photo.height * zoom))),
                         PIL.Image.Resampling.BICUBIC)
    left, top = random.randint(photo.width - size[0] + 1), random.randint(photo.height - size[1] + 1)
    pixels = numpy.asarray(photo, numpy.float64)[top:top + size[1], left:left + size[0]]
    return pixels[:, ::-1] if random.randint(2) else pixels


def _procedural(kind: int, size: tuple[int, int], random: numpy.random.RandomState) -> numpy.ndarray:
    """0: a plain wall, 1: a gradient, 2: clouds of noise, 3: stripes."""
    width, height = size
    first, second = random.uniform(30, 230, 3), random.uniform(30, 230, 3)
    x, y = numpy.meshgrid(numpy.linspace(0, 1, width), numpy.linspace(0, 1, height))
    turn = random.uniform(0, 2 * numpy.pi)
    ramp = numpy.cos(turn) * x + numpy.sin(turn) * y
    if kind == 0:
        share = 0.08 * ramp
    elif kind == 1:
        share = (ramp - ramp.min()) / (ramp.max() - ramp.min())
    elif kind == 2:
        coarse = PIL.Image.fromarray(random.randint(0, 256, (9, 9)).astype(numpy.uint8))
        share = numpy.asarray(coarse.resize(size, PIL.Image.Resampling.BICUBIC), numpy.float64) / 255
    else:
        share = (numpy.floor(ramp * random.randint(6, 20)) % 2)
    return first + share[:, :, None] * (second - first)


def resized(cutting: people.Cutting, scale: float) -> people.Cutting:
    height, width = cutting.alpha.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    image = PIL.Image.fromarray(cutting.image.astype(numpy.uint8)).resize(size, PIL.Image.Resampling.BICUBIC)
    alpha = PIL.Image.fromarray((cutting.alpha * 255).astype(numpy.uint8)).resize(size, PIL.Image.Resampling.BILINEAR)
    factors = [size[0] / width, size[1] / height] * 2
    return people.Cutting(numpy.asarray(image, numpy.float64), numpy.asarray(alpha, numpy.float64) / 255,
                          cutting.faces * factors)


def mirrored(cutting: people.Cutting) -> people.Cutting:
    width = cutting.alpha.shape[1]
    faces = numpy.stack([width - cutting.faces[:, 2], cutting.faces[:, 1],
                         width - cutting.faces[:, 0], cutting.faces[:, 3]], axis=1)
    return people.Cutting(cutting.image[:, ::-1], cutting.alpha[:, ::-1], faces)


def rotated(cutting: people.Cutting, degrees: float) -> people.Cutting:
    """About its centre, in a frame that grows to hold it. Face boxes keep their size and move with their centres."""
    image = PIL.Image.fromarray(cutting.image.astype(numpy.uint8))
    alpha = PIL.Image.fromarray((cutting.alpha * 255).astype(numpy.uint8))
    image, alpha = (part.rotate(degrees, PIL.Image.Resampling.BICUBIC, expand=True) for part in (image, alpha))
    height, width = cutting.alpha.shape
    cos, sin = numpy.cos(numpy.radians(degrees)), numpy.sin(numpy.radians(degrees))
    centres = (cutting.faces[:, :2] + cutting.faces[:, 2:]) / 2 - [width / 2, height / 2]
    moved = centres @ numpy.array([[cos, -sin], [sin, cos]]) + [image.width / 2, image.height / 2]
    half = (cutting.faces[:, 2:] - cutting.faces[:, :2]) / 2
    return people.Cutting(numpy.asarray(image, numpy.float64), numpy.asarray(alpha, numpy.float64) / 255,
                          numpy.concatenate([moved - half, moved + half], axis=1))


def paste(scene: numpy.ndarray, cutting: people.Cutting, left: int, top: int) -> numpy.ndarray:
    """Blends the cutting into `scene` in place; what is outside of the scene is lost. Gives its alpha in the scene."""
    height, width = scene.shape[:2]
    alpha = numpy.zeros((height, width))
    y0, x0 = max(top, 0), max(left, 0)
    y1, x1 = min(top + cutting.alpha.shape[0], height), min(left + cutting.alpha.shape[1], width)
    if y0 < y1 and x0 < x1:
        part = numpy.s_[y0 - top:y1 - top, x0 - left:x1 - left]
        alpha[y0:y1, x0:x1] = cutting.alpha[part]
        share = cutting.alpha[part][:, :, None]
        scene[y0:y1, x0:x1] += share * (cutting.image[part] - scene[y0:y1, x0:x1])
    return alpha


def exposed(scene: numpy.ndarray, random: numpy.random.RandomState) -> numpy.ndarray:
    """As a camera might: other brightness, contrast and grain. Gives u8."""
    contrast, brightness = random.uniform(0.35, 1.3), random.uniform(-60, 50)
    grain = random.normal(0, random.uniform(0, 14), scene.shape)
    return numpy.clip((scene - 128) * contrast + 128 + brightness + grain, 0, 255).round().astype(numpy.uint8)
