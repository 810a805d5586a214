#!/usr/bin/env python3
"""`edgebench run MODEL.onnx`: any model, measured or refused, never a crash."""

import hashlib
import os
import resource
import subprocess
import unittest

import onnx
import support


class GoodModels(support.EndToEndTest):
    NAMES = ("conv", "gemm", "free_batch", "free_inner", "found_shape", "embedding", "half", "lstm")

    def test_all_kinds_are_measured(self):
        done = self.measure(*self.model(*self.NAMES), "--dim", "sequence=7")
        self.assertEqual((done.code, done.err), (0, ""), done)
        records = self.records()
        self.assertEqual([name for name, _ in records], list(self.NAMES))
        for (name, _), record in records.items():
            with self.subTest(name):
                self.check_ok(record)
                self.assertIn("a user's model", record["unranked_reasons"])
                self.assertFalse(record["ranked"])
                self.assertEqual([key for key in record if key.startswith("quality")], [])
                bytes_of_it = (self.models / f"{name}.onnx").read_bytes()
                self.assertEqual(record["model_sha256"], hashlib.sha256(bytes_of_it).hexdigest())
                self.assertEqual(record["placement_evidence"], "assigned")
                self.assertIn(f"ok user/{name} ", done.out)
        self.check_operations(records)

    def check_operations(self, records):
        """1 MAC counts as 2 operations; where a graph has no MACs, TOPS are absent and not zero."""
        macs = {"conv": 16 * 32 * 32 * 27, "gemm": 64 * 32, "free_batch": 64 * 32, "free_inner": 7 * 16 * 8,
                "half": 64 * 32, "lstm": 7680}
        for name in self.NAMES:
            record = records[name, "single-stream"]
            if name in macs:
                self.assertAlmostEqual(record["gops_per_sample"], 2e-9 * macs[name], msg=name, delta=1e-15)
                self.assertEqual(record["placement_macs"], 1)
            else:
                self.assertEqual(record["placement_nodes"], 1)
                for absent in ("gops_per_sample", "effective_tops", "placement_macs"):
                    self.assertNotIn(absent, record, name)

    def test_the_command_of_a_record_repeats_it(self):
        name = "it's -- $my net"
        (self.here / f"{name}.onnx").write_bytes((self.models / "free_inner.onnx").read_bytes())
        (self.here / "bin").mkdir()
        (self.here / "bin" / "edgebench").symlink_to(support.PROGRAM)
        path = f"{self.here / 'bin'}:{os.environ['PATH']}"
        self.measure(f"{name}.onnx", "--dim", "sequence=3", "--threads", "1")
        record = self.record(name)
        self.assertEqual(record["threads"], 1)
        for command in (record["command"], self.context()["command"]):
            self.assertIn("--time-budget 1s", command)
            done = subprocess.run(["sh", "-c", command + " --out again"], cwd=self.here, check=False, timeout=90,
                                  env=self.environment(PATH=path), capture_output=True)
            self.assertEqual(done.returncode, 0, done)
            repeated = self.record(name, folder=self.here / "again")
            for key in ("command", "model_sha256", "precision", "threads", "gops_per_sample", "tier"):
                self.assertEqual(repeated[key], record[key])

    def test_two_models_of_one_name(self):
        for folder, model in (("a", "conv"), ("b", "gemm")):
            (self.here / folder).mkdir()
            (self.here / folder / "net.onnx").write_bytes((self.models / f"{model}.onnx").read_bytes())
        done = self.measure("a/net.onnx", "b/net.onnx")
        self.assertEqual(done.code, 0, done)
        self.assertEqual([name for name, _ in self.records()], ["net", "net-2"])

    def test_names_that_differ_little_keep_their_own_latencies(self):
        for name, model in (("a b", "conv"), ("a_b", "gemm"), ("n" * 240, "gemm")):
            (self.here / f"{name}.onnx").write_bytes((self.models / f"{model}.onnx").read_bytes())
        done = self.measure("a b.onnx", "a_b.onnx", "n" * 240 + ".onnx")
        self.assertEqual(done.code, 0, done)
        files = [record["raw_files"][0] for record in self.records().values()]
        self.assertEqual(len(set(files)), 3)
        for file in files:
            self.assertTrue((self.here / "out" / file).is_file())

    def test_without_isolation(self):
        done = self.measure(*self.model("gemm"), "--isolation", "none")
        self.assertEqual(done.code, 0, done)
        self.check_ok(self.record("gemm"))
        self.assertEqual(self.context()["isolation"], "none")
        self.assertRegex(" ".join(self.record("gemm")["unranked_reasons"]), "isolated")


