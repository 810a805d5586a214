#!/usr/bin/env python3
"""Compares two benchmark.json files with Google Benchmark's own compare.py.

usage: benchmark_compare_test.py [BENCHMARK.json]

Without a file it takes the golden one. Exit code 77 where compare.py (Debian: libbenchmark-tools) or numpy is not
installed. Where scipy is missing, a stand-in serves: of it only the geometric mean is used for single repetitions.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden" / "benchmark.json"
COMPARE = pathlib.Path("/usr/share/benchmark/compare.py")
EXIT_SKIPPED = 77
STAND_IN = """import numpy
def gmean(values):
    return numpy.exp(numpy.mean(numpy.log(values), axis=0))
def mannwhitneyu(*_, **__):
    raise RuntimeError("not for single repetitions")
"""


def has_module(name):
    return subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, check=False).returncode == 0


def environment(folder):
    """With a stand-in for scipy on the path where there is none."""
    if has_module("scipy.stats"):
        return os.environ
    package = folder / "stand-in" / "scipy"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "stats.py").write_text(STAND_IN)
    return {**os.environ, "PYTHONPATH": str(package.parent)}


def slower(document):
    """All times doubled; the last good cell failed."""
    changed = json.loads(json.dumps(document))
    good = [entry for entry in changed["benchmarks"] if "real_time" in entry]
    for entry in good:
        entry["real_time"] *= 2
        entry["cpu_time"] *= 2
    failed = good[-1]["run_name"]
    changed["benchmarks"] = [entry for entry in changed["benchmarks"] if entry["run_name"] != failed]
    changed["benchmarks"].append({"name": failed, "run_name": failed, "run_type": "aggregate",
                                  "aggregate_name": "error", "time_unit": "none", "error_occurred": True,
                                  "error_message": "crashed"})
    return changed, failed


def compare(first, second, environment_of_tool):
    return subprocess.run([sys.executable, str(COMPARE), "--no-color", "benchmarks", str(first), str(second)],
                          capture_output=True, text=True, env=environment_of_tool, check=False)


def check(first, folder):
    document = json.loads(first.read_text(encoding="utf-8"))
    changed, failed = slower(document)
    second = folder / "second.json"
    second.write_text(json.dumps(changed), encoding="utf-8")
    tool_environment = environment(folder)
    for a, b in ((first, second), (second, first), (first, first)):
        done = compare(a, b, tool_environment)
        yield f"compare.py reads {a.name} and {b.name}", done.returncode == 0, done.stderr
    output = compare(first, second, tool_environment).stdout
    lines = {line.split()[0]: line for line in output.splitlines() if line.startswith(("vision", "speech", "nlp"))}
    for entry in document["benchmarks"]:
        if "real_time" not in entry or entry["run_name"] == failed:
            yield f"{entry['name']} is not compared", entry["name"] not in lines, output
        else:
            line = lines.get(entry["name"], "")
            yield f"{entry['name']} is twice as slow", "+1.0000" in line, output
    yield "it states the mean change", "OVERALL_GEOMEAN" in output, output


def main():
    if not COMPARE.exists() or not has_module("numpy"):
        print("skipped: compare.py (libbenchmark-tools) or numpy is not installed")
        return EXIT_SKIPPED
    first = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else GOLDEN
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for what, good, found in check(first.resolve(), pathlib.Path(folder)):
            print(f"{'ok  ' if good else 'FAIL'} {what}" + ("" if good else f": found {found}"))
            failures += not good
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
