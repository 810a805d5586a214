"""Layers of transformers for training, and their weights as make/transformer.py takes them."""

import text_train  # noqa: F401 (finds the make scripts)

import numpy
import torch
import torch.nn.functional as functional

import transformer

_PARTS = ("norm1", "query", "key", "value", "out", "norm2", "grow", "shrink")


class Layer(torch.nn.Module):
    def __init__(self, shape: transformer.Shape, dropout: float):
        super().__init__()
        self._heads, self._scale = shape.heads, shape.head_width**-0.5
        width = shape.width
        self.norm1, self.norm2 = torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)
        self.query, self.key, self.value, self.out = (torch.nn.Linear(width, width) for _ in range(4))
        self.grow, self.shrink = torch.nn.Linear(width, 4 * width), torch.nn.Linear(4 * width, width)
        self.dropout = torch.nn.Dropout(dropout)

    def forward(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        y = self.norm1(x)
        query, key, value = (part(y).unflatten(-1, (self._heads, -1)).transpose(1, 2)
                             for part in (self.query, self.key, self.value))
        shares = torch.softmax(query @ key.transpose(-1, -2) * self._scale + bias, -1)
        x = x + self.dropout(self.out((shares @ value).transpose(1, 2).flatten(2)))
        return x + self.dropout(self.shrink(functional.gelu(self.grow(self.norm2(x)))))

    def arrays(self, name: str) -> transformer.Arrays:
        """The scale of the scores goes into the query."""
        found = {}
        for part in _PARTS:
            scale = self._scale if part == "query" else 1.0
            found |= {key: values * numpy.float32(scale) for key, values in arrays_of(f"{name}.{part}",
                                                                                     getattr(self, part)).items()}
        return found


def arrays_of(name: str, part: torch.nn.Module) -> transformer.Arrays:
    """Weights of a linear layer are [in, out] there, not [out, in]."""
    arrays = {f"{name}.{kind}": values.detach().numpy().astype(numpy.float32)
              for kind, values in part.named_parameters()}
    if isinstance(part, torch.nn.Linear):
        arrays[f"{name}.weight"] = numpy.ascontiguousarray(arrays[f"{name}.weight"].T)
    return arrays


def round_to_halves(network: torch.nn.Module) -> None:
    """As the weights are kept, so that what is judged is what is used."""
    with torch.no_grad():
        for values in network.parameters():
            values.copy_(values.half().float())


def parameters(network: torch.nn.Module) -> int:
    return sum(values.numel() for values in network.parameters())
