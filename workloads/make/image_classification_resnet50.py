"""vision/image-classification-resnet50: the network of bench/resnet-50, in halves, too."""

import pathlib

import bench_resnet
import common
import networks

SAMPLES = 8


def make(_: common.Sources, out: pathlib.Path) -> None:
    networks.make_both(bench_resnet.network(), "resnet-50", SAMPLES, out)
