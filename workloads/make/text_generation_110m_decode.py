"""large/text-generation-110m-decode."""

import pathlib

import common
import text_generation_110m as task


def make(_: common.Sources, out: pathlib.Path) -> None:
    task.make(out, "decode", task.texts())
