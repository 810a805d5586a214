"""Makes nlp/smart-reply: the network from its trained weights, its replies, and dialogues it was not trained with."""

import json
import pathlib

import numpy
import onnx

import common
import onnx_int8
import smart_reply_dialogues
import smart_reply_graph
import transformer

WEIGHTS = pathlib.Path(__file__).resolve().parent / "weights" / "smart-reply.npz"
PRECISIONS = ("fp32", "fp16", "int8")
DIALOGUES = 400  # that ask in ways the network knows
SEED = 1000


def trained() -> transformer.Arrays:
    """The weights, which are kept as halves."""
    with numpy.load(WEIGHTS, allow_pickle=False) as arrays:
        return {name: values.astype(numpy.float32) for name, values in arrays.items()}


def model(arrays: transformer.Arrays, precision: str) -> onnx.ModelProto:
    return onnx_int8.in_precision(precision, lambda kind: smart_reply_graph.model(arrays, kind), "smart-reply")


def samples() -> list[dict[str, object]]:
    author = smart_reply_dialogues.Author(common.generator(SEED), smart_reply_dialogues.KNOWN_WAYS)
    made = [author.dialogue() for _ in range(DIALOGUES)]
    return [{"messages": one.messages, "reply": smart_reply_dialogues.REPLIES[one.reply]} for one in made]


def make(_: common.Sources, out: pathlib.Path) -> None:
    arrays = trained()
    for precision in PRECISIONS:
        transformer.save(model(arrays, precision), out / f"{precision}.onnx")
    (out / "replies.json").write_text(json.dumps({"replies": smart_reply_dialogues.REPLIES}, indent=0) + "\n",
                                      encoding="utf-8", newline="\n")
    common.write_samples(samples(), out / "samples.json")
