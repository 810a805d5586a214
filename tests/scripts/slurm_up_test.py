"""scripts/lab/slurm-up: what it writes, what it refuses, and a cluster that runs jobs, where Slurm is installed."""

import importlib.machinery
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "lab" / "slurm-up"
loader = importlib.machinery.SourceFileLoader("slurm_up", str(SCRIPT))
slurm_up = importlib.util.module_from_spec(importlib.util.spec_from_loader("slurm_up", loader))
loader.exec_module(slurm_up)


def inventory(*boards):
    return json.dumps({"boards": boards})


class WhatItWrites(unittest.TestCase):

    def test_a_board_is_a_node_with_its_class_and_tags(self):
        boards = slurm_up.boards_of(inventory({"id": "pi-1", "class": "pi5", "tags": ["arm64", "pi5"]}, {"id": "pc", "class": "x86"}))
        text = slurm_up.configuration("/lab", boards, [7000, 7001, 7002], "host", "lab")
        self.assertEqual(re.findall(r"NodeName=(\S+) .* Port=(\d+) .* Feature=(\S+) ", text), [("pi-1", "7001", "pi5,arm64"), ("pc", "7002", "x86")])
        self.assertIn("SlurmctldHost=host(127.0.0.1)\nSlurmctldPort=7000\n", text)
        self.assertIn("OverSubscribe=EXCLUSIVE", text, "one job at a time a board")

    def test_boards_without_an_inventory_have_numbers(self):
        self.assertEqual(slurm_up.numbered(2), [("board-01", ["virtual"]), ("board-02", ["virtual"])])

    def test_ports_differ(self):
        self.assertEqual(len(set(slurm_up.free_ports(50))), 50)

    def test_what_slurm_would_take_for_something_else_is_refused(self):
        for text, said in (("{", "no inventory"), ("[]", "no inventory"), (inventory(), "no boards"),
                           (inventory({"id": "a"}), "'class'"),
                           (inventory({"id": "a Gres=npu:9", "class": "b"}), "'a Gres=npu:9'"),
                           (inventory({"id": "a", "class": "b\nNodeName=c"}), "letters"),
                           (inventory({"id": "a", "class": "b", "tags": [7]}), "7"),
                           (inventory({"id": "a", "class": "b"}, {"id": "a", "class": "c"}), "one id")):
            with self.subTest(text), self.assertRaisesRegex(slurm_up.LabError, said):
                slurm_up.boards_of(text)


class TheCommand(unittest.TestCase):

    def setUp(self):
        self.here = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="eb-")))
        self.here.chmod(0o755)  # the jobs' user goes through it

    def script(self, *arguments, **environment):
        return subprocess.run([sys.executable, "-B", SCRIPT, *arguments], capture_output=True, encoding="utf-8", check=False,
                              env={**os.environ, **environment}, timeout=200)

    def test_errors_are_one_sentence(self):
        done = self.script(self.here / "lab", "--inventory", self.here / "none.json")
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1))
        self.assertIn("none.json", done.stderr)
        self.assertEqual(self.script(self.here / "lab", "--boards", "0").returncode, 2)

    @unittest.skipUnless(all(shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin") for name in slurm_up.PROGRAMS),
                         "Slurm is not installed: slurmctld, slurmd, slurm-client, munge")
    def test_jobs_go_to_the_boards_that_have_their_features(self):
        lab = self.here / "lab"
        (self.here / "lab.json").write_text(inventory(*({"id": f"{kind}-{number}", "class": kind} for kind in ("pi5", "orin") for number in (1, 2))))
        self.addCleanup(self.script, lab, "--down")
        done = self.script(lab, "--inventory", self.here / "lab.json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("4 boards are up", done.stdout)
        self.assertIn("a cluster runs there", self.script(lab, "--inventory", self.here / "lab.json").stderr)
        slurm_up.run_as(slurm_up.lab_user(), [
            "timeout", "60", "sbatch", "--wait", "--constraint=orin", "--array=1-4", f"--output={lab}/log/%x-%j.out", f"--chdir={lab}",
            "--wrap", "echo $SLURMD_NODENAME; sleep 0.3"], env={"PATH": os.environ["PATH"], "SLURM_CONF": f"{lab}/etc/slurm.conf"})
        self.assertEqual({file.read_text().strip() for file in (lab / "log").glob("wrap-*.out")}, {"orin-1", "orin-2"})
        running = slurm_up.pids(lab)
        self.assertEqual(len(running), 6, "four boards, the controller, and who vouches for users")
        self.assertEqual(self.script(lab, "--down").returncode, 0)
        self.assertEqual([pid for pid in running if slurm_up.runs(pid, lab)], [])


if __name__ == "__main__":
    unittest.main()
