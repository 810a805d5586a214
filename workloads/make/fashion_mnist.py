"""What the workloads of the group `fashion` share: test pictures of Fashion-MNIST, and models from trained weights."""

import gzip
import pathlib

import numpy

import common
import fashion_graph
import fashion_layers

PACKAGE, FOLDER = "dataset-fashion-mnist", "usr/share/datasets/fashion-mnist"
WEIGHTS = pathlib.Path(__file__).resolve().parent / "weights"
SAMPLES_A_CLASS = 200
SEED = 28


def make(sources: common.Sources, out: pathlib.Path, name: str, layers: fashion_layers.Layers,
         precisions: tuple[str, ...] = fashion_graph.PRECISIONS) -> None:
    """PRECISION.onnx from weights/fashion-NAME.npz, and the samples."""
    out.mkdir(parents=True, exist_ok=True)
    with numpy.load(WEIGHTS / f"fashion-{name}.npz", allow_pickle=False) as weights:
        arrays = dict(weights)
    for precision in precisions:
        model = fashion_graph.model(f"fashion-{name}", layers, arrays, precision)
        (out / f"{precision}.onnx").write_bytes(model.SerializeToString(deterministic=True))
    make_samples(*read_test(sources), out)


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
