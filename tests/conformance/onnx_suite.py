"""The ONNX project's own tests of operators, through one of our execution providers.

A test passes if every node of its model ran on the device and the outputs are the expected ones. What counts as a node
is what is left of the model when the runtime hands out nodes; nothing is excused for being small.

Tests hand over as run-time inputs what networks have as constants: shapes, axes, pads, scales, weights. No provider that
compiles for fixed shapes can take those, so a test is tried in three forms, and the first that runs wholly on the device
counts: as it is; with such parameters as constants; and that optimized by the runtime, which folds what is computed from
constants only. Whatever ran on the device must be right in every form, even if it was a part of the model only.
"""

import collections
import dataclasses
import fnmatch
import pathlib
import typing

import numpy
import onnx
import onnx.numpy_helper

import driver

FOLDERS = ("node", "pytorch-converted", "pytorch-operator", "simple")
DATA = pathlib.Path("/usr/share/libonnx-testdata/data")
RELATIVE, ABSOLUTE = 1e-3, 1e-7  # the ONNX project's own

# Where the expected numbers cannot be met within ABSOLUTE: name pattern, absolute tolerance, reason.
LOOSER: tuple[tuple[str, float, str], ...] = (
    ("test_Conv*", 1e-5, "sums of products that cancel, in another order"),
    ("test_Linear*", 1e-5, "sums of products that cancel, in another order"),
    ("test_operator_*", 1e-5, "sums of products that cancel, in another order"),
)

# Their outputs are random numbers: there is nothing to compare with.
RANDOM = ("test_bernoulli*",)

# Inputs that are constants in networks, by operator.
PARAMETERS: dict[str, tuple[int, ...]] = {
    "BatchNormalization": (1, 2, 3, 4), "Clip": (1, 2), "Conv": (1, 2), "ConvTranspose": (1, 2), "CumSum": (1,),
    "DequantizeLinear": (1, 2), "Dropout": (1, 2), "Expand": (1,), "GRU": (1, 2, 3, 4), "Gemm": (1, 2),
    "InstanceNormalization": (1, 2), "LSTM": (1, 2, 3, 4, 7), "LayerNormalization": (1, 2), "OneHot": (1, 2),
    "PRelu": (1,), "Pad": (1, 2, 3), "QLinearConv": (1, 2, 3, 4, 5, 6, 7, 8), "QLinearMatMul": (1, 2, 4, 5, 6, 7),
    "QuantizeLinear": (1, 2), "RNN": (1, 2, 3, 4), "ReduceSum": (1,), "Reshape": (1,), "Resize": (1, 2, 3),
    "Slice": (1, 2, 3, 4), "Split": (1,), "Squeeze": (1,), "Tile": (1,), "TopK": (1,), "Trilu": (1,),
    "Unsqueeze": (1,), "Upsample": (1,),
}


@dataclasses.dataclass
class Verdict:
    name: str
    kind: str  # "passed", "not claimed", "failed"
    reason: str  # of the last two
    form: str  # of a passed one


@dataclasses.dataclass
class Case:
    name: str
    model: onnx.ModelProto
    inputs: dict[str, numpy.ndarray]
    expected: dict[str, numpy.ndarray]


def find_tests(data: pathlib.Path, pattern: str) -> list[pathlib.Path]:
    folders = sorted(path.parent for name in FOLDERS for path in (data / name).glob("*/model.onnx"))
    return [folder for folder in folders if fnmatch.fnmatch(folder.name, pattern)
            or fnmatch.fnmatch(folder.name.removeprefix("test_"), pattern)]


def load_case(folder: pathlib.Path) -> Case | str:
    """The test, or why it is not one of tensors."""
    model = onnx.load(str(folder / "model.onnx"))
    sets = sorted(folder.glob("test_data_set_*"))
    constants = {item.name for item in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in constants]
    read: list[dict[str, numpy.ndarray]] = []
    for kind, values in (("input", inputs), ("output", list(model.graph.output))):
        tensors = {}
        for index, value in enumerate(values):
            if value.type.WhichOneof("value") != "tensor_type":
                return f"an {kind} is a {value.type.WhichOneof('value').removesuffix('_type')}"
            if value.type.tensor_type.elem_type in (onnx.TensorProto.STRING, onnx.TensorProto.BFLOAT16):
                return f"{kind} of {onnx.TensorProto.DataType.Name(value.type.tensor_type.elem_type).lower()}"
            file = sets[0] / f"{kind}_{index}.pb"
            tensors[value.name] = onnx.numpy_helper.to_array(onnx.load_tensor(str(file)))
        read.append(tensors)
    return Case(folder.name, model, *read)


