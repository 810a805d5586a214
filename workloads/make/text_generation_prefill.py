"""nlp/text-generation-prefill."""

import pathlib

import common
import text_generation
import text_generation_graph
import transformer
import udhr_split

TEXTS_A_LANGUAGE = 4


def make(sources: common.Sources, out: pathlib.Path) -> None:
    for precision in text_generation.PRECISIONS:
        model = text_generation_graph.prefill(text_generation.trained(), precision)
        transformer.save(model, out / f"{precision}.onnx")
    common.write_samples(text_generation.samples(udhr_split.languages(sources["udhr"]), text_generation_graph.PROMPT,
                                                 TEXTS_A_LANGUAGE), out / "samples.json")
