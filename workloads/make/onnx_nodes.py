"""Nodes and FP32 weights of an ONNX graph in the making, for converters of networks from other formats."""

import collections.abc
import typing

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper

OPSET = 13
IR_VERSION = 7
BATCH = "batch"

Shapes = collections.abc.Mapping[str, collections.abc.Sequence[int]]  # of ports, without their batch dimension


class Nodes:
    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def add(self, kind: str, inputs: list[str], output: str = "", **attributes: typing.Any) -> str:
        """Gives the name of the node's output, which is made up unless it is given."""
        output = output or f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(onnx.helper.make_node(kind, inputs, [output], name=f"node_{output}", **attributes))
        return output

    def weight(self, array: numpy.ndarray) -> str:
        return self._constant(numpy.array(array, numpy.float32, order="C"))

    def number(self, value: float) -> str:
        return self._constant(numpy.array(value, numpy.float32))

    def numbers(self, values: collections.abc.Sequence[float]) -> str:
        return self.weight(numpy.array(values))

    def integers(self, values: collections.abc.Sequence[int]) -> str:
        return self._constant(numpy.array(values, numpy.int64))

    def _constant(self, array: numpy.ndarray) -> str:
        name = f"weight_{len(self._weights)}"
        self._weights.append(onnx.numpy_helper.from_array(array, name))
        return name

    def model(self, name: str, inputs: Shapes, outputs: Shapes) -> onnx.ModelProto:
        """Ports are FP32 with a free batch dimension before the shape given."""
        graph = onnx.helper.make_graph(self._nodes, name, _ports(inputs), _ports(outputs), self._weights)
        opset = onnx.helper.make_opsetid("", OPSET)
        model = onnx.helper.make_model(graph, opset_imports=[opset], producer_name="edgebench")
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model, full_check=True)
        return model


def _ports(shapes: Shapes) -> list[onnx.ValueInfoProto]:
    return [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [BATCH, *shape])
            for name, shape in shapes.items()]
