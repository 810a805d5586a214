"""Trains networks on text by a fixed schedule and seed; a run that was stopped goes on where it was last saved, to the
same result."""

import dataclasses
import math
import pathlib
import sys
import time
import typing

import numpy
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "make"))

WEIGHTS = pathlib.Path(__file__).resolve().parent.parent / "make" / "weights"
WEIGHT_DECAY = 0.05
WARM_UP = 0.05  # share of the steps
LARGEST_GRADIENT = 1.0
STEPS_A_SAVE = 50


@dataclasses.dataclass(frozen=True)
class Schedule:
    name: str
    steps: int
    rate: float  # the highest; it rises in a straight line, then falls to 0 as half a wave of a cosine
    seed: int

    def rate_at(self, step: int) -> float:
        done = step / self.steps
        return self.rate * min(1.0, done / WARM_UP + 0.02) * (0.5 + 0.5 * math.cos(math.pi * done))


def train(network: torch.nn.Module, schedule: Schedule, out: pathlib.Path,
          loss_of: typing.Callable[[numpy.random.RandomState], torch.Tensor],
          watch: typing.Callable[[], str]) -> None:
    """`loss_of` draws a batch; `watch` says how the network does on text that it is not trained with."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=schedule.rate, weight_decay=WEIGHT_DECAY)
    checkpoint = out / f"{schedule.name}.checkpoint"
    first = 0
    if checkpoint.is_file():
        saved = torch.load(checkpoint)
        network.load_state_dict(saved["network"])
        optimizer.load_state_dict(saved["optimizer"])
        first = saved["step"]
    for start in range(first, schedule.steps, STEPS_A_SAVE):
        started = time.process_time()
        torch.manual_seed(schedule.seed * 1_000_000 + start)
        random = numpy.random.RandomState(schedule.seed * 1_000_000 + start)
        end = min(start + STEPS_A_SAVE, schedule.steps)
        network.train()
        losses = [_step(network, optimizer, schedule.rate_at(step), loss_of(random)) for step in range(start, end)]
        network.eval()
        _log(out, f"{schedule.name}: step {end} of {schedule.steps}, loss {sum(losses) / len(losses):.4f}, {watch()}, "
                  f"{time.process_time() - started:.0f} s of processor")
        torch.save({"network": network.state_dict(), "optimizer": optimizer.state_dict(), "step": end}, checkpoint)
    network.eval()


def _step(network: torch.nn.Module, optimizer: torch.optim.Optimizer, rate: float, loss: torch.Tensor) -> float:
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
    optimizer.step()
    return loss.item()


def _log(out: pathlib.Path, line: str) -> None:
    print(line, flush=True)
    with (out / f"{line.partition(':')[0]}.log").open("a", encoding="utf-8") as log:
        log.write(line + "\n")
