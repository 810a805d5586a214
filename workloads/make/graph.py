"""An ONNX graph that is written node by node, in fp32 or in halves."""

import typing

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper


class Graph:
    """Nodes in order; each method adds some and gives the name of the last one's output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def node(self, op: str, name: str, inputs: list[str], **attributes: typing.Any) -> str:
        self.nodes.append(onnx.helper.make_node(op, inputs, [f"{name}:0"], name=name, **attributes))
        return f"{name}:0"

    def constant(self, name: str, values: numpy.ndarray | numpy.generic) -> str:
        self.constants.append(onnx.numpy_helper.from_array(values, name))
        return name

    def begin(self, name: str) -> str:
        return name

    def end(self, last: str, name: str) -> None:
        """Gives the output of the node that was added last the name of an output of the graph."""
        assert self.nodes[-1].output[0] == last
        self.nodes[-1].output[0] = name

    @property
    def real(self) -> int:
        """The type of tensors of real numbers."""
        return onnx.TensorProto.FLOAT

    def finished(self, name: str, inputs: list[onnx.ValueInfoProto],
                 outputs: list[onnx.ValueInfoProto]) -> onnx.ModelProto:
        graph = onnx.helper.make_graph(self.nodes, name, inputs, outputs, self.constants)
        return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8,
                                      producer_name="edgebench")


class HalfGraph(Graph):
    """Real constants and tensors are halves; what comes and goes is f32."""

    def constant(self, name: str, values: numpy.ndarray | numpy.generic) -> str:
        return super().constant(name, values.astype(numpy.float16) if values.dtype.kind == "f" else values)

    def begin(self, name: str) -> str:
        return self.node("Cast", f"{name}.half", [name], to=onnx.TensorProto.FLOAT16)

    def end(self, last: str, name: str) -> None:
        super().end(self.node("Cast", f"{name}.single", [last], to=onnx.TensorProto.FLOAT), name)

    @property
    def real(self) -> int:
        return onnx.TensorProto.FLOAT16
