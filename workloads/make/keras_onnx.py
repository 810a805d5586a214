"""Turns a Keras network of convolutions, as TensorFlow.js stores it, into ONNX with the same ports.

Images come and go as NHWC, as in Keras, with a free batch dimension; between the ports they are NCHW, which is ONNX's
way. Supported is what ESRGAN-slim needs; anything else raises.
"""

import typing

import onnx

import onnx_nodes
import tfjs

Config = dict[str, typing.Any]


def convert(model: tfjs.Model, name: str, size: tuple[int, int], scale: int) -> onnx.ModelProto:
    """`size`: height and width of the input; `scale`: how many times as large the output is."""
    nodes = onnx_nodes.Nodes()
    config = model.topology["model_config"]["config"]
    values: dict[str, str] = {}  # layer -> NCHW
    port = ""
    for layer in config["layers"]:
        key, kind = layer["name"], layer["class_name"]
        if kind == "InputLayer":
            port = key
            values[key] = nodes.add("Transpose", [port], perm=[0, 3, 1, 2])
            continue
        if kind not in _HANDLERS:
            raise ValueError(f"Keras layer {kind} is not supported")
        inputs = [values[source[0]] for source in layer["inbound_nodes"][0]]
        weights = [model.weights[f"{key}/{part}"] for part in ("kernel", "bias")] if kind == "Conv2D" else []
        values[key] = _HANDLERS[kind](nodes, layer["config"], inputs, weights)
    last = config["output_layers"][0][0]
    nodes.add("Transpose", [values[last]], output=last, perm=[0, 2, 3, 1])
    large = [scale * side for side in size]
    return nodes.model(name, {port: (*size, 3)}, {last: (*large, 3)})


def _convolution(nodes: onnx_nodes.Nodes, config: Config, inputs: list[str], weights: list) -> str:
    kernel = config["kernel_size"]
    _require(config["padding"] == "same" or kernel == [1, 1], "a result smaller than its input")
    _require(config["strides"] == [1, 1] and config["dilation_rate"] == [1, 1], "strides or dilation")
    _require(config["use_bias"], "no bias")
    _require(all(side % 2 for side in kernel), "an even kernel")
    inputs = [*inputs, nodes.weight(weights[0].transpose(3, 2, 0, 1)), nodes.weight(weights[1])]
    result = nodes.add("Conv", inputs, kernel_shape=kernel, pads=[side // 2 for side in kernel] * 2)
    return result if config["activation"] == "linear" else _activation(nodes, config, [result], [])


def _activation(nodes: onnx_nodes.Nodes, config: Config, inputs: list[str], _weights: list) -> str:
    _require(config["activation"] == "relu", f"activation {config['activation']}")
    return nodes.add("Relu", inputs)


def _concatenation(nodes: onnx_nodes.Nodes, config: Config, inputs: list[str], _weights: list) -> str:
    _require(config["axis"] in (3, -1), "concatenation that is not of channels")
    return nodes.add("Concat", inputs, axis=1)


def _sum(nodes: onnx_nodes.Nodes, _config: Config, inputs: list[str], _weights: list) -> str:
    total = inputs[0]
    for other in inputs[1:]:
        total = nodes.add("Add", [total, other])
    return total


def _upsampling(nodes: onnx_nodes.Nodes, config: Config, inputs: list[str], _weights: list) -> str:
    _require(config.get("interpolation", "nearest") == "nearest", "interpolation")
    scales = nodes.numbers([1, 1, *config["size"]])
    return nodes.add("Resize", [inputs[0], "", scales], mode="nearest",
                     coordinate_transformation_mode="asymmetric", nearest_mode="floor")


def _require(condition: bool, what: str) -> None:
    if not condition:
        raise ValueError(f"a Keras layer with {what} is not supported")


_HANDLERS: dict[str, typing.Callable[[onnx_nodes.Nodes, Config, list[str], list], str]] = {
    "Activation": _activation,
    "Add": _sum,
    "Concatenate": _concatenation,
    "Conv2D": _convolution,
    "UpSampling2D": _upsampling,
}
