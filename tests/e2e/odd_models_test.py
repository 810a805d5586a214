#!/usr/bin/env python3
"""Models of unusual form, as users have them: each is run on every backend, or the reason why a device leaves it is said."""

import json
import unittest

import support

import make_odd_models
from simulated_npu import npu_options

NAMES = sorted([*(function.__name__ for function in make_odd_models.MODELS), "beside_it"])
DIMS = ("--dim", "count=3", "--dim", "height=5", "--dim", "width=4")
# One engine serves both, so what is refused is the same: the slower one has fewer.
DEVICES = {"opencl": ("EdgebenchOpenCL", NAMES),
           "vulkan": ("EdgebenchVulkan", ["beside_it", "branches", "opset_9", "rare_operators"])}


class OddModels(support.EndToEndTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_odd_models.make(cls.models)

    def environment(self, **changes):
        return super().environment(**{"EDGEBENCH_EP_FOLDER": None, **changes})

    def checked(self, backend, names, *options):
        """{model: record} of the models that were opened and run once."""
        self.program("verify", *self.model(*names), *DIMS, "--backends", backend, *options, "--placement", "--out",
                     self.here / "out")
        records = self.records(backend=backend)
        self.assertEqual([name for name, _ in records], names)
        return {name: record for (name, _), record in records.items()}

    def nodes(self):
        cells = json.loads((self.here / "out/placement.json").read_text(encoding="utf-8"))
        return {cell["workload"].removeprefix("user/"): cell["nodes"] for cell in cells}

    def test_the_cpu_runs_them_all(self):
        for name, record in self.checked("cpu", NAMES).items():
            self.assertEqual(record["status"], "ok", (name, record))

    def test_devices_run_them_or_say_why_not(self):
        for backend, (provider, names) in DEVICES.items():
            with self.subTest(backend):
                records = self.checked(backend, names)
                if all(record["status"] == "unavailable" for record in records.values()):
                    self.skipTest(f"there is no device of {backend}")
                self.check_placed(records, provider)

    def test_a_chip_runs_them_or_says_why_not(self):
        records = self.checked("npu", NAMES, *npu_options(clock_mhz=4))
        self.check_reasons(records, "EdgebenchSimNpu")
        self.assertEqual(records["loop"]["status"], "ok", records["loop"])

    def check_placed(self, records, provider):
        self.check_reasons(records, provider)
        for name in ("beside_it", "opset_9"):
            self.assertEqual(records[name]["status"], "ok", records[name])
        for row in self.nodes()["branches"]:
            if row["op_type"] == "MatMul":
                self.assertIn("inside If", row["reason"], row)

    def check_reasons(self, records, provider):
        nodes = self.nodes()
        for name, record in records.items():
            with self.subTest(name):
                self.assertIn(record["status"], ("ok", "fallback"), record)
                left = [row for row in nodes[name] if row["provider"] != provider]
                for row in left:
                    self.assertTrue(row.get("reason"), (name, row))
                if record["status"] == "fallback":
                    self.assertTrue(left and record["reason"], record)


if __name__ == "__main__":
    unittest.main()
