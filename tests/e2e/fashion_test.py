#!/usr/bin/env python3
"""The classifier family: every form in every precision is right enough, and the report has it against the teacher."""

import json
import unittest

import support

FORMS = {"fashion/teacher": ("fp32", "fp16", "int8"), "fashion/student": ("fp32", "fp16", "int8"),
         "fashion/student-qat": ("int8",), "fashion/pruned": ("fp32", "fp16", "int8"),
         "fashion/sparse": ("fp32", "fp16", "int8")}
LEAST_OF_FP32 = 0.98


class Fashion(support.EndToEndTest):
    def setUp(self):
        super().setUp()
        if not (support.cache_folder() / "models" / "fashion").is_dir():
            self.skipTest("the group fashion is not in the cache; run scripts/fetch zoo")

    def test_every_form_is_judged_and_keeps_what_fp32_has(self):
        done = self.program("verify", "--workloads", "fashion", "--backends", "cpu", "--out", "out")
        self.assertEqual((done.code, done.err), (0, ""), done)
        run = json.loads((self.here / "out" / "run.json").read_text(encoding="utf-8"))
        quality, size = {}, {}
        for record in run["records"]:
            key = record["workload"], record["precision"]
            self.assertEqual((record["status"], record["quality_basis"]), ("ok", "ground-truth"), record)
            self.assertEqual(record.get("variant_of"),
                             None if record["workload"] == "fashion/teacher" else "fashion/teacher")
            quality[key], size[key] = record["quality"], record["model_mb"]
        self.assertEqual(set(quality), {(form, precision) for form, all_of in FORMS.items() for precision in all_of})
        for (form, precision), value in quality.items():
            whole = quality["fashion/student" if form == "fashion/student-qat" else form, "fp32"]
            self.assertGreaterEqual(value, LEAST_OF_FP32 * whole, f"{form} in {precision}")
        self.assertLess(size["fashion/teacher", "int8"], size["fashion/teacher", "fp32"] / 3)
        for file in ("report.html", "report.md"):
            self.assertIn("Against the original", (self.here / "out" / file).read_text(encoding="utf-8"))

    def test_the_family_is_not_in_all(self):
        done = self.program("list", "workloads")
        self.assertIn("fashion/teacher", done.out)
        done = self.program("verify", "--models", "none", "--out", "out")
        self.assertNotIn("fashion", done.out)


if __name__ == "__main__":
    unittest.main()
