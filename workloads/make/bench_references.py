#!/usr/bin/env python3
"""Computes the answers that seeded networks are judged by, in double precision with numpy alone; minutes of work.

Usage: bench_references.py [NAME ...]      such as resnet-50; by default all

They are kept in references/, since they are small and only a change of a network or its pictures changes them.
"""

import sys

import bench_mobilenet_v1
import bench_mobilenet_v2
import bench_resnet
import bench_squeezenet
import image_classification_32
import networks
import object_detection
import visual_wake_words

NETWORKS = {"squeezenet-1.1": bench_squeezenet.network, "mobilenet-v1": bench_mobilenet_v1.network,
            "mobilenet-v2": bench_mobilenet_v2.network, "resnet-50": bench_resnet.network,
            "image-classification-32": image_classification_32.network, "visual-wake-words": visual_wake_words.network}


def main(names: list[str]) -> None:
    for name in names or (*NETWORKS, object_detection.NAME):
        if name == object_detection.NAME:
            object_detection.write_reference()
            continue
        answers = networks.reference(networks.calibrated(NETWORKS[name]()))
        networks.write_reference(answers, networks.REFERENCES / f"{name}.i16")


if __name__ == "__main__":
    main(sys.argv[1:])
