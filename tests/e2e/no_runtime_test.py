#!/usr/bin/env python3
"""Without ONNX Runtime every command still works, and says what is missing and how to get it."""

import json
import subprocess
import sys
import unittest

import support

REMEDY = ("ONNX Runtime", "scripts/fetch onnxruntime", "ONNXRUNTIME_ROOT")


class NoRuntime(support.EndToEndTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tried = subprocess.run([sys.executable, "-c", "import ctypes; ctypes.CDLL('libonnxruntime.so.1')"], check=False,
                               capture_output=True, env={"PATH": "/usr/bin:/bin"})
        if tried.returncode == 0:
            raise unittest.SkipTest("this system has ONNX Runtime installed where every program finds it")

    def environment(self, **changes):
        bare = {"EDGEBENCH_CACHE": self.here / "cache", "ONNXRUNTIME_ROOT": None, "LD_LIBRARY_PATH": None}
        return super().environment(**{**bare, **changes})

    def check_unavailable(self, record):
        self.check_failure(record, "unavailable", *REMEDY)
        self.assertEqual(record["backend"], "cpu")

    def test_devices_and_lists(self):
        for command in (("devices",), ("list", "devices"), ("list", "backends"), ("list",)):
            done = self.program(*command, "--format", "json")
            self.assertEqual((done.code, done.err), (0, ""), done)
            self.assertGreater(len(json.loads(done.out)), 0)
        backends = json.loads(self.program("list", "backends", "--format", "json").out)
        self.assertEqual([backend["id"] for backend in backends], ["cpu", "vulkan", "opencl", "npu", "webgpu"])
        for backend in backends:
            self.assertEqual((backend["status"], backend["devices"]), ("unavailable", 0))
            for word in REMEDY:
                self.assertIn(word, backend["reason"])
                self.assertIn(word, self.program("devices").out)

    def test_a_run_fails_only_if_the_backend_was_named(self):
        models = ("--models", support.cache_folder() / "models", "--precisions", "fp32")
        done = self.measure(*models)
        self.assertEqual((done.code, done.err), (0, ""), done)
        records = self.records()
        self.assertGreaterEqual(len(records), 5)
        for record in records.values():
            self.check_unavailable(record)
        self.assertNotIn("runtime", self.context())
        done = self.measure(*models, "--backends", "cpu")
        self.assertEqual((done.code, done.err), (1, ""), done)
        self.assertIn("scripts/fetch onnxruntime", done.out)

    def test_a_model_of_the_user_and_verify(self):
        self.measure(*self.model("gemm"))
        self.check_unavailable(self.record("gemm"))
        done = self.program("verify", "--out", "verified")
        self.assertEqual(done.code, 0, done)

    def test_a_library_that_is_none(self):
        (self.here / "root" / "lib").mkdir(parents=True)
        library = self.here / "root" / "lib" / "libonnxruntime.so.1"
        library.write_bytes(b"\x7fELF nonsense")
        done = self.measure(*self.model("gemm"), env=self.environment(ONNXRUNTIME_ROOT=library.parent.parent))
        self.check_calm(done)
        self.check_unavailable(self.record("gemm"))

    def test_the_root_of_the_environment_is_used(self):
        root = support.cache_folder() / "onnxruntime"
        done = self.measure(*self.model("gemm"), env=self.environment(ONNXRUNTIME_ROOT=root))
        self.assertEqual(done.code, 0, done)
        self.check_ok(self.record("gemm"))
        self.assertRegex(self.context()["runtime"], r"^ONNX Runtime 1\.\d+")
        self.assertRegex(self.context()["runtime_sha256"], r"^[0-9a-f]{64}$")


if __name__ == "__main__":
    unittest.main()
