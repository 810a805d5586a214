#!/usr/bin/env python3
"""`edgebench probe`: the shape of what it says, what it keeps, and what it does when something is wrong; no speeds."""

import json
import unittest

import simulated_npu
import support

KEYS = {"backend", "device", "name", "precision", "kind", "value", "unit", "spread", "threads", "stable", "derivation",
        "warnings"}
UNITS = {"compute": "GOP/s", "bandwidth": "GB/s", "latency": "us"}
QUICK = ("--seconds", "0.01")


class ProbeCommand(support.EndToEndTest):

    def environment(self, **changes):
        """What is kept goes into a cache of the test's own."""
        return super().environment(EDGEBENCH_CACHE=self.here / "cache",
                                   ONNXRUNTIME_ROOT=support.cache_folder() / "onnxruntime", **changes)

    def probe(self, *arguments):
        return self.program("probe", *QUICK, *arguments)

    def rows(self, *arguments):
        done = self.probe("--format", "json", *arguments)
        self.assertEqual((done.code, done.err), (0, ""), done)
        rows = json.loads(done.out)
        seen = set()
        for row in rows:
            self.assertEqual(set(row) - {"theoretical", "clock_ghz"}, KEYS)
            self.assertEqual(row["unit"], UNITS[row["kind"]], row)
            self.assertGreater(row["value"], 0)
            self.assertGreaterEqual(row["spread"], 0)
            self.assertEqual(bool(row["precision"]), row["kind"] == "compute", row)
            key = (row["backend"], row["device"], row["name"], row["precision"], row["threads"])
            self.assertNotIn(key, seen)
            seen.add(key)
        return rows

    def test_the_processor(self):
        rows = self.rows("--backends", "cpu")
        self.assertEqual({row["backend"] for row in rows}, {"cpu"})
        self.assertIn("fp32", {row["precision"] for row in rows})
        self.assertIn("compute", {row["kind"] for row in rows})
        self.assertIn(1, {row["threads"] for row in rows})
        [kept] = (self.here / "cache" / "probes").iterdir()
        self.assertEqual(json.loads(kept.read_text(encoding="utf-8"))["probes"], rows)

    def test_a_later_run_says_how_much_of_it_a_model_used(self):
        models = support.cache_folder() / "models"
        if not (models / "nlp/language-id").exists():
            self.skipTest("the zoo is not here: scripts/fetch zoo")
        arguments = ("--workloads", "nlp/language-id", "--models", models, "--backends", "cpu", "--precisions", "fp32",
                     "--threads", "1")
        self.measure(*arguments)
        [before] = self.records().values()
        self.assertFalse(set(before) & {"peak_tops", "peak_gbps", "utilization", "claimed_tops"}, before)
        peaks = [row["value"] for row in self.rows("--backends", "cpu")
                 if (row["precision"], row["threads"]) == ("fp32", 1)]
        self.measure(*arguments)
        [record] = self.records().values()
        self.assertAlmostEqual(record["peak_tops"], max(peaks) / 1000)
        self.assertAlmostEqual(record["utilization"], record["effective_tops"] / record["peak_tops"])
        self.assertGreater(record["traffic_mb_per_sample"], 0)
        self.assertIn("Claimed, achievable, achieved", (self.here / "out" / "report.html").read_text(encoding="utf-8"))

    def test_as_a_table(self):
        done = self.probe("--backends", "cpu")
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertRegex(done.out, r"(?m)^cpu:0, \S")
        self.assertRegex(done.out, r"(?m)^compute +\S.* fp32 +1 +[\d.]+ GOP/s")

    def test_what_is_not_there(self):
        for arguments, part in ((("--backends", "gpu"), "gpu"), (("--seconds", "0"), "--seconds"), (("--format", "xml"), "--format"),
                                (("--timeout", "soon"), "--timeout")):
            done = self.probe(*arguments)
            self.assertEqual((done.code, done.out), (2, ""), done)
            self.check_sentence(done, part)
        done = self.probe("--backends", "cpu", "--device", "7")
        self.assertEqual((done.code, done.out), (1, ""), done)

    def test_a_device_that_takes_too_long(self):
        done = self.program("probe", "--backends", "cpu", "--seconds", "30", "--timeout", "probe=1s")
        self.assertEqual(done.code, 1, done)
        self.assertIn("probe took longer than 1 s", done.err)
        self.assertFalse((self.here / "cache" / "probes").exists(), "what was broken off was kept")

    def test_a_simulated_npu_is_never_faster_than_it_is(self):
        done = self.program("probe", *QUICK, "--backends", "npu", *simulated_npu.npu_options(), "--format", "json")
        self.assertEqual((done.code, done.err), (0, ""), done)
        rows = json.loads(done.out)
        # 16 x 16 MACs a cycle, half as many in fp32; an array that fills and drains reaches less.
        peak = 2 * 16 * 16 * simulated_npu.CLOCK_MHZ / 1e3
        peaks = {"fp32": peak / 2, "int8": peak}
        compute = {row["precision"]: row for row in rows if row["kind"] == "compute"}
        self.assertIn("fp32", compute)
        self.assertLessEqual(set(compute), set(peaks), rows)
        for precision, row in compute.items():
            self.assertLess(row["value"], 1.01 * peaks[precision], row)
            self.assertRegex(row["derivation"], r"matmul|conv")

    def test_devices_of_our_own_apis(self):
        folder = {"EDGEBENCH_EP_FOLDER": support.PROGRAM.parent}
        listed = json.loads(self.program("devices", "--format", "json", env=self.environment(**folder)).out)
        for backend in ("vulkan", "opencl"):
            here = [row["id"] for row in listed if row["backend"] == backend and not row["reason"]]
            if not here:
                continue
            with self.subTest(backend=backend):
                done = self.program("probe", *QUICK, "--backends", backend, "--device", here[0], "--format", "json",
                                    env=self.environment(**folder))
                self.assertEqual((done.code, done.err), (0, ""), done)
                kinds = {row["kind"] for row in json.loads(done.out)}
                self.assertEqual(kinds, {"compute", "bandwidth", "latency"})


if __name__ == "__main__":
    unittest.main()
