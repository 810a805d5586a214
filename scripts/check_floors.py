#!/usr/bin/env python3
"""Checks the order of the house: who may include whom, and a few rules of form that no compiler knows.

usage: scripts/check_floors.py [ROOT]

It also finds types of two headers that have one name: a linker merges what it takes for one, and nobody is told.

Prints each broken rule as file:line and ends with 1; prints one line and ends with 0 if there is none. The floors:

    4  harness/app, results/server    everything; of the parts on floor 2 only one header each: the factory
    3  harness/run, harness/probes, harness/lab
                                      base, core, stats; probes also backends/gpu/compute_device.h
    2  backends/* workloads reporters harness/meters results/*
                                      base, core, stats, their own folder, and the few links in LINKS
    1  harness/core, harness/stats    base
    0  harness/base                   the standard library, fmt and nlohmann/json
"""

import collections
import pathlib
import re
import sys

MAX_LINES = 400
SOURCE_FOLDERS = ("harness", "backends", "workloads", "reporters", "results")
CHECKED_FOLDERS = (*SOURCE_FOLDERS, "tests", "scripts", ".ci")
CPP_SUFFIXES = {".h", ".cpp"}
COUNTED_SUFFIXES = CPP_SUFFIXES | {".krn", ".py", ".sh", ".cmake"}
SCRIPT_FOLDERS = {"scripts", ".ci"}  # here a file without suffix counts too

TOP = {"harness/app", "results/server"}
BASE = {"harness/base"}
CORE = BASE | {"harness/core", "harness/stats"}

# A part: what it may include beside itself. Parts of floor 2 that are not named here may include CORE.
ALLOWED = {
    "harness/base": set(),
    "harness/core": BASE,
    "harness/stats": BASE,
    "harness/run": CORE,
    "harness/probes": CORE,
    "harness/lab": CORE,
    "backends/npu": CORE | {"backends/onnxruntime"},
    "backends/vulkan": CORE | {"backends/gpu"},
    "backends/opencl": CORE | {"backends/gpu"},
}
FLOOR_2 = re.compile(r"backends/[a-z0-9_]+|workloads|reporters|harness/meters|results(/[a-z0-9_]+)?")

# Single links across: start of the including path, start of the included one.
LINKS = (
    ("harness/probes/", "backends/gpu/compute_device.h"),
    ("reporters/upload", "results/bundle"),
    # The validator computes energy and heat anew from the readings, by the functions that a run uses.
    ("results/bundle/", "harness/meters/energy.h"),
    ("results/bundle/", "harness/meters/heat.h"),
    ("results/bundle/", "harness/meters/trace.h"),
    ("results/bundle/", "harness/meters/trace_file.h"),
    ("results/bundle/", "harness/meters/power.h"),
    ("reporters/comparison", "results/compare/compare.h"),
    # SQLite in one place; what a lab keeps is no record, so that the store itself is no use to it.
    ("harness/lab/ledger", "results/store/database.h"),
    # The runtime's side of a provider: its graph in our terms, partition, errors.
    ("backends/npu/sim/", "backends/gpu/ep_"),
    ("backends/npu/sim/", "backends/gpu/graph.h"),
    ("backends/npu/sim/", "backends/gpu/ops.h"),
)

# Headers that the build makes.
GENERATED = {"build_info.h"}

# Headers of others: pattern, where they may be included. What is not named here may be included anywhere.
THIRD_PARTY = (
    (re.compile(r"onnxruntime"), ("backends/",)),
    (re.compile(r"vulkan/"), ("backends/vulkan/",)),
    (re.compile(r"CL/"), ("backends/opencl/",)),
    (re.compile(r"CLI/"), ("harness/app/",)),
    (re.compile(r"png\.h|sndfile\.h"), ("workloads/",)),
    (re.compile(r"benchmark/"), ("harness/probes/",)),
    (re.compile(r"g(test|mock)/"), ()),
)

