"""An FP32 graph in half precision: weights and tensors are halves, what comes in and goes out stays FP32."""

import pathlib

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper

SINGLE, HALF = onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16
SUFFIX = ".half"


def save_both(model: onnx.ModelProto, out: pathlib.Path) -> None:
    """model.onnx as it is, fp16.onnx in half precision."""
    for file, precision in (("model.onnx", model), ("fp16.onnx", halved(model))):
        (out / file).write_bytes(precision.SerializeToString(deterministic=True))


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """Of a graph without inner graphs."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    scales = {name for node in graph.node if node.op_type == "Resize" for name in node.input[1:]}  # FP32 in any graph
    for tensor in graph.initializer:
        if tensor.name not in scales:
            _halve(tensor)
    for node in graph.node:
        _halve_attributes(node, scales)
    del graph.value_info[:]
    inner = list(graph.node)
    constants = {tensor.name for tensor in graph.initializer}
    inputs = [port.name for port in graph.input if _is_single(port) and port.name not in constants]
    outputs = [port.name for port in graph.output if _is_single(port)]
    names = {name: name + SUFFIX for name in (*inputs, *outputs)}
    for node in inner:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    del graph.node[:]
    graph.node.extend([*(_cast(name, name + SUFFIX, HALF) for name in inputs), *inner,
                       *(_cast(name + SUFFIX, name, SINGLE) for name in outputs)])
    onnx.checker.check_model(result, full_check=True)
    return result


def _is_single(port: onnx.ValueInfoProto) -> bool:
    return port.type.tensor_type.elem_type == SINGLE


def _cast(source: str, target: str, to: int) -> onnx.NodeProto:
    return onnx.helper.make_node("Cast", [source], [target], name=f"cast_{target}", to=to)


def _halve(tensor: onnx.TensorProto) -> None:
    if tensor.data_type != SINGLE:
        return
    numbers = onnx.numpy_helper.to_array(tensor)
    if not (numpy.abs(numbers) <= numpy.finfo(numpy.float16).max).all():
        raise ValueError(f"{tensor.name}: holds numbers beyond half precision")
    tensor.CopyFrom(onnx.numpy_helper.from_array(numbers.astype(numpy.float16), tensor.name))


def _halve_attributes(node: onnx.NodeProto, kept: set[str]) -> None:
    for attribute in node.attribute:
        if attribute.type in (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS):
            raise ValueError(f"{node.name}: a node with a graph inside is not supported")
        if attribute.type == onnx.AttributeProto.TENSOR and not kept.intersection(node.output):
            _halve(attribute.t)
        if node.op_type == "Cast" and attribute.name == "to" and attribute.i == SINGLE:
            attribute.i = HALF
