"""A network with the normalization folded in, computed as the graph in whole numbers will be: for calibration, for
quantization-aware training, and for judging both."""

import numpy
import torch
import torch.nn.functional as functional

import find_make  # noqa: F401
import layers
import trained_network
import weighted_graph

# Of inputs that are bytes around 128: as such they are whole numbers already, the rare ones included.
BYTES_RANGE = numpy.array([-128, 127], numpy.float32)


class Folded(torch.nn.Module):
    """Takes what Network.folded() gives. Rounds weights and tensors where they have a NAME.range, and only there."""

    def __init__(self, convolutions: layers.Layers, arrays: dict[str, numpy.ndarray],
                 before_head: trained_network.BeforeHead = trained_network.mean):
        super().__init__()
        self.layers, self._before_head = convolutions, before_head
        names = [layer.name for layer in convolutions] + ["head"]
        self._names = {name: name.replace(".", "_") for name in names}
        self.weights, self.biases = (torch.nn.ParameterDict(
            {self._names[name]: torch.nn.Parameter(torch.from_numpy(arrays[f"{name}.{part}"].copy())) for name in names})
            for part in ("weight", "bias"))
        self.ranges = {name.removesuffix(".range"): values for name, values in arrays.items() if name.endswith(".range")}
        self.observed: dict[str, tuple[float, float]] | None = None

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        values = {"input": self._settled("input", inputs)}
        for layer in self.layers:
            weight, bias = self._weights(layer.name)
            x = trained_network.convolved(layer, values[layer.source], weight, bias)
            if layer.add:
                x = self._settled(f"{layer.name}.conv", x) + values[layer.add]
            values[layer.name] = self._settled(layer.name, functional.relu(x) if layer.relu else x)
        pooled = self._settled("pool", self._before_head(values[self.layers[-1].name]))
        return functional.linear(pooled, *self._weights("head"))

    def arrays(self) -> dict[str, numpy.ndarray]:
        arrays = {f"{name}.range": values for name, values in self.ranges.items()}
        for name, key in self._names.items():
            for part, values in (("weight", self.weights[key]), ("bias", self.biases[key])):
                arrays[f"{name}.{part}"] = values.detach().contiguous().numpy().astype(numpy.float32)
        return arrays

    def _weights(self, name: str) -> tuple[torch.Tensor, torch.Tensor]:
        weight, bias = self.weights[self._names[name]], self.biases[self._names[name]]
        return (_rounded_weights(weight) if self.ranges else weight), bias

    def _settled(self, name: str, x: torch.Tensor) -> torch.Tensor:
        if self.observed is not None:
            low, high = self.observed.get(name, (0.0, 0.0))
            self.observed[name] = min(low, x.min().item()), max(high, x.max().item())
        if name not in self.ranges:
            return x
        scale, zero = (float(value) for value in weighted_graph.quantized_range(*self.ranges[name]))
        steps = torch.clamp(torch.round(x / scale) + zero, 0, 255)
        inside = torch.clamp(x, -zero * scale, (255 - zero) * scale)  # its gradient is the one that counts
        return inside + ((steps - zero) * scale - inside).detach()


def _rounded_weights(weight: torch.Tensor) -> torch.Tensor:
    largest = weight.detach().abs().flatten(1).amax(1)
    scales = torch.clamp(largest / 127, min=1e-12).reshape((-1,) + (1,) * (weight.dim() - 1))
    rounded = torch.clamp(torch.round(weight.detach() / scales), -127, 127) * scales
    return weight + (rounded - weight).detach()


def calibrated(convolutions: layers.Layers, arrays: dict[str, numpy.ndarray], inputs: torch.Tensor,
               before_head: trained_network.BeforeHead = trained_network.mean) -> dict[str, numpy.ndarray]:
    """`arrays` with the smallest and largest value of every tensor over `inputs`."""
    folded = Folded(convolutions, {name: values for name, values in arrays.items() if not name.endswith(".range")},
                    before_head)
    folded.observed = {}
    with torch.no_grad():
        for part in inputs.split(500):
            folded(part)
    ranges = {f"{name}.range": numpy.array(ends, numpy.float32) for name, ends in folded.observed.items()}
    return arrays | ranges
