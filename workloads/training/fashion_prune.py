"""Two ways of leaving weights out: half of all channels, and two of every four weights."""

import numpy
import torch

import find_make  # noqa: F401
import fashion_layers
import trained_network


def halved(network: trained_network.Network, layers: fashion_layers.Layers) -> trained_network.Network:
    """`layers`: the same network, half as wide. Kept are the channels whose filters have the largest magnitudes.

    Layers that are added to one another keep the same channels: those that matter most to all of them together.
    """
    kept = {"input": torch.tensor([0])}
    for group in _added_together(network.layers):
        importance = sum(network.magnitudes(layer) for layer in group)
        chosen = torch.sort(torch.topk(importance, len(importance) // 2).indices).values
        kept.update({layer.name: chosen for layer in group})
    small = trained_network.Network(layers, fashion_layers.CLASSES)
    for layer in network.layers:
        small.take_channels(network, layer, kept[layer.name], kept[layer.source])
    small.take_head(network, kept[network.layers[-1].name])
    return small


def _added_together(layers: fashion_layers.Layers) -> list[list[fashion_layers.Layer]]:
    group_of: dict[str, list[fashion_layers.Layer]] = {}
    for layer in layers:
        group = group_of.setdefault(layer.add, []) if layer.add else []
        group.append(layer)
        group_of[layer.name] = group
    unique = {id(group): group for group in group_of.values()}
    return list(unique.values())


class TwoOfFour:
    """Of every four weights in neighbouring input channels the two smaller ones stay 0: what sparse hardware skips.

    The first convolution, which has one input channel, stays dense.
    """

    def __init__(self, network: trained_network.Network):
        weights = [conv.weight for conv in network.convs.values()] + [network.head.weight]
        self._masked = [(weight, mask_of(weight.data)) for weight in weights if weight.shape[1] % 4 == 0]
        self.apply()

    def apply(self) -> None:
        with torch.no_grad():
            for weight, mask in self._masked:
                weight.mul_(mask)


def mask_of(weights: torch.Tensor) -> torch.Tensor:
    """1 where one of the two largest magnitudes of four is, 0 elsewhere; the second axis has the input channels."""
    fours = weights.detach().abs().movedim(1, -1).unflatten(-1, (-1, 4))
    largest = fours.topk(2, dim=-1).indices
    return torch.zeros_like(fours).scatter_(-1, largest, 1).flatten(-2).movedim(-1, 1)


def share_of_zeros(arrays: dict[str, numpy.ndarray]) -> float:
    weights = [values for name, values in arrays.items() if name.endswith(".weight")]
    return sum(int((values == 0).sum()) for values in weights) / sum(values.size for values in weights)
