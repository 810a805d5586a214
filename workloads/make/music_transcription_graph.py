"""Spotify's Basic Pitch as an ONNX graph of its own, node by node, with the weights that are published.

From two seconds of sound to a constant-Q spectrum, in which each octave is filtered at half the rate of the one above
it; seven of its harmonics beside it as channels; then small convolutions. Against the published graph nothing is
computed twice, factors that cancel are left out (decibels, the root of a square), and no convolution is transposed.
"""

import numpy
import onnx
import onnx.helper

import tfjs
import weighted_graph

RATE_HZ, HOP = 22050, 256
SAMPLES = 2 * RATE_HZ - HOP
STEPS, KEYS, BINS_A_KEY = 172, 88, 3
CONTOURS = KEYS * BINS_A_KEY

_OCTAVES, _BINS_AN_OCTAVE, _TAPS = 9, 36, 256
_BINS = 309  # those of the lowest octave begin below the lowest key
_SHIFTS = (-36, 0, 36, 57, 72, 84, 93, 101)  # bins from a tone to its half and to its multiples
_SMALLEST_POWER = 1e-10

_PREFIX = "StatefulPartitionedCall/model_1/"
_CONVOLUTIONS = {  # ours -> theirs
    "contour.first": ("conv2d_1/Conv2D_weights", "conv2d_1/Conv2D_bn_offset"),
    "contour.last": ("contours-reduced/Conv2D/ReadVariableOp", "contours-reduced/BiasAdd/ReadVariableOp"),
    "note.first": ("conv2d_2/Conv2D/ReadVariableOp", "conv2d_2/BiasAdd/ReadVariableOp"),
    "note.last": ("conv2d_3/Conv2D/ReadVariableOp", "conv2d_3/BiasAdd/ReadVariableOp"),
    "onset.first": ("conv2d_4/Conv2D_weights", "conv2d_4/Conv2D_bn_offset"),
    "onset.last": ("conv2d_5/Conv2D/ReadVariableOp", "conv2d_5/BiasAdd/ReadVariableOp"),
}
PORTS = weighted_graph.Ports("audio", (1, 1, SAMPLES), "note", (1, STEPS, KEYS))


def arrays(published: tfjs.Model) -> weighted_graph.Arrays:
    """The published weights in the order that ONNX has them in, by our names."""
    named = {}
    for name, (weight, bias) in _CONVOLUTIONS.items():
        named[f"{name}.weight"] = _transposed(published.weights[_PREFIX + weight])
        named[f"{name}.bias"] = published.weights[_PREFIX + bias]
    normalization = _PREFIX + "batch_normalization/FusedBatchNormV3/"
    named["scale"], named["offset"] = (published.weights[normalization + part] for part in ("Scaled", "Offset"))
    lengths = published.weights[f"{_PREFIX}cq_t2010v2_1/Sqrt"].reshape(-1, 1, 1, 1)
    for octave in range(_OCTAVES):
        if octave > 0:
            named[f"octave{octave}.halving"] = _filter(published, 3 * octave - 1)
        bins = lengths[max(0, _BINS - (octave + 1) * _BINS_AN_OCTAVE) : _BINS - octave * _BINS_AN_OCTAVE]
        for part, number in (("real", 3 * octave), ("imaginary", 3 * octave + 1)):
            named[f"octave{octave}.{part}"] = _filter(published, number)[-len(bins) :] * bins
    return named


def model(named: weighted_graph.Arrays, precision: str) -> onnx.ModelProto:
    """The spectrum is in fp32 whatever the precision: its powers are beyond what halves can hold."""
    network = weighted_graph.in_precision(precision, PORTS, named)
    harmonics = network.begin(_harmonics(network, _spectrum(network)))
    first = _convolved(network, "contour.first", harmonics, [1, 19, 1, 19])
    contour = _chances(network, "contour", first, [2, 2, 2, 2])
    first = _convolved(network, "note.first", network.settled("contour", contour), [3, 2, 3, 2], stride=BINS_A_KEY)
    note = _chances(network, "note", first, [3, 1, 3, 1])
    first = _convolved(network, "onset.first", harmonics, [2, 1, 2, 1], stride=BINS_A_KEY)
    joined = network.node("Concat", "onset.joined", [network.settled("note", note), first], axis=1)
    _chances(network, "onset", network.settled("onset.joined", joined), [1, 1, 1, 1])
    return network.finished("music-transcription", [_port("audio", SAMPLES, 1)],
                            [_port("contour", CONTOURS), _port("note", KEYS), _port("onset", KEYS)])


