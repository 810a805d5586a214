"""bench/mobilenet-v1: MobileNet 1.0 at 224 (https://arxiv.org/abs/1704.04861), padded as TensorFlow pads."""

import pathlib
import typing

import common
import networks

# Channels out of each depthwise-separable block, and its stride.
BLOCKS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1),
          (1024, 2), (1024, 1))
SAME = {1: (1, 1, 1, 1), 2: (0, 0, 1, 1)}  # of a kernel of 3 over an even size, by stride
SEED = 1


def features(net: networks.Network, thinner: int, activation: typing.Callable[[str], str]) -> list[tuple[str, int]]:
    """All before the average, with a fraction of the channels: what the first layer and each block give, and its channels."""
    channels = 32 // thinner
    maps = [(activation(net.conv("input", (3, channels), 3, stride=2, pads=SAME[2])), channels)]
    for whole, stride in BLOCKS:
        x, channels = maps[-1]
        x = activation(net.conv(x, (channels, channels), 3, stride=stride, group=channels, pads=SAME[stride]))
        maps.append((activation(net.conv(x, (channels, whole // thinner), 1)), whole // thinner))
    return maps


def network() -> networks.Network:
    net = networks.Network(SEED)
    x, channels = features(net, 1, net.relu6)[-1]
    net.flatten(net.conv(net.average_all(x), (channels, networks.CLASSES), 1))
    return net


def make(_: common.Sources, out: pathlib.Path) -> None:
    networks.make(network(), "mobilenet-v1", out)
