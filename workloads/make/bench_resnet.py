"""bench/resnet-50: ResNet-50 v1.5 (https://arxiv.org/abs/1512.03385, the stride in the 3 x 3 convolutions)."""

import pathlib

import common
import networks

# Inner channels, how many blocks, stride of the first.
STAGES = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))
WIDER = 4  # a block's output over its inner channels
BRANCH_GAIN = 0.5  # of what is added to a shortcut: sums of up to six blocks stay near deviation 1
SEED = 50


def network() -> networks.Network:
    net = networks.Network(SEED)
    x = net.max_pool(net.relu(net.conv("input", (3, 64), 7, stride=2)), pad=1)
    channels = 64
    for inner, count, first_stride in STAGES:
        for index in range(count):
            x = _block(net, x, (channels, inner), first_stride if index == 0 else 1)
            channels = inner * WIDER
    net.gemm(net.flatten(net.average_all(x)), (channels, networks.CLASSES))
    return net


def _block(net: networks.Network, x: str, channels: tuple[int, int], stride: int) -> str:
    inner, out = channels[1], channels[1] * WIDER
    y = net.relu(net.conv(x, channels, 1))
    y = net.relu(net.conv(y, (inner, inner), 3, stride=stride))
    y = net.conv(y, (inner, out), 1, gain=BRANCH_GAIN)
    shortcut = x if channels[0] == out else net.conv(x, (channels[0], out), 1, stride=stride, pads=(0, 0, 0, 0))
    return net.relu(net.add(y, shortcut))


def make(_: common.Sources, out: pathlib.Path) -> None:
    networks.make(network(), "resnet-50", out)
