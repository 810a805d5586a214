"""bench/mobilenet-v2: MobileNetV2 1.0 at 224 (https://arxiv.org/abs/1801.04381): inverted residuals."""

import pathlib

import common
import networks

# Expansion, channels out, how many blocks, stride of the first.
STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
BRANCH_GAIN = 0.5  # of what is added to a shortcut: sums of up to four blocks stay near deviation 1
SEED = 2


def network() -> networks.Network:
    net = networks.Network(SEED)
    x, _ = features(net)
    net.gemm(net.flatten(net.average_all(x)), (1280, networks.CLASSES))
    return net


def features(net: networks.Network) -> tuple[str, list[str]]:
    """All before the average, with 1,280 channels, and the widened input of each block."""
    channels, widened = 32, []
    x = net.relu6(net.conv("input", (3, channels), 3, stride=2))
    for expansion, out, count, first_stride in STAGES:
        for index in range(count):
            wide = channels * expansion
            widened.append(x if expansion == 1 else net.relu6(net.conv(x, (channels, wide), 1)))
            x = _rest_of_block(net, x, widened[-1], (channels, wide, out), first_stride if index == 0 else 1)
            channels = out
    return net.relu6(net.conv(x, (channels, 1280), 1)), widened


def _rest_of_block(net: networks.Network, x: str, y: str, channels: tuple[int, int, int], stride: int) -> str:
    before, wide, after = channels
    has_shortcut = stride == 1 and before == after
    y = net.relu6(net.conv(y, (wide, wide), 3, stride=stride, group=wide))
    y = net.conv(y, (wide, after), 1, gain=BRANCH_GAIN if has_shortcut else 1)
    return net.add(x, y) if has_shortcut else y


def make(_: common.Sources, out: pathlib.Path) -> None:
    networks.make(network(), "mobilenet-v2", out)
