"""The parts of transformers, as nodes of a graph. Tensors x are [batch, positions, width]."""

import dataclasses
import pathlib
import typing

import numpy
import onnx

import graph

FAR = -1e4  # added to a score, it is no part of the attention; a half holds it
Arrays = dict[str, numpy.ndarray]

# Gets a layer's name, its keys [batch, heads, size, positions] and its values [batch, heads, positions, size], and
# gives those that are attended to.
Memory = typing.Callable[[str, str, str], tuple[str, str]]


@dataclasses.dataclass(frozen=True)
class Shape:
    width: int
    heads: int

    @property
    def head_width(self) -> int:
        return self.width // self.heads


class Transformer:
    """`arrays`: NAME.weight [in, out] and NAME.bias of each part. Those of a query hold the scale of the scores, too."""

    def __init__(self, nodes: graph.Graph, arrays: Arrays, shape: Shape):
        self.nodes = nodes
        self._arrays = arrays
        self._shape = shape

    def constant(self, name: str) -> str:
        return self.nodes.constant(name, self._arrays[name])

    def integers(self, name: str, values: typing.Sequence[int]) -> str:
        return self.nodes.constant(name, numpy.array(values, numpy.int64))

    def embedded(self, name: str, tokens: str) -> str:
        return self.nodes.node("Gather", name, [self.constant(f"{name}.weight"), tokens], axis=0)

    def linear(self, name: str, x: str) -> str:
        product = self.nodes.node("MatMul", f"{name}.product", [x, self.constant(f"{name}.weight")])
        return self.nodes.node("Add", name, [product, self.constant(f"{name}.bias")])

    def normalized(self, name: str, x: str) -> str:
        return self.nodes.node("LayerNormalization", name, [x, *(self.constant(f"{name}.{part}")
                                                                 for part in ("weight", "bias"))],
                               axis=-1, epsilon=1e-5)

    def gelu(self, name: str, x: str) -> str:
        """x / 2 * (1 + erf(x / sqrt(2))): operator Gelu is younger than the operators we write."""
        root, one, half = (self.nodes.constant(f"{name}.{part}", numpy.float32(value))
                           for part, value in (("root", 2**0.5), ("one", 1), ("half", 0.5)))
        error = self.nodes.node("Erf", f"{name}.erf", [self.nodes.node("Div", f"{name}.div", [x, root])])
        product = self.nodes.node("Mul", f"{name}.mul", [x, self.nodes.node("Add", f"{name}.add", [error, one])])
        return self.nodes.node("Mul", name, [product, half])

    def block(self, name: str, x: str, bias: str, memory: Memory = lambda _name, keys, values: (keys, values)) -> str:
        """Normalizes before it attends and before it computes; `bias` is that of `attention`."""
        y = self.normalized(f"{name}.norm1", x)
        query = self.by_head(f"{name}.query", y, (0, 2, 1, 3))
        keys, values = memory(name, self.by_head(f"{name}.key", y, (0, 2, 3, 1)),
                              self.by_head(f"{name}.value", y, (0, 2, 1, 3)))
        x = self._sum(f"{name}.attended", x, self.linear(f"{name}.out", self.attention(name, query, keys, values, bias)))
        y = self.gelu(f"{name}.gelu", self.linear(f"{name}.grow", self.normalized(f"{name}.norm2", x)))
        return self._sum(name, x, self.linear(f"{name}.shrink", y))

    def attention(self, name: str, query: str, keys: str, values: str, bias: str) -> str:
        """`bias` is added to the scores, [.., .., positions, positions attended to]."""
        scores = self.nodes.node("Add", f"{name}.biased", [self.nodes.node("MatMul", f"{name}.scores", [query, keys]),
                                                           bias])
        shares = self.nodes.node("Softmax", f"{name}.shares", [scores], axis=-1)
        mixed = self.nodes.node("MatMul", f"{name}.mixed", [shares, values])
        side_by_side = self.nodes.node("Transpose", f"{name}.heads", [mixed], perm=(0, 2, 1, 3))
        width = self.integers(f"{name}.width", (0, 0, self._shape.width))
        return self.nodes.node("Reshape", f"{name}.joined", [side_by_side, width])

    def by_head(self, name: str, x: str, order: tuple[int, ...]) -> str:
        sizes = self.integers(f"{name}.sizes", (0, 0, self._shape.heads, self._shape.head_width))
        heads = self.nodes.node("Reshape", f"{name}.heads", [self.linear(name, x), sizes])
        return self.nodes.node("Transpose", f"{name}.by_head", [heads], perm=order)

    def _sum(self, name: str, x: str, y: str) -> str:
        return self.nodes.node("Add", f"{name}.sum", [x, y])


def graph_in(precision: str) -> graph.Graph:
    return {"fp32": graph.Graph, "fp16": graph.HalfGraph}[precision]()


def save(model: onnx.ModelProto, file: pathlib.Path) -> None:
    onnx.checker.check_model(model, full_check=True)
    file.write_bytes(model.SerializeToString(deterministic=True))
