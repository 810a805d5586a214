"""bench/squeezenet-1.1: SqueezeNet 1.1 (https://github.com/forresti/SqueezeNet): fire modules, no fully connected layer."""

import pathlib

import common
import networks

# Channels in, squeezed, and of each expansion; None: a pooling.
FIRES = ((64, 16, 64), (128, 16, 64), None, (128, 32, 128), (256, 32, 128), None, (256, 48, 192), (384, 48, 192),
         (384, 64, 256), (512, 64, 256))
SEED = 11


def network() -> networks.Network:
    net = networks.Network(SEED)
    x = net.max_pool(net.relu(net.conv("input", (3, 64), 3, stride=2, pads=(0, 0, 0, 0))))
    for fire in FIRES:
        x = _fire(net, x, *fire) if fire else net.max_pool(x)
    x = net.relu(net.conv(x, (512, networks.CLASSES), 1))
    net.flatten(net.average_all(x))
    return net


def _fire(net: networks.Network, x: str, channels: int, squeezed: int, expanded: int) -> str:
    x = net.relu(net.conv(x, (channels, squeezed), 1))
    return net.concat(*(net.relu(net.conv(x, (squeezed, expanded), kernel)) for kernel in (1, 3)))


def make(_: common.Sources, out: pathlib.Path) -> None:
    networks.make(network(), "squeezenet-1.1", out)
