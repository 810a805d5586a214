#!/usr/bin/env python3
"""compare and score with runs made up here: verdicts, files, exit codes, bad usage, and the example for CI."""

import json
import re
import shlex
import unittest

import support

CELL = {"task": "t", "backend": "cpu", "device": "0", "device_kind": "cpu", "precision": "fp32",
        "scenario": "single-stream", "tier": "standard", "threads": 2, "status": "ok", "ranked": False}


def cell(workload, mean_ms, launches=3, **more):
    record = {**CELL, "workload": workload, "latency_mean_ms": mean_ms, "launches": launches, **more}
    if launches >= 3:
        record["latency_launch_sd_ms"] = 0.005 * mean_ms
    return record


class Compare(support.EndToEndTest):

    def run_file(self, name, records, context=None, schema="edgebench.run/1"):
        folder = self.here / name
        folder.mkdir()
        text = json.dumps({"schema": schema, "context": context or {}, "records": records})
        (folder / "run.json").write_text(text, encoding="utf-8")
        return folder

    def edgebench(self, *arguments):
        return self.program(*map(str, arguments))

    def setUp(self):
        super().setUp()
        self.base = self.run_file("base", [cell("vision/a", 10), cell("speech/b", 1)], {"governor": "performance"})
        self.slower = self.run_file("slower", [cell("vision/a", 12), cell("speech/b", 1)], {"governor": "powersave"})

    def test_tells_verdicts_and_causes(self):
        done = self.edgebench("compare", self.base, self.slower)
        self.assertEqual(done.code, 0, done)
        self.assertRegex(done.out, r"vision/a +10\.00 +12\.00 +1\.20x slower \(1\.1\d to 1\.2\d\)")
        self.assertIn("no significant difference", done.out)
        self.assertIn("governor of cpu: performance against powersave", done.out)
        self.assertTrue(all(len(line) <= 80 for line in done.out.splitlines()), done)

    def test_fails_only_when_all_of_the_interval_is_slower_than_allowed(self):
        for limit, code in (("3%", 1), ("10 %", 1), ("18%", 0), ("50", 0)):
            done = self.edgebench("compare", self.base, self.slower, "--fail-if-slower", limit)
            self.assertEqual(done.code, code, done)
            self.assertEqual("vision/a, cpu:0, fp32, single-stream is more than" in done.err, code == 1, done)
        self.assertEqual(self.edgebench("compare", self.slower, self.base, "--fail-if-slower", "0").code, 0)

    def test_too_few_launches_are_said_and_do_not_fail(self):
        few = self.run_file("few", [cell("vision/a", 50, launches=1)])
        done = self.edgebench("compare", self.base, few, "--fail-if-slower", "3%")
        self.assertEqual(done.code, 0, done)
        self.assertIn("not enough launches", done.out)
        self.assertNotIn("5.00x slower", done.out.split("What can cause")[0])

    def test_writes_files(self):
        done = self.edgebench("compare", self.base, self.slower, self.base, "--format", "html,md,json", "--out", "out")
        self.assertEqual(done.code, 0, done)
        out = self.here / "out"
        self.assertEqual(sorted(file.name for file in out.iterdir()), ["compare.html", "compare.json", "compare.md"])
        json_text = json.loads((out / "compare.json").read_text(encoding="utf-8"))
        self.assertEqual(len(json_text["comparisons"]), 2)
        self.assertEqual(json_text["comparisons"][0]["cells"][0]["verdict"], "slower")
        self.assertIn("</html>", (out / "compare.html").read_text(encoding="utf-8"))

    def test_refuses_other_tiers_unless_forced(self):
        quick = self.run_file("quick", [cell("vision/a", 12, tier="quick")])
        done = self.edgebench("compare", self.base, quick)
        self.assertEqual(done.code, 2, done)
        self.assertIn("tier standard against quick", done.out)
        self.assertIn("--force", done.err)
        done = self.edgebench("compare", self.base, quick, "--force")
        self.assertEqual(done.code, 0, done)
        self.assertIn("FORCED", done.out)

    def test_across_devices(self):
        other = self.run_file("npu", [cell("vision/a", 2, backend="npu", device="hailo:0", device_kind="npu")])
        self.assertEqual(self.edgebench("compare", self.base, other).code, 2)
        done = self.edgebench("compare", self.base, other, "--across-devices", "--names", "cpu,hailo")
        self.assertEqual(done.code, 0, done)
        self.assertIn("B: hailo", done.out)
        self.assertIn("5.00x faster", done.out)

    def test_score(self):
        done = self.edgebench("score", self.slower, "--reference", self.base)
        self.assertEqual(done.code, 0, done)
        self.assertIn("1000 is base", done.out)
        done = self.edgebench("score", self.slower, "--reference", self.base, "--format", "json")
        scores = {score["task"]: score for score in json.loads(done.out)["scores"]}
        self.assertAlmostEqual(scores["all"]["score"], 1000 * (10 / 12) ** 0.5, places=6)
        self.assertFalse(scores["all"]["is_partial"])

    def test_the_reference_run_of_the_program_has_1000(self):
        reference = support.SOURCE / "results/reference/run.json"
        done = self.edgebench("score", reference, "--format", "json")
        self.assertEqual(done.code, 0, done)
        scores = json.loads(done.out)["scores"]
        self.assertGreaterEqual(len(scores), 5)
        for score in scores:
            self.assertAlmostEqual(score["score"], 1000, places=6)
            self.assertFalse(score["is_partial"], score)

    def test_bad_usage_ends_with_2_and_one_sentence(self):
        other_schema = self.run_file("schema", [], schema="edgebench.run/9")
        for arguments, words in (
                (("compare", self.base), ("two runs",)),
                (("compare", self.base, "nowhere"), ("nowhere",)),
                (("compare", self.base, other_schema), ("schema", "edgebench.run/1")),
                (("compare", self.base, self.slower, "--fail-if-slower", "much"), ("--fail-if-slower", "'much'")),
                (("compare", self.base, self.slower, "--fail-if-slower", "-3%"), ("--fail-if-slower", "-3")),
                (("compare", self.base, self.slower, "--fail-if-slower", "1e99"), ("--fail-if-slower",)),
                (("compare", self.base, self.slower, "--format", "pdf"), ("--format", "pdf")),
                (("compare", self.base, self.slower, "--names", "one"), ("--names", "1 names for 2 runs")),
                (("compare", self.base, self.slower, "--format", "md", "--out", "/proc/x"), ("--out",)),
                (("score", "nowhere"), ("nowhere",)),
                (("score", self.base, "--reference", other_schema), ("schema",))):
            done = self.edgebench(*arguments)
            self.assertEqual(done.code, 2, f"{arguments}: {done}")
            for word in words:
                self.assertIn(word, done.err, arguments)

    def test_the_example_for_ci_uses_what_there_is(self):
        text = (support.SOURCE / "results" / "ci-example.yml").read_text(encoding="utf-8")
        try:
            import yaml  # pylint: disable=import-outside-toplevel
        except ImportError:
            self.skipTest("there is no yaml module")
        job = yaml.safe_load(text)["jobs"]["compare"]
        lines = [line for step in job["steps"] for line in step.get("run", "").splitlines()]
        commands = [shlex.split(line) for line in lines if line.startswith("edgebench ")]
        self.assertEqual([command[1] for command in commands], ["run", "run", "compare"])
        for command in commands:
            told = self.edgebench(command[1], "--help").out
            for word in command:
                if word.startswith("--"):
                    self.assertIsNotNone(re.search(rf"{word}\b", told), f"{command[1]} has no {word}")


if __name__ == "__main__":
    unittest.main()
