"""The language model of nlp/text-generation-*: a decoder over bytes with a cache of keys and values.

A position has no embedding: each head subtracts its slope times the distance from the scores (ALiBi,
https://arxiv.org/abs/2108.12409). So what is in the cache can move, and a cache of fixed capacity is a window.

- prefill: a whole prompt in one run; gives the logits after every byte, and the keys and values of the prompt.
- decode: one byte a run. The cache comes as input and goes, one byte further on, as output; `cache.filled` is 1 where
  it holds a byte. A cache of zeros is an empty one.
"""

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
SLOPES = tuple(2.0 ** (-8 * (head + 1) / SHAPE.heads) for head in range(SHAPE.heads))


def distances(positions: int, attended: int) -> numpy.ndarray:
    """[1, heads, positions, attended] f32, for the scores of the last `positions` of those that are attended to."""
    behind = numpy.arange(attended - positions, attended)[:, None] - numpy.arange(attended)[None, :]
    biased = -numpy.float32(SLOPES).reshape(-1, 1, 1) * numpy.maximum(behind, 0)
    return numpy.where(behind < 0, numpy.float32(transformer.FAR), biased).astype(numpy.float32)[None]


def prefill(arrays: transformer.Arrays, precision: str) -> onnx.ModelProto:
    nodes = transformer.graph_in(precision)
    parts = transformer.Transformer(nodes, arrays, SHAPE)
    outputs = [_value("logits", nodes, ["batch", PROMPT, TOKENS], onnx.TensorProto.FLOAT)]

    def shown(name: str, keys: str, values: str) -> tuple[str, str]:
        for kind, made, shape in (("keys", keys, (SHAPE.head_width, PROMPT)),
                                  ("values", values, (PROMPT, SHAPE.head_width))):
            nodes.node("Identity", f"{name}.{kind}", [made])
            nodes.nodes[-1].output[0] = f"{name}.{kind}"
            outputs.append(_value(f"{name}.{kind}", nodes, ["batch", SHAPE.heads, *shape]))
        return keys, values

    bias = nodes.constant("distances", distances(PROMPT, PROMPT))
    _decoder(parts, bias, shown)
    return nodes.finished("text-generation-prefill", [_tokens(["batch", PROMPT])], outputs)


def decode(arrays: transformer.Arrays, precision: str) -> onnx.ModelProto:
    nodes = transformer.graph_in(precision)
    parts = transformer.Transformer(nodes, arrays, SHAPE)
    inputs = [_tokens([1, 1])]
    outputs = [_value("logits", nodes, [1, 1, TOKENS], onnx.TensorProto.FLOAT)]
    axes = {axis: [parts.integers(f"later{axis}.{name}", [value])
                   for name, value in (("from", 1), ("to", CAPACITY), ("axis", axis))] for axis in (2, 3)}

    def moved(name: str, newest: str, shape: list[int], axis: int) -> str:
        """The cache without its oldest entry, and with `newest` behind it."""
        inputs.append(_value(name, nodes, shape))
        outputs.append(_value(f"{name}.next", nodes, shape))
        later = nodes.node("Slice", f"{name}.later", [name, *axes[axis]])
        nodes.node("Concat", f"{name}.moved", [later, newest], axis=axis)
        nodes.nodes[-1].output[0] = f"{name}.next"
        return f"{name}.next"

    def remembered(name: str, keys: str, values: str) -> tuple[str, str]:
        return (moved(f"{name}.keys", keys, [1, SHAPE.heads, SHAPE.head_width, CAPACITY], 3),
                moved(f"{name}.values", values, [1, SHAPE.heads, CAPACITY, SHAPE.head_width], 2))

    one = nodes.constant("one", numpy.ones((1, 1, 1, 1), numpy.float32))
    filled = moved("cache.filled", one, [1, 1, 1, CAPACITY], 3)
    empty = nodes.node("Mul", "empty", [nodes.node("Sub", "empty.shift", [filled, one]),
                                        nodes.constant("far", numpy.float32(-transformer.FAR))])
    bias = nodes.node("Add", "bias", [nodes.constant("distances", distances(1, CAPACITY)), empty])
    _decoder(parts, bias, remembered)
    return nodes.finished("text-generation-decode", inputs, outputs)


def state() -> list[dict[str, str]]:
    """The manifest's pairs of outputs and inputs of `decode`."""
    names = ["cache.filled"] + [f"layer{layer}.{kind}" for layer in range(LAYERS) for kind in ("keys", "values")]
    return [{"output": f"{name}.next", "input": name} for name in names]


def _decoder(parts: transformer.Transformer, bias: str, memory: transformer.Memory) -> None:
    x = parts.embedded("bytes", "tokens")
    for layer in range(LAYERS):
        x = parts.block(f"layer{layer}", x, bias, memory)
    parts.nodes.end(parts.linear("head", parts.normalized("norm", x)), "logits")


def _tokens(shape: list[int | str]) -> onnx.ValueInfoProto:
    return onnx.helper.make_tensor_value_info("tokens", onnx.TensorProto.INT32, shape)


def _value(name: str, nodes: graph.Graph, shape: list[int | str], element: int | None = None) -> onnx.ValueInfoProto:
    return onnx.helper.make_tensor_value_info(name, element or nodes.real, shape)
