"""Flattens an ONNX graph: fixes inputs and shapes, folds constants, inlines each If whose condition is known.

Only what our models need. A node is folded when all its inputs are constant and FOLDERS knows its operator;
the rest of the graph keeps its nodes as they are, so results stay equal to the original's.
"""

import typing

import numpy as np
import onnx
from onnx import helper, numpy_helper, shape_inference

Inputs = list[typing.Optional[np.ndarray]]
Attributes = dict[str, typing.Any]


def _slice(inputs: Inputs, _: Attributes) -> np.ndarray:
    data, starts, ends = inputs[0], inputs[1], inputs[2]
    axes = inputs[3] if len(inputs) > 3 and inputs[3] is not None else np.arange(len(starts))
    steps = inputs[4] if len(inputs) > 4 and inputs[4] is not None else np.ones(len(starts), np.int64)
    index = [slice(None)] * data.ndim
    for start, end, axis, step in zip(starts.tolist(), ends.tolist(), axes.tolist(), steps.tolist()):
        low = end < -data.shape[axis]  # numpy would count such an end from the back again
        index[axis] = slice(start, None if step < 0 and low else end, step)
    return data[tuple(index)]


def _unsqueeze(inputs: Inputs, _: Attributes) -> np.ndarray:
    return np.expand_dims(inputs[0], tuple(inputs[1].reshape(-1).tolist()))


def _squeeze(inputs: Inputs, _: Attributes) -> np.ndarray:
    axes = tuple(inputs[1].reshape(-1).tolist()) if len(inputs) > 1 else None
    return np.squeeze(inputs[0], axes)


def _constant_of_shape(inputs: Inputs, attributes: Attributes) -> np.ndarray:
    value = numpy_helper.to_array(attributes["value"]) if "value" in attributes else np.zeros(1, np.float32)
    return np.full(inputs[0].tolist(), value[0], value.dtype)


def _reshape(inputs: Inputs, attributes: Attributes) -> np.ndarray:
    shape = inputs[1].tolist()
    if not attributes.get("allowzero", 0):
        shape = [inputs[0].shape[i] if size == 0 else size for i, size in enumerate(shape)]
    return inputs[0].reshape(shape)


FOLDERS: dict[str, typing.Callable[[Inputs, Attributes], np.ndarray]] = {
    "Cast": lambda i, a: i[0].astype(onnx.mapping.TENSOR_TYPE_TO_NP_TYPE[a["to"]]),
    "Concat": lambda i, a: np.concatenate(i, a["axis"]),
    "Constant": lambda i, a: numpy_helper.to_array(a["value"]),
    "ConstantOfShape": _constant_of_shape,
    "Equal": lambda i, a: np.equal(i[0], i[1]),
    "Gather": lambda i, a: np.take(i[0], i[1], a.get("axis", 0)),
    "Identity": lambda i, a: i[0],
    "Not": lambda i, a: np.logical_not(i[0]),
    "Reshape": _reshape,
    "Size": lambda i, a: np.array(i[0].size, np.int64),
    "Slice": _slice,
    "Squeeze": _squeeze,
    "Transpose": lambda i, a: np.transpose(i[0], a.get("perm")),
    "Unsqueeze": _unsqueeze,
}


def _attributes(node: onnx.NodeProto) -> Attributes:
    return {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}


def _replace_inputs(node: onnx.NodeProto, alias: dict[str, str]) -> None:
    """Also inside the node's branches, which may use any outer name."""
    node.input[:] = [alias.get(name, name) for name in node.input]
    for attribute in node.attribute:
        if attribute.type == onnx.AttributeProto.GRAPH:
            for inner in attribute.g.node:
                _replace_inputs(inner, alias)


