"""vision/image-classification-32: the ResNet-8 of MLPerf Tiny (https://github.com/mlcommons/tiny) without its softmax."""

import pathlib

import common
import networks

SIDE, CLASSES = 32, 10
STAGES = ((16, 1), (32, 2), (64, 2))  # channels of a block, and its stride
BRANCH_GAIN = 0.5  # of what is added to a shortcut
DOWN = (0, 0, 1, 1)  # borders of a kernel of 3 at stride 2 over an even size, as TensorFlow pads
SEED = 8


def network() -> networks.Network:
    net = networks.Network(SEED, SIDE, CLASSES)
    channels = STAGES[0][0]
    x = net.relu(net.conv("input", (3, channels), 3))
    for out, stride in STAGES:
        y = net.relu(net.conv(x, (channels, out), 3, stride=stride, pads=DOWN if stride == 2 else None))
        y = net.conv(y, (out, out), 3, gain=BRANCH_GAIN)
        shortcut = x if out == channels else net.conv(x, (channels, out), 1, stride=stride, pads=(0, 0, 0, 0))
        x = net.relu(net.add(shortcut, y))
        channels = out
    net.gemm(net.flatten(net.average_all(x)), (channels, CLASSES))
    return net


def make(_: common.Sources, out: pathlib.Path) -> None:
    networks.make(network(), "image-classification-32", out)
