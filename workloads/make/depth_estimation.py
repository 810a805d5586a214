"""vision/depth-estimation: FastDepth (https://arxiv.org/abs/1903.03273) with seeded weights: MobileNet, and a decoder of
depthwise 5 x 5 convolutions that doubles its map five times and adds the encoder's maps on the way.
"""

import pathlib

import bench_mobilenet_v1
import common
import networks
import onnx_half

NAME = "depth-estimation"
SAMPLES = 8
SEED = 1903
CHANNELS = (512, 256, 128, 64, 32)  # of the decoder's layers, each of which is doubled
ADDED = {1: 5, 2: 3, 3: 1}  # behind which of them, which map of the encoder
BRANCH_GAIN = 0.7  # of what a map of the encoder is added to


def network() -> networks.Network:
    net = networks.Network(SEED)
    maps = bench_mobilenet_v1.features(net, 1, net.relu6)
    x, channels = maps[-1]
    for index, out in enumerate(CHANNELS):
        x = net.relu(net.conv(x, (channels, channels), 5, group=channels))
        x = net.twice(net.relu(net.conv(x, (channels, out), 1, gain=BRANCH_GAIN if index in ADDED else 1)))
        if index in ADDED:
            x = net.add(x, maps[ADDED[index]][0])
        channels = out
    net.end(net.relu(net.conv(x, (channels, 1), 1)), "depth", (1, net.side, net.side))
    return net


def make(_: common.Sources, out: pathlib.Path) -> None:
    """The answers are computed here: they are large, and take seconds."""
    out.mkdir(parents=True, exist_ok=True)
    net = networks.calibrated(network())
    onnx_half.save_both(net.model(NAME), out)
    networks.make_samples(networks.rounded(networks.reference(net, SAMPLES)), net.side, out)
