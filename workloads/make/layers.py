"""Shapes of networks that we train, without weights: read by the training and by the making of models."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Layer:
    """A convolution with bias; then `add` is added to it, then everything below 0 becomes 0 where `relu` is set."""

    name: str
    source: str  # "input" or another layer
    inputs: int
    channels: int
    kernel: tuple[int, int] = (3, 3)
    stride: int = 1
    relu: bool = True
    add: str = ""  # another layer
    group: int = 1
    pads: tuple[int, int, int, int] | None = None  # top, left, bottom, right; by default half of the kernel

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return self.channels, self.inputs // self.group, *self.kernel

    @property
    def padding(self) -> tuple[int, int, int, int]:
        return self.pads or (self.kernel[0] // 2, self.kernel[1] // 2) * 2


Layers = tuple[Layer, ...]
