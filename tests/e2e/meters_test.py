#!/usr/bin/env python3
"""`edgebench list meters`: what a machine has, what it has not and why; on recorded trees."""

import json
import re
import unittest

import support

KEYS = {"id", "domain", "scope", "evidence_class", "quantity", "unit", "sampling", "rate_hz", "within", "notes", "reason",
        "use"}
ORIN = {
    "sys/class/hwmon/hwmon2/name": "ina3221", "sys/class/hwmon/hwmon2/update_interval": "20",
    "sys/class/hwmon/hwmon2/in1_label": "VDD_IN", "sys/class/hwmon/hwmon2/in1_input": "5064",
    "sys/class/hwmon/hwmon2/curr1_input": "1232",
    "sys/class/hwmon/hwmon2/in2_label": "VDD_SOC", "sys/class/hwmon/hwmon2/in2_input": "5048",
    "sys/class/hwmon/hwmon2/curr2_input": "garbage",
    "sys/class/thermal/thermal_zone0/type": "gpu-thermal", "sys/class/thermal/thermal_zone0/temp": "45500",
    "sys/class/devfreq/17000000.gpu/cur_freq": "306000000",
}


class ListMeters(support.EndToEndTest):

    def record(self, files):
        for name, text in files.items():
            path = self.here / "tree" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + "\n", encoding="utf-8")
        return self.here / "tree"

    def rows(self, *arguments):
        done = self.program("list", "meters", "--format", "json", *arguments)
        self.assertEqual((done.code, done.err), (0, ""), done)
        rows = json.loads(done.out)
        for row in rows:
            self.assertEqual(set(row), KEYS)
            self.assertEqual(row["reason"] == "", row["evidence_class"] in ("P1", "P2", "P3", "P4"), row)
        self.assertEqual(len({row["id"] for row in rows}), len(rows), "an id is there twice")
        return {row["id"]: row for row in rows}

    def test_a_recorded_board(self):
        rows = self.rows("--root", self.record(ORIN))
        total = rows["hwmon:ina3221/VDD_IN"]
        self.assertEqual((total["domain"], total["scope"], total["evidence_class"], total["unit"], total["rate_hz"]),
                         ("VDD_IN", "module", "P2", "W", 50))
        self.assertEqual(rows["temperature:gpu-thermal"]["unit"], "degC")
        self.assertEqual(rows["clock:devfreq/17000000.gpu"]["quantity"], "clock")
        self.assertIn("curr2_input", rows["hwmon:ina3221/VDD_SOC"]["reason"])
        self.assertEqual(rows["hwmon:ina3221/VDD_SOC"]["within"], ["hwmon:ina3221/VDD_IN"])
        self.assertIn("powercap", rows["rapl"]["reason"])
        for other in ("powermetrics", "emi"):
            self.assertIn("only", rows[other]["reason"])
        self.assertEqual(total["use"], "--meter hwmon:ina3221/VDD_IN")
        self.assertEqual(rows["rapl"]["use"], "")
        self.assertRegex(rows["scpi"]["use"], r"^--meter 'scpi://[^']+'$")

    def test_as_a_table(self):
        done = self.program("list", "meters", "--root", self.record(ORIN))
        self.assertEqual((done.code, done.err), (0, ""), done)
        here, absent = done.out.split("Not here:")
        self.assertRegex(here, r"(?m)^hwmon:ina3221/VDD_IN +module +P2 +W +instantaneous +50 Hz")
        self.assertTrue(re.search(r"(?m)^  rapl +\S", absent), done)
        self.assertNotIn("VDD_SOC", here)
        absent, instruments = absent.split("Instruments")
        self.assertNotIn("scpi", absent)
        self.assertIn("--meter 'yokogawa://", instruments)

    def test_this_machine_and_an_empty_one(self):
        self.assertTrue(self.rows())
        (self.here / "empty").mkdir()
        self.assertTrue(all(row["reason"] for row in self.rows("--root", self.here / "empty").values()))

    def test_a_root_that_is_not_there(self):
        done = self.program("list", "meters", "--root", self.here / "nowhere")
        self.assertEqual((done.code, done.out), (2, ""), done)
        self.check_sentence(done, "--root", "nowhere")


if __name__ == "__main__":
    unittest.main()
