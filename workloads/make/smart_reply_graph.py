"""The network of nlp/smart-reply: the tower of a dialogue, and the products with 1,000 replies.

The tower of the replies is no part of the graph: what it made of them is its last weight, as on a device.
"""

import numpy
import onnx
import onnx.helper

import transformer
from smart_reply_dialogues import MESSAGES, REPLIES, SLOTS

LAYERS = 2
SHAPE = transformer.Shape(width=128, heads=4)
EMBEDDING = 64
KERNEL = 3  # words


def model(arrays: transformer.Arrays, precision: str) -> onnx.ModelProto:
    nodes = transformer.graph_in(precision)
    parts = transformer.Transformer(nodes, arrays, SHAPE)
    x = nodes.node("Reshape", "words.by_message",
                   [parts.embedded("words", "tokens"), parts.integers("words.sizes", (-1, SLOTS, EMBEDDING))])
    x = nodes.node("Transpose", "words.by_channel", [x], perm=(0, 2, 1))
    x = nodes.node("Conv", "phrases", [x, parts.constant("phrases.weight"), parts.constant("phrases.bias")],
                   kernel_shape=[KERNEL], pads=[KERNEL // 2] * 2)
    x = nodes.node("ReduceMax", "texts", [nodes.node("Relu", "phrases.relu", [x])], axes=[2], keepdims=0)
    x = nodes.node("Reshape", "messages", [x, parts.integers("messages.sizes", (-1, MESSAGES, SHAPE.width))])
    x = nodes.node("Add", "messages.placed", [x, parts.constant("places")])
    none = nodes.constant("none", numpy.zeros((1, 1, 1, 1), numpy.float32))
    for layer in range(LAYERS):
        x = parts.block(f"layer{layer}", x, none)
    last = nodes.node("Slice", "last", [x, *(parts.integers(f"last.{name}", [value]) for name, value in (
        ("from", MESSAGES - 1), ("to", MESSAGES), ("axis", 1)))])
    x = nodes.node("Reshape", "last.row", [last, parts.integers("last.sizes", (-1, SHAPE.width))])
    x = parts.linear("dialogue", parts.normalized("norm", x))
    nodes.end(nodes.node("MatMul", "chosen", [x, parts.constant("replies")]), "scores")
    value = onnx.helper.make_tensor_value_info
    return nodes.finished("smart-reply", [value("tokens", onnx.TensorProto.INT32, ["batch", MESSAGES * SLOTS])],
                          [value("scores", onnx.TensorProto.FLOAT, ["batch", len(REPLIES)])])
