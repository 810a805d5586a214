"""How the Fashion-MNIST classifiers are taught: by classes alone, or by a teacher's answers, too."""

import numpy
import torch
import torch.nn.functional as functional

import fashion_data
import trained_network

WEIGHT_DECAY = 5e-4
TEMPERATURE = 3.0  # of what is distilled
SOFT_SHARE = 0.7  # of the loss


class FashionLesson:
    examples = fashion_data.TRAINING

    def __init__(self) -> None:
        self._pictures, self._classes = fashion_data.read("train")
        self._soft: tuple[torch.Tensor, torch.Tensor] | None = None  # logits of pictures, and of mirrored ones

    def listen_to(self, teacher: torch.nn.Module) -> None:
        """From now on answers are drawn towards the teacher's of the picture before it was shifted, too."""
        teacher.eval()
        pictures = self._pictures[:self.examples]
        self._soft = trained_network.answers(teacher, pictures), trained_network.answers(teacher, pictures.flip(3))

    def optimizer(self, network: torch.nn.Module, rate: float) -> torch.optim.Optimizer:
        return torch.optim.SGD(network.parameters(), lr=rate, momentum=0.9, nesterov=True, weight_decay=WEIGHT_DECAY)

    def loss(self, network: torch.nn.Module, chosen: numpy.ndarray, random: numpy.random.RandomState) -> torch.Tensor:
        numbers = torch.from_numpy(chosen)
        mirrored = torch.from_numpy(random.random_sample(len(chosen)) < 0.5)
        answers = network(fashion_data.varied(self._pictures[numbers], mirrored, random))
        hard = functional.cross_entropy(answers, self._classes[numbers])
        if self._soft is None:
            return hard
        wanted = torch.where(mirrored[:, None], self._soft[1][numbers], self._soft[0][numbers])
        soft = functional.kl_div(functional.log_softmax(answers / TEMPERATURE, 1),
                                 functional.softmax(wanted / TEMPERATURE, 1), reduction="batchmean")
        return (1 - SOFT_SHARE) * hard + SOFT_SHARE * TEMPERATURE**2 * soft

    def watched(self, network: torch.nn.Module) -> float:
        return trained_network.accuracy(network, self._pictures[self.examples:], self._classes[self.examples:])
