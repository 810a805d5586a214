#!/usr/bin/env python3
"""Writes a copy of an ONNX model whose weights are multiplied by seeded noise: a model that answers wrongly.

Usage: damage_model.py MODEL.onnx DAMAGED.onnx [--strength S] [--seed N]

Every floating-point weight w of a tensor with at least 16 elements becomes w * (1 + S * n), n normally distributed.
Weights of 8 bits become the nearest whole number to that.
Weights may be initializers or Constant nodes, in the graph and in its subgraphs; the graph itself stays as it is.
"""

import argparse
import sys
import typing

import numpy
import onnx
import onnx.numpy_helper

MIN_ELEMENTS = 16  # smaller tensors are shapes, scales and epsilons rather than weights
DAMAGED = (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.DOUBLE, onnx.TensorProto.INT8)


def weights(graph: onnx.GraphProto) -> typing.Iterator[onnx.TensorProto]:
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from weights(attribute.g)
            elif node.op_type == "Constant" and attribute.type == onnx.AttributeProto.TENSOR:
                yield attribute.t


def damage(model: onnx.ModelProto, strength: float, seed: int) -> int:
    """Changes the model in place and gives the number of weights that changed."""
    random = numpy.random.RandomState(seed)
    changed = 0
    for tensor in weights(model.graph):
        if tensor.data_type not in DAMAGED:
            continue
        values = onnx.numpy_helper.to_array(tensor)
        if values.size < MIN_ELEMENTS:
            continue
        noise = 1 + strength * random.standard_normal(values.shape)
        damaged = values * noise
        if tensor.data_type == onnx.TensorProto.INT8:
            damaged = numpy.clip(numpy.rint(damaged), -127, 127)
        tensor.CopyFrom(onnx.numpy_helper.from_array(damaged.astype(values.dtype), tensor.name))
        changed += values.size
    return changed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("damaged")
    parser.add_argument("--strength", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    model = onnx.load(options.model)
    changed = damage(model, options.strength, options.seed)
    if changed == 0:
        print(f"{options.model}: holds no weights to damage", file=sys.stderr)
        return 1
    onnx.save(model, options.damaged)
    print(f"{options.damaged}: {changed} weights changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
