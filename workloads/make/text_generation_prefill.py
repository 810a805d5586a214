"""nlp/text-generation-prefill."""

import pathlib

import common
import text_generation
import text_generation_graph
import udhr_split

TEXTS_A_LANGUAGE = 4


def make(sources: common.Sources, out: pathlib.Path) -> None:
    text_generation.save_models(text_generation_graph.prefill, out)
    common.write_samples(text_generation.samples(udhr_split.languages(sources["udhr"]), text_generation_graph.PROMPT,
                                                 TEXTS_A_LANGUAGE), out / "samples.json")
