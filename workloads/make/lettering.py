"""Words in letters: what the workloads on text share when they render it."""

import pathlib

import numpy
import PIL.ImageFont

FONTS = (
    ("fonts-liberation", "usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf"),
    ("fonts-dejavu-core", "usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
)


def font(file: pathlib.Path, size: int) -> PIL.ImageFont.FreeTypeFont:
    return PIL.ImageFont.truetype(str(file), size, layout_engine=PIL.ImageFont.Layout.BASIC)


def words_that_fit(paragraphs: list[list[str]], letters: PIL.ImageFont.FreeTypeFont, room: int,
                   random: numpy.random.RandomState) -> str:
    """As many words, from a random one on, as `room` pixels hold; at least one, even if it is too long."""
    words = paragraphs[random.randint(len(paragraphs))]
    first = random.randint(len(words))
    line = words[first]
    for word in words[first + 1:]:
        if letters.getlength(f"{line} {word}") > room:
            break
        line = f"{line} {word}"
    return line
