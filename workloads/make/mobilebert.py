"""MobileBERT (https://arxiv.org/abs/2004.02984) for question answering, as a graph.

The graph is the published one: 24 layers of 512 channels that compute in bottlenecks of 128, four feed-forward networks a
layer, NoNorm (a scale and a shift) instead of normalization, ReLU, words as trigrams of embeddings. 24.6 million weights.
"""

import numpy
import onnx
import onnx.helper

import graph
import transformer

TOKENS = 384
VOCABULARY = 30522
LAYERS, WIDTH, BOTTLENECK, HEADS = 24, 512, 128, 4
EMBEDDING = 128
FEEDFORWARDS = 4

Arrays = transformer.Arrays


class _Bert(transformer.Transformer):
    def norm(self, name: str, x: str) -> str:
        """NoNorm."""
        scaled = self.nodes.node("Mul", f"{name}.product", [x, self.constant(f"{name}.scale")])
        return self.nodes.node("Add", name, [scaled, self.constant(f"{name}.shift")])

    def norm_of_sum(self, name: str, x: str, y: str) -> str:
        return self.norm(f"{name}.norm", self.nodes.node("Add", f"{name}.sum", [self.linear(name, x), y]))

    def layer(self, name: str, x: str, bias: str) -> str:
        entry, shared = (self.norm(f"{name}.{part}.norm", self.linear(f"{name}.{part}", x))
                         for part in ("entry", "shared"))
        query = self.by_head(f"{name}.query", shared, (0, 2, 1, 3))
        keys = self.by_head(f"{name}.key", shared, (0, 2, 3, 1))
        values = self.by_head(f"{name}.value", x, (0, 2, 1, 3))
        y = self.norm_of_sum(f"{name}.out", self.attention(name, query, keys, values, bias), entry)
        for index in range(FEEDFORWARDS):
            grown = self.nodes.node("Relu", f"{name}.relu{index}", [self.linear(f"{name}.grow{index}", y)])
            y = self.norm_of_sum(f"{name}.shrink{index}", grown, y)
        return self.norm_of_sum(f"{name}.exit", y, x)

    def embeddings(self) -> str:
        """Of each word and its neighbours; beyond the ends stands nothing."""
        words = self.nodes.node("Gather", "words.found", [self.constant("words"), "tokens"], axis=0)
        padded = self.nodes.node("Pad", "words.padded", [words, self.integers("words.pads", (0, 1, 0, 0, 1, 0))])
        shifted = [self.nodes.node("Slice", f"words.shift{shift}", [
            padded, *(self.integers(f"words.shift{shift}.{name}", [value])
                      for name, value in (("from", shift), ("to", shift + TOKENS), ("axis", 1)))])
            for shift in (2, 1, 0)]
        x = self.linear("embedding", self.nodes.node("Concat", "words.trigrams", shifted, axis=2))
        segments = self.nodes.node("Gather", "segments.found", [self.constant("segments"), "segments_of_tokens"], axis=0)
        x = self.nodes.node("Add", "embedding.placed", [x, self.constant("places")])
        return self.norm("embedding.norm", self.nodes.node("Add", "embedding.sum", [x, segments]))


def model(arrays: Arrays) -> onnx.ModelProto:
    """`logits` [batch, TOKENS, 2] are the scores of each word as the first and as the last one of the answer."""
    scaled = dict(arrays)
    for layer in range(LAYERS):
        for kind in ("weight", "bias"):
            name = f"layer{layer}.query.{kind}"
            scaled[name] = arrays[name] * numpy.float32((BOTTLENECK // HEADS) ** -0.5)
    bert = _Bert(graph.Graph(), scaled, transformer.Shape(BOTTLENECK, HEADS))
    nodes = bert.nodes
    shift = nodes.node("Sub", "mask.shift", [nodes.node("Cast", "mask.real", ["mask"], to=nodes.real),
                                             nodes.constant("one", numpy.float32(1))])
    bias = nodes.node("Mul", "mask.far", [shift, nodes.constant("far", numpy.float32(-transformer.FAR))])
    bias = nodes.node("Reshape", "mask.bias", [bias, bert.integers("mask.sizes", (-1, 1, 1, TOKENS))])
    x = bert.embeddings()
    for layer in range(LAYERS):
        x = bert.layer(f"layer{layer}", x, bias)
    nodes.end(bert.linear("answers", x), "logits")
    value = onnx.helper.make_tensor_value_info
    inputs = [value(name, onnx.TensorProto.INT32, ["batch", TOKENS]) for name in ("tokens", "segments_of_tokens", "mask")]
    return nodes.finished("mobilebert", inputs, [value("logits", onnx.TensorProto.FLOAT, ["batch", TOKENS, 2])])
