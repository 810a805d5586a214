"""scripts/accuracy-table: what it makes of runs, and of what is none."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "accuracy-table"


def record(backend="cpu", **changes):
    return {"workload": "vision/text-recognition", "precision": "fp32", "backend": backend, "device_name": "a chip",
            "driver": "1.2", "status": "ok", "quality": 0.0056749, "quality_target": 0.015, **changes}


class AccuracyTable(unittest.TestCase):

    def setUp(self):
        self.here = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def run_of(self, name, *records):
        folder = self.here / name
        folder.mkdir()
        (folder / "run.json").write_text(json.dumps({"records": records}), encoding="utf-8")
        return folder

    def script(self, *folders):
        return subprocess.run([sys.executable, "-B", SCRIPT, *folders], capture_output=True, encoding="utf-8", check=False)

    def test_each_backend_has_a_column_and_a_later_run_counts(self):
        old = self.run_of("old", record(quality=0.5), record("vulkan"))
        new = self.run_of("new", record(), record(workload="vision/pose", quality=0.1441, quality_target=0.151))
        done = self.script(old, new)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = [line for line in done.stdout.splitlines() if line.startswith("| ")]
        self.assertEqual(rows, [
            "| workload | precision | judged by | must be | cpu | vulkan |",
            "| `vision/pose` | fp32 | normalized-mean-error | ≤ 0.151 | 0.1441 | – |",
            "| `vision/text-recognition` | fp32 | character-error-rate | ≤ 0.015 | 0.005675 | 0.005675 |"])
        self.assertIn("- vulkan: a chip, 1.2\n", done.stdout)
        self.assertNotIn("Not ok", done.stdout)

    def test_what_is_not_ok_has_its_reason(self):
        done = self.script(self.run_of("one", record(status="wrong", reason="it is 0.9, the target is at most 0.015")))
        self.assertIn("| ≤ 0.015 | wrong |", done.stdout)
        self.assertIn("- `vision/text-recognition` fp32 on cpu: it is 0.9, the target is at most 0.015", done.stdout)

    def test_what_is_no_run_is_said(self):
        for text in ("", "[]", "{}"):
            folder = self.run_of(f"bad{len(text)}{text[:1] == '['}")
            (folder / "run.json").write_text(text, encoding="utf-8")
            done = self.script(folder)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, r"^accuracy-table: .*run\.json is no run: .*\n$")


if __name__ == "__main__":
    unittest.main()
