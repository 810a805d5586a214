#!/usr/bin/env python3
"""What a run measures and how it says so: launches, scenarios, time budget, numbers under a foreign locale."""

import contextlib
import csv
import fcntl
import io
import json
import os
import pathlib
import pty
import re
import struct
import subprocess
import tempfile
import termios
import time
import unittest

import support


class Launches(support.EndToEndTest):

    @staticmethod
    def queries_of(file):
        """The count at the head of a latency file."""
        content = file.read_bytes()
        if not content.startswith(b"EBLAT1\n"):
            raise AssertionError(f"{file} is not a latency file")
        return struct.unpack_from("<Q", content, 7)[0]

    def test_two_launches_are_interleaved_and_pooled(self):
        done = self.measure(*self.model("conv", "gemm"), "--launches", "2", "--verbose")
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertEqual(re.findall(r"^user/(\w+) cpu as-is: open$", done.out, re.M), ["conv", "gemm"] * 2)
        for record in self.records().values():
            self.check_ok(record)
            self.assertEqual(record["launches"], 2)
            files = record["raw_files"]
            self.assertEqual([file[-6:] for file in files], ["_1.lat", "_2.lat"])
            counts = [self.queries_of(self.here / "out" / file) for file in files]
            self.assertGreater(min(counts), 0)
            self.assertEqual(record["queries"], sum(counts))
            self.assertGreaterEqual(record["window_s"], 0.4)

    def test_a_tier_that_asks_for_more_launches_says_so(self):
        done = self.measure(*self.model("gemm"), "--tier", "standard", "--launches", "1")
        self.assertEqual(done.code, 0, done)
        record = self.record("gemm")
        self.assertEqual((record["tier"], record["launches"]), ("trial", 1))
        self.assertIn("1 launches; tier standard asks for 3", record["unranked_reasons"])


class Beside(support.EndToEndTest):

    def beside(self, value, *more):
        return self.program("run", *self.model("gemm"), "--backends", "cpu", "--beside", value, "--time-budget", "4s",
                            "--out", self.here / "out", *more)

    def cells(self):
        return {record.get("beside"): record for record in self.journal()}

    def test_every_cell_is_measured_alone_and_beside(self):
        done = self.beside("builtin/nlp@cpu")
        self.assertEqual((done.code, done.err), (0, ""), done)
        alone, beside = self.cells()[None], self.cells()["builtin/nlp@cpu"]
        self.assertNotIn("interference", alone)
        self.assertAlmostEqual(beside["interference"], beside["latency_p50_ms"] / alone["latency_p50_ms"], places=6)
        self.assertIn("something else ran beside it", beside["unranked_reasons"])
        self.assertIn("--beside builtin/nlp@cpu", beside["command"])
        self.assertIn("interference", done.out)

    def test_a_device_that_is_not_there_ends_the_run_before_its_cells(self):
        for place in ("vulkan", "cpu:7"):
            done = self.beside(f"builtin/nlp@{place}")
            self.assertEqual(done.code, 1, done)
            self.assertRegex(done.err, "^edgebench: --beside: .+")
            self.assertFalse((self.here / "out" / "run.json").exists())

    def test_usage(self):
        for value, why in (("builtin/nlp", "WORKLOAD@BACKEND"), ("builtin/nl@cpu", "did you mean builtin/nlp"),
                           ("builtin/nlp@cpuu", "did you mean cpu"), ("builtin@cpu", "more than one workload")):
            done = self.beside(value)
            self.assertEqual(done.code, 2, done)
            self.assertRegex(done.err, f"^edgebench: --beside: .*{why}")
        done = self.beside("builtin/nlp@cpu", "--isolation", "none")
        self.assertEqual(done.code, 2, done)
        self.assertIn("--isolation process", done.err)


