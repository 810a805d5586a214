"""The network of nlp/language-id-110: two convolutions over bytes, three layers of a transformer, their mean."""

import numpy
import onnx
import onnx.helper

import transformer

LAYERS = 3
SHAPE = transformer.Shape(width=128, heads=4)
BYTES = 128  # of a text; 0 stands for none
STRIDE = 4  # bytes a position
POSITIONS = BYTES // STRIDE
EMBEDDING = 48
KERNEL = 5


def model(arrays: transformer.Arrays, precision: str) -> onnx.ModelProto:
    nodes = transformer.graph_in(precision)
    parts = transformer.Transformer(nodes, arrays, SHAPE)
    # At the first byte of every position: 1 where there is text.
    limits = [nodes.constant(name, numpy.float32(value)) for name, value in (("none", 0), ("some", 1))]
    firsts = nodes.node("Slice", "firsts", ["tokens", *(parts.integers(f"firsts.{name}", [value]) for name, value in
                                                        (("from", 0), ("to", BYTES), ("axis", 1), ("step", STRIDE)))])
    kept = nodes.node("Clip", "kept", [nodes.node("Cast", "firsts.real", [firsts], to=nodes.real), *limits])
    far = nodes.constant("far", numpy.float32(-transformer.FAR))
    bias = nodes.node("Mul", "bias", [nodes.node("Sub", "bias.shift", [kept, "some"]), far])
    bias = nodes.node("Reshape", "bias.shape", [bias, parts.integers("bias.sizes", (-1, 1, 1, POSITIONS))])

    x = _stem(parts, "tokens")
    for layer in range(LAYERS):
        x = parts.block(f"layer{layer}", x, bias)
    column = nodes.node("Reshape", "kept.column", [kept, parts.integers("kept.sizes", (-1, POSITIONS, 1))])
    x = nodes.node("Mul", "text", [parts.normalized("norm", x), column])
    total, share = (nodes.node("ReduceMean", f"{name}.mean", [y], axes=[1], keepdims=0)
                    for name, y in (("text", x), ("kept", column)))
    mean = nodes.node("Div", "mean", [total, share])
    nodes.end(nodes.node("Gemm", "head", [mean, parts.constant("head.weight"), parts.constant("head.bias")]), "logits")
    value = onnx.helper.make_tensor_value_info
    return nodes.finished("language-id-110", [value("tokens", onnx.TensorProto.INT32, ["batch", BYTES])],
                          [value("logits", onnx.TensorProto.FLOAT, ["batch", arrays["head.bias"].size])])


def _stem(parts: transformer.Transformer, tokens: str) -> str:
    nodes = parts.nodes
    x = nodes.node("Transpose", "bytes.by_channel", [parts.embedded("bytes", tokens)], perm=(0, 2, 1))
    for name in ("stem0", "stem1"):
        x = nodes.node("Conv", name, [x, parts.constant(f"{name}.weight"), parts.constant(f"{name}.bias")],
                       kernel_shape=[KERNEL], strides=[2], pads=[KERNEL // 2] * 2)
        if name == "stem0":
            x = parts.gelu("stem0.gelu", x)
    x = nodes.node("Transpose", "stem1.by_position", [x], perm=(0, 2, 1))
    return nodes.node("Add", "placed", [x, parts.constant("positions")])
