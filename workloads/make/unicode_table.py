"""Prints workloads/nlp/unicode_table.inc from Python's own Unicode data. Run by hand when Unicode moves on.

    /usr/bin/python3 workloads/make/unicode_table.py > workloads/nlp/unicode_table.inc
"""

import sys
import unicodedata


def letter_ranges() -> list[list[int]]:
    """First and last code point of each run of letters (L*) and marks (M*)."""
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code))[0] not in "LM":
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return ranges


def lower_ranges() -> list[list[int]]:
    """First, last, step and distance of each run of letters whose lower case is one other letter."""
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        lower = chr(code).lower()
        if len(lower) != 1 or lower == chr(code):
            continue
        distance = ord(lower) - code
        if ranges and ranges[-1][3] == distance:
            step = code - ranges[-1][1]
            if step == ranges[-1][2] or (ranges[-1][2] == 0 and step <= 2):
                ranges[-1][1:3] = [code, step]
                continue
        ranges.append([code, code, 0, distance])
    return [[first, last, max(1, step), distance] for first, last, step, distance in ranges]


def print_array(declaration: str, rows: list[str]) -> None:
    print(f"constexpr {declaration} = {{")
    line = "   "
    for row in rows:
        if len(line) + len(row) + 2 > 110:
            print(line)
            line = "   "
        line += f" {row},"
    print(f"{line}\n}};")


if __name__ == "__main__":
    script = "workloads/make/unicode_table.py"
    print(f"// Unicode {unicodedata.unidata_version}, written by {script}. clang-format off")
    letters = [f"{{0x{first:X}, 0x{last:X}}}" for first, last in letter_ranges()]
    print_array("LetterRange kLetterRanges[]", letters)
    print()
    lower = [f"{{0x{first:X}, 0x{last:X}, {step}, {away}}}" for first, last, step, away in lower_ranges()]
    print_array("LowerRange kLowerRanges[]", lower)
