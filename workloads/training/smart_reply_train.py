#!/usr/bin/env python3
"""Trains the two towers of nlp/smart-reply and writes the weights of one, and what the other makes of the replies.

Needs Debian's python3-torch and libopenblas0-openmp: 3 minutes of one processor's work. Run again after an
interruption: it goes on where it was last saved. Another processor or library gives other bits, and with them weights
that are as good but not the same.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch: threads that wait leave the processor to others

import argparse  # noqa: E402
import pathlib  # noqa: E402
import sys  # noqa: E402

import numpy  # noqa: E402
import text_train  # noqa: E402 (finds the make scripts)
import torch  # noqa: E402
import torch.nn.functional as functional  # noqa: E402
import transformer_network  # noqa: E402

import smart_reply_dialogues as dialogues  # noqa: E402
import smart_reply_graph as network_shape  # noqa: E402
import transformer  # noqa: E402

SCHEDULE = text_train.Schedule("smart-reply", steps=1000, rate=2e-3, seed=1)
BATCH = 64
DROPOUT = 0.05
WORD_DROPOUT = 0.08
WATCHED, JUDGED = 512, 4096  # dialogues
WATCHED_SEED, JUDGED_SEED = 77, 78


class Network(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        shape = network_shape.SHAPE
        self.words = torch.nn.Embedding(dialogues.BUCKETS, network_shape.EMBEDDING)
        self.phrases = torch.nn.Conv1d(network_shape.EMBEDDING, shape.width, network_shape.KERNEL,
                                       padding=network_shape.KERNEL // 2)
        self.places = torch.nn.Parameter(torch.randn(1, dialogues.MESSAGES, shape.width) * 0.1)
        self.layers = torch.nn.ModuleList(transformer_network.Layer(shape, DROPOUT) for _ in range(network_shape.LAYERS))
        self.norm, self.reply_norm = torch.nn.LayerNorm(shape.width), torch.nn.LayerNorm(shape.width)
        self.dialogue, self.reply = (torch.nn.Linear(shape.width, shape.width) for _ in range(2))
        with torch.no_grad():  # a reply is, before training, the likelier the more it is like what was said
            for part in (self.layers[0].value, self.layers[0].out, self.dialogue, self.reply):
                torch.nn.init.eye_(part.weight)
        self.known = torch.from_numpy(numpy.stack([dialogues.numbered(reply) for reply in dialogues.REPLIES])).long()

    def texts(self, tokens: torch.Tensor) -> torch.Tensor:
        """[texts, width] of [texts, SLOTS]: each feature where it is strongest. Both towers begin so."""
        return functional.relu(self.phrases(self.words(tokens).transpose(1, 2))).amax(2)

    def replies(self) -> torch.Tensor:
        """[width, REPLIES]"""
        return self.reply(self.reply_norm(self.texts(self.known))).T * network_shape.SHAPE.width**-0.5

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Scores [dialogues, REPLIES] of [dialogues, MESSAGES, SLOTS]."""
        x = self.texts(tokens.flatten(0, 1)).unflatten(0, tokens.shape[:2]) + self.places
        none = torch.zeros(1)
        for layer in self.layers:
            x = layer(x, none)
        return self.dialogue(self.norm(x[:, -1])) @ self.replies()

    def arrays(self) -> transformer.Arrays:
        found = {"places": self.places.detach().numpy(), "replies": self.replies().detach().numpy()}
        for name, part in (("words", self.words), ("phrases", self.phrases), ("norm", self.norm),
                           ("dialogue", self.dialogue)):
            found |= transformer_network.arrays_of(name, part)
        for index, layer in enumerate(self.layers):
            found |= layer.arrays(f"layer{index}")
        return found


def written(random: numpy.random.RandomState, ways: tuple[int, ...], count: int) -> tuple[torch.Tensor, torch.Tensor]:
    author = dialogues.Author(random, ways)
    made = [author.dialogue() for _ in range(count)]
    tokens = numpy.stack([dialogues.numbered_dialogue(one.messages) for one in made])
    return torch.from_numpy(tokens).long(), torch.tensor([one.reply for one in made])


def recall(network: Network, tokens: torch.Tensor, replies: torch.Tensor, guesses: int = 1) -> float:
    with torch.no_grad():
        best = torch.cat([network(part).topk(guesses).indices for part in tokens.split(256)])
    return (best == replies[:, None]).any(1).float().mean().item()


def judge(network: Network) -> None:
    for name, ways in (("known ways to ask", dialogues.KNOWN_WAYS), ("a way never seen", dialogues.OTHER_WAYS)):
        judged = written(numpy.random.RandomState(JUDGED_SEED), ways, JUDGED)
        print(f"{name}: recall@1 {recall(network, *judged):.4f}, recall@3 {recall(network, *judged, 3):.4f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path, help="folder of the checkpoint and the log")
    parser.add_argument("--weights", type=pathlib.Path, default=text_train.WEIGHTS, help="folder of the weights")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    watched = written(numpy.random.RandomState(WATCHED_SEED), dialogues.KNOWN_WAYS, WATCHED)
    torch.manual_seed(SCHEDULE.seed)
    network = Network()
    print(f"{transformer_network.parameters(network)} parameters", flush=True)

    def loss_of(random: numpy.random.RandomState) -> torch.Tensor:
        tokens, replies = written(random, dialogues.KNOWN_WAYS, BATCH)
        kept = torch.from_numpy(random.random_sample(tokens.shape) >= WORD_DROPOUT)
        return functional.cross_entropy(network(tokens * kept), replies)

    text_train.train(network, SCHEDULE, options.out, loss_of, lambda: f"watching {recall(network, *watched):.4f}")
    transformer_network.round_to_halves(network)
    judge(network)
    numpy.savez_compressed(options.weights / "smart-reply.npz",
                           **{name: values.astype(numpy.float16) for name, values in network.arrays().items()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
