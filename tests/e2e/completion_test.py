#!/usr/bin/env python3
"""Completion in real shells, and the manual page: both know what the program knows, and nothing else."""

import json
import os
import pty
import re
import select
import shutil
import subprocess
import time
import unittest

import support

# COMP_WORDS as bash would have them, and what is left of the answer.
BASH_DRIVER = """
source /dev/stdin
compopt() { printf 'compopt %s %s\\n' "$1" "$2"; }
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_edgebench edgebench
((${#COMPREPLY[@]})) && printf '%s\\n' "${COMPREPLY[@]}"
true
"""


class Described(support.EndToEndTest):
    """What the help says there is."""

    def commands(self, *words):
        text = self.program(*words, "--help").out.partition("Subcommands:")[2].partition("\n\n")[0]
        return re.findall(r"^  ([a-z][a-z-]*)", text, re.MULTILINE)

    def options(self, *words):
        text = self.program(*words, "--help").out
        heads = re.findall(r"^  (-\S+)", text, re.MULTILINE)
        return [name.partition("{")[0] for head in heads for name in head.split(",")]


class Completion(Described):

    def script(self, shell):
        done = self.program("completion", shell)
        self.assertEqual((done.code, done.err), (0, ""))
        return done.out

    def bash(self, *words):
        """What bash would offer after these words of its own cutting."""
        done = subprocess.run(["bash", "--norc", "-c", BASH_DRIVER, "driver", support.PROGRAM, *words], cwd=self.here,
                              input=self.script("bash"), capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.splitlines()

    def ids(self, what):
        return [row["id"] for row in json.loads(self.program("list", what, "--format", "json").out)]

    def test_bash_offers_what_the_program_has(self):
        self.assertEqual(self.bash(""), self.commands())
        self.assertIn("run", self.bash(""))
        self.assertEqual(sorted(self.bash("verify", "--")), sorted(o for o in self.options("verify") if o[:2] == "--"))
        self.assertEqual(self.bash("run", "--isol"), ["--isolation"])
        self.assertEqual(self.bash("token", ""), ["add", "list", "remove"])
        self.assertEqual(self.bash("list", "cha"), [])
        self.assertEqual(self.bash("list", "ch"), ["chips"])
        self.assertEqual(self.bash("run", "--format", "ht"), ["html"])
        self.assertEqual(self.bash("run", "--tier", ""), ["quick", "standard", "official"])

    def test_bash_offers_the_ids_of_list(self):
        workloads = self.bash("run", "--workloads", "")
        self.assertEqual([name for name in workloads if "/" in name], self.ids("workloads"))
        self.assertIn("vision", workloads)
        self.assertIn("all", workloads)
        self.assertEqual(self.bash("run", "--backends", "cpu,v"), ["cpu,vulkan"])
        self.assertIn("vulkan", self.bash("run", "--beside", "speech/voice-activity", "@", ""))
        self.assertEqual(self.bash("run", "--scenarios", "=", "off"), ["offline"])
        self.assertEqual(self.bash("query", "--order-by", "latency_p50_m"), ["latency_p50_ms"])
        self.assertEqual(self.bash("run", "--meter", "n"), ["none"])

    def test_paths_are_the_shells(self):
        self.assertEqual(self.bash("run", "--out", ""), ["compopt -o dirnames"])
        self.assertEqual(self.bash("run", "model"), ["compopt -o default"])
        self.assertEqual(self.bash("run", "--rate", ""), [])

    def test_a_bash_that_someone_types_into(self):
        """All of readline: beginnings of one meaning are filled in, and a folder of the user's is found."""
        (self.here / "results here").mkdir()
        os.symlink(support.PROGRAM, self.here / "edgebench")
        (self.here / "rc").write_text("PS1='> '\nstty cols 300\nbind 'set enable-bracketed-paste off'\n"
                                      "PATH=$PWD:$PATH\nsource <(edgebench completion bash)\n", encoding="utf-8")
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.here)
            os.execve("/bin/bash", ["bash", "--noprofile", "--rcfile", "rc", "-i"], self.environment(HOME=self.here))
        try:
            self.read_until(terminal, "> ")
            os.write(terminal, b"edgebench ver\t--workl\tvision/person-\t--back\topen\t--out res\t")
            self.read_until(terminal, "--out results\\ here/")
            os.write(terminal, b"\x01echo \n")  # to the line's head
            self.read_until(terminal, "edgebench verify --workloads vision/person-segmentation --backends opencl "
                                      "--out results here/\n")
        finally:
            os.close(terminal)
            os.waitpid(pid, 0)

    def read_until(self, terminal, text):
        seen, deadline = "", time.monotonic() + support.PATIENCE_S
        while text not in seen:
            ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
            self.assertTrue(ready, f"no {text!r} in {seen!r}")
            seen += os.read(terminal, 4096).decode("utf-8", "replace").replace("\r", "")
        return seen

    def test_the_scripts_are_valid(self):
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell):
                if not shutil.which(shell):
                    self.skipTest(f"{shell} is not here")
                done = subprocess.run([shell, "-n"], input=self.script(shell), capture_output=True, text=True,
                                      check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    @unittest.skipUnless(shutil.which("fish"), "fish is not here")
    def test_fish_offers_names_with_their_help(self):
        (self.here / "edgebench.fish").write_text(self.script("fish"), encoding="utf-8")
        env = self.environment(HOME=self.here, PATH=f"{support.PROGRAM.parent}:{os.environ['PATH']}")
        ask = "source edgebench.fish; complete -C 'edgebench run --isol'; complete -C 'edgebench list ch'"
        done = subprocess.run(["fish", "--no-config", "-c", ask], cwd=self.here, env=env, capture_output=True,
                              text=True, check=True)
        self.assertRegex(done.stdout, r"^--isolation\tprocess: every cell .*\nchips\b")

    def test_a_shell_that_there_is_not(self):
        done = self.program("completion", "csh")
        self.assertEqual(done.code, 2)
        self.check_sentence(done, "csh", "bash", "edgebench completion --help")
        for arguments in ((), ("bash",), ("bash", " =:")):
            self.check_sentence(self.program("complete", *arguments), "edgebench completion --help")


class ManualPage(Described):

    def page(self):
        done = self.program("man")
        self.assertEqual((done.code, done.err), (0, ""))
        return done.out

    def sections(self):
        """The text of each command's section, as it was before roff."""
        parts = re.split(r"^\.SS (.*)\n", self.page(), flags=re.MULTILINE)
        plain = [part.replace("\\-", "-") for part in parts]
        return dict(zip(plain[1::2], plain[2::2]))

    def test_every_option_of_every_command_is_in_it(self):
        sections = self.sections()
        paths = [[name] for name in self.commands()]
        paths += [[name, part] for [name] in paths for part in self.commands(name)]
        self.assertEqual(sorted(sections), sorted(" ".join(["edgebench", *path]) for path in paths))
        for path in paths:
            options = self.options(*path)
            self.assertIn("--help", options)
            for option in options:
                self.assertIn(f"\\fB{option}\\fR", sections[" ".join(["edgebench", *path])], path)

    def test_it_is_laid_out_without_a_complaint(self):
        (self.here / "edgebench.1").write_text(self.page(), encoding="utf-8")
        checks = {"man": ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "edgebench.1"],
                  "mandoc": ["mandoc", "-Tlint", "-Wwarning", "edgebench.1"]}
        for tool, command in checks.items():
            with self.subTest(tool):
                if not shutil.which(tool):
                    self.skipTest(f"{tool} is not here")
                done = subprocess.run(command, cwd=self.here, env=self.environment(MANWIDTH="80", LC_ALL="C.UTF-8"),
                                      capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertEqual(done.stderr if tool == "man" else done.stdout, "")
                if tool == "man":
                    self.assertIn("--workloads", done.stdout)


if __name__ == "__main__":
    unittest.main()
