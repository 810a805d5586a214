#!/usr/bin/env python3
"""A wrong answer has no speed: a workload of each group of the zoo, with noise on its weights, is `wrong` and not timed.

The damaged models come with manifests of their own (--zoo) that pin their hashes, so that only the judges can tell.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import unittest

import support


class DamagedZoo(support.EndToEndTest):

    # One of each group; tests/workloads/damaged_model_test.cpp has the whole zoo.
    DAMAGED = ("nlp/language-id", "speech/voice-activity", "vision/face-detection")
    INTACT = "nlp/language-id"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoo, cls.zoo_models = cls.models.parent / "zoo", cls.models.parent / "zoo-models"
        cls.zoo.mkdir()
        for workload in cls.DAMAGED:
            file = support.SOURCE / "workloads" / "zoo" / f"{workload}.json"
            cls.add(json.loads(file.read_text(encoding="utf-8")))

    @classmethod
    def add(cls, manifest):
        workload = manifest["id"]
        manifest["models"] = {"fp32": manifest["models"]["fp32"]}
        source = support.cache_folder() / "models" / workload
        if not source.is_dir():
            raise AssertionError(f"{source} is not there; run scripts/fetch zoo")
        folder = cls.zoo_models / workload
        shutil.copytree(source, folder, copy_function=os.symlink)
        for precision, model in manifest["models"].items():
            damaged = folder / f"damaged-{precision}.onnx"
            subprocess.run([sys.executable, support.SOURCE / "tests/tools/damage_model.py", source / model["file"],
                            damaged], check=True, stdout=subprocess.DEVNULL)
            model.update(file=damaged.name, sha256=hashlib.sha256(damaged.read_bytes()).hexdigest())
        (cls.zoo / f"{workload.replace('/', '-')}.json").write_text(json.dumps(manifest), encoding="utf-8")

    def test_every_damaged_model_is_wrong_and_has_no_speed(self):
        done = self.measure("--zoo", self.zoo, "--models", self.zoo_models)
        self.assertEqual((done.code, done.err), (1, ""), done)
        records = self.records()
        self.assertEqual(len(records), len(self.DAMAGED))
        for record in records.values():
            with self.subTest(record["workload"]):
                self.check_failure(record, "wrong", record["quality_metric"], "the target is")
                self.assertEqual(record["quality_basis"], "ground-truth")
                is_worse = record["quality"] > record["quality_target"] if "at most" in record["reason"] \
                    else record["quality"] < record["quality_target"]
                self.assertTrue(is_worse, record)

    def test_verify_finds_them_too_and_lets_an_intact_one_pass(self):
        """The copies are not the reason: with its own weights the same copy is ok."""
        only = self.here / "zoo"
        only.mkdir()
        manifest = json.loads((support.SOURCE / f"workloads/zoo/{self.INTACT}.json").read_text(encoding="utf-8"))
        manifest["models"] = {"fp32": manifest["models"]["fp32"]}
        (only / "intact.json").write_text(json.dumps(manifest), encoding="utf-8")
        done = self.program("verify", "--zoo", only, "--models", self.zoo_models, "--out", "out")
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertEqual(self.record(self.INTACT, "")["status"], "ok")
        done = self.program("verify", "--zoo", self.zoo, "--models", self.zoo_models, "--workloads", self.INTACT,
                            "--out", "damaged")
        self.assertEqual(done.code, 1, done)
        self.check_failure(self.record(self.INTACT, "", self.here / "damaged"), "wrong")


if __name__ == "__main__":
    unittest.main()
