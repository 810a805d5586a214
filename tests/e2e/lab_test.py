#!/usr/bin/env python3
"""edgebench lab: the real program on this machine, also when the driver is killed in the middle."""

import contextlib
import hashlib
import json
import os
import signal
import sqlite3
import unittest

from support import EndToEndTest, children_of, status_of, wait_for

HERE = {"id": "here"}
SHORT = {"workloads": ["builtin/nlp"], "backends": ["cpu"], "time_budget_s": 1, "formats": ["json"]}


class LabTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.out = self.here / "lab"

    def write(self, jobs, boards=(HERE,), **plan):
        files = {"inventory": {"schema": "edgebench.lab-inventory/1", "boards": list(boards)},
                 "plan": {"schema": "edgebench.lab-plan/1", "jobs": jobs, **plan}}
        for name, value in files.items():
            (self.here / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")

    def arguments(self, *more):
        return ("lab", "run", "--inventory", self.here / "inventory.json", "--plan", self.here / "plan.json",
                "--out", self.out, *more)

    def lab(self, *more, **options):
        return self.program(*self.arguments(*more), **options)

    def rows(self, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.out / 'lab.db'}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    def check_kept(self, jobs):
        """Each of the jobs has one verified run, whose hash is in the ledger, and there is no other."""
        kept = self.out / "runs"
        self.assertEqual(sorted(str(file.parent.relative_to(kept)) for file in kept.rglob("run.json")), sorted(jobs))
        rows = dict(self.rows("SELECT job, run_sha256 FROM jobs WHERE state = 'done'"))
        for job in jobs:
            self.assertEqual(rows[job], hashlib.sha256((kept / job / "run.json").read_bytes()).hexdigest())
            self.assertEqual(json.loads((kept / job / "lab-job.json").read_text(encoding="utf-8"))["job"], job)
        twice = "SELECT job FROM history WHERE state = 'done' GROUP BY job HAVING count(*) > 1"
        self.assertEqual(self.rows(twice), [])


class Run(LabTest):
    def test_a_driver_that_is_killed_loses_nothing_and_counts_nothing_twice(self):
        self.write([{"id": "a", "run": SHORT, "repeats": 2}, {"id": "wrong", "run": {"workloads": ["nonsense"]}}])
        with self.start(*self.arguments()) as driver:
            driver.wait_to_say("a/here/1  done  1 of 1 cells ok\n")
            driver.wait_to_say("wrong/here/1  failed  edgebench run ended with exit code 2: ")
            driver.wait_to_say("a/here/2  attempt 1")
            run = wait_for(lambda: children_of(driver.pid), "a run")[0]
            # A second driver has nothing to do here.
            done = self.lab()
            self.assertEqual(done.code, 1, done)
            self.check_sentence(done, "another edgebench lab is at work", "--out")
            os.kill(driver.pid, signal.SIGKILL)
        wait_for(lambda: status_of(run) is None, "the end of what the driver had started")
        self.assertEqual(self.rows("SELECT state FROM jobs WHERE job = 'a/here/2'"), [("running",)])
        done = self.lab()
        self.assertEqual(done.code, 1, done)
        self.assertEqual(done.out, "a/here/2  done  1 of 1 cells ok\n2 jobs done, 1 failed\n")
        self.check_kept(["a/here/1", "a/here/2"])
        self.assertEqual(self.rows("SELECT attempt FROM jobs WHERE job = 'wrong/here/1'"), [(1,)])
        # All is over: nothing is done again, unless that is asked for.
        done = self.lab()
        self.assertEqual((done.code, done.out), (1, "2 jobs done, 1 failed\n"))
        done = self.lab("--retry-failed")
        self.assertRegex(done.out, r"(?m)^wrong/here/1  failed .*nonsense")
        self.assertEqual(self.rows("SELECT attempt FROM jobs WHERE job = 'wrong/here/1'"), [(2,)])

    def test_ctrl_c_is_as_harmless(self):
        self.write([{"id": "a", "run": {**SHORT, "time_budget_s": 600}}])
        with self.start(*self.arguments()) as driver:
            driver.wait_to_say("a/here/1  attempt 1")
            run = wait_for(lambda: children_of(driver.pid), "a run")[0]
            os.kill(driver.pid, signal.SIGINT)
            done = driver.finish()
        self.assertEqual(done.code, 130, done)
        self.check_sentence(done, "the same command goes on")
        self.assertIsNone(status_of(run))
        self.write([{"id": "b", "run": SHORT}])
        self.check_sentence(self.lab(), "another plan", "--out")

    def test_a_run_that_takes_too_long_is_ended_and_tried_again(self):
        self.write([{"id": "a", "run": {**SHORT, "time_budget_s": 600}, "time_limit_s": 1, "retries": 1,
                     "retry_wait_s": 0}])
        done = self.lab()
        self.assertEqual(done.code, 1, done)
        self.assertRegex(done.out, r"(?m)^a/here/1  will be tried again  it took longer than its time_limit_s of 1$")
        self.assertRegex(done.out, r"(?m)^a/here/1  failed  it took longer")
        self.assertFalse((self.out / "runs").exists())


class Usage(LabTest):
    def refused(self, *words):
        done = self.lab()
        self.assertEqual(done.code, 2, done)
        self.check_sentence(done, *words)
        self.assertFalse(self.out.exists())

    def test_mistakes_in_the_files_are_named(self):
        job = {"id": "a", "run": SHORT}
        self.write([job], [{"id": "pi5-01", "colour": "red"}])
        self.refused("inventory.json: boards[0] (pi5-01): there is no member 'colour'")
        self.write([{**job, "shell": "rm -rf /"}])
        self.refused("plan.json: jobs[0] (a): there is no member 'shell'")
        self.write([{**job, "boards": {"ids": ["there"]}}])
        self.refused("plan.json", "job a", "no board 'there'")
        self.write([job], [HERE, {"id": "other"}])
        self.refused("inventory.json", "--engine local has one board")
        (self.here / "plan.json").write_text("{", encoding="utf-8")
        self.refused("plan.json is not JSON")
        (self.here / "plan.json").unlink()
        done = self.lab()
        self.check_sentence(done, "plan.json")

    def test_a_literal_secret_is_refused_and_not_shown(self):
        switch = {"off": ["relay"], "on": ["relay"], "secret": "hunter2"}
        self.write([{"id": "a", "run": SHORT}], [{"id": "here", "power_switch": switch}])
        done = self.lab()
        self.assertEqual(done.code, 2, done)
        self.check_sentence(done, "boards[0] (here).power_switch.secret", '{"env": "NAME"}')
        self.assertNotIn("hunter2", done.out + done.err)

    def test_help_has_files_to_start_with(self):
        done = self.program("lab", "run", "--help")
        self.assertEqual(done.code, 0, done)
        files = [line.split(maxsplit=1)[1] for line in done.out.splitlines() if line.startswith("  lab.json  ")
                 or line.startswith("  plan.json  ")]
        self.assertEqual([json.loads(text)["schema"] for text in files],
                         ["edgebench.lab-inventory/1", "edgebench.lab-plan/1"])


if __name__ == "__main__":
    unittest.main()
