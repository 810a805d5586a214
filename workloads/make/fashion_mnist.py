"""What the workloads of the group `fashion` share: test pictures of Fashion-MNIST, and models from trained weights."""

import gzip
import pathlib

import numpy
import onnx

import classifier_graph
import common
import fashion_layers
import weighted_graph

PACKAGE, FOLDER = "dataset-fashion-mnist", "usr/share/datasets/fashion-mnist"
SAMPLES_A_CLASS = 200
SEED = 28


def make(sources: common.Sources, out: pathlib.Path, name: str, layers: fashion_layers.Layers,
         precisions: tuple[str, ...] = weighted_graph.PRECISIONS) -> None:
    """PRECISION.onnx from weights/fashion-NAME.npz, and the samples."""
    out.mkdir(parents=True, exist_ok=True)
    weighted_graph.write_all(lambda precision: model(name, layers, precision), out, precisions)
    make_samples(*read_test(sources), out)


def model(name: str, layers: fashion_layers.Layers, precision: str) -> onnx.ModelProto:
    arrays = weighted_graph.read_weights(f"fashion-{name}")
    return classifier_graph.model(f"fashion-{name}", layers, fashion_layers.PORTS, arrays, precision)


def read_test(sources: common.Sources) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The 10,000 test pictures as [N, 28, 28] u8, and their classes."""
    pixels, classes = (gzip.decompress(common.source_file(sources, PACKAGE, f"{FOLDER}/t10k-{kind}.gz").read_bytes())
                       for kind in ("images-idx3-ubyte", "labels-idx1-ubyte"))
    side = fashion_layers.SIDE
    return (numpy.frombuffer(pixels, numpy.uint8, offset=16).reshape(-1, side, side),
            numpy.frombuffer(classes, numpy.uint8, offset=8))


def make_samples(pixels: numpy.ndarray, classes: numpy.ndarray, out: pathlib.Path) -> None:
    """pictures.u8, one picture after another, and the list that says the class of each."""
    random = common.generator(SEED)
    chosen = numpy.concatenate([random.permutation(numpy.flatnonzero(classes == number))[:SAMPLES_A_CLASS]
                                for number in range(fashion_layers.CLASSES)])
    chosen = random.permutation(chosen)
    (out / "pictures.u8").write_bytes(pixels[chosen].tobytes())
    common.write_samples([{"class": int(classes[index])} for index in chosen], out / "samples.json")
