#!/usr/bin/env python3
"""Drivers that fail, crash or hang at a chosen call: what the record says, and that the run goes on.

The real loader finds a driver of ours (tests/faults), which is lavapipe or pocl but for the calls named in a file.
"""

import json
import unittest

import support

FOLDER = support.PROGRAM.parent
WORK = "measure=3s"  # the limit where a driver hangs at work
# What fails: the driver's call, by backend. Calls that are counted come to work after the session is open.
SUBMIT = {"vulkan": "vkQueueSubmit", "opencl": "clEnqueueNDRangeKernel"}
ENUMERATE = {"vulkan": "vkEnumeratePhysicalDevices", "opencl": "clGetDeviceIDs"}
ALLOCATE = {"vulkan": "vkAllocateMemory -2", "opencl": "clCreateBuffer -4"}
COMPILE = {"vulkan": "vkCreateComputePipelines -13", "opencl": "clBuildProgram -11"}
LOSE = {"vulkan": "vkQueueSubmit -4 60", "opencl": "clFinish -2 60"}
BACKENDS = tuple(SUBMIT)


class FaultyDrivers(support.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.here_now = [name for name in BACKENDS if self.devices_of(name, "")[name]["id"]]
        if not self.here_now:
            self.skipTest("no driver; install mesa-vulkan-drivers or pocl-opencl-icd")

    def faulty(self, backend, faults):
        """The environment in which the backend's only driver is the faulty one."""
        folder = self.here / f"driver-{backend}"
        folder.mkdir(exist_ok=True)
        library = folder / "libfaulty.so"
        if not library.exists():
            library.symlink_to(FOLDER / "tests" / f"libfaulty_{backend}.so")
        (folder / "faults").write_text(faults, encoding="utf-8")
        (folder / "faulty.icd").write_text(f"{library}\n", encoding="utf-8")
        manifest = {"file_format_version": "1.0.0", "ICD": {"api_version": "1.1.0", "library_path": str(library)}}
        (folder / "driver.json").write_text(json.dumps(manifest), encoding="utf-8")
        driver = {"vulkan": {"VK_DRIVER_FILES": folder / "driver.json", "VK_ICD_FILENAMES": folder / "driver.json"},
                  "opencl": {"OCL_ICD_VENDORS": f"{folder}/"}}
        return self.environment(EDGEBENCH_EP_FOLDER=None, **driver[backend])

    def devices_of(self, backend, faults):
        """{backend: its first row} of `edgebench devices`."""
        done = self.program("devices", "--format", "json", env=self.faulty(backend, faults))
        self.assertEqual((done.code, done.err), (0, ""), done)
        return {row["backend"]: row for row in reversed(json.loads(done.out))}

    def check(self, faults, status, *words, options=()):
        """On each backend the record says this, and the CPU, which comes after, is measured."""
        for backend in self.here_now:
            with self.subTest(backend):
                done = self.measure(*self.model("gemm"), "--backends", f"{backend},cpu", *options,
                                    env=self.faulty(backend, faults[backend]))
                self.assertEqual((done.code, done.err), (1, ""), done)
                self.check_failure(self.records(backend=backend)["gemm", "single-stream"], status,
                                   *(word[backend] if isinstance(word, dict) else word for word in words))
                self.check_ok(self.record("gemm"))

    def test_a_lost_device(self):
        self.check(LOSE, "failed", {"vulkan": "VK_ERROR_DEVICE_LOST", "opencl": "CL_DEVICE_NOT_AVAILABLE"},
                   "see the system's log")

    def test_no_memory(self):
        self.check(ALLOCATE, "out_of_memory", {"vulkan": "VK_ERROR_OUT_OF_DEVICE_MEMORY",
                                               "opencl": "CL_MEM_OBJECT_ALLOCATION_FAILURE"}, "smaller model")

    def test_a_kernel_that_does_not_compile(self):
        self.check(COMPILE, "failed", "kernel ", "does not compile", "update the driver")

    def test_a_crash_at_work(self):
        self.check({name: f"{call} crash 60" for name, call in SUBMIT.items()}, "crashed", "measure single-stream",
                   "signal 6")

    def test_a_hang_at_work(self):
        self.check({name: f"{call} hang 60" for name, call in SUBMIT.items()}, "timeout", "measure single-stream",
                   "--timeout measure=", options=("--timeout", WORK))

    def test_a_crash_and_a_hang_where_devices_are_listed(self):
        for how, status, word in (("crash", "crashed", "signal 6"), ("hang", "timeout", "--timeout start=")):
            with self.subTest(how):
                self.check({name: f"{call} {how}" for name, call in ENUMERATE.items()}, status, word,
                           "listing its devices failed", options=("--timeout", "start=4s"))

    def test_a_driver_that_crashes_is_no_absent_one(self):
        """Nobody named its backend; all the same the run says so."""
        backend = self.here_now[0]
        done = self.measure(*self.model("gemm"), env=self.faulty(backend, f"{ENUMERATE[backend]} crash"))
        self.assertEqual((done.code, done.err), (1, ""), done)
        self.check_failure(self.records(backend=backend)["gemm", "single-stream"], "crashed", "signal 6")
        self.check_ok(self.record("gemm"))

    def test_a_driver_that_crashes_hides_no_other_device(self):
        for backend in self.here_now:
            rows = self.devices_of(backend, f"{ENUMERATE[backend]} crash")
            self.assertEqual(rows[backend]["id"], "")
            self.assertIn("signal 6", rows[backend]["reason"])
            self.assertTrue(all(row["id"] for name, row in rows.items() if name in ("cpu", *self.here_now)
                                and name != backend), rows)


if __name__ == "__main__":
    unittest.main()