def _spectrum(network: weighted_graph.WeightedGraph) -> str:
    """[1, 1, 172, 309] logarithms of power between 0 and 1, then as the network's normalization has them."""
    sound, parts = PORTS.input, {"real": [], "imaginary": []}
    for octave in range(_OCTAVES):
        if octave > 0:
            sound = _filtered(network, f"octave{octave}.halving", sound, strides=[1, 2], pads=[0, _TAPS // 2 - 1] * 2)
        half = _TAPS // 2
        pads = _single(network, f"octave{octave}.pads", numpy.array([0, 0, 0, half] * 2, numpy.int64))
        padded = network.node("Pad", f"octave{octave}.padded", [sound, pads], mode="reflect")
        for part, found in parts.items():
            found.insert(0, _filtered(network, f"octave{octave}.{part}", padded, strides=[1, HOP >> octave]))
    squares = [network.node("Mul", f"{part}.square", [joined, joined]) for part, joined in
               ((part, network.node("Concat", part, found, axis=1)) for part, found in parts.items())]
    power = network.node("Add", "power", squares)
    power = network.node("Add", "power.some", [power, _number(network, "power.smallest", _SMALLEST_POWER)])
    level = network.node("Transpose", "level", [network.node("Log", "power.log", [power])], perm=[0, 2, 3, 1])
    axes = {"axes": [1, 2, 3], "keepdims": 1}
    above = network.node("Sub", "above", [level, network.node("ReduceMin", "lowest", [level], **axes)])
    share = network.node("Div", "share", [above, network.node("ReduceMax", "highest", [above], **axes)])
    scale, offset = (_single(network, name, network.arrays[name]) for name in ("scale", "offset"))
    return network.node("Add", "normal", [network.node("Mul", "scaled", [share, scale]), offset])


def _harmonics(network: weighted_graph.WeightedGraph, spectrum: str) -> str:
    """[1, 8, 172, 264]: each channel the spectrum moved down, with 0 where there is none."""
    low, high = -min(_SHIFTS), CONTOURS + max(_SHIFTS) - _BINS
    pads = _single(network, "harmonics.pads", numpy.array([0, 0, 0, low, 0, 0, 0, high], numpy.int64))
    padded = network.node("Pad", "harmonics.padded", [spectrum, pads])
    axis, moved = _single(network, "harmonics.axis", numpy.array([3], numpy.int64)), []
    for number, shift in enumerate(_SHIFTS):
        ends = [_single(network, f"harmonic{number}.{end}", numpy.array([at], numpy.int64))
                for end, at in (("first", low + shift), ("end", low + shift + CONTOURS))]
        moved.append(network.node("Slice", f"harmonic{number}", [padded, *ends, axis]))
    return network.node("Concat", "harmonics", moved, axis=1)


def _convolved(network: weighted_graph.WeightedGraph, name: str, x: str, pads: list[int], stride: int = 1) -> str:
    x = network.weighted("Conv", name, x, {"pads": pads, "strides": [1, stride]})
    return network.settled(name, network.node("Relu", f"{name}.relu", [x]))


def _chances(network: weighted_graph.WeightedGraph, name: str, x: str, pads: list[int]) -> str:
    """Of a contour, note or onset, which become an output, too."""
    x = network.node("Sigmoid", f"{name}.chances", [network.weighted("Conv", f"{name}.last", x, {"pads": pads})])
    network.end(network.node("Identity", f"{name}.given", [x]), name)
    return x


def _filtered(network: weighted_graph.WeightedGraph, name: str, x: str, **attributes: list[int]) -> str:
    return network.node("Conv", f"{name}.filtered", [x, _single(network, name, network.arrays[name])], **attributes)


def _number(network: weighted_graph.WeightedGraph, name: str, value: float) -> str:
    return _single(network, name, numpy.array(value, numpy.float32))


def _single(network: weighted_graph.WeightedGraph, name: str, values: numpy.ndarray) -> str:
    network.constants.append(onnx.numpy_helper.from_array(values, name))
    return name


def _filter(published: tfjs.Model, number: int) -> numpy.ndarray:
    suffix = f"_{number}" if number else ""
    return _transposed(published.weights[f"{_PREFIX}cq_t2010v2_1/conv1d{suffix}/ExpandDims_1"])


def _transposed(weights: numpy.ndarray) -> numpy.ndarray:
    """From height, width, inputs, outputs."""
    return numpy.ascontiguousarray(weights.transpose(3, 2, 0, 1))


def _port(name: str, width: int, height: int = STEPS) -> onnx.ValueInfoProto:
    return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["batch", 1, height, width])
