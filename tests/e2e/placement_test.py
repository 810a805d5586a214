#!/usr/bin/env python3
"""Where the work runs: the table of nodes, the gate, the strict mode, and the support matrix of the reports."""

import json
import unittest

import support
from simulated_npu import npu_options, small_network

CELL = ("small", "")
ON_CHIP, ON_CPU = "EdgebenchSimNpu", "CPUExecutionProvider"


class Placement(support.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.network = self.here / "small.onnx"
        small_network(self.network)

    def verify(self, *arguments):
        return self.program("verify", *arguments, "--out", self.here / "out")

    def nodes(self):
        """{backend: rows} of placement.json."""
        cells = json.loads((self.here / "out/placement.json").read_text(encoding="utf-8"))
        return {cell["backend"]: cell["nodes"] for cell in cells}

    def test_the_table_says_where_each_node_went_and_why(self):
        done = self.verify(self.network, "--backends", "cpu,npu", *npu_options("misbehave=half"), "--placement")
        self.assertEqual(done.code, 1, done)
        rows = self.nodes()
        self.assertEqual([row["provider"] for row in rows["cpu"]], [ON_CPU] * 3)
        first, relu, second = rows["npu"]
        self.assertEqual((first["name"], first["op_type"], first["provider"]), ("first", "Conv", ON_CHIP))
        self.assertEqual((relu["name"], relu["macs"]), ("relu", 0))
        self.assertEqual((second["provider"], second["reason"]), (ON_CPU, "half is enough"))
        self.assertEqual(first["macs"], 32 * 32 * 64 * 9 * 64)
        self.assertEqual((first["macs_share"], second["macs_share"]), (0.5, 0.5))
        [line] = [line for line in done.out.splitlines() if line.startswith("second") and ON_CPU in line and "half" in line]
        self.assertEqual(line.split()[:2], ["second", "Conv"])
        self.assertIn("50 %", line)
        record = self.records(backend="npu")[CELL]
        self.check_failure(record, "fallback", "50.0 % of the work", "half is enough")
        self.assertGreater(record["placement_time"], 0)
        self.assertLess(record["placement_time"], 1)
        self.assertTrue(record["command"].endswith("--ep-option simnpu.misbehave=half"), record["command"])
        self.assertIn(" --placement ", record["command"])

    def test_a_device_that_takes_all_has_all_of_the_time(self):
        done = self.verify(self.network, "--backends", "npu", *npu_options(), "--placement", "--quiet")
        self.assertEqual((done.code, done.out), (0, ""), done)
        self.assertEqual({row["provider"] for row in self.nodes()["npu"]}, {ON_CHIP})
        self.assertFalse([row for row in self.nodes()["npu"] if "reason" in row])
        self.assertEqual(self.records(backend="npu")[CELL]["placement_time"], 1)

    def test_nobody_is_told_who_did_not_ask(self):
        done = self.verify(self.network, "--backends", "cpu")
        self.assertEqual(done.code, 0, done)
        self.assertFalse((self.here / "out/placement.json").exists())
        self.assertNotIn("placement_time", self.record(*CELL))
        self.check_sentence(self.program("run", self.network, "--placement"), "--placement", "--help")

    def test_strict_refuses_what_would_need_the_cpu(self):
        done = self.verify(self.network, "--backends", "cpu,npu", *npu_options("misbehave=half"), "--strict", "--placement")
        self.assertEqual(done.code, 1, done)
        self.assertEqual(self.record(*CELL)["status"], "ok", "the CPU is no fallback of itself")
        record = self.records(backend="npu")[CELL]
        self.check_failure(record, "fallback", f"{ON_CHIP} would leave nodes to the CPU", "1 Conv: half is enough",
                           "without --strict")
        self.assertNotIn("placement_macs", record)
        self.assertIn(" --strict", record["command"])
        self.assertEqual(set(self.nodes()), {"cpu"}, "what was not opened went nowhere")

    def test_strict_lets_pass_what_does_not(self):
        done = self.verify(self.network, "--backends", "npu", *npu_options(), "--strict")
        self.assertEqual(done.code, 0, done)
        self.assertEqual(self.records(backend="npu")[CELL]["placement_nodes"], 1)

    def test_a_lower_gate_lets_pass_and_is_not_ranked(self):
        half = ["--backends", "npu", *npu_options("misbehave=half"), "--placement-gate"]
        # Half of this network is more than half of what the cpu backend needs: see host_cpu_share.
        self.verify(self.network, *half, "50")
        record = self.records(backend="npu")[CELL]
        self.assertNotIn("of the work is on", record.get("reason", ""))
        self.assertIn("the placement gate was 50 %; ranked records need 95 % (--placement-gate)",
                      record["unranked_reasons"])
        self.assertIn(" --placement-gate 50", record["command"])
        self.verify(self.network, *half, "50.5")
        self.check_failure(self.records(backend="npu")[CELL], "fallback", "50.0 % of the work", "less than 50.5 %")


class SupportMatrix(support.EndToEndTest):

    def test_it_shows_every_workload_on_every_device(self):
        small_network(self.here / "small.onnx")
        done = self.measure(self.here / "small.onnx", *self.model("text_input", "unknown_operator"), "--backends", "cpu,npu",
                            *npu_options("misbehave=half"), "--format", "md,html")
        self.assertEqual(done.code, 1, done)
        statuses = {(r["workload"], r["backend"]): r["status"] for r in self.journal()}
        self.assertEqual(statuses["user/small", "cpu"], "ok")
        self.assertEqual(statuses["user/small", "npu"], "fallback")
        self.assertEqual(statuses["user/text_input", "cpu"], "unsupported")
        markdown = (self.here / "out/report.md").read_text(encoding="utf-8")
        section = markdown.split("## Support\n")[1].split("\n## ")[0]
        self.assertIn("| workload | cpu | npu |", section)
        self.assertIn("| user/small | ✓ ok 100 % | \\! fallback 50 % |", section)
        self.assertIn("| user/text\\_input | ○ unsupported | ○ unsupported |", section)
        html = (self.here / "out/report.html").read_text(encoding="utf-8")
        section = html.split('id="support"')[1].split("</section>")[0]
        self.assertIn("half is enough", section.split("<ul")[0], "the reason is there to hover")
        self.assertIn("half is enough", section.split("<ul")[1], "and in the list")
        self.assertIn("support", done.out)
        again = self.program("report", self.here / "out")
        self.assertIn("! fallback 50 %", again.out)

    def test_one_device_that_did_all_well_needs_none(self):
        done = self.measure(*self.model("conv"), "--backends", "cpu", "--format", "md")
        self.assertEqual(done.code, 0, done)
        self.assertNotIn("## Support", (self.here / "out/report.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
