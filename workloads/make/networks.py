"""Classification networks in the shapes that were published, with weights of ours: for speed, not for meaning.

Weights are uniform and seeded. Each convolution then gets, from a pass of four pictures through the network, the scale
and bias of a batch normalization, folded as an exporter folds them: every channel has mean 0 and deviation `gain`
before its activation, however deep it is. Without that, the answers of a deep network with random weights hardly depend
on the picture, and activations vanish or explode.

The same bytes everywhere: no random number or weight passes through a function that differs by processor or library,
and what comes from sums of products is rounded far more coarsely than such sums differ.
"""

import dataclasses
import pathlib
import typing

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper

import common

SIDE = 224
CLASSES = 1000
CALIBRATION_PICTURES = 4
SAMPLES = 64
SEED = 224
PIXEL_MEAN, PIXEL_DEVIATION = 127.5, 64.0
REFERENCES = pathlib.Path(__file__).resolve().parent / "references"
_STEP = 1 / 256  # of biases, and of scales relative to their size

Arrays = dict[str, numpy.ndarray]


@dataclasses.dataclass
class Layer:
    op: str  # of ONNX
    inputs: tuple[str, ...]
    output: str
    attributes: dict[str, typing.Any] = dataclasses.field(default_factory=dict)
    weights: numpy.ndarray | None = None  # [out, in / group, ...], or [out, in] of Gemm
    bias: numpy.ndarray | None = None
    gain: float = 1.0


