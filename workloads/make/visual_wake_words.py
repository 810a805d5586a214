"""vision/visual-wake-words: the MobileNetV1 0.25 of MLPerf Tiny (https://github.com/mlcommons/tiny) without its softmax."""

import pathlib

import bench_mobilenet_v1
import common
import networks

SIDE, CLASSES = 96, 2
THINNER = 4  # than MobileNetV1
SEED = 96


def network() -> networks.Network:
    net = networks.Network(SEED, SIDE, CLASSES)
    x, channels = bench_mobilenet_v1.features(net, THINNER, net.relu)[-1]
    net.gemm(net.flatten(net.average_all(x)), (channels, CLASSES))
    return net


def make(_: common.Sources, out: pathlib.Path) -> None:
    networks.make(network(), "visual-wake-words", out)
