#!/usr/bin/env python3
"""What each layer of a model takes: on the CPU, on the simulated NPU, in the files and in the report."""

import json
import unittest

import schema
import support
from simulated_npu import npu_options, small_network

SINGLE = ("small", "single-stream")
SMALL_MACS = 2 * 32 * 32 * 64 * 9 * 64


class Layers(support.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.network = self.here / "small.onnx"
        small_network(self.network)

    def cells(self):
        """{backend: cell} of layers.json, which must fit its schema."""
        written = json.loads((self.here / "out/layers.json").read_text(encoding="utf-8"))
        wanted = json.loads((support.SOURCE / "results/schema/edgebench.layers.1.json").read_text(encoding="utf-8"))
        self.assertEqual(list(schema.problems(written, wanted)), [])
        return {cell["backend"]: cell for cell in written["cells"]}

    def check_sums(self, cell, record):
        """All MACs are in layers, and all times within a run."""
        macs = sum(layer.get("macs", 0) for layer in cell["layers"])
        self.assertEqual(macs, SMALL_MACS)
        self.assertAlmostEqual(macs * 2e-9, record["gops_per_sample"], places=9)
        self.assertGreaterEqual(cell["runs"], 3)
        self.assertGreater(sum(layer["time_us"] for layer in cell["layers"]), 0)
        self.assertLessEqual(sum(layer["time_us"] for layer in cell["layers"]), 1.1 * cell["run_us"])

    def test_the_cpu_and_the_simulated_npu_have_them(self):
        done = self.measure(self.network, "--backends", "cpu,npu", *npu_options(), "--layers", "--format", "html")
        self.assertEqual(done.code, 0, done)
        cells = self.cells()
        self.assertEqual(set(cells), {"cpu", "npu"})
        self.check_sums(cells["cpu"], self.record(*SINGLE))
        self.check_sums(cells["npu"], self.records(backend="npu")[SINGLE])
        [compiled] = cells["npu"]["layers"]
        self.assertEqual((compiled["op_type"], compiled["provider"], compiled["clock"]),
                         ("3 nodes", "EdgebenchSimNpu", "host"))
        self.assertIn(" --layers", self.record(*SINGLE)["command"])
        html = (self.here / "out/report.html").read_text(encoding="utf-8")
        self.assertEqual(html.count('class="layers"'), 2)
        self.assertIn("3 nodes", html)

    def test_a_report_of_a_saved_run_has_them_too(self):
        self.measure(self.network, "--backends", "cpu", "--layers")
        first = (self.here / "out/report.html").read_bytes()
        done = self.program("report", self.here / "out", "--format", "html")
        self.assertEqual(done.code, 0, done)
        self.assertEqual((self.here / "out/report.html").read_bytes(), first)
        self.assertIn(b'class="layers"', first)

    def test_verify_shows_a_table(self):
        done = self.program("verify", self.network, "--backends", "cpu", "--layers", "--out", self.here / "out")
        self.assertEqual(done.code, 0, done)
        self.assertIn("user/small cpu/0", done.out)
        self.assertIn("are outside of layers", done.out)
        self.assertIn("bound by", done.out)
        self.assertEqual(self.cells()["cpu"]["workload"], "user/small")

    def test_a_budget_is_not_spent_on_them_and_old_ones_do_not_stay(self):
        self.measure(self.network, "--backends", "cpu", "--layers")
        self.assertTrue((self.here / "out/layers.json").exists())
        done = self.measure(self.network, "--backends", "cpu")
        self.assertEqual(done.code, 0, done)
        self.assertFalse((self.here / "out/layers.json").exists())
        self.assertNotIn('class="layers"', (self.here / "out/report.html").read_text(encoding="utf-8"))

    def test_a_wrong_or_failed_cell_has_none(self):
        done = self.measure(*self.model("unknown_operator"), "--backends", "cpu", "--layers")
        self.assertEqual(done.code, 1, done)
        self.assertFalse((self.here / "out/layers.json").exists())


if __name__ == "__main__":
    unittest.main()
