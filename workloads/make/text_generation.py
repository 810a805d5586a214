"""Makes nlp/text-generation-prefill and -decode: the language model, and held-out text to predict."""

import pathlib
import typing

import numpy
import onnx

import common
import onnx_int8
import transformer
import udhr_split

WEIGHTS = pathlib.Path(__file__).resolve().parent / "weights" / "text-generation.npz"
PRECISIONS = ("fp32", "fp16", "int8")
LANGUAGES = ("ar", "de", "en", "es", "hi", "ru", "sw", "vi")
SEED = 128


def trained() -> transformer.Arrays:
    """The weights, which are kept as halves."""
    with numpy.load(WEIGHTS, allow_pickle=False) as arrays:
        return {name: values.astype(numpy.float32) for name, values in arrays.items()}


def save_models(write: typing.Callable[[transformer.Arrays, str], onnx.ModelProto], out: pathlib.Path) -> None:
    """PRECISION.onnx of each, as `write` gives it."""
    arrays = trained()
    for precision in PRECISIONS:
        model = onnx_int8.in_precision(precision, lambda kind: write(arrays, kind), "text-generation")
        transformer.save(model, out / f"{precision}.onnx")


def samples(languages: list[udhr_split.Language], size: int, count: int) -> list[dict[str, str]]:
    """`count` texts of `size` bytes of each of LANGUAGES."""
    return [{"language": language.code, "text": window.decode()} for language in languages
            if language.code in LANGUAGES
            for window in udhr_split.exact_windows(language.held_out, size, count, SEED)]
