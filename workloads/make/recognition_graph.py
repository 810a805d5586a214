"""The network of speech/recognition as an ONNX graph that takes one chunk after the other.

What a convolution needs of the chunk before is its state: the last answers of the layer before it, of each block one
behind the other. Computed so, a stream gives what it would give as a whole.
"""

import numpy
import onnx
import onnx.helper

import recognition_layers
import weighted_graph
from layers import Layer

STEPS = recognition_layers.CHUNK_FRAMES // recognition_layers.STRIDE
WINDOW_FRAMES = recognition_layers.CONTEXT_FRAMES + recognition_layers.CHUNK_FRAMES
KEPT = recognition_layers.KERNEL - 1  # answers
PORTS = weighted_graph.Ports("features", (recognition_layers.BANDS, 1, WINDOW_FRAMES), "letters",
                             (STEPS, recognition_layers.CLASSES))
STATE, STATE_SHAPE = "state", (1, recognition_layers.BLOCKS * recognition_layers.CHANNELS, 1, KEPT)
NEXT_STATE = "next_state"


def model(arrays: weighted_graph.Arrays, precision: str) -> onnx.ModelProto:
    network = weighted_graph.in_precision(precision, PORTS, arrays)
    layers = recognition_layers.convolutions()
    x, kept = _activated(network, layers[0], network.begin(PORTS.input)), []
    for number, state in enumerate(_states(network)):
        depthwise, pointwise = layers[1 + 2 * number : 3 + 2 * number]
        window = network.node("Concat", f"{depthwise.name}.joined", [state, x], axis=3)
        window = network.settled(depthwise.source, window, f"{depthwise.name}.window")
        kept.append(_last(network, depthwise.name, window))
        x = _activated(network, pointwise, _activated(network, depthwise, window), x)
    network.end(network.node("Concat", "states", kept, axis=1), NEXT_STATE)
    shape = network.constant("steps.shape", numpy.array([STEPS, recognition_layers.CHANNELS], numpy.int64))
    steps = network.node("Reshape", "steps", [network.node("Transpose", "turned", [x], perm=[0, 2, 3, 1]), shape])
    steps = network.settled(layers[-1].name, steps, "steps")
    network.end(network.weighted("Gemm", "head", steps, {"transB": 1}), PORTS.output)
    state_shape = [1, *STATE_SHAPE[1:]]
    return network.finished("recognition", [_port(PORTS.input, [1, *PORTS.input_shape]), _port(STATE, state_shape)],
                            [_port(PORTS.output, list(PORTS.output_shape)), _port(NEXT_STATE, state_shape)])


def _states(network: weighted_graph.WeightedGraph) -> list[str]:
    """Of each block."""
    state = STATE
    if network.real != onnx.TensorProto.FLOAT:
        state = network.node("Cast", f"{STATE}.half", [STATE], to=network.real)
    names = [f"{STATE}{block}" for block in range(recognition_layers.BLOCKS)]
    sizes = network.constant(f"{STATE}.sizes", numpy.full(len(names), recognition_layers.CHANNELS, numpy.int64))
    network.nodes.append(onnx.helper.make_node("Split", [state, sizes], names, name=f"{STATE}.split", axis=1))
    return names


def _activated(network: weighted_graph.WeightedGraph, layer: Layer, x: str, added: str = "") -> str:
    """The convolution without its padding, for which the state stands in."""
    attributes = {"kernel_shape": list(layer.kernel), "strides": [layer.stride] * 2, "pads": [0] * 4,
                  "group": layer.group}
    x = network.weighted("Conv", layer.name, x, attributes)
    if added:
        x = network.add(layer.name, network.settled(f"{layer.name}.conv", x), added)
    return network.settled(layer.name, network.node("Relu", f"{layer.name}.relu", [x]))


def _last(network: weighted_graph.WeightedGraph, name: str, window: str) -> str:
    ends = [network.constant(f"{name}.kept.{part}", numpy.array([at], numpy.int64))
            for part, at in (("first", STEPS), ("end", STEPS + KEPT), ("axis", 3))]
    return network.node("Slice", f"{name}.kept", [window, *ends])


def _port(name: str, shape: list[int]) -> onnx.ValueInfoProto:
    return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