PLATFORM_MACRO = re.compile(r"\b(_WIN32|__APPLE__|__ANDROID__|__linux__)\b")
PLATFORM_FILE = re.compile(r"harness/base/.*|.*_(posix|windows|linux|macos|android)\.(cpp|h)")
NAMESPACE = re.compile(r"namespace ([a-z0-9_:]+) \{")
TYPE = re.compile(r"(?:struct|class|enum class) (\w+)(?: final)?(?: :[^;]*)? ?\{")
INCLUDE = re.compile(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"', re.DOTALL)


class Checker:
    """Walks one tree; `problems` holds (file, line, sentence)."""

    def __init__(self, root: pathlib.Path):
        self.root = root
        self.problems: list[tuple[str, int, str]] = []
        self._types = {}  # "namespace::Name" -> (header, line)
        self._entries = collections.defaultdict(dict)  # (top part, floor-2 part) -> {header: first place}

    def run(self) -> list[tuple[str, int, str]]:
        for folder in CHECKED_FOLDERS:
            for path in sorted((self.root / folder).rglob("*")):
                counted = path.suffix in COUNTED_SUFFIXES or (not path.suffix and folder in SCRIPT_FOLDERS)
                if path.is_file() and counted:
                    self.check_file(path)
        self.check_factories()
        return sorted(self.problems)

    def check_file(self, path: pathlib.Path) -> None:
        name = path.relative_to(self.root).as_posix()
        text = path.read_text(encoding="utf-8", errors="replace")
        lines = text.count("\n") + (not text.endswith("\n"))
        if lines > MAX_LINES:
            self.report(name, MAX_LINES + 1, f"a file has at most {MAX_LINES} lines, this one has {lines}: split it")
        if path.suffix not in CPP_SUFFIXES:
            return
        code = without_comments(text)
        if path.suffix == ".h" and not re.match(r"\s*#pragma once\b", code):
            self.report(name, 1, "a header starts with #pragma once")
        if path.suffix == ".h":
            self.check_types(name, code)
        if not name.startswith(SOURCE_FOLDERS):
            return
        if part_of(name) is None:
            self.report(name, 1, "this folder is on no floor: move the file, or name the folder in check_floors.py")
            return
        for number, line in enumerate(code.splitlines(), 1):
            self.check_line(name, number, line)

    def check_types(self, name: str, code: str) -> None:
        namespace = ""
        for number, line in enumerate(code.splitlines(), 1):
            if match := NAMESPACE.match(line):
                namespace = match[1]
            elif match := TYPE.match(line):
                known = self._types.setdefault(f"{namespace}::{match[1]}", (name, number))
                if known[0] != name:
                    self.report(name, number, f"{known[0]} has another {namespace}::{match[1]}: rename one")

    def check_line(self, name: str, number: int, line: str) -> None:
        if (macro := PLATFORM_MACRO.search(line)) and not PLATFORM_FILE.fullmatch(name):
            self.report(name, number, f"{macro[1]} belongs into harness/base or a file named *_posix, *_windows, "
                                      "*_linux, *_macos or *_android")
        if include := INCLUDE.match(line):
            if include[1]:
                self.check_own(name, number, include[1])
            else:
                self.check_third_party(name, number, include[2])

    def check_own(self, name: str, number: int, header: str) -> None:
        part, other = part_of(name), part_of(header)
        if header in GENERATED:
            return
        if other is None:
            self.report(name, number, f'"{header}" is no path from the root of the tree into one of '
                                      f"{', '.join(SOURCE_FOLDERS)}: use <> for headers of others")
        elif part in TOP:
            if part != other and is_floor_2(other):
                self._entries[part, other].setdefault(header, (name, number))
        elif part != other and other not in ALLOWED.get(part, CORE) and not linked(name, header):
            self.report(name, number, f"{part} (floor {floor_of(part)}) may not include {other} "
                                      f"(floor {floor_of(other)})")

    def check_third_party(self, name: str, number: int, header: str) -> None:
        for pattern, places in THIRD_PARTY:
            if pattern.match(header) and not name.startswith(places):
                where = " and ".join(places) or "tests/"
                self.report(name, number, f"<{header}> may only be included in {where}")

    def check_factories(self) -> None:
        for (part, other), headers in self._entries.items():
            for header in sorted(headers)[1:]:
                first = sorted(headers)[0]
                self.report(*headers[header], f"{part} enters {other} through one factory header, but includes "
                                              f"{first} and {header}")

    def report(self, name: str, number: int, sentence: str) -> None:
        self.problems.append((name, number, sentence))


def without_comments(text: str) -> str:
    """The code alone, on the same lines; strings stay only in #include."""
    def blank(match: re.Match) -> str:
        token = match[0]
        if token.startswith('"') and INCLUDE.match(text[text.rfind("\n", 0, match.start()) + 1:match.end()]):
            return token
        return "\n" * token.count("\n") if token.startswith(("/", "R")) else '""'

    return COMMENT_OR_STRING.sub(blank, text)


def part_of(name: str) -> str | None:
    """harness/run/x.cpp -> harness/run; workloads/vision/x.h -> workloads; results/x.h -> results."""
    folders = name.split("/")[:-1]
    if not folders or folders[0] not in SOURCE_FOLDERS or ".." in folders:
        return None
    if folders[0] in ("workloads", "reporters"):
        return folders[0]
    part = "/".join(folders[:2])
    return part if part in TOP or part in ALLOWED or FLOOR_2.fullmatch(part) else None


def is_floor_2(part: str) -> bool:
    return floor_of(part) == 2


def floor_of(part: str) -> int:
    if part in TOP:
        return 4
    floors = {"harness/run": 3, "harness/probes": 3, "harness/lab": 3, "harness/core": 1, "harness/stats": 1,
              "harness/base": 0}
    return floors.get(part, 2)


def linked(name: str, header: str) -> bool:
    return any(name.startswith(source) and header.startswith(target) for source, target in LINKS)


def main() -> int:
    if len(sys.argv) > 2 or (len(sys.argv) == 2 and sys.argv[1].startswith("-")):
        print(__doc__)
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    root = pathlib.Path(sys.argv[1] if len(sys.argv) == 2 else pathlib.Path(__file__).resolve().parent.parent)
    problems = Checker(root).run()
    for name, number, sentence in problems:
        print(f"{name}:{number}: {sentence}")
    print(f"check_floors: {len(problems)} broken rules" if problems else "check_floors: every rule holds")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
