"""Makes nlp/language-id-110: the network from its trained weights, and windows of articles it was not trained with."""

import pathlib

import numpy
import onnx

import common
import language_id_110_graph
import onnx_int8
import transformer
import udhr_split

WEIGHTS = pathlib.Path(__file__).resolve().parent / "weights" / "language-id-110.npz"
PRECISIONS = ("fp32", "fp16", "int8")
WINDOW_SIZES = (64, 128)  # bytes
WINDOWS_A_SIZE = 2  # and language
SEED = 110


def trained() -> transformer.Arrays:
    """The weights, which are kept as halves; the labels are their `languages`."""
    with numpy.load(WEIGHTS, allow_pickle=False) as arrays:
        return {name: values.astype(numpy.float32) if values.dtype.kind == "f" else values
                for name, values in arrays.items()}


def model(arrays: transformer.Arrays, precision: str) -> onnx.ModelProto:
    return onnx_int8.in_precision(precision, lambda kind: language_id_110_graph.model(arrays, kind), "language-id-110")


def samples(languages: list[udhr_split.Language]) -> list[dict[str, str]]:
    random = common.generator(SEED)
    chosen = []
    for language in languages:
        for size in WINDOW_SIZES:
            windows = udhr_split.windows(language.held_out, size)
            for index in sorted(random.permutation(len(windows))[:WINDOWS_A_SIZE]):
                chosen.append({"label": language.code, "text": windows[index].decode()})
    return chosen


def make(sources: common.Sources, out: pathlib.Path) -> None:
    arrays = trained()
    languages = udhr_split.languages(sources["udhr"])
    labels = [str(code) for code in arrays["languages"]]
    if labels != [language.code for language in languages]:
        raise ValueError("the network was trained with other languages than the package has")
    for precision in PRECISIONS:
        transformer.save(model(arrays, precision), out / f"{precision}.onnx")
    common.write_samples(samples(languages), out / "samples.json")
