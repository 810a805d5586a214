"""nlp/text-generation-decode."""

import pathlib

import common
import text_generation
import text_generation_graph
import udhr_split

TEXTS_A_LANGUAGE = 1
TEXT_BYTES = 192


def make(sources: common.Sources, out: pathlib.Path) -> None:
    text_generation.save_models(text_generation_graph.decode, out)
    common.write_samples(text_generation.samples(udhr_split.languages(sources["udhr"]), TEXT_BYTES, TEXTS_A_LANGUAGE),
                         out / "samples.json")
