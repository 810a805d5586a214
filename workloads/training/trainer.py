"""Trains by a fixed schedule and seed; a run that was stopped goes on after its last epoch, to the same result."""

import dataclasses
import pathlib
import time
import typing

import numpy
import torch

@dataclasses.dataclass(frozen=True)
class Schedule:
    name: str
    epochs: int
    rate: float  # the highest; it rises over the first tenth and falls to 0, in straight lines
    seed: int
    batch: int = 128


class Lesson(typing.Protocol):
    """What is learned, and how well."""

    examples: int

    def optimizer(self, network: torch.nn.Module, rate: float) -> torch.optim.Optimizer: ...

    def loss(self, network: torch.nn.Module, chosen: numpy.ndarray, random: numpy.random.RandomState) -> torch.Tensor:
        """Of the examples of these numbers."""

    def watched(self, network: torch.nn.Module) -> float:
        """By examples that are not trained with; for the log."""


class Trainer:
    def __init__(self, out: pathlib.Path, lesson: Lesson):
        self._out, self._lesson = out, lesson

    def train(self, network: torch.nn.Module, schedule: Schedule,
              after_step: typing.Callable[[], None] = lambda: None) -> None:
        network.to(memory_format=torch.channels_last)
        optimizer = self._lesson.optimizer(network, schedule.rate)
        checkpoint = self._out / f"{schedule.name}.checkpoint"
        first = 0
        if checkpoint.is_file():
            saved = torch.load(checkpoint)
            network.load_state_dict(saved["network"])
            optimizer.load_state_dict(saved["optimizer"])
            first = saved["epoch"] + 1
        for epoch in range(first, schedule.epochs):
            started = time.process_time()
            loss = self._epoch(network, optimizer, schedule, epoch, after_step)
            network.eval()
            self._log(f"{schedule.name}: epoch {epoch + 1} of {schedule.epochs}, loss {loss:.4f}, "
                      f"watching {self._lesson.watched(network):.4f}, {time.process_time() - started:.0f} s of processor")
            torch.save({"network": network.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}, checkpoint)
        network.eval()

    def _epoch(self, network: torch.nn.Module, optimizer: torch.optim.Optimizer, schedule: Schedule, epoch: int,
               after_step: typing.Callable[[], None]) -> float:
        network.train()
        random = numpy.random.RandomState(schedule.seed * 1000 + epoch)
        order = random.permutation(self._lesson.examples)
        steps = len(order) // schedule.batch
        total = 0.0
        for step in range(steps):
            done = (epoch + step / steps) / schedule.epochs
            for group in optimizer.param_groups:
                group["lr"] = schedule.rate * min(1, done / 0.1 + 0.05) * (1 - done)
            loss = self._lesson.loss(network, order[step * schedule.batch:(step + 1) * schedule.batch], random)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            after_step()
            total += loss.item()
        return total / steps

    def _log(self, line: str) -> None:
        print(line, flush=True)
        with (self._out / "training.log").open("a", encoding="utf-8") as log:
            log.write(line + "\n")