class Scenarios(support.EndToEndTest):

    def check_offline(self, record, batch, concurrency):
        self.assertEqual(record["status"], "ok", record)
        self.assertEqual((record["batch"], record["concurrency"]), (batch, concurrency))
        self.assertEqual([key for key in record if key.startswith("latency_")], [])
        self.assertNotIn("raw_files", record)
        self.assertGreater(record["samples"], 0)
        self.assertEqual(record["samples"] % batch, 0)
        self.assertAlmostEqual(record["throughput_sps"], record["samples"] / record["window_s"], places=6)

    def test_both_scenarios_share_a_child_and_its_session(self):
        done = self.measure(*self.model("conv"), "--scenarios", "single-stream,offline", "--verbose")
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertEqual(re.findall(r"as-is: (.+)$", done.out, re.M),
                         ["open", "measure single-stream", "measure offline"])
        single, offline = self.record("conv"), self.record("conv", "offline")
        self.assertEqual(single["open_ms"], offline["open_ms"])
        self.assertEqual(single["first_inference_ms"], offline["first_inference_ms"])
        self.check_ok(single)
        self.assertEqual((single["batch"], single["concurrency"]), (1, 1))
        self.check_offline(offline, 1, min(16, len(os.sched_getaffinity(0))))

    def test_a_graph_with_a_batch_dimension_is_batched(self):
        done = self.measure("--workloads", "nlp/language-id", "--precisions", "fp32", "--scenarios", "offline")
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.check_offline(self.record("nlp/language-id", "offline"), 8, 1)

    def test_what_is_named_twice_is_done_once(self):
        twice = ("--scenarios", "offline,offline", "--backends", "cpu,cpu", "--format", "csv,json,csv")
        done = self.measure(*self.model("gemm"), *twice)
        self.assertEqual(done.code, 0, done)
        self.assertEqual(list(self.records()), [("gemm", "offline")])
        self.assertEqual(done.out.count("out/results.csv"), 1, done)

    def test_verify_judges_and_measures_nothing(self):
        done = self.program("verify", "--workloads", "nlp/language-id", "--precisions", "fp32", "--out", "out")
        self.assertEqual((done.code, done.err), (0, ""), done)
        record = self.record("nlp/language-id", "")
        self.assertEqual((record["status"], record["quality_basis"]), ("ok", "ground-truth"))
        self.assertGreaterEqual(record["quality"], record["quality_target"])
        self.assertGreater(record["placement_macs"], 0.95)
        speed = [key for key in record if key.startswith(("latency_", "throughput", "effective", "window", "queries"))]
        self.assertEqual(speed, [])


class TimeBudget(support.EndToEndTest):

    def test_a_run_fits_its_budget_and_is_a_trial(self):
        begin = time.monotonic()
        done = self.program("run", *self.model("conv", "gemm"), "--time-budget", "6s", "--out", "out")
        took_s = time.monotonic() - begin
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertLess(took_s, 6 + 12)  # a machine that is busy may make the last warm-up and the reports slow
        windows_s = 0
        for record in self.records().values():
            self.check_ok(record)
            self.assertEqual(record["tier"], "trial")
            self.assertRegex(" ".join(record["unranked_reasons"]),
                             r"trial: \d+ queries in \d+\.\d s; tier quick asks for")
            windows_s += record["window_s"]
        self.assertLess(windows_s, 6)
        self.assertGreater(self.context()["duration_s"], windows_s)
        self.assertLess(self.context()["duration_s"], took_s)

    def test_a_budget_that_is_too_small_still_measures_every_cell(self):
        done = self.measure(*self.model("conv", "gemm", "lstm"), "--scenarios", "single-stream,offline")
        self.assertEqual(done.code, 0, done)
        records = self.records()
        self.assertEqual(len(records), 6)
        for record in records.values():
            self.assertEqual((record["status"], record["tier"]), ("ok", "trial"))
            self.assertGreaterEqual(record["window_s"], 0.2)


class Context(support.EndToEndTest):

    def test_what_a_reader_must_know_of_the_machine(self):
        self.measure(*self.model("gemm"))
        context = self.context()
        for key in ("started_at", "command", "edgebench_version", "build_type", "compiler", "os", "kernel", "arch",
                    "cpu", "runtime", "isolation"):
            self.assertRegex(context[key], r"\w", key)
        for key in ("duration_s", "cpu_cores", "cpu_threads", "memory_mb", "load_1m", "harness_overhead_ns"):
            self.assertGreaterEqual(context[key], 0, key)
        self.assertRegex(context["runtime_sha256"], r"^[0-9a-f]{64}$")
        self.assertRegex(context["command"], r"^edgebench run gemm\.onnx .*--time-budget 1s")
        self.assertNotIn(str(self.models), json.dumps(context), "a path of this machine")
        self.assertEqual(context["ort_log_level"], "error")

    def test_the_state_of_the_machine_tells_no_unit_from_another(self):
        self.measure(*self.model("gemm"), "--ambient", "22.5")
        context = self.context()
        self.assertEqual(context["ambient_c"], 22.5)
        self.assertIn("--ambient 22.5", context["command"])
        self.assertTrue(0 <= context["steal_percent"] <= 100, context)
        text = json.dumps(context)
        for file in ("/etc/machine-id", "/sys/class/dmi/id/product_uuid", "/sys/class/net/eth0/address"):
            with contextlib.suppress(OSError):
                secret = pathlib.Path(file).read_text(encoding="utf-8").strip()
                self.assertFalse(secret and secret in text, file)

    def test_the_temperature_of_no_room(self):
        for text in ("hot", "nan", "451", "-273"):
            with self.subTest(text):
                done = self.measure(*self.model("gemm"), "--ambient", text)
                self.assertEqual(done.code, 2, done)
                self.check_sentence(done, "--ambient")

    def test_quiet_says_nothing_and_a_pipe_gets_no_colours(self):
        done = self.measure(*self.model("gemm"), "--quiet")
        self.assertEqual((done.code, done.out, done.err), (0, "", ""), done)
        self.check_ok(self.record("gemm"))
        done = self.measure(*self.model("gemm"), env=self.environment(TERM="xterm-256color"))
        self.assertNotRegex(done.out, "[\x1b\r]")


