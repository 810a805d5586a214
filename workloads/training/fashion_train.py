"""Trains by a fixed schedule and seed; a run that was stopped goes on after its last epoch, to the same result."""

import dataclasses
import pathlib
import time
import typing

import numpy
import torch
import torch.nn.functional as functional

import fashion_data
import fashion_network

BATCH = 128
WEIGHT_DECAY = 5e-4
TEMPERATURE = 3.0  # of what is distilled
SOFT_SHARE = 0.7  # of the loss


@dataclasses.dataclass(frozen=True)
class Schedule:
    name: str
    epochs: int
    rate: float  # the highest; it rises over the first tenth and falls to 0, in straight lines
    seed: int


class Trainer:
    def __init__(self, out: pathlib.Path):
        self._out = out
        self._pictures, self._classes = fashion_data.read("train")
        self._soft: tuple[torch.Tensor, torch.Tensor] | None = None  # logits of pictures, and of mirrored ones

    def listen_to(self, teacher: torch.nn.Module) -> None:
        """From now on answers are drawn towards the teacher's of the picture before it was shifted, too."""
        teacher.eval()
        pictures = self._pictures[:fashion_data.TRAINING]
        self._soft = fashion_network.logits(teacher, pictures), fashion_network.logits(teacher, pictures.flip(3))

    def train(self, network: torch.nn.Module, schedule: Schedule,
              after_step: typing.Callable[[], None] = lambda: None) -> None:
        network.to(memory_format=torch.channels_last)
        optimizer = torch.optim.SGD(network.parameters(), lr=schedule.rate, momentum=0.9, nesterov=True,
                                    weight_decay=WEIGHT_DECAY)
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
            watched = fashion_network.accuracy(network, self._pictures[fashion_data.TRAINING:],
                                               self._classes[fashion_data.TRAINING:])
            self._log(f"{schedule.name}: epoch {epoch + 1} of {schedule.epochs}, loss {loss:.4f}, "
                      f"watching {watched:.4f}, {time.process_time() - started:.0f} s of processor")
            torch.save({"network": network.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}, checkpoint)
        network.eval()

    def _epoch(self, network: torch.nn.Module, optimizer: torch.optim.Optimizer, schedule: Schedule, epoch: int,
               after_step: typing.Callable[[], None]) -> float:
        network.train()
        random = numpy.random.RandomState(schedule.seed * 1000 + epoch)
        order = random.permutation(fashion_data.TRAINING)
        steps = len(order) // BATCH
        total = 0.0
        for step in range(steps):
            done = (epoch + step / steps) / schedule.epochs
            for group in optimizer.param_groups:
                group["lr"] = schedule.rate * min(1, done / 0.1 + 0.05) * (1 - done)
            chosen = torch.from_numpy(order[step * BATCH:(step + 1) * BATCH])
            mirrored = torch.from_numpy(random.random_sample(BATCH) < 0.5)
            pictures = fashion_data.varied(self._pictures[chosen], mirrored, random)
            loss = self._loss(network(pictures), chosen, mirrored)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            after_step()
            total += loss.item()
        return total / steps

    def _loss(self, answers: torch.Tensor, chosen: torch.Tensor, mirrored: torch.Tensor) -> torch.Tensor:
        hard = functional.cross_entropy(answers, self._classes[chosen])
        if self._soft is None:
            return hard
        wanted = torch.where(mirrored[:, None], self._soft[1][chosen], self._soft[0][chosen])
        soft = functional.kl_div(functional.log_softmax(answers / TEMPERATURE, 1),
                                 functional.softmax(wanted / TEMPERATURE, 1), reduction="batchmean")
        return (1 - SOFT_SHARE) * hard + SOFT_SHARE * TEMPERATURE**2 * soft

    def _log(self, line: str) -> None:
        print(line, flush=True)
        with (self._out / "training.log").open("a", encoding="utf-8") as log:
            log.write(line + "\n")
