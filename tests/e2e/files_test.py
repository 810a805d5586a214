#!/usr/bin/env python3
"""Folders that cannot be written, disks that fill up, models that are not the ones that were pinned."""

import hashlib
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import unittest

import support

# What "all" stands for.
ZOO = sorted(f"{group}/{manifest.stem}" for group in ("nlp", "speech", "vision")
             for manifest in (support.SOURCE / "workloads" / "zoo" / group).glob("*.json"))


def small_files(most_bytes):
    """What a child does before it becomes the program: no file of it can grow larger."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    return limit


class Output(support.EndToEndTest):

    def test_a_folder_that_cannot_be_made_is_found_before_the_first_cell(self):
        (self.here / "file").write_text("mine", encoding="utf-8")
        for out in ("file", "file/deep/folder", "/proc/no/such/folder", "n" * 300):
            with self.subTest(out[:30]):
                done = self.program("run", *self.model("gemm"), "--out", out)
                self.assertEqual((done.code, done.out), (2, ""), done)
                self.check_sentence(done, "--out", out)
        self.assertEqual((self.here / "file").read_text(encoding="utf-8"), "mine")

    def test_a_file_in_the_way_of_the_journal_or_of_a_report(self):
        (self.here / "out" / "journal.jsonl").mkdir(parents=True)
        done = self.measure(*self.model("gemm"))
        self.assertEqual((done.code, done.out), (2, ""), done)
        self.check_sentence(done, "journal.jsonl")
        shutil.rmtree(self.here / "out")
        (self.here / "out" / "report.md" / "x").mkdir(parents=True)
        done = self.measure(*self.model("gemm"))
        self.assertEqual(done.code, 1, done)
        self.check_sentence(done, "cannot write", "report.md")
        self.check_ok(self.record("gemm"))

    def test_an_old_run_is_replaced(self):
        self.measure(*self.model("conv", "gemm"))
        self.measure(*self.model("gemm"))
        self.assertEqual(list(self.records()), [("gemm", "single-stream")])

    def test_a_report_that_does_not_fit_costs_no_record(self):
        done = self.measure(*self.model("medium", "corrupt"), preexec_fn=small_files(30_000))
        self.assertEqual(done.code, 1, done)
        self.check_sentence(done, "cannot write", "report.html", os.strerror(27))
        self.assertIn("ok user/medium ", done.out)
        self.check_ok(self.record("medium"))
        self.assertFalse((self.here / "out" / "report.html").exists())
        self.assertEqual(list((self.here / "out").glob("*.part")), [])

    def test_a_journal_that_stops_growing_costs_no_record(self):
        """The head of the journal fits, the records do not."""
        done = self.measure(*self.model(*["corrupt"] * 12), preexec_fn=small_files(5_000))
        self.assertEqual(done.code, 1, done)
        self.assertEqual(done.out.count("failed user/corrupt"), 24, done)  # as they came, and in the closing list
        self.assertEqual(done.err.count("journal.jsonl"), 1, "said once, not for each record")

    def test_a_full_disk(self):
        disk = self.small_disk("24k")
        done = self.program("run", *self.model("medium", "corrupt"), "--time-budget", "1s", "--out", disk / "out")
        self.assertEqual(done.code, 1, done)
        self.assertIn("ok user/medium ", done.out)
        self.assertIn("failed user/corrupt ", done.out)
        self.assertIn("report.html", done.err)
        for line in done.err.splitlines():
            self.assertRegex(line, r"^edgebench: cannot write \S+: No space left on device$")
        report = self.program("report", disk / "out")
        self.assertEqual(report.code, 0, report)
        self.assertIn("user/medium", report.out)

    def test_a_disk_without_room_for_the_latencies(self):
        disk = self.small_disk("24k")
        done = self.program("run", *self.model("gemm"), "--time-budget", "1s", "--out", disk / "out")
        self.assertEqual(done.code, 1, done)
        self.assertRegex(done.out, r"failed user/gemm .*cannot write \S+\.lat: No space left on device")

    def small_disk(self, size):
        disk = self.here / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "edgebench-test", disk], check=False,
                                 capture_output=True)
        if mounted.returncode:
            self.skipTest(f"no small disk can be mounted here: {mounted.stderr.decode().strip()}")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        return disk


class Models(support.EndToEndTest):

    def copy_of_the_models(self, *ids):
        """Links to all files of the zoo's models, so that one can be replaced."""
        for workload in ids:
            folder = support.cache_folder() / "models" / workload
            if not folder.is_dir():
                raise AssertionError(f"{folder} is not there; run scripts/fetch zoo")
            shutil.copytree(folder, self.here / "zoo-models" / workload, copy_function=os.symlink)
        return self.here / "zoo-models"

    @staticmethod
    def change(file: pathlib.Path, change):
        """The link becomes a file of its own."""
        content = change(file.read_bytes())
        file.unlink()
        file.write_bytes(content)

    def test_a_model_with_one_byte_changed(self):
        models = self.copy_of_the_models("nlp/language-id")
        file = models / "nlp/language-id/model.onnx"
        right = hashlib.sha256(file.read_bytes()).hexdigest()
        self.change(file, lambda bytes_of_it: bytes_of_it[:-1] + bytes([bytes_of_it[-1] ^ 1]))
        done = self.measure("--workloads", "nlp/language-id", "--precisions", "fp32", "--models", models)
        self.assertEqual((done.code, done.err), (1, ""), done)
        wrong = hashlib.sha256(file.read_bytes()).hexdigest()
        self.check_failure(self.record("nlp/language-id"), "failed", "model nlp/language-id/model.onnx has", right, wrong,
                           "scripts/fetch")
        self.assertNotIn(str(self.here), (self.here / "out" / "run.json").read_text(encoding="utf-8"))

    def test_samples_that_are_not_the_pinned_ones_are_never_ranked(self):
        models = self.copy_of_the_models("nlp/language-id")
        self.change(models / "nlp/language-id/samples.json", lambda bytes_of_it: bytes_of_it + b"\n")
        done = self.program("verify", "--workloads", "nlp/language-id", "--precisions", "fp32", "--models", models,
                            "--out", "out")
        self.assertEqual(done.code, 0, done)
        record = self.record("nlp/language-id", "")
        self.assertEqual(record["status"], "ok")
        self.assertIn("the sample set differs from the one that the manifest pins", record["unranked_reasons"])

    def test_samples_that_are_damaged_or_gone(self):
        models = self.copy_of_the_models("nlp/language-id", "speech/voice-activity")
        samples = models / "nlp/language-id/samples.json"
        speech = models / "speech/voice-activity"
        self.change(samples, lambda bytes_of_it: bytes_of_it[:1000])
        for wave in speech.glob("*.wav"):
            wave.unlink()
        done = self.measure("--workloads", "nlp/language-id,speech/voice-activity", "--precisions", "fp32", "--models", models)
        self.check_failure(self.record("nlp/language-id"), "failed", "nlp/language-id/samples.json")
        self.assertIn(self.record("speech/voice-activity")["status"], ("failed", "unavailable"))
        self.assertIn(".wav", self.record("speech/voice-activity")["reason"])
        self.assertEqual(done.code, 1, done)

    def test_without_models_nothing_fails_unless_it_was_named(self):
        (self.here / "none").mkdir()
        done = self.measure("--workloads", "all", "--precisions", "fp32", "--models", "none")
        self.assertEqual((done.code, done.err), (0, ""), done)
        records = self.records()
        self.assertEqual(list(dict.fromkeys(name for name, _ in records)), ZOO)
        for record in records.values():
            self.check_failure(record, "unavailable", "scripts/fetch zoo", record["workload"])
        done = self.measure("--workloads", "speech/voice-activity", "--models", "none")
        self.assertEqual(done.code, 1, done)
        done = self.measure("--workloads", "vision", "--precisions", "fp32", "--models", self.here / "not" / "there")
        self.assertEqual({name for name, _ in self.records()}, {name for name in ZOO if name.startswith("vision/")})

    def test_list_says_which_models_are_here(self):
        models = self.copy_of_the_models("nlp/language-id")
        done = self.program("list", "workloads", "--models", models)
        self.assertEqual(done.code, 0, done)
        for line in done.out.splitlines()[1:]:
            here = "yes" if line.startswith("nlp/language-id ") else \
                "when it runs" if line.startswith("builtin/") else "scripts/fetch zoo"
            self.assertTrue(line.endswith(here), line)

    def test_models_that_are_installed_with_the_program_come_first(self):
        program = self.here / "installed" / "bin" / "edgebench"
        program.parent.mkdir(parents=True)
        shutil.copy(support.PROGRAM, program)
        models = self.copy_of_the_models("nlp/language-id")
        (self.here / "installed" / "share" / "edgebench").mkdir(parents=True)
        models.rename(self.here / "installed" / "share" / "edgebench" / "models")
        done = subprocess.run([program, "list", "workloads"], env=self.environment(), capture_output=True, text=True,
                              check=False, timeout=support.PATIENCE_S)
        here = [line.split()[0] for line in done.stdout.splitlines()[1:] if line.endswith("yes")]
        self.assertEqual((done.returncode, here), (0, ["nlp/language-id"]), done)


if __name__ == "__main__":
    unittest.main()
