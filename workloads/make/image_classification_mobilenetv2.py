"""vision/image-classification-mobilenetv2: the network of bench/mobilenet-v2, in halves, too."""

import pathlib

import bench_mobilenet_v2
import common
import networks

SAMPLES = 32


def make(_: common.Sources, out: pathlib.Path) -> None:
    networks.make_both(bench_mobilenet_v2.network(), "mobilenet-v2", SAMPLES, out)
