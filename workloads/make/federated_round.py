"""vision/federated-round: ten clients, each with 60 pictures that are mostly of two classes."""

import pathlib

import common
import last_layer

PLAN = last_layer.Plan(clients=10, pictures=60, main_share=0.8, epochs=2)


def make(sources: common.Sources, out: pathlib.Path) -> None:
    last_layer.make(sources, out, PLAN)
