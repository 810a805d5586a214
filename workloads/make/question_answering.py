"""Makes nlp/question-answering: MobileBERT with seeded weights, and questions and passages of words drawn by chance."""

import pathlib

import common
import mobilebert
import mobilebert_weights
import transformer

REFERENCE = pathlib.Path(__file__).resolve().parent / "references" / "question-answering.f32"
LENGTHS = (384, 317, 262, 211, 169, 130)  # tokens of each sample


def questions() -> list[dict[str, object]]:
    made = (mobilebert_weights.question(mobilebert_weights.SEED + 1 + index, length)
            for index, length in enumerate(LENGTHS))
    return [{"tokens": tokens, "question": asked} for tokens, asked in made]


def make(_: common.Sources, out: pathlib.Path) -> None:
    transformer.save(mobilebert.model(mobilebert_weights.weights()), out / "model.onnx")
    (out / "answers.f32").write_bytes(REFERENCE.read_bytes())
    common.write_samples(questions(), out / "samples.json")
