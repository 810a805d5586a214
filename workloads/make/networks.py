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
import onnx_half

SIDE = 224
CLASSES = 1000
CALIBRATION_PICTURES = 4
SAMPLES = 64
SEED = 224
PIXEL_MEAN, PIXEL_DEVIATION = 127.5, 64.0
REFERENCES = pathlib.Path(__file__).resolve().parent / "references"
_STEP = 1 / 256  # of biases, and of scales relative to their size

Arrays = dict[str, numpy.ndarray | numpy.generic]


@dataclasses.dataclass
class Layer:
    op: str  # of ONNX
    inputs: tuple[str, ...]
    output: str
    attributes: dict[str, typing.Any] = dataclasses.field(default_factory=dict)
    weights: numpy.ndarray | None = None  # [out, in / group, ...], or [out, in] of Gemm
    bias: numpy.ndarray | None = None
    gain: float = 1.0  # deviation of the output of each channel, and its mean
    shift: float = 0.0
    constants: Arrays = dataclasses.field(default_factory=dict)  # inputs that are no weights


@dataclasses.dataclass(frozen=True)
class End:
    """An output of the graph, and its shape without the batch."""

    layer: str
    port: str
    shape: tuple[int, ...]


class Network:
    """Layers in order. Methods add one and give the name of its output; the last one's is the end unless ends are named."""

    def __init__(self, seed: int, side: int = SIDE, classes: int = CLASSES):
        """Of pictures of `side` x `side` pixels, a multiple of 32."""
        self.side, self.classes = side, classes
        self.layers: list[Layer] = []
        self._named_ends: list[End] = []
        self._random = common.generator(seed)

    def conv(self, x: str, channels: tuple[int, int], kernel: int, *, stride: int = 1, group: int = 1,
             pads: tuple[int, ...] | None = None, gain: float = 1.0, shift: float = 0.0) -> str:
        """`pads`: top, left, bottom, right; by default those that keep the size of an odd kernel at stride 1."""
        shape = (channels[1], channels[0] // group, kernel, kernel)
        attributes = {"kernel_shape": [kernel] * 2, "strides": [stride] * 2, "group": group,
                      "pads": list(pads if pads is not None else [kernel // 2] * 4)}
        name = self._add("Conv", (x,), attributes, self._uniform(shape))
        self.layers[-1].gain, self.layers[-1].shift = gain, shift
        return name

    def gemm(self, x: str, channels: tuple[int, int]) -> str:
        return self._add("Gemm", (x,), {"transB": 1}, self._uniform((channels[1], channels[0])))

    def relu(self, x: str) -> str:
        return self._add("Relu", (x,))

    def relu6(self, x: str) -> str:
        name = self._add("Clip", (x,))
        self.layers[-1].constants = {"low": numpy.float32(0), "high": numpy.float32(6)}
        return name

    def add(self, x: str, y: str) -> str:
        return self._add("Add", (x, y))

    def concat(self, *parts: str) -> str:
        return self._add("Concat", parts, {"axis": 1})

    def twice(self, x: str) -> str:
        """Each pixel becomes two by two."""
        name = self._add("Resize", (x,), {"mode": "nearest", "coordinate_transformation_mode": "asymmetric",
                                          "nearest_mode": "floor"})
        self.layers[-1].constants = {"": numpy.float32(0), "doubled": numpy.array([1, 1, 2, 2], numpy.float32)}
        return name

    def rows(self, x: str, count: int, numbers: int) -> str:
        """The channels of a map, place by place, as [count, numbers]."""
        name = self._add("Reshape", (self._add("Transpose", (x,), {"perm": [0, 2, 3, 1]}),))
        self.layers[-1].constants = {f"{name}.shape": numpy.array([-1, count, numbers], numpy.int64)}
        return name

    def max_pool(self, x: str, pad: int = 0) -> str:
        return self._add("MaxPool", (x,), {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [pad] * 4})

    def average_all(self, x: str) -> str:
        return self._add("GlobalAveragePool", (x,))

    def flatten(self, x: str) -> str:
        return self._add("Flatten", (x,), {"axis": 1})

    def end(self, x: str, port: str, shape: tuple[int, ...]) -> None:
        self._named_ends.append(End(x, port, shape))

    @property
    def ends(self) -> list[End]:
        return self._named_ends or [End(self.layers[-1].output, "logits", (self.classes,))]

    def parameters(self) -> int:
        return sum(layer.weights.size + layer.weights.shape[0] for layer in self.layers if layer.weights is not None)

    def run(self, pictures: numpy.ndarray, visit: typing.Callable[[Layer, numpy.ndarray], None] | None = None,
            calibrate: bool = False) -> numpy.ndarray:
        """The answers to [N, 3, side, side], in double precision, those of all ends side by side. `visit` sees the output of
        every layer.
        """
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
        return numpy.concatenate([values[end.layer].reshape(len(pictures), -1) for end in self.ends], axis=1)

    def model(self, name: str) -> onnx.ModelProto:
        """Shapes are those of a fixed picture and a free batch; weights and biases are initializers."""
        fixed = {part: array for layer in self.layers for part, array in layer.constants.items() if part}
        constants = [onnx.numpy_helper.from_array(array, part) for part, array in fixed.items()]
        ports = {end.layer: end.port for end in self.ends}
        nodes = []
        for layer in self.layers:
            inputs = [*layer.inputs, *layer.constants]
            if layer.weights is not None:
                inputs += [f"{layer.output}.weight", f"{layer.output}.bias"]
                constants += [onnx.numpy_helper.from_array(layer.weights, inputs[-2]),
                              onnx.numpy_helper.from_array(layer.bias, inputs[-1])]
            nodes.append(onnx.helper.make_node(layer.op, inputs, [ports.get(layer.output, layer.output)],
                                               name=layer.output, **layer.attributes))
        value = onnx.helper.make_tensor_value_info
        graph = onnx.helper.make_graph(
            nodes, name, [value("input", onnx.TensorProto.FLOAT, ["batch", 3, self.side, self.side])],
            [value(end.port, onnx.TensorProto.FLOAT, ["batch", *end.shape]) for end in self.ends], constants)
        return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8,
                                      producer_name="edgebench")

    def _add(self, op: str, inputs: tuple[str, ...], attributes: dict[str, typing.Any] | None = None,
             weights: numpy.ndarray | None = None) -> str:
        output = f"{op.lower()}{len(self.layers)}"
        self.layers.append(Layer(op, inputs, output, attributes or {}, weights))
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


def calibrated(network: Network, count: int = CALIBRATION_PICTURES) -> Network:
    """By `count` pictures that are no samples."""
    network.run(normalized(pictures(SAMPLES, count, network.side)), calibrate=True)
    return network


def reference(network: Network, count: int = SAMPLES) -> numpy.ndarray:
    """[count, numbers] answers in double precision, one picture at a time."""
    return numpy.concatenate([network.run(normalized(pictures(index, 1, network.side))) for index in range(count)])


def make(network: Network, name: str, out: pathlib.Path) -> None:
    """model.onnx, and the samples with the answers that are kept in references/."""
    calibrated(network)
    out.mkdir(parents=True, exist_ok=True)
    (out / "model.onnx").write_bytes(network.model(name).SerializeToString())
    make_samples(read_reference(REFERENCES / f"{name}.i16", network.classes), network.side, out)


def make_both(network: Network, name: str, count: int, out: pathlib.Path) -> None:
    """The same with `count` samples, and beside it fp16.onnx."""
    out.mkdir(parents=True, exist_ok=True)
    onnx_half.save_both(calibrated(network).model(name), out)
    make_samples(read_reference(REFERENCES / f"{name}.i16", network.classes)[:count], network.side, out)


def make_samples(answers: numpy.ndarray, side: int, out: pathlib.Path) -> None:
    """For each answer the pixels of its picture, and itself."""
    (out / "samples").mkdir(parents=True, exist_ok=True)
    samples = []
    for index in range(len(answers)):
        files = {"pixels": (f"samples/{index:02d}.u8", pictures(index, 1, side)[0].tobytes()),
                 "logits": (f"samples/{index:02d}.f32", answers[index].astype("<f4").tobytes())}
        sample = {}
        for kind, (file, content) in files.items():
            (out / file).write_bytes(content)
            sample |= {kind: file, f"{kind}_sha256": common.sha256_of(out / file)}
        samples.append(sample)
    common.write_samples(samples, out / "samples.json")


def write_reference(answers: numpy.ndarray, file: pathlib.Path) -> None:
    """The largest magnitude as f32, then answers as i16 in units of it / 32767; little-endian."""
    largest, steps = _in_steps(answers)
    file.write_bytes(largest.astype("<f4").tobytes() + steps.tobytes())


def read_reference(file: pathlib.Path, classes: int = CLASSES) -> numpy.ndarray:
    content = file.read_bytes()
    return _from_steps(numpy.frombuffer(content[:4], "<f4")[0],
                       numpy.frombuffer(content[4:], "<i2").reshape(-1, classes))


def rounded(answers: numpy.ndarray) -> numpy.ndarray:
    """As if written and read."""
    return _from_steps(*_in_steps(answers))


def _in_steps(answers: numpy.ndarray) -> tuple[numpy.float32, numpy.ndarray]:
    largest = numpy.float32(numpy.abs(answers).max())
    return largest, numpy.rint(answers / float(largest) * 32767).astype("<i2")


def _from_steps(largest: numpy.float32, steps: numpy.ndarray) -> numpy.ndarray:
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
    bias = numpy.rint((layer.shift - mean * scale) / _STEP) * _STEP
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
            "Flatten": lambda: x.reshape(len(x), -1), "Transpose": lambda: x.transpose(layer.attributes["perm"]),
            "Reshape": lambda: x.reshape(next(iter(layer.constants.values()))),
            "Resize": lambda: x.repeat(2, axis=2).repeat(2, axis=3)}[layer.op]()


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
