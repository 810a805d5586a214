#!/usr/bin/python3 -B
"""Makes a quantized model (QuantizeLinear and DequantizeLinear around the float operators) of a float one, to test and
to time with.

usage: tests/tools/quantize_model.py MODEL.onnx OUT.onnx [--build DIR] [--backend vulkan|opencl]

Activations become u8 with a scale and zero point a tensor, from the range that they have when seeded noise runs through
the model on ONNX Runtime's CPU provider; weights i8 with a scale an output channel; biases i32. That is the form that
ONNX Runtime's own quantizer gives. It is no good quantizer: noise stands for data.
"""

import argparse
import pathlib
import sys

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "conformance"))

import driver  # noqa: E402  # pylint: disable=wrong-import-position

QUANTIZED = {"Conv", "Gemm", "MatMul", "Add", "Concat", "MaxPool", "AveragePool", "GlobalAveragePool"}
WEIGHTED = {"Conv": 0, "Gemm": 0, "MatMul": 1}  # the axis of the output channels in the weights
ACTIVATIONS = {"Relu", "Clip"}  # they ride behind an operator: nothing is quantized in between
SAME_SCALE = {"MaxPool"}  # what comes out is what went in
SEED = 5

Arrays = dict[str, numpy.ndarray]


def activations(graph: onnx.GraphProto) -> dict[str, str]:
    """The tensors to quantize, each with the one whose scale it has: itself, or the input of a pooling."""
    constants = {tensor.name for tensor in graph.initializer}
    consumers: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            consumers.setdefault(name, []).append(node)
    chosen: dict[str, str] = {}
    for node in graph.node:
        if node.op_type not in QUANTIZED:
            continue
        for name in node.input:
            if name and name not in constants:
                chosen.setdefault(name, name)
        output = node.output[0]
        behind = consumers.get(output, [])
        if len(behind) == 1 and behind[0].op_type in ACTIVATIONS:
            output = behind[0].output[0]
        chosen[output] = chosen[node.input[0]] if node.op_type in SAME_SCALE else output
    return chosen


def step_of(array: numpy.ndarray) -> tuple[numpy.float32, numpy.uint8]:
    """Scale and zero point such that the range, 0 included, is 0 to 255."""
    low, high = min(float(array.min()), 0.0), max(float(array.max()), 0.0)
    scale = numpy.float32((high - low) / 255 or 1)
    return scale, numpy.uint8(numpy.clip(numpy.rint(-low / float(scale)), 0, 255))


class Quantizer:
    def __init__(self, model: onnx.ModelProto, ranges: Arrays):
        self.graph = model.graph
        self.constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        self.nodes: list[onnx.NodeProto] = []
        self.made: Arrays = {}
        self.scales: dict[str, numpy.float32] = {}
        self.chosen = activations(model.graph)
        self.steps = {name: step_of(ranges[source]) for name, source in self.chosen.items()}

    def run(self) -> None:
        outputs = {value.name for value in self.graph.output}
        for value in self.graph.input:
            self.add_pair(value.name, value.name)
        for node in self.graph.node:
            copy = onnx.NodeProto()
            copy.CopyFrom(node)
            for index, name in enumerate(node.input):
                if node.op_type in WEIGHTED and index > 0 and name in self.constants:
                    copy.input[index] = self.weights(node, index)
                elif name in self.chosen:
                    copy.input[index] = f"{name}.real"
            self.nodes.append(copy)
            for index, name in enumerate(node.output):
                if name in self.chosen and name in outputs:
                    copy.output[index] = f"{name}.float"
                    self.add_pair(f"{name}.float", name, name)
                else:
                    self.add_pair(name, name)
        kept = {name for node in self.nodes for name in node.input}
        made = self.constants | self.made
        del self.graph.node[:], self.graph.initializer[:], self.graph.value_info[:]
        self.graph.node.extend(self.nodes)
        self.graph.initializer.extend(
            onnx.numpy_helper.from_array(numpy.asarray(made[name]), name) for name in made if name in kept)

    def add_pair(self, source: str, name: str, target: str = "") -> None:
        """QuantizeLinear and DequantizeLinear behind `source`, with the step of activation `name`."""
        if name not in self.chosen:
            return
        scale, zero = self.steps[name]
        self.made |= {f"{name}.scale": scale, f"{name}.zero": zero}
        around = [f"{name}.scale", f"{name}.zero"]
        self.nodes += [
            onnx.helper.make_node("QuantizeLinear", [source, *around], [f"{name}.steps"], name=f"{name}.quantize"),
            onnx.helper.make_node("DequantizeLinear", [f"{name}.steps", *around], [target or f"{name}.real"],
                                  name=f"{name}.dequantize")]

    def weights(self, node: onnx.NodeProto, index: int) -> str:
        """Of index 1 the weights, of index 2 the bias."""
        name, array = node.input[index], self.constants[node.input[index]]
        axis = 0
        if index == 1:
            turned = node.op_type == "Gemm" and not any(a.name == "transB" and a.i for a in node.attribute)
            axis = 1 if turned else array.ndim - 1 if node.op_type == "MatMul" else 0
            others = tuple(i for i in range(array.ndim) if i != axis)
            scale = numpy.maximum(numpy.abs(array).max(axis=others), 1e-6).astype(numpy.float32) / numpy.float32(127)
            limits, kind = (-127, 127), numpy.int8
        else:
            scale = self.made[f"{node.input[1]}.scale"] * self.steps[node.input[0]][0]
            limits, kind = (-2**31 + 1, 2**31 - 129), numpy.int32
        shape = [1] * array.ndim
        shape[axis] = -1
        steps = numpy.clip(numpy.rint(array.astype(numpy.float64) / scale.reshape(shape)), *limits).astype(kind)
        self.made |= {f"{name}.steps": steps, f"{name}.scale": scale, f"{name}.zero": numpy.zeros(scale.shape, kind)}
        self.nodes.append(onnx.helper.make_node("DequantizeLinear", [f"{name}.{part}" for part in ("steps", "scale", "zero")],
                                                [f"{name}.real"], name=f"{name}.dequantize", axis=axis))
        return f"{name}.real"


def ranges_of(model: onnx.ModelProto, runner: driver.Driver) -> Arrays:
    """What every activation is when noise runs through the model."""
    random = numpy.random.RandomState(SEED)
    inputs = {value.name: random.standard_normal([d.dim_value or 1 for d in value.type.tensor_type.shape.dim]).astype("f4")
              for value in model.graph.input}
    seen = onnx.ModelProto()
    seen.CopyFrom(model)
    known = {value.name for value in model.graph.output}
    seen.graph.output.extend(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
                             for name in activations(model.graph) if name not in known and name not in inputs)
    outcome = runner.run(seen, inputs, provider=False)
    if outcome.error:
        raise RuntimeError(f"the model does not run: {outcome.error}")
    return inputs | outcome.outputs


def quantized(model: onnx.ModelProto, ranges: Arrays) -> onnx.ModelProto:
    made = onnx.ModelProto()
    made.CopyFrom(model)
    Quantizer(made, ranges).run()
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "test", metavar="DIR")
    parser.add_argument("--backend", default="opencl", choices=("vulkan", "opencl"))
    options = parser.parse_args()
    model = onnx.load(options.model)
    with driver.Driver(options.build, options.backend) as runner:
        made = quantized(model, ranges_of(model, runner))
    onnx.checker.check_model(made)
    onnx.save(made, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
