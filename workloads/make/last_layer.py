"""Training on the device: a classifier of which each run moves the last layer one step down the gradient.

The classifier is the teacher of the group `fashion`. Its users have a camera with a noisy sensor, with which it is right
in little more than half of the pictures. The weights stay; what is learned is added to those of the last layer, and
goes in and out as state:

    logits = features x (weights + weight_change) + biases + bias_change
    change -= rate x gradient of the cross entropy of softmax(logits) against the label

Held-out pictures are kept as the network's features, computed in double precision and rounded to steps of 1/256, which
is far coarser than such sums differ by machine.
"""

import dataclasses
import pathlib

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper

import common
import fashion_layers
import fashion_mnist
import onnx_double

FEATURES, CLASSES, SIDE = 64, fashion_layers.CLASSES, fashion_layers.SIDE
NOISE = 60  # of a pixel, either way
FEATURE_STEP = 1 / 256
HELD_OUT = 1500
RATE = 0.03
SEED = 64


@dataclasses.dataclass(frozen=True)
class Plan:
    """Each client has `pictures` of its own, of which `main_share` are of two classes, and looks at them `epochs` times."""

    clients: int
    pictures: int
    main_share: float
    epochs: int


def make(sources: common.Sources, out: pathlib.Path, plan: Plan) -> None:
    """model.onnx, the pictures of the clients, the layer as it was, what nobody trains on, and the steps in order."""
    out.mkdir(parents=True, exist_ok=True)
    teacher = fashion_mnist.model("teacher", fashion_layers.teacher(), "fp32")
    (out / "model.onnx").write_bytes(training_model(teacher).SerializeToString(deterministic=True))
    (out / "layer.f32").write_bytes(b"".join(part.astype("<f4").tobytes() for part in last_layer(teacher)))
    pixels, classes = fashion_mnist.read_test(sources)
    random = common.generator(SEED)
    order = random.permutation(len(pixels))
    held_out, rest = order[:HELD_OUT], list(order[HELD_OUT:])
    shards = [take_shard(rest, classes, plan, client) for client in range(plan.clients)]
    pixels = noisy(pixels, random)
    (out / "pictures.u8").write_bytes(b"".join(pixels[shard].tobytes() for shard in shards))
    rows = numpy.hstack([rounded_features(teacher, pixels[held_out]), classes[held_out, None]])
    (out / "held_out.i16").write_bytes(rows.astype("<i2").tobytes())
    common.write_samples(steps(shards, classes, plan, random), out / "samples.json")


def take_shard(rest: list[int], classes: numpy.ndarray, plan: Plan, client: int) -> list[int]:
    """Takes the first that fit out of `rest`."""
    main = {2 * client % CLASSES, (2 * client + 1) % CLASSES}
    shard: list[int] = []
    for most, is_main in ((round(plan.pictures * plan.main_share), True), (plan.pictures, False)):
        found = [index for index in rest if not plan.main_share or (classes[index] in main) == is_main]
        shard += found[:most - len(shard)]
        rest[:] = [index for index in rest if index not in set(shard)]
    return shard


def noisy(pixels: numpy.ndarray, random: numpy.random.RandomState) -> numpy.ndarray:
    return numpy.clip(pixels.astype(numpy.int16) + random.randint(-NOISE, NOISE, pixels.shape), 0, 255).astype(numpy.uint8)


def steps(shards: list[list[int]], classes: numpy.ndarray, plan: Plan,
          random: numpy.random.RandomState) -> list[dict[str, int]]:
    """Client after client, each its pictures in another order every time."""
    made = []
    for client, shard in enumerate(shards):
        for _ in range(plan.epochs):
            made += [{"picture": client * plan.pictures + int(place), "class": int(classes[shard[place]]), "client": client}
                     for place in random.permutation(len(shard))]
    return made


def last_layer(teacher: onnx.ModelProto) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Weights [features, classes] and biases [classes]."""
    arrays = {weights.name: onnx.numpy_helper.to_array(weights) for weights in teacher.graph.initializer}
    return numpy.ascontiguousarray(arrays["head.weight"].T), arrays["head.bias"]


def rounded_features(teacher: onnx.ModelProto, pixels: numpy.ndarray) -> numpy.ndarray:
    """[N, features] whole numbers of FEATURE_STEP."""
    numbers = (pixels.astype(numpy.float64) - fashion_layers.PIXEL_MEAN) / fashion_layers.PIXEL_DEVIATION
    parts = [onnx_double.run(teacher, {"image": part[:, None]})[teacher.graph.node[-1].input[0]]
             for part in numpy.array_split(numbers, max(1, len(numbers) // 100))]
    return numpy.rint(numpy.concatenate(parts) / FEATURE_STEP).astype(numpy.int64)


def training_model(teacher: onnx.ModelProto) -> onnx.ModelProto:
    """The teacher with a step of training in place of its last layer; one picture a run."""
    weights, biases = last_layer(teacher)
    features = teacher.graph.node[-1].input[0]
    node = onnx.helper.make_node
    nodes = list(teacher.graph.node)[:-1] + [
        node("Add", ["layer.weight", "weight_change"], ["weight"], "weight"),
        node("Add", ["layer.bias", "bias_change"], ["bias"], "bias"),
        node("MatMul", [features, "weight"], ["product"], "product"),
        node("Add", ["product", "bias"], ["logits"], "logits"),
        node("Softmax", ["logits"], ["chances"], "chances", axis=-1),
        node("Sub", ["chances", "label"], ["error"], "error"),
        node("Mul", ["error", "rate"], ["step"], "step"),
        node("Transpose", [features], ["column"], "column", perm=[1, 0]),
        node("MatMul", ["column", "step"], ["weight_step"], "weight_step"),
        node("Sub", ["weight_change", "weight_step"], ["weight_change.next"], "weight_change.next"),
        node("Sub", ["bias_change", "step"], ["bias_change.next"], "bias_change.next"),
        # State is the harness's; a judge sees what else comes out.
        node("Identity", ["weight_change.next"], ["learned_weights"], "learned_weights"),
        node("Identity", ["bias_change.next"], ["learned_biases"], "learned_biases"),
    ]
    constants = [one for one in teacher.graph.initializer if not one.name.startswith("head.")]
    constants += [onnx.numpy_helper.from_array(weights, "layer.weight"),
                  onnx.numpy_helper.from_array(biases[None], "layer.bias"),
                  onnx.numpy_helper.from_array(numpy.float32(RATE), "rate")]

    def value(name: str, *shape: int) -> onnx.ValueInfoProto:
        return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)

    state = (("weight_change", (FEATURES, CLASSES)), ("bias_change", (1, CLASSES)))
    graph = onnx.helper.make_graph(
        nodes, "last-layer-training",
        [value("image", 1, 1, SIDE, SIDE), value("label", 1, CLASSES), *(value(name, *shape) for name, shape in state)],
        [value("learned_weights", FEATURES, CLASSES), value("learned_biases", 1, CLASSES),
         *(value(f"{name}.next", *shape) for name, shape in state)], constants)
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8,
                                  producer_name="edgebench")