def with_constants(case: Case) -> Case | None:
    """The parameters of operators as constants; nothing if there are none, or if no input would be left."""
    frozen = {node.input[index] for node in case.model.graph.node for index in PARAMETERS.get(node.op_type, ())
              if index < len(node.input) and node.input[index] in case.inputs}
    if not frozen or len(frozen) == len(case.inputs):
        return None
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    del model.graph.input[:]
    model.graph.input.extend(value for value in case.model.graph.input if value.name not in frozen)
    for name in sorted(frozen):
        model.graph.initializer.append(onnx.numpy_helper.from_array(case.inputs[name], name))
    inputs = {name: value for name, value in case.inputs.items() if name not in frozen}
    return Case(case.name, model, inputs, case.expected)


def forms(case: Case) -> typing.Iterator[tuple[str, Case, bool]]:
    """Name, test, and whether the runtime optimizes it."""
    yield "as it is", case, False
    constant = with_constants(case)
    if constant:
        yield "parameters as constants", constant, False
    if len(case.model.graph.node) > 1 or constant:
        yield "optimized by the runtime", constant or case, True


def judge(runner: driver.Driver, folder: pathlib.Path) -> Verdict:
    case = load_case(folder)
    if isinstance(case, str):
        return Verdict(folder.name, "not claimed", case, "")
    if any(fnmatch.fnmatch(case.name, pattern) for pattern in RANDOM):
        return Verdict(case.name, "not claimed", "its outputs are random numbers", "")
    reasons: list[str] = []
    for form, variant, optimize in forms(case):
        outcome = runner.run(variant.model, variant.inputs, optimize=optimize)
        if outcome.error:
            reason = _error_of(runner, variant, outcome, optimize)
            if reason:
                return Verdict(case.name, "failed", f"{reason} ({form})", form)
            reasons.append(f"the runtime itself: {_short(outcome.error)}")
            continue
        if outcome.outputs and (wrong := _wrong(case, outcome.outputs)):
            return Verdict(case.name, "failed", f"{wrong} ({form}; on the device: "
                           f"{', '.join(sorted(set(outcome.on_device())))})", form)
        if outcome.outputs and outcome.on_device() and not outcome.on_host():
            return Verdict(case.name, "passed", "", form)
        reasons.append(_why_not(outcome))
    return Verdict(case.name, "not claimed", reasons[-1], "")


def _error_of(runner: driver.Driver, case: Case, outcome: driver.Outcome, optimize: bool) -> str:
    """Whose fault an error is: empty where the runtime alone has it, too."""
    if outcome.phase != "crash":
        alone = runner.run(case.model, case.inputs, provider=False, optimize=optimize)
        if alone.error:
            return ""
    return f"{outcome.phase}: {outcome.error}"


def _wrong(case: Case, outputs: dict[str, numpy.ndarray]) -> str:
    absolute = next((tolerance for pattern, tolerance, _ in LOOSER if fnmatch.fnmatch(case.name, pattern)), ABSOLUTE)
    for name, expected in case.expected.items():
        if name and (wrong := driver.difference(outputs[name], expected, RELATIVE, absolute)):
            return f"{name}: {wrong}"
    return ""


def _why_not(outcome: driver.Outcome) -> str:
    # The runtime asks again about what it handed out already.
    refused = sorted({f"{op}: {reason}" for op, reason in outcome.refused if "it belongs to" not in reason})
    if refused:
        return "; ".join(refused)
    hosts = sorted(set(outcome.on_host()))
    return f"on the host: {', '.join(hosts)}" if hosts else "no node is left"


def _short(error: str) -> str:
    signs = ("is not a registered function/op", "Could not find an implementation", "is under development")
    return "it lacks the operator or its version" if any(sign in error for sign in signs) else error[:120]


def summary(verdicts: list[Verdict]) -> str:
    """The reasons, grouped, and the counts as the last line."""
    lines = []
    groups = collections.defaultdict(list)
    for verdict in verdicts:
        if verdict.kind == "not claimed":
            groups[verdict.reason].append(verdict.name)
    for reason, names in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        more = f", ... ({len(names)})" if len(names) > 3 else ""
        lines.append(f"not claimed  {reason}: {', '.join(names[:3])}{more}")
    forms_of = collections.Counter(verdict.form for verdict in verdicts if verdict.kind == "passed")
    lines += [f"passed       {form}: {count}" for form, count in forms_of.most_common()]
    lines += [f"failed       {verdict.name}: {verdict.reason}" for verdict in verdicts if verdict.kind == "failed"]
    counts = collections.Counter(verdict.kind for verdict in verdicts)
    lines.append(f"passed {counts['passed']}, not claimed {counts['not claimed']}, failed {counts['failed']}")
    return "\n".join(lines)
