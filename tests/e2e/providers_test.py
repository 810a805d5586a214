#!/usr/bin/env python3
"""The backends vulkan and opencl: our execution providers, found, opened, measured; and absent in every way."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import support

BACKENDS = ("vulkan", "opencl")
FOLDER = support.PROGRAM.parent  # where the providers' libraries are built


class Providers(support.EndToEndTest):

    def environment(self, **changes):
        return super().environment(**{"EDGEBENCH_EP_FOLDER": None, **changes})

    def devices(self, **environment):
        """{backend: rows} of `edgebench devices`."""
        done = self.program("devices", "--format", "json", env=self.environment(**environment))
        self.assertEqual((done.code, done.err), (0, ""), done)
        rows = json.loads(done.out)
        return {name: [row for row in rows if row["backend"] == name] for name in BACKENDS}

    def here_now(self):
        """The backends with a device on this machine."""
        names = [name for name, rows in self.devices().items() if rows[0]["id"]]
        if not names:
            self.skipTest("no driver; install mesa-vulkan-drivers or pocl-opencl-icd")
        return names


class Present(Providers):

    def test_each_device_has_a_name_a_driver_and_a_kind(self):
        for name in self.here_now():
            for row in self.devices()[name]:
                self.assertIn(row["kind"], ("cpu", "gpu", "other"))
                self.assertTrue(row["name"] and row["driver"], row)

    def test_a_workload_of_the_zoo_runs_on_the_device_and_the_cache_serves(self):
        names = self.here_now()
        kernels = [argument for name in names
                   for argument in ("--ep-option", f"{name}.cache={self.here / 'kernels' / name}")]
        for state in ("cold", "warm"):
            out = self.here / state
            # So little that every cell gets its shortest window, however long its tuning and quality take.
            done = self.program("run", "--backends", ",".join(names), "--workloads", "nlp/language-id", "--precisions",
                                "fp32", "--time-budget", "1s", "--out", out, *kernels)
            self.assertEqual((done.code, done.err), (0, ""), done)
            for name in names:
                record = self.records(out, name)["nlp/language-id", "single-stream"]
                self.check_ok(record)
                self.assertEqual(record["cache"], state, record)
                self.assertGreaterEqual(record["placement_macs"], 0.95)
                self.assertGreaterEqual(record["quality"], record["quality_target"])
                self.assertEqual(record["compute_precision"], "fp32")
                software = [reason for reason in record["unranked_reasons"] if "software device" in reason]
                self.assertEqual(len(software), 1 if record["device_kind"] == "cpu" else 0)
                self.assertNotIn(str(self.here), record["command"])
            self.assertNotIn(str(self.here), self.context(out)["command"])

    def test_a_small_model_on_one_device_of_all_backends(self):
        for name in self.here_now():
            self.measure(*self.model("gemm"), "--backends", name, "--device", "0", "--retune")
            record = self.records(backend=name)["gemm", "single-stream"]
            self.check_ok(record)
            self.assertIn("--retune", record["command"])

    def test_threads_reach_drivers_that_compute_on_the_processor(self):
        """Each driver has threads of its own, which no call of its API tells: one less thread is one less."""
        for name in self.here_now():
            if self.devices()[name][0]["kind"] != "cpu":
                continue
            counts = {}
            for threads in (1, 2):
                run = self.start_run(*self.model("gemm"), "--backends", name, "--threads", str(threads), "--time-budget",
                                     "2s", env=self.environment())
                run.wait_to_say(f"user/gemm {name} as-is: measure single-stream")
                counts[threads] = len(list(pathlib.Path(f"/proc/{run.child()}/task").iterdir()))
                self.assertEqual(run.finish().code, 0)
                shutil.rmtree(self.here / "out")
            # The runtime has one thread more, and the driver one or, of several pools, some.
            self.assertGreaterEqual(counts[2] - counts[1], 2, counts)

    def test_an_option_that_a_provider_does_not_have_is_named(self):
        name = self.here_now()[0]
        done = self.measure(*self.model("gemm"), "--backends", name, "--ep-option", f"{name}.speed=11")
        self.assertEqual(done.code, 1, done)
        record = self.records(backend=name)["gemm", "single-stream"]
        self.check_failure(record, "failed", "'speed'", "known: device")


class Absent(Providers):

    def check_reasons(self, words, **environment):
        for name, rows in self.devices(**environment).items():
            self.assertEqual([row["id"] for row in rows], [""])
            for word in words:
                self.assertIn(word.format(name), rows[0]["reason"])

    def test_libraries(self):
        self.check_reasons(["the library of backend {} is not here", "--ep-library {}=PATH"],
                           EDGEBENCH_EP_FOLDER=self.here)
        for name in BACKENDS:
            (self.here / f"libedgebench_{name}.so").write_bytes(b"\x7fELF nonsense")
        self.check_reasons(["the library of backend {} does not load", "--ep-library {}=PATH"],
                           EDGEBENCH_EP_FOLDER=self.here)

    def test_drivers(self):
        # Neither loader finds a driver in an empty folder.
        (self.here / "none").mkdir()
        self.check_reasons(["install"], VK_DRIVER_FILES=self.here / "none" / "no.json",
                           VK_ICD_FILENAMES=self.here / "none" / "no.json", OCL_ICD_VENDORS=self.here / "none")

    def test_a_run_fails_only_if_the_backend_was_named(self):
        empty = {"env": self.environment(EDGEBENCH_EP_FOLDER=self.here)}
        done = self.measure(*self.model("gemm"), **empty)
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.check_ok(self.record("gemm"))
        for name in BACKENDS:
            self.assertEqual(self.records(backend=name), {})
            self.assertIn("--ep-library", self.context()[f"absent_{name}"])
        done = self.measure(*self.model("gemm"), "--backends", "opencl", **empty)
        self.assertEqual(done.code, 1, done)
        self.check_failure(self.records(backend="opencl")["gemm", "single-stream"], "unavailable", "--ep-library")

    def test_a_library_can_be_somewhere_else(self):
        real = FOLDER / "libedgebench_opencl.so"
        moved = self.here / "moved.so"
        moved.write_bytes(real.read_bytes())
        env = self.environment(EDGEBENCH_EP_FOLDER="/nowhere")
        done = self.program("devices", "--format", "json", "--ep-library", f"opencl={moved}", env=env)
        self.assertEqual((done.code, done.err), (0, ""), done)
        [row] = [row for row in json.loads(done.out) if row["backend"] == "opencl"]
        self.assertNotIn("library", row["reason"])


class Example(Providers):
    """tests/example/use_ep.cpp, and the part of it that backends/README.md quotes."""

    def test_it_runs(self):
        program = os.environ.get("EDGEBENCH_USE_EP")
        if not program:
            self.skipTest("EDGEBENCH_USE_EP does not say where the example is")
        runtime = support.cache_folder() / "onnxruntime" / "lib" / "libonnxruntime.so.1"
        providers = {"vulkan": "EdgebenchVulkan", "opencl": "EdgebenchOpenCL"}
        for name in self.here_now():
            done = subprocess.run([program, runtime, FOLDER / f"libedgebench_{name}.so", providers[name],
                                   *self.model("conv")], check=False, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done)
            self.assertRegex(done.stdout, r"device: .+, driver: .+\n\d+ numbers, largest difference")

    def test_the_readme_quotes_it_word_by_word(self):
        source = (support.SOURCE / "tests/example/use_ep.cpp").read_text(encoding="utf-8")
        [quoted] = re.findall(r"// \[quoted in backends/README.md\]\n(.*)// \[end of quote\]", source, re.S)
        readme = pathlib.Path(support.SOURCE / "backends/README.md").read_text(encoding="utf-8")
        self.assertIn(quoted.strip(), readme)


if __name__ == "__main__":
    unittest.main()