class Terminal(support.EndToEndTest):

    def on_a_terminal(self, *arguments):
        """What the program writes to a terminal of 120 columns."""
        ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        process = subprocess.Popen([support.PROGRAM, *arguments], cwd=self.here, stdin=its, stdout=its, stderr=its,
                                   env=self.environment(TERM="xterm-256color"))
        os.close(its)
        written = b""
        with os.fdopen(ours, "rb", buffering=0) as terminal:
            try:
                while chunk := terminal.read(65536):
                    written += chunk
            except OSError:  # EIO: the last writer is gone
                pass
        self.assertEqual(process.wait(support.PATIENCE_S), 0)
        return written.decode("utf-8")

    def test_progress_is_one_line_that_is_redrawn(self):
        written = self.on_a_terminal("run", *self.model("conv", "gemm"), "--time-budget", "1s", "--out", "out")
        self.assertRegex(written, r"\[1/2\] user/conv .*left")
        self.assertRegex(written, r"\[2/2\] user/gemm .*left")
        for progress in re.findall(r"\r\x1b\[K(\[\d+/[^\r]*)", written):
            self.assertLess(len(progress.split("\x1b")[0]), 120)
            self.assertNotIn("\n", progress.split("\r")[0].rstrip("\n"))
        self.assertRegex(written, r"\x1b\[K.*ok.*user/conv")

    def test_quiet_is_quiet_on_a_terminal_too(self):
        written = self.on_a_terminal("run", *self.model("gemm"), "--time-budget", "1s", "--out", "out", "--quiet")
        self.assertEqual(written, "")


class DecimalComma(support.EndToEndTest):

    def german(self):
        """An environment whose locale writes 1,5: the system's, else one made for this test."""
        env = self.environment(LC_ALL="de_DE.UTF-8", LANG="de_DE.UTF-8")
        if self.decimal_point(env) == ",":
            return env
        folder = self.enterContext(tempfile.TemporaryDirectory())
        made = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", f"{folder}/de_DE.UTF-8"], check=False,
                              capture_output=True)
        env["LOCPATH"] = folder
        if self.decimal_point(env) != ",":
            self.skipTest(f"there is no German locale here: {made.stderr.decode().strip()}")
        return env

    @staticmethod
    def decimal_point(env):
        return subprocess.run(["locale", "decimal_point"], env=env, check=False, capture_output=True,
                              text=True).stdout.strip()

    def test_numbers_keep_the_dot(self):
        env = self.german()
        done = self.measure(*self.model("conv"), "--format", ",".join(support.FORMATS), env=env)
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.check_ok(self.record("conv"))
        self.assertRegex(done.out, r"p50 \d+\.\d+ ms")
        self.assertNotRegex(done.out, r"\d,\d")
        self.assertNotRegex((self.here / "out" / "report.md").read_text(encoding="utf-8"), r"\d,\d+ ms")
        [row] = csv.DictReader(io.StringIO((self.here / "out" / "results.csv").read_text(encoding="utf-8")))
        self.assertGreater(float(row["latency_p50_ms"]), 0)
        again = self.program("report", "out", "--format", "csv", "--out", "again", env=env)
        self.assertEqual(again.code, 0, again)
        self.assertEqual((self.here / "again" / "results.csv").read_bytes(),
                         (self.here / "out" / "results.csv").read_bytes())


if __name__ == "__main__":
    unittest.main()
