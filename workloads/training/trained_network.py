"""A classifier of layers in torch, with a batch normalization after each convolution while it is trained."""

import typing

import numpy
import torch
import torch.nn.functional as functional

import find_make  # noqa: F401
import layers


BeforeHead = typing.Callable[[torch.Tensor], torch.Tensor]  # from the last convolution to what the product takes


def mean(x: torch.Tensor) -> torch.Tensor:
    return x.mean(dim=(2, 3))


def each_step(x: torch.Tensor) -> torch.Tensor:
    """[N, steps, channels] of a network over time: a picture one pixel high."""
    return x[:, :, 0].transpose(1, 2)


class Network(torch.nn.Module):
    def __init__(self, convolutions: layers.Layers, classes: int, before_head: BeforeHead = mean):
        super().__init__()
        self.layers, self._before_head = convolutions, before_head
        self.convs, self.norms = torch.nn.ModuleDict(), torch.nn.ModuleDict()
        for layer in convolutions:
            self.convs[_key(layer)] = torch.nn.Conv2d(layer.inputs, layer.channels, layer.kernel, groups=layer.group,
                                                      bias=False)
            self.norms[_key(layer)] = torch.nn.BatchNorm2d(layer.channels)
        self.head = torch.nn.Linear(convolutions[-1].channels, classes)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        values = {"input": inputs}
        for layer in self.layers:
            x = self.norms[_key(layer)](convolved(layer, values[layer.source], self.convs[_key(layer)].weight))
            if layer.add:
                x = x + values[layer.add]
            values[layer.name] = functional.relu(x) if layer.relu else x
        return self.head(self._before_head(values[self.layers[-1].name]))

    def magnitudes(self, layer: layers.Layer) -> torch.Tensor:
        """Of each channel's filter, as it is after the normalization."""
        norm = self.norms[_key(layer)]
        scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach().abs()
        return self.convs[_key(layer)].weight.detach().abs().flatten(1).sum(1) * scale

    def take_channels(self, other: "Network", layer: layers.Layer, channels: torch.Tensor,
                      inputs: torch.Tensor) -> None:
        """The layer of that name becomes these channels, of these input channels, of `other`'s."""
        with torch.no_grad():
            self.convs[_key(layer)].weight.copy_(other.convs[_key(layer)].weight[channels][:, inputs])
            norm, old = self.norms[_key(layer)], other.norms[_key(layer)]
            for name in ("weight", "bias", "running_mean", "running_var"):
                getattr(norm, name).copy_(getattr(old, name)[channels])

    def take_head(self, other: "Network", inputs: torch.Tensor) -> None:
        with torch.no_grad():
            self.head.weight.copy_(other.head.weight[:, inputs])
            self.head.bias.copy_(other.head.bias)

    def folded(self) -> dict[str, numpy.ndarray]:
        """Weights and biases by layer, with the normalization in them: what a network is made from."""
        arrays = {}
        for layer in self.layers:
            norm = self.norms[_key(layer)]
            scale = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
            weights = self.convs[_key(layer)].weight.double() * scale[:, None, None, None]
            arrays[f"{layer.name}.weight"] = _f32(weights)
            arrays[f"{layer.name}.bias"] = _f32(norm.bias.double() - norm.running_mean.double() * scale)
        arrays["head.weight"], arrays["head.bias"] = _f32(self.head.weight), _f32(self.head.bias)
        return arrays


def convolved(layer: layers.Layer, x: torch.Tensor, weight: torch.Tensor,
              bias: torch.Tensor | None = None) -> torch.Tensor:
    top, left, bottom, right = layer.padding
    if (top, left) != (bottom, right):
        x, top, left = functional.pad(x, (left, right, top, bottom)), 0, 0
    return functional.conv2d(x, weight, bias, layer.stride, (top, left), groups=layer.group)


def _key(layer: layers.Layer) -> str:
    return layer.name.replace(".", "_")  # torch reserves the dot


def _f32(values: torch.Tensor) -> numpy.ndarray:
    return values.detach().contiguous().numpy().astype(numpy.float32)


def answers(network: torch.nn.Module, inputs: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return torch.cat([network(part) for part in inputs.split(500)])


def accuracy(network: torch.nn.Module, inputs: torch.Tensor, classes: torch.Tensor) -> float:
    network.eval()
    return (answers(network, inputs).argmax(1) == classes).double().mean().item()
