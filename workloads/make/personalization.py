"""vision/personalization: one user's 100 pictures, three times."""

import pathlib

import common
import last_layer

PLAN = last_layer.Plan(clients=1, pictures=100, main_share=0, epochs=3)


def make(sources: common.Sources, out: pathlib.Path) -> None:
    last_layer.make(sources, out, PLAN)
