#!/usr/bin/env python3
"""Runs clang-tidy 14 on the sources that changed since it last passed on them.

A source counts as changed when its text after the preprocessor does, so a changed header reaches all who include
it. What passed is remembered in the cache ($EDGEBENCH_CACHE/tidy). Needs the compile commands of build/test.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts"))

from fetching.cache import default_root  # noqa: E402 (the path is set above)

FOLDERS = ("harness", "backends", "workloads", "reporters", "results")
TOOL = "clang-tidy-14"
EXTRA = "--extra-arg=-Wno-unknown-warning-option"


def sources(build: pathlib.Path, root: pathlib.Path) -> dict[str, list[str]]:
    """Path in the tree -> its compile command, for the sources of the product."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        if path.is_relative_to(root) and path.relative_to(root).parts[0] in FOLDERS:
            found[path.relative_to(root).as_posix()] = shlex.split(entry["command"])
    return found


def latest_first(names: list[str], root: pathlib.Path) -> list[str]:
    """Uncommitted files first, then by last commit: where time is short, it goes to what is new."""
    rank: dict[str, int] = {}
    for command in (["git", "status", "--porcelain", "--no-renames", "-uall"],
                    ["git", "log", "--format=", "--name-only"]):
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        for line in done.stdout.splitlines():
            rank.setdefault(line[3:] if command[1] == "status" else line, len(rank))
    return sorted(names, key=lambda name: (rank.get(name, len(rank)), name))


def fingerprint(command: list[str], build: pathlib.Path, salt: bytes) -> str | None:
    """sha256 of what clang-tidy would see; None where the preprocessor fails."""
    if pathlib.Path(command[0]).name == "ccache":
        command = command[1:]
    preprocess = [word for word in command if word not in ("-c", "-MD", "-MMD")]
    for option in ("-o", "-MT", "-MF"):
        if option in preprocess:
            at = preprocess.index(option)
            del preprocess[at:at + 2]
    # -CC keeps comments: NOLINT is one.
    done = subprocess.run([*preprocess, "-E", "-CC"], cwd=build, capture_output=True, check=False)
    return hashlib.sha256(salt + done.stdout).hexdigest() if done.returncode == 0 else None


class Tidy:
    """One run; `deadline_s` is the time after which no further file is begun."""

    def __init__(self, build: pathlib.Path, root: pathlib.Path, passed: pathlib.Path, deadline_s: float):
        self.build, self.root, self.passed, self.deadline_s = build, root, passed, deadline_s
        version = subprocess.run([TOOL, "--version"], capture_output=True, check=True).stdout
        self.salt = version + (root / ".clang-tidy").read_bytes()

    def check(self, name: str, command: list[str]) -> str:
        """'unchanged', 'passed', 'failed' or 'left'; prints what clang-tidy has to say."""
        if time.monotonic() > self.deadline_s:
            return "left"
        mark = fingerprint(command, self.build, self.salt)
        if mark and (self.passed / mark).exists():
            return "unchanged"
        done = subprocess.run([TOOL, "-p", str(self.build), "--quiet", EXTRA, str(self.root / name)], cwd=self.root,
                              capture_output=True, text=True, errors="replace", check=False)
        if done.returncode != 0:
            print(f"{name}:\n{done.stdout}{done.stderr if not done.stdout else ''}", flush=True)
            return "failed"
        if mark:
            (self.passed / mark).touch()
        return "passed"


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/tidy.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "test", metavar="DIR",
                        help="build folder with compile_commands.json (default: build/test)")
    parser.add_argument("--budget-s", type=float, default=float("inf"), metavar="S",
                        help="begin no further file after S seconds; the latest changes come first")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help=argparse.SUPPRESS)
    options = parser.parse_args()
    root, build = options.root.resolve(), options.build.resolve()
    if not shutil.which(TOOL):
        print(f"error: there is no {TOOL}: run 'scripts/setup test'", file=sys.stderr)
        return 1
    if not (build / "compile_commands.json").is_file():
        print(f"error: {build} has no compile_commands.json: run scripts/test first", file=sys.stderr)
        return 1
    passed = default_root() / "tidy"
    passed.mkdir(parents=True, exist_ok=True)
    tidy = Tidy(build, root, passed, time.monotonic() + options.budget_s)
    commands = sources(build, root)
    names = latest_first(list(commands), root)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda name: tidy.check(name, commands[name]), names))
    counts = ", ".join(f"{results.count(word)} {word}" for word in ("passed", "failed", "unchanged", "left"))
    print(f"clang-tidy: {len(results)} files: {counts}")
    return 1 if "failed" in results else 0


if __name__ == "__main__":
    sys.exit(main())