class Network:
    """Layers in order. Methods add one and give the name of its output."""

    def __init__(self, seed: int, side: int = SIDE, classes: int = CLASSES):
        """Of pictures of `side` x `side` pixels, a multiple of 32."""
        self.side, self.classes = side, classes
        self.layers: list[Layer] = []
        self._random = common.generator(seed)

    def conv(self, x: str, channels: tuple[int, int], kernel: int, *, stride: int = 1, group: int = 1,
             pads: tuple[int, ...] | None = None, gain: float = 1.0) -> str:
        """`pads`: top, left, bottom, right; by default those that keep the size of an odd kernel at stride 1."""
        shape = (channels[1], channels[0] // group, kernel, kernel)
        attributes = {"kernel_shape": [kernel] * 2, "strides": [stride] * 2, "group": group,
                      "pads": list(pads if pads is not None else [kernel // 2] * 4)}
        return self._add("Conv", (x,), attributes, self._uniform(shape), gain)

    def gemm(self, x: str, channels: tuple[int, int]) -> str:
        return self._add("Gemm", (x,), {"transB": 1}, self._uniform((channels[1], channels[0])))

    def relu(self, x: str) -> str:
        return self._add("Relu", (x,))

    def relu6(self, x: str) -> str:
        return self._add("Clip", (x,))

    def add(self, x: str, y: str) -> str:
        return self._add("Add", (x, y))

    def concat(self, x: str, y: str) -> str:
        return self._add("Concat", (x, y), {"axis": 1})

    def max_pool(self, x: str, pad: int = 0) -> str:
        return self._add("MaxPool", (x,), {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [pad] * 4})

    def average_all(self, x: str) -> str:
        return self._add("GlobalAveragePool", (x,))

    def flatten(self, x: str) -> str:
        return self._add("Flatten", (x,), {"axis": 1})

    def parameters(self) -> int:
        return sum(layer.weights.size + layer.weights.shape[0] for layer in self.layers if layer.weights is not None)

    def run(self, pictures: numpy.ndarray, visit: typing.Callable[[Layer, numpy.ndarray], None] | None = None,
            calibrate: bool = False) -> numpy.ndarray:
        """The answers to [N, 3, side, side], in double precision. `visit` sees the output of every layer."""
        values: Arrays = {"input": pictures.astype(numpy.float64)}
        last_use = {name: index for index, layer in enumerate(self.layers) for name in layer.inputs}
        for index, layer in enumerate(self.layers):
            inputs = [values[name] for name in layer.inputs]
            result = _run_layer(layer, inputs)
            if layer.weights is not None:
                result = _calibrated(layer, result) if calibrate else result + _per_channel(layer.bias, result)
            values[layer.output] = result
            if visit:
                visit(layer, result)
            for name in layer.inputs:
                if last_use[name] == index:
                    values.pop(name, None)
        return values[self.layers[-1].output]

    def model(self, name: str) -> onnx.ModelProto:
        """Shapes are those of a fixed picture and a free batch; weights and biases are initializers."""
        constants = [onnx.numpy_helper.from_array(numpy.float32(0), "low"),
                     onnx.numpy_helper.from_array(numpy.float32(6), "high")]
        if not any(layer.op == "Clip" for layer in self.layers):
            constants = []
        nodes = []
        for layer in self.layers:
            inputs = list(layer.inputs) + (["low", "high"] if layer.op == "Clip" else [])
            if layer.weights is not None:
                inputs += [f"{layer.output}.weight", f"{layer.output}.bias"]
                constants += [onnx.numpy_helper.from_array(layer.weights, inputs[-2]),
                              onnx.numpy_helper.from_array(layer.bias, inputs[-1])]
            nodes.append(onnx.helper.make_node(layer.op, inputs, [layer.output], name=layer.output,
                                               **layer.attributes))
        nodes[-1].output[0] = "logits"
        value = onnx.helper.make_tensor_value_info
        graph = onnx.helper.make_graph(
            nodes, name, [value("input", onnx.TensorProto.FLOAT, ["batch", 3, self.side, self.side])],
            [value("logits", onnx.TensorProto.FLOAT, ["batch", self.classes])], constants)
        return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8,
                                      producer_name="edgebench")

    def _add(self, op: str, inputs: tuple[str, ...], attributes: dict[str, typing.Any] | None = None,
             weights: numpy.ndarray | None = None, gain: float = 1.0) -> str:
        output = f"{op.lower()}{len(self.layers)}"
        self.layers.append(Layer(op, inputs, output, attributes or {}, weights, None, gain))
        return output

    def _uniform(self, shape: tuple[int, ...]) -> numpy.ndarray:
        return (self._random.random_sample(shape) * 2 - 1).astype(numpy.float32)


def pictures(first: int, count: int, side: int = SIDE) -> numpy.ndarray:
    """[count, 3, side, side] u8: patches of colour of three sizes and grain, so that each picture is a thing of its own."""
    made = numpy.empty((count, 3, side, side), numpy.uint8)
    for index in range(count):
        random = common.generator(SEED + first + index)
        total = numpy.zeros((3, side, side), numpy.int64)
        for cells, weight in ((2, 3), (side // 32, 3), (side // 8, 2)):
            patches = random.randint(0, 256, (3, cells, cells))
            total += weight * patches.repeat(side // cells, axis=1).repeat(side // cells, axis=2)
        total += random.randint(0, 256, (3, side, side))
        made[index] = numpy.clip((total // 9 - 127) * 3 // 2 + 127, 0, 255)
    return made


def normalized(pixels: numpy.ndarray) -> numpy.ndarray:
    return (pixels.astype(numpy.float32) - numpy.float32(PIXEL_MEAN)) / numpy.float32(PIXEL_DEVIATION)


def calibrated(network: Network) -> Network:
    network.run(normalized(pictures(SAMPLES, CALIBRATION_PICTURES, network.side)), calibrate=True)
    return network


def reference(network: Network, count: int = SAMPLES) -> numpy.ndarray:
    """[count, classes] answers in double precision, one picture at a time."""
    return numpy.concatenate([network.run(normalized(pictures(index, 1, network.side))) for index in range(count)])


def make(network: Network, name: str, out: pathlib.Path) -> None:
    """model.onnx, and for each sample its pixels and the answer that was computed in double precision."""
    (out / "samples").mkdir(parents=True, exist_ok=True)
    calibrated(network)
    (out / "model.onnx").write_bytes(network.model(name).SerializeToString())
    answers = read_reference(REFERENCES / f"{name}.i16", network.classes)
    samples = []
    for index in range(SAMPLES):
        files = {"pixels": (f"samples/{index:02d}.u8", pictures(index, 1, network.side)[0].tobytes()),
                 "logits": (f"samples/{index:02d}.f32", answers[index].astype("<f4").tobytes())}
        sample = {}
        for kind, (file, content) in files.items():
            (out / file).write_bytes(content)
            sample |= {kind: file, f"{kind}_sha256": common.sha256_of(out / file)}
        samples.append(sample)
    common.write_samples(samples, out / "samples.json")


def write_reference(answers: numpy.ndarray, file: pathlib.Path) -> None:
    """The largest magnitude as f32, then answers as i16 in units of it / 32767; little-endian."""
    largest = numpy.float32(numpy.abs(answers).max())
    steps = numpy.rint(answers / float(largest) * 32767).astype("<i2")
    file.write_bytes(largest.astype("<f4").tobytes() + steps.tobytes())


def read_reference(file: pathlib.Path, classes: int = CLASSES) -> numpy.ndarray:
    content = file.read_bytes()
    largest = numpy.frombuffer(content[:4], "<f4")[0]
    steps = numpy.frombuffer(content[4:], "<i2").reshape(-1, classes)
    return (steps * (float(largest) / 32767)).astype(numpy.float32)


def _per_channel(numbers: numpy.ndarray, like: numpy.ndarray) -> numpy.ndarray:
    return numbers.astype(numpy.float64).reshape((1, -1) + (1,) * (like.ndim - 2))


def _calibrated(layer: Layer, result: numpy.ndarray) -> numpy.ndarray:
    """Sets scale and bias of `layer` from its output without them, and gives the output with them."""
    axes = (0, *range(2, result.ndim))
    mean, deviation = result.mean(axis=axes), result.std(axis=axes)
    scale = layer.gain / numpy.maximum(deviation, 1e-3)
    exponent = numpy.frexp(scale)[1]
    scale = numpy.ldexp(numpy.rint(numpy.ldexp(scale, -exponent) / _STEP) * _STEP, exponent)
    bias = numpy.rint(-mean * scale / _STEP) * _STEP
    layer.weights = (layer.weights * scale.reshape((-1,) + (1,) * (layer.weights.ndim - 1))).astype(numpy.float32)
    layer.bias = bias.astype(numpy.float32)
    return result * _per_channel(scale, result) + _per_channel(bias, result)


def _run_layer(layer: Layer, inputs: list[numpy.ndarray]) -> numpy.ndarray:
    x = inputs[0]
    if layer.op == "Conv":
        return _convolution(layer, x)
    if layer.op == "Gemm":
        return x @ layer.weights.astype(numpy.float64).T
    if layer.op == "MaxPool":
        pad = layer.attributes["pads"][0]
        x = numpy.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), constant_values=-numpy.inf)
        return _windows(x, 3, 2).max(axis=(4, 5))
    return {"Relu": lambda: numpy.maximum(x, 0), "Clip": lambda: numpy.clip(x, 0, 6),
            "Add": lambda: x + inputs[1], "Concat": lambda: numpy.concatenate(inputs, axis=1),
            "GlobalAveragePool": lambda: x.mean(axis=(2, 3), keepdims=True),
            "Flatten": lambda: x.reshape(len(x), -1)}[layer.op]()


def _windows(x: numpy.ndarray, kernel: int, stride: int) -> numpy.ndarray:
    """[N, C, height, width, kernel, kernel]"""
    windows = numpy.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(2, 3))
    return windows[:, :, ::stride, ::stride]


def _convolution(layer: Layer, x: numpy.ndarray) -> numpy.ndarray:
    kernel, stride = layer.attributes["kernel_shape"][0], layer.attributes["strides"][0]
    top, left, bottom, right = layer.attributes["pads"]
    windows = _windows(numpy.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right))), kernel, stride)
    count, channels, height, width = windows.shape[:4]
    weights = layer.weights.astype(numpy.float64)
    if layer.attributes["group"] == channels:  # depthwise
        result = numpy.zeros((count, channels, height, width))
        for row in range(kernel):
            for column in range(kernel):
                result += windows[..., row, column] * weights[:, 0, row, column].reshape(1, -1, 1, 1)
        return result
    taps = windows.transpose(0, 1, 4, 5, 2, 3).reshape(count, channels * kernel * kernel, height * width)
    return (weights.reshape(len(weights), -1) @ taps).reshape(count, -1, height, width)
