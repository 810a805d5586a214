"""fashion/pruned."""

import pathlib

import common
import fashion_layers
import fashion_mnist


def make(sources: common.Sources, out: pathlib.Path) -> None:
    fashion_mnist.make(sources, out, "pruned", fashion_layers.teacher(fashion_layers.TEACHER_WIDTH // 2))
