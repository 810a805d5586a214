#!/usr/bin/env python3
"""What happens to a run when its child dies or hangs, when the user stops it, and when it is killed itself.

The slow model measures for seconds, so that a signal reaches it at work.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import time
import unittest

import support

AT_WORK = "user/slow cpu as-is: measure single-stream"


class FailingChildren(support.EndToEndTest):

    def hit_the_slow_child(self, signal_number, *options, models=("slow", "gemm")):
        """Sends the signal to the child that measures `slow`; gives how the run ended and its records."""
        run = self.start_run(*self.model(*models), "--time-budget", "1s", *options)
        run.wait_to_say(AT_WORK)
        child = run.child()
        os.kill(child, signal_number)
        done = run.finish()
        self.check_calm(done)
        self.assertEqual(done.err, "")
        support.wait_for(lambda: support.status_of(child) is None, "the end of the child")
        return done, self.records()

    def test_a_killed_child_is_a_crashed_record_and_the_run_goes_on(self):
        for number in (signal.SIGKILL, signal.SIGSEGV):
            with self.subTest(number.name):
                done, records = self.hit_the_slow_child(number)
                self.assertEqual(done.code, 1, done)
                self.check_failure(records["slow", "single-stream"], "crashed", "measure single-stream",
                                   f"signal {number.value}")
                self.check_ok(records["gemm", "single-stream"])

    def test_a_child_that_hangs_is_a_timeout_and_the_run_goes_on(self):
        begin = time.monotonic()
        done, records = self.hit_the_slow_child(signal.SIGSTOP, "--timeout", "measure=8s")
        self.assertEqual(done.code, 1, done)
        self.check_failure(records["slow", "single-stream"], "timeout", "measure single-stream", "--timeout measure=")
        self.check_ok(records["gemm", "single-stream"])
        self.assertLess(time.monotonic() - begin, 60)

    def test_a_run_that_hangs_is_a_timeout_long_before_its_window(self):
        done, records = self.hit_the_slow_child(signal.SIGSTOP, "--timeout", "run=3s")
        self.assertEqual(done.code, 1, done)
        self.check_failure(records["slow", "single-stream"], "timeout", "a run took longer than 3 s",
                           "--timeout run=SECONDS")
        self.check_ok(records["gemm", "single-stream"])

    def test_the_scenarios_after_a_crash_are_measured_in_a_new_child(self):
        done, records = self.hit_the_slow_child(signal.SIGKILL, "--scenarios", "single-stream,offline", models=["slow"])
        self.assertEqual(done.code, 1, done)
        self.check_failure(records["slow", "single-stream"], "crashed", "signal 9")
        self.assertEqual(records["slow", "offline"]["status"], "ok")
        self.assertEqual(done.out.count("user/slow cpu as-is: open"), 2)

    def test_a_cell_whose_second_launch_crashes_is_crashed(self):
        run = self.start_run(*self.model("slow"), "--time-budget", "1s", "--launches", "2")
        run.wait_to_say(AT_WORK)
        first = run.child()
        support.wait_for(lambda: run.said().count(AT_WORK) == 2, "the second launch")
        second = run.child()
        self.assertNotEqual(first, second)
        os.kill(second, signal.SIGKILL)
        done = run.finish()
        self.assertEqual(done.code, 1, done)
        self.check_failure(self.record("slow"), "crashed", "signal 9")

    def test_a_program_that_is_replaced_while_it_runs_goes_on_as_it_was(self):
        """As by a build, in the middle of a long run."""
        copy = self.here / "edgebench"
        shutil.copy(support.PROGRAM, copy)
        run = self.enterContext(support.Background(
            [copy, "run", *self.model("slow", "gemm"), "--time-budget", "1s", "--out", "out", "--verbose"], self.here,
            self.environment()))
        run.wait_to_say(AT_WORK)
        copy.unlink()
        copy.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
        copy.chmod(0o755)
        done = run.finish()
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.check_ok(self.record("gemm"))

    def test_an_open_that_takes_too_long(self):
        run = self.start_run(*self.model("conv", "gemm"), "--time-budget", "1s", "--timeout", "open=1s", "--timeout",
                             "measure=8s")
        run.wait_to_say("user/conv cpu as-is: open")
        os.kill(run.child(), signal.SIGSTOP)  # it may be measuring already: then that is timed out
        done = run.finish()
        self.assertEqual(done.code, 1, done)
        self.check_failure(self.record("conv"), "timeout", "--timeout")
        self.check_ok(self.record("gemm"))


class Environment(support.EndToEndTest):

    def test_secrets_do_not_reach_the_child_or_the_reports(self):
        secret = "hunter2-6b1f0c"
        names = ("EDGEBENCH_TOKEN", "EB_SECRET_TOKEN", "AWS_SECRET_ACCESS_KEY", "HF_TOKEN", "GITHUB_TOKEN", "SSH_AUTH_SOCK")
        run = self.start_run(*self.model("slow"), "--time-budget", "1s",
                             env=self.environment(**dict.fromkeys(names, secret), LD_PRELOAD_NOT="x"))
        run.wait_to_say(AT_WORK)
        child = run.child()
        inside = pathlib.Path(f"/proc/{child}/environ").read_bytes()
        outside = pathlib.Path(f"/proc/{run.pid}/environ").read_bytes()
        arguments = pathlib.Path(f"/proc/{child}/cmdline").read_bytes()
        self.assertEqual(run.finish().code, 0)
        self.assertIn(secret.encode(), outside)
        self.assertIn(b"PATH=", inside)
        for name in (*map(str.encode, names), secret.encode(), b"LD_PRELOAD"):
            self.assertNotIn(name, inside + arguments)
        for file in (self.here / "out").glob("*.*"):
            self.assertNotIn(secret, file.read_text(encoding="utf-8"))

    def test_the_child_holds_no_file_of_ours(self):
        run = self.start_run(*self.model("slow"), "--time-budget", "1s")
        run.wait_to_say(AT_WORK)
        child = run.child()
        open_files = [os.readlink(file) for file in pathlib.Path(f"/proc/{child}/fd").iterdir()]
        self.assertEqual(run.finish().code, 0)
        self.assertGreaterEqual(len(open_files), 3)
        self.assertEqual([file for file in open_files if str(self.here) in file], [])

    def test_a_run_leaves_nothing_outside_its_folder(self):
        """No temporary file, and none of the runtime's telemetry: its database, its device id, its logs."""
        homes = {"HOME": self.here / "home", "XDG_CACHE_HOME": self.here / "home" / "cache",
                 "TMPDIR": self.here / "tmp"}
        for folder in homes.values():
            folder.mkdir()
        env = self.environment(EDGEBENCH_CACHE=support.cache_folder(), **homes)
        for isolation in ("process", "none"):
            done = self.measure(*self.model("gemm"), "--isolation", isolation, env=env)
            self.assertEqual(done.code, 0, done)
            left = [file for folder in ("home", "tmp") for file in (self.here / folder).rglob("*")]
            self.assertEqual(left, [homes["XDG_CACHE_HOME"]], isolation)


