"""Makes speech/anomaly-detection: an autoencoder of ours in three precisions, and clips of sound and of faulty machines."""

import pathlib

import numpy as np

import anomaly_layers
import common
import machine_sounds
import mel
import weighted_graph

WEIGHTS = "anomaly-detection"
NORMAL_A_MACHINE, FAULTY_A_MACHINE = 25, 5  # clips; faulty ones are so many of each fault
SEED = 640


def make_samples(mean: np.ndarray, deviation: np.ndarray, out: pathlib.Path) -> None:
    """frames.u8, the clips one after another, and the list of what each one is."""
    plan = [(number, fault) for number in range(len(machine_sounds.MACHINES))
            for fault in [""] * NORMAL_A_MACHINE + [*machine_sounds.FAULTS] * FAULTY_A_MACHINE]
    frames, samples = [], []
    for index in common.generator(SEED).permutation(len(plan)):
        number, fault = plan[index]
        clip = machine_sounds.clip(machine_sounds.MACHINES[number], fault, anomaly_layers.CLIP,
                                   common.generator(SEED + 1 + index))
        frames.append(mel.to_bytes(anomaly_layers.features(clip), mean, deviation, anomaly_layers.BYTES_A_DEVIATION))
        samples.append({"anomalous": int(bool(fault)), "fault": fault, "machine": number})
    (out / "frames.u8").write_bytes(np.stack(frames).tobytes())
    common.write_samples(samples, out / "samples.json")


def make(_: common.Sources, out: pathlib.Path) -> None:
    arrays = weighted_graph.read_weights(WEIGHTS)
    weighted_graph.write_all(lambda precision: anomaly_layers.model(arrays, precision), out)
    make_samples(arrays["features.mean"], arrays["features.deviation"], out)
