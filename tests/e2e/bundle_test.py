#!/usr/bin/env python3
"""A real run packed, checked, tampered with, and measured again."""

import json
import os
import stat
import unittest
import zipfile

import support


class Bundle(support.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.bundle, self.key = self.here / "run.edgebench", self.here / "config" / "key"

    def pack(self):
        done = self.program("pack", "out", "--out", self.bundle, "--key", self.key)
        self.assertEqual((done.code, done.err), (0, ""), done)
        return done

    def measured(self, *arguments):
        done = self.measure(*self.model("conv"), "--backends", "cpu", "--scenarios", "single-stream,offline", "--meter",
                            "none", *arguments)
        self.assertEqual(done.code, 0, done)
        return self.pack()

    def check(self, file=None):
        return self.verdict_of(file or self.bundle)

    def test_what_was_measured_is_accepted(self):
        done = self.measured("--launches", "3")
        verdict = self.check()
        self.assertEqual((verdict["verdict"], verdict["findings"], verdict["records"]), ("accepted", [], 2), verdict)
        self.assertIn(verdict["line"], done.out)
        self.assertIn(verdict["id"], done.out)
        text = self.program("check", self.bundle)
        self.assertEqual((text.code, text.out), (0, verdict["line"] + "\n"), text)

    def test_the_key_is_its_owners_and_stays(self):
        self.measured()
        first = self.check()["key"]
        self.assertEqual(stat.S_IMODE(self.key.stat().st_mode), 0o600)
        self.pack()
        self.assertEqual(self.check()["key"], first)
        self.key.chmod(0o644)
        done = self.program("pack", "out", "--out", self.bundle, "--key", self.key)
        self.assertEqual(done.code, 2, done)
        self.check_sentence(done, self.key, "chmod 600")

    def test_nothing_in_it_says_whose_machine_it_was(self):
        self.measured()
        with zipfile.ZipFile(self.bundle) as archive:
            self.assertEqual(archive.namelist()[:3], ["manifest.json", "signature", "run.json"])
            everything = b"".join(archive.read(name) + name.encode() for name in archive.namelist())
            run = json.loads(archive.read("run.json"))
        for secret in (str(self.here), str(self.models), str(support.SOURCE), os.uname().nodename):
            self.assertNotIn(secret.encode(), everything)
        self.assertRegex(run["records"][0]["workload"], "^user/[0-9a-f]{16}$")
        self.assertEqual(run["records"][0]["raw_files"], ["raw/001_1.lat"])

    def test_a_byte_that_counts_is_missed(self):
        self.measured()
        bytes_ = bytearray(self.bundle.read_bytes())
        with zipfile.ZipFile(self.bundle) as archive:
            info = archive.getinfo("raw/001_1.lat")
        bytes_[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 1
        self.bundle.write_bytes(bytes_)
        verdict = self.check()
        self.assertEqual(verdict["verdict"], "refused", verdict)

    def test_a_better_run_is_refused(self):
        self.measured()
        file = self.here / "out" / "run.json"
        run = json.loads(file.read_text(encoding="utf-8"))
        run["records"][0]["latency_p50_ms"] *= 0.98
        file.write_text(json.dumps(run), encoding="utf-8")
        self.pack()
        verdict = self.check()
        self.assertEqual(verdict["verdict"], "refused", verdict)
        self.assertTrue(any("latency_p50_ms" in finding["sentence"] for finding in verdict["findings"]), verdict)

    def test_what_is_no_bundle_has_a_verdict_too(self):
        (self.here / "x").write_bytes(b"nonsense")
        self.assertEqual(self.check(self.here / "x")["verdict"], "refused")
        for arguments in (("check", "nowhere"), ("pack", "nowhere", "--out", "x"), ("replay", "x"), ("replay", "nowhere")):
            done = self.program(*arguments)
            self.assertEqual(done.code, 2, done)
            self.check_sentence(done)

    def test_replay_measures_the_same_again(self):
        self.measured()
        done = self.program("replay", self.bundle, "--print")
        self.assertEqual(done.code, 2, done)  # all that it measured was a model of the user's
        done = self.program("replay", self.bundle, "--print", "--model", *self.model("conv"))
        self.assertEqual(done.code, 0, done)
        command, *notes = done.out.splitlines()
        self.assertRegex(command, r"^edgebench run --backends cpu --device \S+ --scenarios single-stream,offline "
                                  r"--tier quick --launches 1 --threads \d+ conv.onnx$")
        self.assertIn("not repeated: the time budget of a trial, whose tier is taken for quick", notes)
        done = self.program("replay", self.bundle, "--model", *self.model("gemm"))
        self.assertEqual(done.code, 2, done)
        self.check_sentence(done, "--model", "SHA-256")


if __name__ == "__main__":
    unittest.main()
