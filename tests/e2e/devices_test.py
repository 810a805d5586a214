#!/usr/bin/env python3
"""`edgebench devices` where there is little to find: what is here, and for what is not the reason and the remedy."""

import json
import shutil
import unittest

import support

LIBRARY = support.PROGRAM.parent / "libedgebench_simnpu.so"
# A library of the table that is offered where these tests run.
PLUGIN = "libonnxruntime_providers_openvino_plugin.so"
REMEDY = "scripts/fetch onnxruntime"


class Devices(support.EndToEndTest):

    def listed(self, *arguments, **environment):
        """(rows with a device, {name: reason} of the others), where a name is the vendor's or the backend's."""
        done = self.program("devices", "--format", "json", *arguments, env=self.environment(**environment))
        self.assertEqual((done.code, done.err), (0, ""), done)
        rows = json.loads(done.out)
        return ([row for row in rows if row["id"]],
                {row["vendor"] or row["backend"]: row["reason"] for row in rows if not row["id"]})

    def test_only_the_processor(self):
        here, absent = self.listed()
        self.assertEqual({row["backend"] for row in here} - {"webgpu"}, {"cpu"})
        self.assertLessEqual({"vulkan", "opencl"}, set(absent))
        for reason in absent.values():
            self.assertRegex(reason, r"; \S", "a remedy follows the reason")
            self.assertNotIn("\n", reason)

    def test_the_table_for_people(self):
        done = self.program("devices")
        self.assertEqual((done.code, done.err), (0, ""), done)
        first, *_, last = done.out.splitlines()
        self.assertEqual(first.split()[:2], ["id", "backend"])
        self.assertIn("Not here:", done.out)
        self.assertIn("edgebench list chips", last)

    def test_webgpu_says_which_driver_it_takes(self):
        here, absent = self.listed()
        if any(row["backend"] == "webgpu" for row in here):
            self.skipTest("WebGPU starts here")
        for word in ("WebGpuExecutionProvider", "Mesa, 25 or newer"):
            self.assertIn(word, absent["webgpu"])
        done = self.measure(*self.model("gemm"), "--backends", "webgpu")
        self.assertEqual(done.code, 1, done)
        self.check_failure(self.records(backend="webgpu")["gemm", "single-stream"], "unavailable", "Mesa, 25 or newer")

    def test_without_the_runtime_there_is_one_remedy(self):
        _, absent = self.listed(ONNXRUNTIME_ROOT=None, LD_LIBRARY_PATH=None, EDGEBENCH_CACHE=self.here / "empty")
        if "cpu" not in absent:
            self.skipTest("this system has ONNX Runtime installed where every program finds it")
        self.assertEqual(set(absent), {"cpu", "vulkan", "opencl", "npu", "webgpu"})
        for reason in absent.values():
            self.assertIn(REMEDY, reason)

    def test_a_provider_that_is_built_in_by_half_names_the_missing_file(self):
        _, absent = self.listed()
        if "can load" not in absent.get("tensorrt", ""):
            self.skipTest("this runtime has no provider of which a library is missing")
        self.assertIn("libonnxruntime_providers_tensorrt.so is not beside it", absent["tensorrt"])

    def test_a_named_library_is_listed_beside_one_that_does_not_load(self):
        broken = self.here / "broken.so"
        broken.write_bytes(b"\x7fELF nonsense")
        here, absent = self.listed("--ep-library", f"simnpu={LIBRARY}", "--ep-library", f"broken={broken}")
        self.assertIn("simnpu:0", [row["id"] for row in here])
        self.assertIn("see --ep-library broken=PATH", absent["broken"])

    def test_a_library_that_crashes_takes_no_other_device_away(self):
        crashing = support.PROGRAM.parent / "tests" / "libep_relay.so"  # it calls a target that no one has set
        if not crashing.exists():
            self.skipTest("the tests' libraries are not built")
        libraries = ("--ep-library", f"simnpu={LIBRARY}", "--ep-library", f"crashing={crashing}")
        here, absent = self.listed(*libraries)
        self.assertIn("simnpu:0", [row["id"] for row in here])
        self.assertRegex(absent["crashing"], "listing its devices failed: .*signal 11")
        done = self.measure(*self.model("conv"), "--backends", "npu", *libraries)
        self.assertEqual(done.code, 1, "the library was asked for by name")
        records = {record["device"]: record for record in self.journal()}
        self.assertEqual(set(records), {"simnpu:0", "crashing:0"})
        self.check_ok(records["simnpu:0"])
        self.check_failure(records["crashing:0"], "unavailable", "signal 11")
        alone = self.measure(*self.model("conv"), "--backends", "npu", *libraries[2:])
        self.assertEqual(alone.code, 1, alone)
        self.check_failure(self.records(backend="npu")["conv", "single-stream"], "crashed", "signal 11")

    def test_a_library_in_the_folder_that_does_not_load(self):
        (self.here / PLUGIN).write_bytes(b"\x7fELF nonsense")
        here, absent = self.listed("--ep-library", f"simnpu={LIBRARY}", EDGEBENCH_EP_FOLDER=self.here)
        self.assertIn("simnpu:0", [row["id"] for row in here])
        self.assertIn("does not load", absent["openvino"])
        self.assertIn("pip install onnxruntime-ep-openvino", absent["openvino"])

    def test_a_library_in_the_folder_that_brings_anothers_provider(self):
        shutil.copy(LIBRARY, self.here / PLUGIN)
        here, absent = self.listed(EDGEBENCH_EP_FOLDER=self.here)
        self.assertNotIn("npu", [row["backend"] for row in here])
        self.assertIn("it brings EdgebenchSimNpu, not OpenVINOExecutionProvider", absent["openvino"])

    def test_the_folder_where_the_program_is_started_is_not_looked_into(self):
        (self.here / PLUGIN).write_bytes(b"\x7fELF nonsense")
        for folder in ("/nowhere", "."):
            _, absent = self.listed(EDGEBENCH_EP_FOLDER=folder)
            self.assertNotIn("does not load", absent.get("openvino", ""))

    def test_options_may_be_of_any_provider_of_the_table(self):
        for name, code in (("openvino", 0), ("ethos-u", 2), ("nobody", 2)):
            done = self.measure(*self.model("gemm"), "--backends", "cpu", "--ep-option", f"{name}.device_type=NPU")
            self.assertEqual(done.code, code, done)

    def test_options_of_a_session_are_in_its_record(self):
        done = self.measure(*self.model("conv"), "--backends", "npu", "--ep-library", f"simnpu={LIBRARY}", "--ep-option",
                            "simnpu.clock_mhz=1", "--ep-option", f"simnpu.chip={LIBRARY.parent / 'edgebench_simnpu_chip'}")
        self.assertEqual(done.code, 0, done)
        record = self.records(backend="npu")["conv", "single-stream"]
        self.assertEqual(record["provider_options"], "chip=PATH; clock_mhz=1")
        self.assertEqual(record["placement_evidence"], "assigned")
        self.assertFalse([reason for reason in record["unranked_reasons"] if "evidence" in reason], "ours is not doubted")


if __name__ == "__main__":
    unittest.main()
