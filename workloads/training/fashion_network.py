"""The networks of fashion_layers in torch, with a batch normalization after each convolution while they are trained."""

import numpy
import torch
import torch.nn.functional as functional

import fashion_data  # noqa: F401 (finds fashion_layers)
import fashion_layers


class Network(torch.nn.Module):
    def __init__(self, layers: fashion_layers.Layers):
        super().__init__()
        self.layers = layers
        self.convs, self.norms = torch.nn.ModuleDict(), torch.nn.ModuleDict()
        for layer in layers:
            self.convs[_key(layer)] = torch.nn.Conv2d(layer.inputs, layer.channels, layer.kernel, layer.stride,
                                                      layer.kernel // 2, bias=False)
            self.norms[_key(layer)] = torch.nn.BatchNorm2d(layer.channels)
        self.head = torch.nn.Linear(layers[-1].channels, fashion_layers.CLASSES)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        values = {"input": pictures}
        for layer in self.layers:
            x = self.norms[_key(layer)](self.convs[_key(layer)](values[layer.source]))
            if layer.add:
                x = x + values[layer.add]
            values[layer.name] = functional.relu(x) if layer.relu else x
        return self.head(values[self.layers[-1].name].mean(dim=(2, 3)))

    def magnitudes(self, layer: fashion_layers.Layer) -> torch.Tensor:
        """Of each channel's filter, as it is after the normalization."""
        norm = self.norms[_key(layer)]
        scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach().abs()
        return self.convs[_key(layer)].weight.detach().abs().flatten(1).sum(1) * scale

    def take_channels(self, other: "Network", layer: fashion_layers.Layer, channels: torch.Tensor,
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


def _key(layer: fashion_layers.Layer) -> str:
    return layer.name.replace(".", "_")  # torch reserves the dot


def _f32(values: torch.Tensor) -> numpy.ndarray:
    return values.detach().contiguous().numpy().astype(numpy.float32)


def logits(network: torch.nn.Module, pictures: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return torch.cat([network(part) for part in pictures.split(500)])


def accuracy(network: torch.nn.Module, pictures: torch.Tensor, classes: torch.Tensor) -> float:
    network.eval()
    return (logits(network, pictures).argmax(1) == classes).double().mean().item()
