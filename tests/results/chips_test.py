#!/usr/bin/env python3
"""results/chips.json: its schema, unique names, arithmetic, and no power or precision that nobody stated."""

import json
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import schema  # noqa: E402  pylint: disable=wrong-import-position


class Chips(unittest.TestCase):

    def setUp(self):
        self.list = json.loads((ROOT / "results/chips.json").read_text(encoding="utf-8"))
        self.schema = json.loads((ROOT / "results/schema/edgebench.chips.1.json").read_text(encoding="utf-8"))

    def claims(self):
        return [(chip, claim) for chip in self.list["chips"] for claim in chip["claims"]]

    def test_schema(self):
        self.assertEqual(list(schema.problems(self.list, self.schema)), [])

    def test_the_schema_catches_what_it_should(self):
        for change in ({"precision": "int9"}, {"value": 0}, {"unit": "GOPS"}, {"grade": "A"}, {"scope": "all"}):
            damaged = json.loads(json.dumps(self.list))
            next(chip for chip in damaged["chips"] if chip["claims"])["claims"][0].update(change)
            self.assertNotEqual(list(schema.problems(damaged, self.schema)), [], change)

    def test_no_key_is_misspelt(self):
        chip = self.schema["properties"]["chips"]["items"]["properties"]
        claim = chip["claims"]["items"]["properties"]
        for row in self.list["chips"]:
            self.assertEqual(set(row) - set(chip), set(), row["id"])
        for row, stated in self.claims():
            self.assertEqual(set(stated) - set(claim), set(), row["id"])

    def test_names_are_unique(self):
        ids = [chip["id"] for chip in self.list["chips"]]
        self.assertEqual(len(ids), len(set(ids)))
        names = [name for chip in self.list["chips"] for name in chip["match"]]
        self.assertEqual(len(names), len(set(names)), "one name would mean two chips")
        self.assertEqual([name for name in names if name != name.lower()], [])

    def test_arithmetic_is_flagged_as_it_is(self):
        """TOPS = 2 x MACs a cycle x GHz / 1000, within what rounding explains; what disagrees says so."""
        flags = []
        for chip in self.list["chips"]:
            for parts, stated in ((chip.get("arithmetic"), chip["claims"]), (chip.get("measured"), [chip.get("measured")])):
                if not parts:
                    continue
                clocks = parts["clock_ghz"] if isinstance(parts["clock_ghz"], list) else [parts["clock_ghz"]]
                tops = [2 * parts["macs_per_cycle"] * ghz / 1000 for ghz in clocks]
                agrees = min(tops) * 0.97 <= stated[0]["value"] <= max(tops) * 1.03
                self.assertEqual(parts["agrees"], agrees, chip["id"])
                flags.append(agrees)
        self.assertGreaterEqual(flags.count(True), 4)

    def test_power_has_a_scope(self):
        for chip, claim in self.claims():
            self.assertEqual("power_w" in claim, "power_scope" in claim, chip["id"])

    def test_a_chip_without_a_claim_says_why(self):
        for chip in self.list["chips"]:
            self.assertTrue(chip["claims"] or chip.get("note"), chip["id"])


if __name__ == "__main__":
    unittest.main()
