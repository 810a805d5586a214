"""Fashion-MNIST from Debian's dataset-fashion-mnist (MIT), and how its pictures are varied while training."""

import gzip
import pathlib

import numpy
import torch

import find_make  # noqa: F401
import fashion_layers

FOLDER = pathlib.Path("/usr/share/datasets/fashion-mnist")
TRAINING = 55_000  # pictures that are trained with; the other 5,000 of the training file watch
CALIBRATION = 1_000  # of the watching ones: no network was trained with them, and none is tested with them
SHIFT = 1  # pixels, at most


def read(kind: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures [N, 1, 28, 28] as the networks take them, and classes [N]; `kind` is "train" or "t10k"."""
    pixels = numpy.frombuffer(gzip.decompress((FOLDER / f"{kind}-images-idx3-ubyte.gz").read_bytes()), numpy.uint8, offset=16)
    classes = numpy.frombuffer(gzip.decompress((FOLDER / f"{kind}-labels-idx1-ubyte.gz").read_bytes()), numpy.uint8, offset=8)
    pictures = torch.from_numpy(pixels.reshape(-1, 1, fashion_layers.SIDE, fashion_layers.SIDE).astype(numpy.float32))
    return ((pictures - fashion_layers.PIXEL_MEAN) / fashion_layers.PIXEL_DEVIATION,
            torch.from_numpy(classes.astype(numpy.int64)))


def varied(pictures: torch.Tensor, mirrored: torch.Tensor, random: numpy.random.RandomState) -> torch.Tensor:
    """The batch shifted, all of it alike, and mirrored where `mirrored` says so."""
    side, edge = fashion_layers.SIDE, float(-fashion_layers.PIXEL_MEAN / fashion_layers.PIXEL_DEVIATION)
    padded = torch.nn.functional.pad(pictures, (SHIFT,) * 4, value=edge)
    left, top = random.randint(0, 2 * SHIFT + 1, 2)
    shifted = padded[:, :, top:top + side, left:left + side]
    return torch.where(mirrored[:, None, None, None], shifted.flip(3), shifted)
