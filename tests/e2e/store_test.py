#!/usr/bin/env python3
"""import, query and backup: the real program on files of SQLite, also when it is killed or its disk is full."""

import csv
import io
import json
import os
import pathlib
import resource
import signal
import sqlite3
import subprocess
import unittest

from support import PROGRAM, SOURCE, EndToEndTest

GOLDEN = json.loads((SOURCE / "tests" / "golden" / "run.json").read_text(encoding="utf-8"))


class StoreTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.db = self.here / "lab" / "results.db"

    def make_run(self, name, records=None, **context):
        folder = self.here / "runs" / name
        folder.mkdir(parents=True)
        run = {**GOLDEN, "context": {**GOLDEN["context"], "name": name, **context}}
        if records is not None:
            run["records"] = records
        (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
        return folder

    def store(self, command, *arguments, **options):
        return self.program(command, *arguments, "--db", self.db, **options)

    def imported(self, *runs):
        done = self.store("import", *runs)
        self.assertEqual(done.code, 0, done)
        return done

    def queried(self, *arguments):
        done = self.store("query", "--format", "json", "--limit", "1000000", *arguments)
        self.assertEqual(done.code, 0, done)
        return json.loads(done.out)


class ImportAndQuery(StoreTest):
    def test_a_run_is_stored_once(self):
        a, b = self.make_run("a"), self.make_run("b")
        done = self.imported(a)
        self.assertIn("1 runs with 13 records are new, 0 were known", done.out)
        done = self.imported(a, b / "run.json")
        self.assertRegex(done.out, r"(?m)^known  [0-9a-f]{12}    13 records  .*/runs/a$")
        self.assertRegex(done.out, r"(?m)^new    [0-9a-f]{12}    13 records  .*/runs/b/run.json$")
        self.assertEqual(len(self.queried()), 26)

    def test_what_was_said_comes_back(self):
        self.imported(self.make_run("a"))
        self.assertEqual([row["record"] for row in self.queried()], GOLDEN["records"])

    def test_journals_are_imported(self):
        folder = self.here / "killed"
        folder.mkdir()
        lines = [{"schema": "edgebench.journal/1", "context": {}}] + [{"record": r} for r in GOLDEN["records"][:3]]
        (folder / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"record": {"wor',
                                              encoding="utf-8")
        self.assertIn("3 records are new", self.imported(folder).out)

    def test_conditions_and_order(self):
        self.imported(self.make_run("a"))
        for where in (["--where", "status=ok"], ["--where", "status", "=", "ok"]):
            rows = self.queried(*where, "--order-by", "latency_p50_ms", "--fields", "latency_p50_ms,status")
            ok = [r.get("latency_p50_ms") for r in GOLDEN["records"] if r["status"] == "ok"]
            known = sorted(time for time in ok if time is not None)
            self.assertEqual([row.get("latency_p50_ms") for row in rows], known + [None] * (len(ok) - len(known)))
            self.assertLessEqual(set().union(*rows), {"latency_p50_ms", "status"})
        rows = self.queried("--where", "status!=ok", "--where", "backend", "=", "vulkan", "precision=fp32")
        self.assertEqual(len(rows), sum(r["status"] != "ok" and r["backend"] == "vulkan" and r["precision"] == "fp32"
                                        for r in GOLDEN["records"]))
        self.assertEqual(self.queried("--where", "workload=nothing"), [])

    def test_tables_and_csv_are_safe(self):
        hostile = {"workload": "=cmd|' /C calc'!A0", "status": "ok", "ranked": False, "backend": "cpu",
                   "precision": "fp32", "device_name": "a,\"b\"\r\nc\x1b[31m"}
        self.imported(self.make_run("a", [hostile]))
        done = self.store("query", "--format", "csv", "--fields", "workload,device_name,launches")
        rows = list(csv.reader(io.StringIO(done.out, newline="")))
        self.assertEqual(rows, [["workload", "device_name", "launches"],
                                ["'" + hostile["workload"], hostile["device_name"], ""]])
        done = self.store("query")
        self.assertNotIn("\x1b", done.out)
        self.assertEqual(len(done.out.splitlines()), 2, done)

    def test_bad_usage_is_said(self):
        self.imported(self.make_run("a"))
        for arguments, words in (
                (["--where", "statuss=ok"], ["'statuss'", "list fields"]),
                (["--where", "status"], ["no condition"]),
                (["--where", "latency_p50_ms<fast"], ["latency_p50_ms", "'fast'"]),
                (["--order-by", "; DROP TABLE runs"], ["no field"]),
                (["--fields", "workloads"], ["did you mean workload?"]),
                (["--limit", "0"], ["--limit"])):
            done = self.store("query", *arguments)
            self.assertEqual(done.code, 2, done)
            self.check_sentence(done, *words)
        self.assertEqual(len(self.queried()), 13)

    def test_a_run_that_cannot_be_read_does_not_stop_the_others(self):
        bad = self.here / "bad.json"
        bad.write_text("{", encoding="utf-8")
        done = self.store("import", bad, self.make_run("a"))
        self.assertEqual(done.code, 2, done)
        self.check_sentence(done, "bad.json")
        self.assertEqual(len(self.queried()), 13)

    def test_other_programs_can_read_it(self):
        self.imported(self.make_run("a"))
        with sqlite3.connect(self.db) as database:
            rows = database.execute("SELECT workload, latency_p50_ms, driver FROM results ORDER BY id").fetchall()
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchone()[0], "ok")
        database.close()
        self.assertEqual(rows, [(r["workload"], r.get("latency_p50_ms"), r.get("driver", ""))
                                for r in GOLDEN["records"]])


class Faults(StoreTest):
    def test_no_database(self):
        done = self.store("query")
        self.assertEqual(done.code, 1, done)
        self.check_sentence(done, "there is no database", "edgebench import")

    def test_not_a_database(self):
        self.db.parent.mkdir()
        self.db.write_bytes(b"not a database, but long enough to look for one" * 100)
        for command in (["query"], ["import", self.make_run("a")], ["backup", "--out", self.here / "copy.db"]):
            done = self.store(*command)
            self.assertEqual(done.code, 1, done)
            self.check_sentence(done, "no SQLite database")

    def test_a_newer_schema_is_left_alone(self):
        run = self.make_run("a")
        self.imported(run)
        database = sqlite3.connect(self.db)
        database.execute("PRAGMA user_version = 99")
        database.close()
        for command in (["query"], ["import", run]):
            done = self.store(*command)
            self.assertEqual(done.code, 1, done)
            self.check_sentence(done, "99", "newer")

    def test_a_password_is_never_shown(self):
        for url in ("postgres://lab:s3cret@127.0.0.1:1/x", "postgres://lab:s3cret%zz@127.0.0.1:1/x",
                    "postgres://lab@127.0.0.1:1/x?password=s3cret", "mysql://lab:s3cret@host/x"):
            done = self.program("query", "--db", url)
            self.assertEqual(done.code, 1, done)
            self.check_sentence(done, "://lab")
            self.assertNotIn("s3cret", done.err + done.out)

    def test_a_file_that_cannot_grow_keeps_what_it_has(self):
        self.imported(self.make_run("a"))

        def no_room():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            most = self.db.stat().st_size + 50_000
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        done = self.store("import", *[self.make_run(f"more-{i}") for i in range(100)], preexec_fn=no_room)
        self.assertEqual(done.code, 1, done)
        self.check_sentence(done, "results.db")
        self.assertEqual(len(self.queried()), 13)

    def test_kill_9_in_the_middle_leaves_whole_runs(self):
        records = [{k: v for k, v in r.items() if k != "latency_quantiles_ms"} for r in GOLDEN["records"][:5]] * 4
        runs = [self.make_run(f"{i:04}", records) for i in range(1600)]  # four transactions
        importing = self.start("import", *runs, "--db", self.db)
        importing.wait_to_say("new")
        os.kill(importing.pid, signal.SIGKILL)
        said = importing.finish().out.splitlines()
        stored = {}
        for row in self.queried("--fields", "run_id"):
            stored[row["run_id"]] = stored.get(row["run_id"], 0) + 1
        self.assertEqual(set(stored.values()), {20})
        promised = {line.split()[1] for line in said if line.startswith("new") and line.count("/") > 0}
        self.assertLessEqual(promised, {run_id[:12] for run_id in stored})
        self.assertLess(len(stored), len(runs), "it was over before it was killed")
        done = self.imported(*runs)
        self.assertIn(f"{len(runs) - len(stored)} runs with", done.out)
        self.assertEqual(len(self.queried("--fields", "id")), 32000)

    def test_several_importers_at_once_lose_nothing(self):
        runs = [self.make_run(f"{i:02}") for i in range(40)]
        importers = [self.start_in(f"at-{i}", "import", *runs[i * 10:(i + 1) * 10 + 5], "--db", self.db)
                     for i in range(4)]
        for importer in importers:
            self.assertEqual(importer.wait(90), 0)
        self.assertEqual(len(self.queried("--fields", "id")), 40 * 13)

    def start_in(self, name, *arguments):
        folder = self.here / name
        folder.mkdir()
        return subprocess.Popen([PROGRAM, *arguments], cwd=folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL)


class Backup(StoreTest):
    def test_a_backup_is_a_store(self):
        self.imported(self.make_run("a"))
        copy = self.here / "copy.db"
        done = self.store("backup", "--out", copy)
        self.assertEqual(done.code, 0, done)
        self.imported(self.make_run("b"))
        self.db = copy
        self.assertEqual(len(self.queried()), 13)
        self.assertIn("1 runs with 13 records are new", self.imported(self.make_run("c")).out)

    def test_it_writes_over_nothing(self):
        self.imported(self.make_run("a"))
        copy = self.here / "copy.db"
        copy.write_text("mine", encoding="utf-8")
        done = self.store("backup", "--out", copy)
        self.assertEqual(done.code, 2, done)
        self.check_sentence(done, "copy.db is there already")
        self.assertEqual(copy.read_text(encoding="utf-8"), "mine")

    def test_no_folder_for_it(self):
        self.imported(self.make_run("a"))
        done = self.store("backup", "--out", self.here / "no" / "copy.db")
        self.assertEqual(done.code, 1, done)
        self.check_sentence(done, "copy.db")
        self.assertEqual(sorted(pathlib.Path(self.here).glob("*.part")), [])


if __name__ == "__main__":
    unittest.main()