class _Flattener:
    def __init__(
        self, model: onnx.ModelProto, fixed: dict[str, np.ndarray], shapes: dict[str, list[int]]
    ) -> None:
        self.model = model
        self.constants = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
        self.constants.update(fixed)
        self.inputs = [
            helper.make_tensor_value_info(i.name, i.type.tensor_type.elem_type, shapes[i.name])
            for i in model.graph.input
            if i.name not in fixed and i.name not in self.constants
        ]
        self.outputs = [
            helper.make_tensor_value_info(o.name, o.type.tensor_type.elem_type, shapes[o.name])
            for o in model.graph.output
        ]
        self.nodes = list(model.graph.node)
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.types: dict[str, int] = {}

    def run(self) -> onnx.ModelProto:
        while self._step():
            self._infer()
        self._name_outputs()
        self._drop_dead()
        return self._model()

    def _step(self) -> bool:
        """One pass over the nodes; says whether anything changed."""
        before, self.nodes, changed, alias = self.nodes, [], False, {}
        for node in before:
            _replace_inputs(node, alias)
            taken = self._taken_branch(node)
            if taken is not None:
                self.nodes.extend(taken)
            elif self._fold(node):
                pass
            elif self._changes_nothing(node) and node.output[0] not in self._output_names():
                alias[node.output[0]] = node.input[0]
            else:
                self.nodes.append(node)
                continue
            changed = True
        return changed

    def _output_names(self) -> set[str]:
        return {output.name for output in self.outputs}

    def _taken_branch(self, node: onnx.NodeProto) -> list[onnx.NodeProto] | None:
        if node.op_type != "If" or node.input[0] not in self.constants:
            return None
        condition = bool(self.constants[node.input[0]].reshape(-1)[0])
        branch = _attributes(node)["then_branch" if condition else "else_branch"]
        for initializer in branch.initializer:
            self.constants[initializer.name] = numpy_helper.to_array(initializer)
        links = [
            helper.make_node("Identity", [inner.name], [outer])
            for inner, outer in zip(branch.output, node.output)
        ]
        return list(branch.node) + links

    def _fold(self, node: onnx.NodeProto) -> bool:
        if node.op_type == "Shape" and node.input[0] in self.shapes:
            self.constants[node.output[0]] = np.array(self.shapes[node.input[0]], np.int64)
            return True
        known = all(name == "" or name in self.constants for name in node.input)
        if not known or node.op_type not in FOLDERS:
            return False
        inputs = [self.constants.get(name) for name in node.input]
        self.constants[node.output[0]] = np.asarray(FOLDERS[node.op_type](inputs, _attributes(node)))
        return True

    def _changes_nothing(self, node: onnx.NodeProto) -> bool:
        if node.op_type == "Identity":
            return True
        if node.op_type == "Cast":
            return self.types.get(node.input[0]) == _attributes(node)["to"]
        if node.op_type != "Slice":
            return False
        steps = self.constants.get(node.input[4]) if len(node.input) > 4 else np.ones(1)
        same = self.shapes.get(node.input[0], 0) == self.shapes.get(node.output[0], 1)
        return same and steps is not None and bool((steps == 1).all())

    def _infer(self) -> None:
        inferred = shape_inference.infer_shapes(self._model(), strict_mode=False).graph
        self.shapes = {name: value.shape for name, value in self.constants.items()}
        for info in [*inferred.input, *inferred.value_info]:
            tensor = info.type.tensor_type
            self.types[info.name] = tensor.elem_type
            if tensor.HasField("shape") and all(d.HasField("dim_value") for d in tensor.shape.dim):
                self.shapes[info.name] = tuple(d.dim_value for d in tensor.shape.dim)

    def _name_outputs(self) -> None:
        """Lets the node that makes an output carry its name, instead of an Identity behind it."""
        made = {name for node in self.nodes for name in node.output if node.op_type != "Identity"}
        links = [n for n in self.nodes if n.op_type == "Identity" and n.output[0] in self._output_names()]
        alias = {n.input[0]: n.output[0] for n in links if n.input[0] in made}
        self.nodes = [n for n in self.nodes if n not in links or n.input[0] not in alias]
        for node in self.nodes:
            _replace_inputs(node, alias)
            node.output[:] = [alias.get(name, name) for name in node.output]

    def _drop_dead(self) -> None:
        needed, kept = self._output_names(), []
        for node in reversed(self.nodes):
            if needed.intersection(node.output):
                needed.update(node.input)
                kept.append(node)
        self.nodes = kept[::-1]
        self.constants = {name: value for name, value in self.constants.items() if name in needed}

    def _model(self) -> onnx.ModelProto:
        initializers = [numpy_helper.from_array(value, name) for name, value in self.constants.items()]
        graph = helper.make_graph(self.nodes, self.model.graph.name, self.inputs, self.outputs, initializers)
        model = helper.make_model(graph, opset_imports=self.model.opset_import, producer_name="edgebench")
        model.ir_version = self.model.ir_version
        return model


def _rename(model: onnx.ModelProto, prefix: str) -> None:
    """Cuts `prefix` off all inner names and gives every node a unique name."""
    for initializer in model.graph.initializer:
        initializer.name = initializer.name.removeprefix(prefix)
    seen: dict[str, int] = {}
    for node in model.graph.node:
        node.input[:] = [name.removeprefix(prefix) for name in node.input]
        node.output[:] = [name.removeprefix(prefix) for name in node.output]
        name = node.name.removeprefix(prefix) or node.op_type
        seen[name] = seen.get(name, 0) + 1
        node.name = name if seen[name] == 1 else f"{name}_{seen[name]}"


def flatten(
    model: onnx.ModelProto, fixed: dict[str, np.ndarray], shapes: dict[str, list[int]], prefix: str = ""
) -> onnx.ModelProto:
    """Returns `model` with inputs `fixed` constant, `shapes` for all other inputs and outputs, and no If.

    `prefix` is cut off the names of inner values and nodes.
    """
    flat = _Flattener(model, fixed, shapes).run()
    left = sorted({node.op_type for node in flat.graph.node if node.op_type in ("If", "Loop", "Shape")})
    if left:
        raise ValueError(f"{', '.join(left)} cannot be removed with these inputs and shapes")
    _rename(flat, prefix)
    onnx.checker.check_model(flat, full_check=True)
    return flat
