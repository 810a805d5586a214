"""What all generators of sample sets share: hashes, PNG files, the sample list, the package folders."""

import hashlib
import json
import pathlib
import typing

import numpy
import PIL.Image

SAMPLES_SCHEMA = "edgebench.samples/1"

Sources = dict[str, pathlib.Path]


def source_file(sources: Sources, package: str, relative: str) -> pathlib.Path:
    """The file of that name in an unpacked package, with or without npm's own `package/` folder around it."""
    if package not in sources:
        raise KeyError(f"{package}: not among the sources of this workload")
    for folder in (sources[package], sources[package] / "package"):
        if (folder / relative).is_file():
            return folder / relative
    raise FileNotFoundError(f"{package}: holds no {relative}")


def sha256_of(file: pathlib.Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def generator(seed: int) -> numpy.random.RandomState:
    """Seeded random numbers; RandomState because numpy promises never to change its streams."""
    return numpy.random.RandomState(seed)


def save_png(pixels: numpy.ndarray, file: pathlib.Path) -> str:
    """Writes [H, W] or [H, W, 3] u8 and gives the file's sha256."""
    file.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.fromarray(numpy.ascontiguousarray(pixels)).save(file, format="PNG", compress_level=9)
    return sha256_of(file)


def write_samples(samples: list[dict[str, typing.Any]], file: pathlib.Path) -> None:
    """One sample a line, so that two sets can be compared with diff."""
    lines = ",\n".join(json.dumps(sample, ensure_ascii=False, sort_keys=True) for sample in samples)
    text = f'{{"schema": "{SAMPLES_SCHEMA}", "samples": [\n{lines}\n]}}\n'
    file.write_text(text, encoding="utf-8", newline="\n")
