"""fashion/sparse."""

import pathlib

import common
import fashion_layers
import fashion_mnist


def make(sources: common.Sources, out: pathlib.Path) -> None:
    fashion_mnist.make(sources, out, "sparse", fashion_layers.teacher())
