"""Language models: decoders with a cache of keys and values. That of nlp/text-generation-* is one over bytes.

A position has no embedding: each head subtracts its slope times the distance from the scores (ALiBi,
https://arxiv.org/abs/2108.12409). So what is in the cache can move, and a cache of fixed capacity is a window.

- prefill: a whole prompt in one run; gives the logits after every token, or after the last one, and the keys and values of
  the prompt.
- decode: one token a run. The cache comes as input and goes, one token further on, as output; `cache.filled` is 1 where
  it holds a token. A cache of zeros is an empty one.
"""

import dataclasses

import numpy
import onnx
import onnx.helper

import graph
import transformer

LAYERS = 4
SHAPE = transformer.Shape(width=128, heads=4)
TOKENS = 256  # a byte each; 0, which is no text, begins one
PROMPT = 128  # bytes
CAPACITY = 256  # bytes of the cache, the one that is decoded included


@dataclasses.dataclass(frozen=True)
class Size:
    """`is_tied`: the head is the embedding turned over, and computes the logits [.., tokens] of the last position alone."""

    name: str
    layers: int
    shape: transformer.Shape
    tokens: int
    prompt: int
    capacity: int
    is_tied: bool = False


SMALL = Size("text-generation", LAYERS, SHAPE, TOKENS, PROMPT, CAPACITY)


def distances(positions: int, attended: int, heads: int = SHAPE.heads) -> numpy.ndarray:
    """[1, heads, positions, attended] f32, for the scores of the last `positions` of those that are attended to."""
    behind = numpy.arange(attended - positions, attended)[:, None] - numpy.arange(attended)[None, :]
    slopes = [2.0 ** (-8 * (head + 1) / heads) for head in range(heads)]
    biased = -numpy.float32(slopes).reshape(-1, 1, 1) * numpy.maximum(behind, 0)
    return numpy.where(behind < 0, numpy.float32(transformer.FAR), biased).astype(numpy.float32)[None]


def prefill(arrays: transformer.Arrays, precision: str, size: Size = SMALL) -> onnx.ModelProto:
    nodes = transformer.graph_in(precision)
    parts = transformer.Transformer(nodes, arrays, size.shape)
    shape = ["batch", size.tokens] if size.is_tied else ["batch", size.prompt, size.tokens]
    outputs = [_value("logits", nodes, shape, onnx.TensorProto.FLOAT)]

    def shown(name: str, keys: str, values: str) -> tuple[str, str]:
        for kind, made, shape in (("keys", keys, (size.shape.head_width, size.prompt)),
                                  ("values", values, (size.prompt, size.shape.head_width))):
            nodes.node("Identity", f"{name}.{kind}", [made])
            nodes.nodes[-1].output[0] = f"{name}.{kind}"
            outputs.append(_value(f"{name}.{kind}", nodes, ["batch", size.shape.heads, *shape]))
        return keys, values

    bias = nodes.constant("distances", distances(size.prompt, size.prompt, size.shape.heads))
    _decoder(parts, size, size.prompt, bias, shown)
    return nodes.finished(f"{size.name}-prefill", [_tokens(["batch", size.prompt])], outputs)


def decode(arrays: transformer.Arrays, precision: str, size: Size = SMALL) -> onnx.ModelProto:
    nodes = transformer.graph_in(precision)
    parts = transformer.Transformer(nodes, arrays, size.shape)
    inputs = [_tokens([1, 1])]
    shape = [1, size.tokens] if size.is_tied else [1, 1, size.tokens]
    outputs = [_value("logits", nodes, shape, onnx.TensorProto.FLOAT)]
    axes = {axis: [parts.integers(f"later{axis}.{name}", [value])
                   for name, value in (("from", 1), ("to", size.capacity), ("axis", axis))] for axis in (2, 3)}

    def moved(name: str, newest: str, shape: list[int], axis: int) -> str:
        """The cache without its oldest entry, and with `newest` behind it."""
        inputs.append(_value(name, nodes, shape))
        outputs.append(_value(f"{name}.next", nodes, shape))
        later = nodes.node("Slice", f"{name}.later", [name, *axes[axis]])
        nodes.node("Concat", f"{name}.moved", [later, newest], axis=axis)
        nodes.nodes[-1].output[0] = f"{name}.next"
        return f"{name}.next"

    def remembered(name: str, keys: str, values: str) -> tuple[str, str]:
        heads, width = size.shape.heads, size.shape.head_width
        return (moved(f"{name}.keys", keys, [1, heads, width, size.capacity], 3),
                moved(f"{name}.values", values, [1, heads, size.capacity, width], 2))

    one = nodes.constant("one", numpy.ones((1, 1, 1, 1), numpy.float32))
    filled = moved("cache.filled", one, [1, 1, 1, size.capacity], 3)
    empty = nodes.node("Mul", "empty", [nodes.node("Sub", "empty.shift", [filled, one]),
                                        nodes.constant("far", numpy.float32(-transformer.FAR))])
    behind = nodes.constant("distances", distances(1, size.capacity, size.shape.heads))
    _decoder(parts, size, 1, nodes.node("Add", "bias", [behind, empty]), remembered)
    return nodes.finished(f"{size.name}-decode", inputs, outputs)


def state(size: Size = SMALL) -> list[dict[str, str]]:
    """The manifest's pairs of outputs and inputs of `decode`."""
    names = ["cache.filled"] + [f"layer{layer}.{kind}" for layer in range(size.layers) for kind in ("keys", "values")]
    return [{"output": f"{name}.next", "input": name} for name in names]


def _decoder(parts: transformer.Transformer, size: Size, positions: int, bias: str, memory: transformer.Memory) -> None:
    x = parts.embedded("bytes", "tokens")
    for layer in range(size.layers):
        x = parts.block(f"layer{layer}", x, bias, memory)
    if size.is_tied:
        x = _last_logits(parts, size, positions, x)
    else:
        x = parts.linear("head", parts.normalized("norm", x))
    parts.nodes.end(x, "logits")


def _last_logits(parts: transformer.Transformer, size: Size, positions: int, x: str) -> str:
    nodes = parts.nodes
    if positions > 1:
        x = nodes.node("Slice", "last", [x, *(parts.integers(f"last.{name}", [value]) for name, value in (
            ("from", positions - 1), ("to", positions), ("axis", 1)))])
    row = nodes.node("Reshape", "last.row", [x, parts.integers("last.sizes", (-1, size.shape.width))])
    return nodes.node("Gemm", "head", [parts.normalized("norm", row), "bytes.weight"], transB=1)


def _tokens(shape: list[int | str]) -> onnx.ValueInfoProto:
    return onnx.helper.make_tensor_value_info("tokens", onnx.TensorProto.INT32, shape)


def _value(name: str, nodes: graph.Graph, shape: list[int | str], element: int | None = None) -> onnx.ValueInfoProto:
    return onnx.helper.make_tensor_value_info(name, element or nodes.real, shape)
