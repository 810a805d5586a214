"""Makes large/text-generation-110m-prefill and -decode: a decoder of the size of the smallest GPT-2, with seeded weights.

110 million weights: 12 layers of 768 channels, 12 heads, 32,000 tokens whose embedding is the head, too. Samples are tokens
drawn by chance, and the answers those of a reference in double precision, of which every JUDGED_EVERY-th number is kept.
"""

import pathlib

import common
import seeded_weights
import text_generation_graph
import transformer

SIZE = text_generation_graph.Size("text-generation-110m", layers=12, shape=transformer.Shape(width=768, heads=12),
                                  tokens=32000, prompt=128, capacity=256, is_tied=True)
PRECISIONS = ("fp32", "fp16")
SEED = 110_000_000
PROMPTS = 2
TEXTS, TEXT_TOKENS = 2, 12  # of decode
JUDGED_EVERY = 32
REFERENCES = pathlib.Path(__file__).resolve().parent / "references"
_QUERY_GAIN = 2.0  # attention falls on a few tokens instead of on all alike


def weights(size: text_generation_graph.Size = SIZE) -> transformer.Arrays:
    made = seeded_weights.Uniform(SEED)
    width = size.shape.width
    made.add("bytes.weight", (size.tokens, width), 1)
    for layer in range(size.layers):
        name = f"layer{layer}"
        made.linear(f"{name}.query", width, width, _QUERY_GAIN * size.shape.head_width**-0.5)
        for part in ("key", "value"):
            made.linear(f"{name}.{part}", width, width)
        made.linear(f"{name}.out", width, width)
        made.linear(f"{name}.grow", width, 4 * width)
        made.linear(f"{name}.shrink", 4 * width, width)
        for part in ("norm1", "norm2"):
            _add_norm(made, f"{name}.{part}", width)
    _add_norm(made, "norm", width)
    return made.arrays


def prompts() -> list[list[int]]:
    return _drawn(PROMPTS, SIZE.prompt, SEED + 1)


def texts() -> list[list[int]]:
    return _drawn(TEXTS, TEXT_TOKENS, SEED + 2)


def make(out: pathlib.Path, kind: str, samples: list[list[int]]) -> None:
    arrays = weights()
    for precision in PRECISIONS:
        transformer.save(getattr(text_generation_graph, kind)(arrays, precision, SIZE), out / f"{precision}.onnx")
    (out / "answers.f32").write_bytes(reference(kind).read_bytes())
    common.write_samples([{"tokens": tokens} for tokens in samples], out / "samples.json")


def reference(kind: str) -> pathlib.Path:
    return REFERENCES / f"text-generation-110m-{kind}.f32"


def _add_norm(made: seeded_weights.Uniform, name: str, width: int) -> None:
    made.add(f"{name}.weight", (width,), 0.2)
    made.arrays[f"{name}.weight"] += 1
    made.add(f"{name}.bias", (width,), 0.1)


def _drawn(count: int, length: int, seed: int) -> list[list[int]]:
    return common.generator(seed).randint(0, SIZE.tokens, (count, length)).tolist()