class BadModels(support.EndToEndTest):
    """Each is a record with its reason, and costs the others nothing."""

    EXPECTED = {
        "corrupt": ("failed", "corrupt.onnx"),
        "truncated": ("failed", "truncated.onnx"),
        "empty": ("failed", "empty.onnx"),
        "free_inner": ("failed", "'sequence'", "'x'", "--dim sequence=N"),
        "free_unnamed": ("failed", "dimension 1", "'x'", "no name"),
        "huge_input": ("failed", "'x'", "2000000000"),
        "huge_inside": ("out_of_memory", "Expand"),
        "unknown_operator": ("failed", "Frobnicate"),
        "text_input": ("unsupported", "'x'"),
        "escaping_data": ("failed", "etc/passwd"),
    }

    def test_all_are_refused_and_the_good_ones_measured(self):
        bad = list(self.EXPECTED)
        done = self.measure(*self.model("conv", *bad, "gemm"))
        self.assertEqual((done.code, done.err), (1, ""), done)
        records = self.records()
        self.assertEqual([name for name, _ in records], ["conv", *bad, "gemm"])
        for name in ("conv", "gemm"):
            self.check_ok(records[name, "single-stream"])
        for name, (status, *words) in self.EXPECTED.items():
            with self.subTest(name):
                self.check_failure(records[name, "single-stream"], status, *words)
                self.assertIn(f"{status} user/{name} ", done.out)

    def test_reasons_hold_no_paths_of_any_machine(self):
        self.measure(*self.model("corrupt", "escaping_data", "empty", "huge_inside"))
        for record in self.records().values():
            self.assertNotIn("onnxruntime_src", record["reason"])
        for file in (self.here / "out").glob("*.*"):
            self.assertNotIn(str(self.models), file.read_text(encoding="utf-8"), file)

    def test_an_unsupported_model_that_was_named_fails_the_run(self):
        done = self.measure(*self.model("text_input"))
        self.check_failure(self.record("text_input"), "unsupported")
        self.assertEqual(done.code, 1, done)

    def test_every_scenario_of_a_bad_model_has_its_record(self):
        done = self.measure(*self.model("corrupt"), "--scenarios", "single-stream,offline")
        self.assertEqual(done.code, 1, done)
        self.assertEqual(list(self.records()), [("corrupt", "single-stream"), ("corrupt", "offline")])

    def test_a_dimension_that_makes_the_input_huge(self):
        done = self.measure(*self.model("free_inner"), "--dim", "sequence=1000000000")
        self.assertEqual(done.code, 1, done)
        self.check_failure(self.record("free_inner"), "failed", "'x'", "1000000000")

    def test_memory_that_is_not_there(self):
        """The input alone wants 3.2 GB."""
        limit = 2_000_000_000
        done = self.measure(*self.model("free_inner", "gemm"), "--dim", "sequence=50000000",
                            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        self.assertEqual(done.code, 1, done)
        self.check_failure(self.record("free_inner"), "out_of_memory", "'x'", "3200000000")
        self.check_ok(self.record("gemm"))

    def test_what_is_not_a_file(self):
        (self.here / "folder.onnx").mkdir()
        self.check_sentence(self.measure("folder.onnx"), "folder.onnx")
        (self.here / "link.onnx").symlink_to(self.here / "nowhere.onnx")
        self.check_sentence(self.measure("link.onnx"), "link.onnx")

    def test_a_name_that_is_not_utf8(self):
        name = b"net\xff.onnx"
        (self.here / os.fsdecode(name)).write_bytes((self.models / "gemm.onnx").read_bytes())
        done = self.measure(name)
        self.assertEqual(done.code, 2, done)
        self.check_sentence(done, "UTF-8", ".onnx")


class ExternalData(support.EndToEndTest):
    """Weights in a file beside the model, and what a hostile model would rather read."""

    def model_with(self, location):
        model = onnx.load(str(self.models / "gemm.onnx"))
        weights = max(model.graph.initializer, key=lambda tensor: len(tensor.raw_data))
        content = weights.raw_data
        weights.ClearField("raw_data")
        weights.data_location = onnx.TensorProto.EXTERNAL
        for key, text in (("location", location), ("offset", "0"), ("length", str(len(content)))):
            weights.external_data.add(key=key, value=text)
        folder = self.here / "net"
        folder.mkdir(exist_ok=True)
        (folder / "external.onnx").write_bytes(model.SerializeToString())
        for file in (folder / "weights.bin", self.here / "outside.bin"):
            file.write_bytes(content)
        return folder / "external.onnx"

    def test_beside_the_model(self):
        done = self.measure(self.model_with("weights.bin"))
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.check_ok(self.record("external"))

    def test_outside_of_its_folder(self):
        (self.here / "net").mkdir()
        (self.here / "net/link.bin").symlink_to(self.here / "outside.bin")
        for location in ("../outside.bin", str(self.here / "outside.bin"), "link.bin"):
            with self.subTest(location):
                done = self.measure(self.model_with(location))
                self.assertEqual(done.code, 1, done)
                self.check_failure(self.record("external"), "failed", "External data path")


if __name__ == "__main__":
    unittest.main()
