"""The texts of the UDHR that networks of ours are trained with, and those that they are judged by: other articles."""

import pathlib
import typing

import common
import text

HELD_OUT = frozenset((5, 9, 12, 15, 18, 21, 24, 26, 28))  # articles that judge, short and long ones
WATCHED = frozenset((13,))  # article that only tells how training goes
MIN_ARTICLES = 28
MIN_HELD_OUT_CHARACTERS = 500
# Bosnian is, in either script, all but word for word the Serbian or the Croatian text; Dzongkha's is mostly Tibetan.
LEFT_OUT = frozenset(("bs", "dz"))


class Language(typing.NamedTuple):
    code: str  # ISO 639-1
    training: bytes  # UTF-8, one space between paragraphs
    watched: bytes
    held_out: bytes


def languages(package: pathlib.Path) -> list[Language]:
    """One whole text of each language that ISO 639-1 has a code for, by code; of several the one with the plainest tag."""
    by_text: dict[tuple[str, str], list[text.Paragraph]] = {}
    for paragraph in text.paragraphs(package):
        if len(paragraph.tag.partition("-")[0]) == 2:
            by_text.setdefault((paragraph.tag, paragraph.code), []).append(paragraph)
    chosen: dict[str, tuple[tuple[int, int, int], Language]] = {}
    for (tag, code), paragraphs in by_text.items():
        language = _split(tag.partition("-")[0], paragraphs)
        rank = len(tag), len(code), -len(language.training)
        if language.code in LEFT_OUT or not _is_whole(paragraphs, language):
            continue
        if language.code not in chosen or rank < chosen[language.code][0]:
            chosen[language.code] = rank, language
    return [chosen[code][1] for code in sorted(chosen)]


def windows(content: bytes, size: int) -> list[bytes]:
    """One after the other, whole characters only: each at most `size` bytes, and at most three less."""
    found = []
    start = 0
    while start + size <= len(content):
        end = whole_end(content, start + size)
        found.append(content[start:end])
        start = end
    return found


def whole_end(content: typing.Sequence[int], end: int) -> int:
    """The nearest end at or before `end` that cuts no character; `content` is UTF-8."""
    while end < len(content) and is_inside_character(content[end]):
        end -= 1
    return min(end, len(content))


def exact_windows(content: bytes, size: int, count: int, seed: int) -> list[bytes]:
    """`count` windows of `size` bytes, whole characters only, that may overlap; drawn by `seed`."""
    fitting = [start for start in range(len(content) - size) if not is_inside_character(content[start])
               and not is_inside_character(content[start + size])]
    starts = sorted(common.generator(seed).permutation(len(fitting))[:count])
    return [content[fitting[start]:fitting[start] + size] for start in starts]


def is_inside_character(byte: int) -> bool:
    """Whether a byte of UTF-8 is not the first of its character."""
    return byte & 0xC0 == 0x80


def _split(code: str, paragraphs: list[text.Paragraph]) -> Language:
    def joined(wanted: typing.Callable[[int], bool]) -> bytes:
        return " ".join(paragraph.text for paragraph in paragraphs if wanted(paragraph.article)).encode()

    return Language(code, joined(lambda article: article not in HELD_OUT | WATCHED),
                    joined(lambda article: article in WATCHED), joined(lambda article: article in HELD_OUT))


def _is_whole(paragraphs: list[text.Paragraph], language: Language) -> bool:
    articles = {paragraph.article for paragraph in paragraphs} - {0}
    return len(articles) >= MIN_ARTICLES and len(language.held_out.decode()) >= MIN_HELD_OUT_CHARACTERS
