"""Training by a schedule, and going on after an interruption; skipped where there is no torch, which set-up does not need."""

import pathlib
import sys
import tempfile
import unittest

import numpy as np

try:
    import torch
except ImportError:
    print("skipped: there is no torch (Debian: python3-torch)")
    sys.exit(77)

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "training"))
import train_anomaly_detection  # noqa: E402 (the path is set above; finds what is in make, too)
import anomaly_layers  # noqa: E402
import trainer  # noqa: E402


class Line:
    """What is learned: a line through points, with noise that the schedule's random numbers make."""

    examples, batch = 256, 32

    def __init__(self, steps=10**9):
        self.steps = steps
        self.x = torch.linspace(-1, 1, self.examples).reshape(-1, 1, 1, 1)

    def optimizer(self, network, rate):
        return torch.optim.SGD(network.parameters(), lr=rate, momentum=0.5)

    def loss(self, network, chosen, random):
        if self.steps == 0:
            raise InterruptedError
        self.steps -= 1
        x = self.x[chosen]
        noise = torch.from_numpy(random.standard_normal(x.shape).astype(np.float32))
        return (network(x) - 3 * x - 1 + 0.1 * noise).square().mean()

    def watched(self, network):
        return (network(self.x) - 3 * self.x - 1).abs().max().item()


class TrainerTest(unittest.TestCase):
    def trained(self, folder, lesson):
        torch.manual_seed(1)
        network = torch.nn.Conv2d(1, 1, 1)
        schedule = trainer.Schedule("line", epochs=6, rate=0.2, seed=1, batch=lesson.batch)
        trainer.Trainer(pathlib.Path(folder), lesson).train(network, schedule)
        return network

    def test_learns_and_says_how_well(self):
        with tempfile.TemporaryDirectory() as folder:
            network = self.trained(folder, Line())
            log = (pathlib.Path(folder) / "training.log").read_text(encoding="utf-8").splitlines()
        self.assertLess(Line().watched(network), 0.1)
        self.assertEqual(len(log), 6)
        self.assertRegex(log[-1], r"^line: epoch 6 of 6, loss 0\.\d+, watching 0\.0\d+,")

    def test_an_interrupted_run_ends_in_the_same_bits(self):
        with tempfile.TemporaryDirectory() as folder:
            whole = self.trained(folder, Line())
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaises(InterruptedError):
                self.trained(folder, Line(steps=21))
            resumed = self.trained(folder, Line())
        for a, b in zip(whole.parameters(), resumed.parameters()):
            self.assertTrue(torch.equal(a, b))


class AnomalyLessonTest(unittest.TestCase):
    def test_windows_are_frames_one_after_another(self):
        frames = np.arange(2 * 6 * anomaly_layers.BANDS).reshape(2, 6, anomaly_layers.BANDS) % 251
        made = train_anomaly_detection.windows(frames.astype(np.uint8))
        self.assertEqual(made.shape, (4, anomaly_layers.NUMBERS, 1, 1))
        np.testing.assert_allclose(made[1].flatten() * anomaly_layers.BYTES_A_DEVIATION + 128, frames[0, 1:].flatten())
        np.testing.assert_allclose(made[2].flatten() * anomaly_layers.BYTES_A_DEVIATION + 128, frames[1, :5].flatten())

    def test_a_network_that_gives_back_what_it_gets_has_learned_all(self):
        frames = np.random.RandomState(1).randint(0, 256, (2, 6, anomaly_layers.BANDS)).astype(np.uint8)
        windows = train_anomaly_detection.windows(frames)
        lesson = train_anomaly_detection.AnomalyLesson(windows, windows[:3])
        self.assertEqual(lesson.examples, 4)
        self.assertEqual(lesson.watched(torch.nn.Flatten()), 0)
        self.assertEqual(lesson.loss(torch.nn.Flatten(), np.array([0, 3]), np.random.RandomState(1)).item(), 0)
        self.assertGreater(lesson.watched(lambda x: x.flatten(1) + 1), 0.9)


if __name__ == "__main__":
    unittest.main()
