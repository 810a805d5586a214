#!/usr/bin/env python3
"""The files of a run: every format parses, a saved run gives the same files again, a hostile one gives a sentence."""

import copy
import csv
import io
import json
import unittest

import schema
import support

ALL = ",".join(support.FORMATS)
MANY = 1_000_000  # levels: more than any stack holds


class Formats(support.EndToEndTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = cls.models.parent
        done = support.subprocess.run(
            [support.PROGRAM, "run", "conv.onnx", "gemm.onnx", "corrupt.onnx", "--backends", "cpu", "--scenarios",
             "single-stream,offline", "--time-budget", "1s", "--out", cls.folder / "run", "--format", ALL],
            cwd=cls.models, check=False, capture_output=True, text=True, timeout=support.PATIENCE_S)
        if done.returncode != 1:  # for the corrupt model
            raise AssertionError(f"exit {done.returncode}: {done.stdout}{done.stderr}")

    def text(self, file, folder=None):
        return ((folder or self.folder / "run") / file).read_text(encoding="utf-8")

    def test_json_is_as_its_schema_says(self):
        run = json.loads(self.text("run.json"))
        wanted = json.loads((support.SOURCE / "results/schema/edgebench.run.1.json").read_text(encoding="utf-8"))
        self.assertEqual(list(schema.problems(run, wanted)), [])
        self.assertEqual(len(run["records"]), 6)
        described = wanted["properties"]["records"]["items"]["properties"]
        for record in run["records"]:
            self.assertLessEqual(set(record), set(described), "a field that the schema does not describe")
        self.assertLessEqual(set(run["context"]), set(wanted["properties"]["context"]["properties"]))

    def test_the_schema_refuses_what_is_wrong(self):
        """Guards the test above: a schema, or a check of it, that accepts all would show here."""
        run = json.loads(self.text("run.json"))
        wanted = json.loads((support.SOURCE / "results/schema/edgebench.run.1.json").read_text(encoding="utf-8"))
        for field, value in (("status", "fine"), ("queries", 1.5), ("queries", -1), ("latency_p50_ms", "1"),
                             ("ranked", 1), ("warnings", "none"), ("warnings", [1]), ("workload", None)):
            wrong = copy.deepcopy(run)
            wrong["records"][0][field] = value
            self.assertNotEqual(list(schema.problems(wrong, wanted)), [], field)
        for wrong in ([], {}, {**run, "schema": "edgebench.run/2"}, {**run, "records": [{}]}, {**run, "context": 1}):
            self.assertNotEqual(list(schema.problems(wrong, wanted)), [])

    def test_csv_holds_the_records_of_json(self):
        rows = list(csv.DictReader(io.StringIO(self.text("results.csv"))))
        records = json.loads(self.text("run.json"))["records"]
        self.assertEqual([(r["workload"], r["scenario"], r["status"]) for r in rows],
                         [(r["workload"], r["scenario"], r["status"]) for r in records])
        for row, record in zip(rows, records):
            for key in ("latency_p50_ms", "throughput_sps", "open_ms", "queries"):
                if key in record:
                    self.assertAlmostEqual(float(row[key]) / record[key], 1, places=4, msg=key)
                else:
                    self.assertEqual(row[key], "", key)
            self.assertEqual(row["model_sha256"], record.get("model_sha256", ""))

    def test_google_benchmark_json_has_its_shape(self):
        report = json.loads(self.text("benchmark.json"))
        self.assertIn("date", report["context"])
        measured = [b for b in report["benchmarks"] if not b.get("error_occurred")]
        self.assertGreaterEqual(len(measured), 4)
        for benchmark in measured:
            keys = ["name", "run_type", "real_time", "cpu_time", "time_unit"]
            keys.append("iterations" if benchmark["run_type"] == "iteration" else "aggregate_name")
            for key in keys:
                self.assertIn(key, benchmark)
        failed = [b for b in report["benchmarks"] if b.get("error_occurred")]
        self.assertEqual(len(failed), 2)
        self.assertIn("corrupt.onnx", failed[0]["error_message"])

    def test_markdown_and_html_name_every_cell(self):
        for file in ("report.md", "report.html"):
            text = self.text(file)
            for name in ("conv", "gemm", "corrupt", "failed"):
                self.assertTrue(name in text, f"{name} is not in {file}")
        self.assertRegex(self.text("report.html"), r"(?is)^<!doctype html>.*</html>\s*$")

    def test_a_saved_run_gives_the_same_bytes(self):
        for source in ("run", "run/run.json"):
            with self.subTest(source):
                done = self.program("report", self.folder / source, "--format", ALL, "--out", "again")
                self.assertEqual((done.code, done.err), (0, ""), done)
                for file in support.FORMATS.values():
                    self.assertEqual(self.text(file, self.here / "again"), self.text(file), file)
                    self.assertIn(file, done.out)

    def test_the_table_of_a_saved_run(self):
        done = self.program("report", self.folder / "run")
        self.assertEqual((done.code, done.err), (0, ""), done)
        for name in ("user/conv", "user/gemm", "user/corrupt"):
            self.assertIn(name, done.out)
        two = self.program("report", self.folder / "run", self.folder / "run", "--format", "json", "--out", "two")
        self.assertEqual(two.code, 0, two)
        self.assertEqual(len(json.loads(self.text("run.json", self.here / "two"))["records"]), 12)

    def test_only_the_formats_that_were_asked_for(self):
        self.measure(*self.model("gemm"), "--format", "csv")
        files = {file.name for file in (self.here / "out").iterdir()}
        self.assertEqual(files, {"raw", "journal.jsonl", "run.json", "results.csv"})

    def test_reports_that_cannot_be_written(self):
        (self.here / "file").write_text("", encoding="utf-8")
        done = self.program("report", self.folder / "run", "--format", "md", "--out", "file/deeper")
        self.assertEqual((done.code, done.out), (2, ""), done)
        self.check_sentence(done, "--out", "file/deeper")
        done = self.program("report", self.folder / "run", "--format", "mdd")
        self.assertEqual((done.code, done.out), (2, ""), done)
        self.check_sentence(done, "mdd")


def run_text(context="{}", records=""):
    return f'{{"schema": "edgebench.run/1", "context": {context}, "records": [{records}]}}'


def deep(levels):
    return "[" * levels + "]" * levels


class HostileRuns(support.EndToEndTest):

    NOT_RUNS = {
        "empty": "", "words": "hello", "binary": "\0\1\2", "array": "[]", "cut": run_text()[:-5],
        "other schema": run_text().replace("run/1", "run/2"),
        "number as schema": run_text().replace('"edgebench.run/1"', "1"),
        "context is a list": run_text("[]"),
        "a record is a number": run_text("{}", "1"),
        "an empty record": run_text("{}", "{}"),
        "unknown status": run_text("{}", '{"workload": "a", "status": "fine"}'),
        "text for a number": run_text("{}", '{"workload": "a", "status": "ok", "queries": "many"}'),
        "number for a text": run_text("{}", '{"workload": 7, "status": "ok"}'),
        "list for a number": run_text("{}", '{"workload": "a", "status": "ok", "latency_p50_ms": [1]}'),
        "too large a number": run_text("{}", '{"workload": "a", "status": "ok", "latency_p50_ms": 1e999}'),
        "deep": deep(MANY), "deep and open": "[" * MANY,
        "deep schema": run_text().replace('"edgebench.run/1"', deep(MANY)),
        "deep context": run_text(f'{{"a": {deep(MANY)}}}'),
        "deep record": run_text("{}", deep(MANY)),
        "deep field": run_text("{}", f'{{"workload": "a", "status": "ok", "x": {deep(MANY)}}}'),
    }

    def test_each_is_refused_in_one_sentence(self):
        for name, text in self.NOT_RUNS.items():
            with self.subTest(name):
                (self.here / "run.json").write_text(text, encoding="utf-8")
                for more in ((), ("--format", ALL, "--out", "out")):
                    done = self.program("report", "run.json", *more)
                    self.assertEqual((done.code, done.out), (2, ""), done)
                    self.check_sentence(done, "run.json")
                self.assertFalse((self.here / "out").exists())

    def test_hostile_journals(self):
        head = '{"schema": "edgebench.journal/1", "context": {}}\n'
        for name, text in (("empty", ""), ("no head", '{"record": {}}\n'), ("bad record", head + '{"record": {}}\n'),
                           ("deep head", f'{{"schema": "edgebench.journal/1", "context": {deep(MANY)}}}\n')):
            with self.subTest(name):
                (self.here / "journal.jsonl").write_text(text, encoding="utf-8")
                done = self.program("report", ".")
                self.assertEqual((done.code, done.out), (2, ""), done)
                self.check_sentence(done)

    def test_lines_of_a_journal_that_are_none_of_ours_are_passed_over(self):
        record = '{"record": {"workload": "kept", "status": "ok"}}\n'
        for line in ("nonsense\n", f'{{"record": {deep(MANY)}}}\n', '{"record": {"workload": "cut", "sta'):
            journal = '{"schema": "edgebench.journal/1", "context": {}}\n' + record + line
            (self.here / "journal.jsonl").write_text(journal, encoding="utf-8")
            done = self.program("report", ".")
            self.assertEqual((done.code, done.err), (0, ""), done)
            self.assertIn("kept", done.out)

    def test_what_is_not_there(self):
        (self.here / "folder").mkdir()
        for path in ("folder", "nowhere", "nowhere/run.json"):
            done = self.program("report", path)
            self.assertEqual((done.code, done.out), (2, ""), done)
            self.check_sentence(done, path)

    def test_odd_but_valid_runs_are_rendered(self):
        """Context of any type, extreme numbers, markup in names: no crash, and nothing that a browser would run."""
        name = "<script>alert(1)</script>|`a`\\n# b\\u001b[31m"
        context = '{"cpu": [1], "cpu_mhz": "fast", "os": null, "started_at": {}, "runtime": 5, "memory_mb": -1e308}'
        record = (f'{{"workload": "{name}", "status": "ok", "queries": 9223372036854775807, "latency_p50_ms": -1e308, '
                  '"latency_p99_ms": 1e308, "latency_quantiles_ms": [3, 1, -5], "throughput_sps": 0, "unknown": {}}')
        (self.here / "run.json").write_text(run_text(context, record), encoding="utf-8")
        done = self.program("report", "run.json", "--format", ALL, "--out", "out")
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertNotIn("<script>alert", (self.here / "out" / "report.html").read_text(encoding="utf-8"))
        self.assertNotIn("<script>alert", (self.here / "out" / "report.md").read_text(encoding="utf-8"))
        table = self.program("report", "run.json")
        self.assertEqual(table.code, 0, table)
        self.assertNotIn("\x1b", table.out)


if __name__ == "__main__":
    unittest.main()
