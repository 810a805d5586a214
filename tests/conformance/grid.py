"""What a conformance case is, and the words in which the tables of cases are written."""

import dataclasses
import typing
import zlib

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper

TYPES = {"f32": onnx.TensorProto.FLOAT, "f16": onnx.TensorProto.FLOAT16, "i8": onnx.TensorProto.INT8,
         "u8": onnx.TensorProto.UINT8, "i32": onnx.TensorProto.INT32, "i64": onnx.TensorProto.INT64,
         "bool": onnx.TensorProto.BOOL}
NUMPY = {"f32": numpy.float32, "f16": numpy.float16, "i8": numpy.int8, "u8": numpy.uint8, "i32": numpy.int32,
         "i64": numpy.int64, "bool": numpy.bool_}
OPSET = 17
# Of the deviation of the expected numbers, and of each of them: rounding in another order and no more.
TOLERANCE = 2e-5
# Sums of hundreds of products; and Winograd's transforms, which cost two to three digits.
SUMS = 1e-4
WINOGRAD = 1e-3


@dataclasses.dataclass(frozen=True)
class Tensor:
    shape: tuple[int, ...]
    type: str = "f32"
    low: float = -1
    high: float = 1
    values: tuple[typing.Any, ...] | None = None
    is_constant: bool = False

    def array(self, random: numpy.random.RandomState) -> numpy.ndarray:
        if self.values is not None:
            return numpy.array(self.values, NUMPY[self.type]).reshape(self.shape)
        if self.type == "bool":
            return random.randint(0, 2, self.shape).astype(numpy.bool_)
        if self.type in ("f32", "f16"):
            return random.uniform(self.low, self.high, self.shape).astype(NUMPY[self.type])
        return random.randint(int(self.low), int(self.high) + 1, self.shape).astype(NUMPY[self.type])


def x(*shape: int, low: float = -1, high: float = 1, type: str = "f32") -> Tensor:  # noqa: A002
    """Given at run time."""
    return Tensor(shape, type, low, high)


def w(*shape: int, low: float = -1, high: float = 1, type: str = "f32") -> Tensor:  # noqa: A002
    """A constant of the model."""
    return Tensor(shape, type, low, high, is_constant=True)


def ints(*values: int, type: str = "i64") -> Tensor:  # noqa: A002
    """A constant list of whole numbers: a shape, axes, pads."""
    return Tensor((len(values),), type, values=values, is_constant=True)


def scalar(value: float, type: str = "f32") -> Tensor:  # noqa: A002
    return Tensor((), type, values=(value,), is_constant=True)


def floats(*values: float) -> Tensor:
    return Tensor((len(values),), "f32", values=values, is_constant=True)


@dataclasses.dataclass
class Case:
    name: str
    nodes: list[onnx.NodeProto]
    inputs: dict[str, Tensor]
    outputs: dict[str, str]  # name: type
    tolerance: float = TOLERANCE
    opset: int = OPSET
    steps: int = 0  # whole numbers may differ by so much, a few of them
    options: dict[str, str] = dataclasses.field(default_factory=dict)  # of our provider

    def model_and_inputs(self) -> tuple[onnx.ModelProto, dict[str, numpy.ndarray]]:
        """The same numbers in every run: they follow from the name."""
        random = numpy.random.RandomState(zlib.crc32(self.name.encode()))
        arrays = {name: tensor.array(random) for name, tensor in self.inputs.items()}
        value = onnx.helper.make_tensor_value_info
        fixed = {name for name, tensor in self.inputs.items() if tensor.is_constant}
        graph = onnx.helper.make_graph(
            self.nodes, "case",
            [value(name, TYPES[tensor.type], tensor.shape) for name, tensor in self.inputs.items() if name not in fixed],
            [value(name, TYPES[kind], None) for name, kind in self.outputs.items()],
            [onnx.numpy_helper.from_array(arrays[name], name) for name in sorted(fixed)])
        sets = [onnx.helper.make_opsetid("", self.opset), onnx.helper.make_opsetid("com.microsoft", 1)]
        model = onnx.helper.make_model(graph, opset_imports=sets, ir_version=8, producer_name="edgebench-tests")
        return model, {name: array for name, array in arrays.items() if name not in fixed}


def one(op: str, *inputs: Tensor | None, label: str = "", out: str | tuple[str, ...] = "", tolerance: float = TOLERANCE,
        opset: int = OPSET, domain: str = "", **attributes: typing.Any) -> Case:
    """A node. Its name says all: operator, shapes, attributes. `out`: types of outputs, by default that of the first
    input."""
    names = [f"in{index}" if tensor else "" for index, tensor in enumerate(inputs)]
    kinds = (out,) if isinstance(out, str) else out
    kinds = tuple(kind or inputs[0].type for kind in kinds)
    outputs = {f"out{index}": kind for index, kind in enumerate(kinds)}
    node = onnx.helper.make_node(op, names, list(outputs), name="node", domain=domain, **attributes)
    words = [op, *(_text(tensor) for tensor in inputs), *(f"{key}={_value(item)}" for key, item in attributes.items())]
    if opset != OPSET:
        words.append(f"opset={opset}")
    given = {name: tensor for name, tensor in zip(names, inputs) if tensor}
    return Case(" ".join(words + ([label] if label else [])), [node], given, outputs, tolerance, opset)


def graph(name: str, inputs: dict[str, Tensor], *nodes: tuple[typing.Any, ...], out: str = "y", kind: str = "f32",
          tolerance: float = SUMS, opset: int = OPSET) -> Case:
    """Several nodes, each (operator, "inputs", "output", {attributes}); what the planner makes of them together."""
    made = [onnx.helper.make_node(op, source.split(" "), target.split(" "), name=f"node{index}", **(rest[0] if rest else {}))
            for index, (op, source, target, *rest) in enumerate(nodes)]
    return Case(f"graph {name}", made, inputs, {item: kind for item in out.split()}, tolerance, opset)


def _text(tensor: Tensor | None) -> str:
    if tensor is None:
        return "-"
    if tensor.values is not None:
        return "(" + ",".join(f"{value:g}" for value in tensor.values) + ")"
    kind = "" if tensor.type == "f32" else f":{tensor.type}"
    return "x".join(map(str, tensor.shape)) + kind + ("c" if tensor.is_constant else "") if tensor.shape else f"scalar{kind}"


def _value(item: typing.Any) -> str:
    return ",".join(map(str, item)) if isinstance(item, (list, tuple)) else str(item)
