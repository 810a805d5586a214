"""scripts/tidy.py with a fake clang-tidy: what it checks, remembers, leaves, and passes on."""

import json
import subprocess
import sys

import fakes

# Fails on sources that hold the word BUG; logs what it is asked to check.
FAKE_TIDY = """#!{python}
import os, pathlib, sys
if sys.argv[1] == "--version":
    sys.exit(print("LLVM version 14.0.6"))
path = pathlib.Path(sys.argv[-1])
with open(os.environ["FAKE_LOG"], "a") as log:
    log.write(path.name + "\\n")
if "BUG" in path.read_text():
    sys.exit(print("a.cpp:1: error: a bug") or 1)
"""


class TidyTest(fakes.FakeWorld):
    def setUp(self):
        super().setUp()
        self.tree, self.log = self.base / "tree", self.base / "log"
        self.env["FAKE_LOG"] = str(self.log)
        self.program("clang-tidy-14", FAKE_TIDY.format(python=sys.executable))
        (self.tree / "build").mkdir(parents=True)
        (self.tree / ".clang-tidy").write_text("Checks: '*'\n", encoding="utf-8")
        self.source("harness/base/a.h", "#pragma once\n")
        self.source("harness/base/a.cpp", '#include "harness/base/a.h"\nint a;\n')
        self.source("harness/base/b.cpp", "int b;\n")
        self.source("tests/c_test.cpp", "int c;  // BUG\n")

    def source(self, name, text):
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        entries = [{"directory": str(self.tree / "build"), "file": str(path),
                    "command": f"ccache c++ -I'{self.tree}' -o x.o -c '{path}'"}
                   for path in sorted(self.tree.rglob("*.cpp"))]
        (self.tree / "build" / "compile_commands.json").write_text(json.dumps(entries), encoding="utf-8")

    def tidy(self, *options):
        done = subprocess.run([sys.executable, fakes.ROOT / "scripts" / "tidy.py", "--root", self.tree, "--build",
                               self.tree / "build", *options], env=self.env, capture_output=True, text=True, check=False)
        checked = sorted(self.log.read_text(encoding="utf-8").split()) if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return done, checked

    def test_checks_the_product_once(self):
        done, checked = self.tidy()
        self.assertEqual((done.returncode, checked), (0, ["a.cpp", "b.cpp"]), done.stdout + done.stderr)
        done, checked = self.tidy()
        self.assertEqual((done.returncode, checked), (0, []))
        self.assertIn("2 files: 0 passed, 0 failed, 2 unchanged, 0 left", done.stdout)

    def test_a_changed_header_reaches_its_includer(self):
        self.tidy()
        self.source("harness/base/a.h", "#pragma once\nint also_a();\n")
        self.assertEqual(self.tidy()[1], ["a.cpp"])

    def test_changed_rules_and_comments_count(self):
        self.tidy()
        self.source("harness/base/b.cpp", "int b;  // NOLINT\n")
        self.assertEqual(self.tidy()[1], ["b.cpp"])
        (self.tree / ".clang-tidy").write_text("Checks: 'misc-*'\n", encoding="utf-8")
        self.assertEqual(self.tidy()[1], ["a.cpp", "b.cpp"])

    def test_a_failure_is_shown_and_not_remembered(self):
        self.source("harness/base/b.cpp", "int b;  // BUG\n")
        for _ in range(2):
            done, checked = self.tidy()
            self.assertEqual(done.returncode, 1)
            self.assertIn("harness/base/b.cpp:\na.cpp:1: error: a bug", done.stdout)
            self.assertIn("b.cpp", checked)

    def test_no_time_leaves_files_and_says_so(self):
        done, checked = self.tidy("--budget-s", "-1")
        self.assertEqual((done.returncode, checked), (0, []))
        self.assertIn("2 left", done.stdout)

    def test_without_a_build_or_tool(self):
        (self.tree / "build" / "compile_commands.json").unlink()
        self.assertRegex(self.tidy()[0].stderr, "run scripts/test first")
        self.env["PATH"] = "/nowhere"
        self.assertRegex(self.tidy()[0].stderr, "no clang-tidy-14: run 'scripts/setup test'")


if __name__ == "__main__":
    fakes.unittest.main()