class Stopping(support.EndToEndTest):

    def start_second_cell(self, *options):
        """A run that has finished `gemm` and is at work on `slow`."""
        run = self.start_run(*self.model("gemm", "slow", "conv"), *options)
        run.wait_to_say(AT_WORK)
        return run, run.child()

    def check_interrupted(self, run, child):
        done = run.finish()
        self.assertEqual(done.code, 130, done)
        self.check_calm(done)
        self.check_sentence(done, "interrupted")
        self.assertIsNone(support.status_of(child), "the child is left behind")
        self.assertEqual(list(self.records()), [("gemm", "single-stream")])
        self.check_ok(self.record("gemm"))
        self.assertIs(self.context()["interrupted"], True)
        for report in ("report.html", "report.md"):
            self.assertIn("user/gemm", (self.here / "out" / report).read_text(encoding="utf-8"))

    def test_ctrl_c_keeps_what_is_finished(self):
        """A terminal sends SIGINT to the whole group; kill sends SIGINT or SIGTERM to us alone."""
        for send, number in ((os.kill, signal.SIGINT), (os.killpg, signal.SIGINT), (os.kill, signal.SIGTERM)):
            with self.subTest(f"{send.__name__} {number.name}"):
                run, child = self.start_second_cell("--time-budget", "2s")
                send(run.pid, number)
                self.check_interrupted(run, child)

    def test_ctrl_c_while_the_devices_are_listed(self):
        """Before any cell: 130 all the same, and no record of a cell that nobody tried."""
        run = self.start_run(*self.model("gemm"), "--time-budget", "1s")
        with contextlib.suppress(ProcessLookupError):
            os.kill(run.child(), signal.SIGSTOP)  # it lists the devices
        os.kill(run.pid, signal.SIGINT)
        done = run.finish()
        self.assertEqual(done.code, 130, done)
        self.check_sentence(done, "interrupted")
        self.assertNotIn("unavailable", done.out)

    def test_a_killed_run_leaves_its_finished_cells_and_no_child(self):
        run, child = self.start_second_cell("--time-budget", "18s")  # the child has 8 s of work before it
        os.kill(run.pid, signal.SIGKILL)
        begin = time.monotonic()
        support.wait_for(lambda: support.status_of(child) is None, "the end of the child")
        self.assertLess(time.monotonic() - begin, 3, "the child went on measuring for nobody")
        run.process.wait()
        self.assertFalse((self.here / "out" / "run.json").exists())
        self.check_ok(self.journal()[0])

        done = self.program("report", "out")
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertIn("user/gemm", done.out)
        self.assertNotIn("user/slow", done.out)
        done = self.program("report", "out", "--format", ",".join(support.FORMATS))
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertEqual(list(self.records()), [("gemm", "single-stream")])
        self.assertIs(self.context()["interrupted"], True)

    def test_a_journal_cut_in_the_middle_of_a_line(self):
        self.measure(*self.model("gemm", "conv"))
        journal = self.here / "out" / "journal.jsonl"
        (self.here / "cut").mkdir()
        (self.here / "cut" / "journal.jsonl").write_bytes(journal.read_bytes()[:-100])
        done = self.program("report", "cut", "--format", "json")
        self.assertEqual((done.code, done.err), (0, ""), done)
        run = json.loads((self.here / "cut" / "run.json").read_text(encoding="utf-8"))
        self.assertEqual([r["workload"] for r in run["records"]], ["user/gemm"])

    def test_a_reader_that_goes_away_costs_no_report(self):
        """`edgebench run | head -1`"""
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "wb") as nobody:
            process = support.subprocess.Popen(
                [support.PROGRAM, "run", *self.model("gemm", "conv"), "--time-budget", "1s", "--out", "out",
                 "--verbose"], stdout=nobody, stderr=support.subprocess.PIPE, cwd=self.here, env=self.environment())
        err = process.communicate(timeout=support.PATIENCE_S)[1]
        self.assertIn(process.returncode, (0, 1), err)
        self.assertNotIn(b"internal error", err)
        self.assertEqual(len(self.records()), 2)


if __name__ == "__main__":
    unittest.main()
