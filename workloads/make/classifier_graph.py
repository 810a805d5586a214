"""A classifier as an ONNX graph: convolutions, the mean of each channel, and a product that gives a number a class."""

import typing

import onnx

import layers
import weighted_graph


def model(name: str, convolutions: layers.Layers, ports: weighted_graph.Ports, arrays: weighted_graph.Arrays,
          precision: str) -> onnx.ModelProto:
    """`arrays` as weighted_graph takes them; the product is "head", and the tensors before it "pool"."""
    graph = weighted_graph.in_precision(precision, ports, arrays)
    names = {"input": graph.begin(ports.input)}
    for layer in convolutions:
        x = graph.weighted("Conv", layer.name, names[layer.source], _attributes(layer))
        if layer.add:
            x = graph.add(layer.name, graph.settled(f"{layer.name}.conv", x), names[layer.add])
        if layer.relu:
            x = graph.node("Relu", f"{layer.name}.relu", [x])
        names[layer.name] = graph.settled(layer.name, x)
    x = graph.settled("pool", graph.node("GlobalAveragePool", "pool", [names[convolutions[-1].name]]))
    x = graph.settled("pool", graph.node("Flatten", "flatten", [x], axis=1), "flat")
    graph.end(graph.weighted("Gemm", "head", x, {"transB": 1}), ports.output)
    return graph.model(name)


def _attributes(layer: layers.Layer) -> dict[str, typing.Any]:
    attributes = {"kernel_shape": list(layer.kernel), "strides": [layer.stride] * 2, "pads": list(layer.padding)}
    return attributes | ({"group": layer.group} if layer.group > 1 else {})
