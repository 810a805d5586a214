#!/usr/bin/env python3
"""Bad usage ends with exit code 2, one sentence that names what to change, and nothing written or measured."""

import json
import unittest

import support


class BadUsage(support.EndToEndTest):

    # What is given after `run --out out`, and what the sentence must say.
    WRONG = (
        (("nowhere.onnx",), ("nowhere.onnx",)),
        (("--workloads", "vision/face-detectoin"), ("'vision/face-detectoin'", "did you mean vision/face-detection")),
        (("--workloads", "voice-activty"), ("'voice-activty'", "did you mean speech/voice-activity")),
        (("--workloads", "nlp,zzzzzz"), ("'zzzzzz'", "edgebench list workloads")),
        (("--workloads", "../../etc"), ("'../../etc'",)),
        (("--backends", "cpuu"), ("--backends", "'cpuu'", "did you mean cpu")),
        (("--backends", "quantum-computer"), ("--backends", "'quantum-computer'", "cpu")),
        (("--scenarios", "offlin"), ("--scenarios", "'offlin'", "did you mean offline")),
        (("--tier", "quik"), ("tier", "'quik'", "quick")),
        (("--tier", "trial"), ("tier", "'trial'", "quick")),
        (("--format", "htm"), ("--format", "'htm'", "did you mean html")),
        (("--precisions", "fp23"), ("--precisions", "'fp23'")),
        (("--frmat", "html"), ("--frmat", "edgebench run --help")),
        (("--ep-library", "vulkan"), ("--ep-library", "'vulkan'")),
        (("--ep-library", "vulkan=/nowhere.so"), ("--ep-library vulkan", "/nowhere.so")),
        (("--ep-library", "cpu=/bin/sh"), ("--ep-library", "'cpu'", "vulkan, opencl")),
        (("--ep-library", "My NPU=/bin/sh"), ("--ep-library", "'My NPU'", "a-z")),
        (("--ep-option", "vulkan=1"), ("--ep-option", "'vulkan=1'", "NAME.KEY=VALUE")),
        (("--ep-option", "vulkan.=1"), ("--ep-option", "NAME.KEY=VALUE")),
        (("--ep-option", "metal.cache=x"), ("--ep-option", "'metal'")),
        (("--dim", "sequence"), ("--dim", "'sequence'")),
        (("--dim", "=3"), ("--dim", "'=3'")),
        (("--dim", "sequence="), ("--dim", "'sequence='")),
        (("--dim", "sequence=0"), ("--dim", "sequence", "'0'")),
        (("--dim", "sequence=-1"), ("--dim", "'-1'")),
        (("--dim", "sequence=1.5"), ("--dim", "'1.5'")),
        (("--dim", "sequence=99999999999999999999"), ("--dim", "'99999999999999999999'")),
        (("--timeout", "sleep=3"), ("--timeout", "'sleep'", "measure")),
        (("--timeout", "measure"), ("--timeout", "'measure'")),
        (("--placement-gate", "101"), ("--placement-gate", "101")),
        (("--placement-gate", "-1"), ("--placement-gate", "-1")),
        (("--placement-gate", "nan"), ("--placement-gate", "nan")),
        (("--timeout", "measure=soon"), ("--timeout", "'soon'")),
        (("--timeout", "measure=0"), ("--timeout", "'0'")),
        (("--time-budget", "0"), ("--time-budget", "'0'")),
        (("--time-budget", "-5s"), ("--time-budget", "'-5s'")),
        (("--time-budget", "8 parsecs"), ("--time-budget", "'8 parsecs'", "90s")),
        (("--time-budget", "nan"), ("--time-budget", "'nan'")),
        (("--time-budget", "1e9"), ("--time-budget", "'1e9'")),
        (("--launches", "0"), ("--launches",)),
        (("--launches", "two"), ("--launches", "two")),
        (("--threads", "-1"), ("--threads",)),
        (("--isolation", "glass"), ("--isolation", "glass")),
        (("--zoo", "/nowhere/at/all"), ("--zoo", "/nowhere/at/all")),
        (("--workloads", "nlp", "--time-budget", ""), ("--time-budget",)),
    )

    def test_each_is_refused_in_one_sentence(self):
        for arguments, words in self.WRONG:
            with self.subTest(arguments):
                done = self.program("run", "--out", "out", *arguments)
                self.assertEqual((done.code, done.out), (2, ""), done)
                self.check_sentence(done, *words)
                self.assertEqual(list(self.here.iterdir()), [], "something was written")

    def test_commands_that_do_not_exist(self):
        for arguments, words in ((("rum",), ("rum", "edgebench --help")), ((), ("run, verify", "edgebench --help")),
                                 (("list", "everything"), ("everything",)), (("report",), ("report --help",)),
                                 (("child",), ("edgebench",))):
            with self.subTest(arguments):
                done = self.program(*arguments)
                self.assertEqual((done.code, done.out), (2, ""), done)
                self.check_sentence(done, *words)

    def test_a_zoo_that_is_no_zoo(self):
        (self.here / "zoo").mkdir()
        for text in ("", "[]", "{", '{"schema": "edgebench.workload/2"}', '{"schema": "edgebench.workload/1"}',
                     "[" * 400_000, '{"input": ' + "[" * 400_000 + "]" * 400_000 + "}"):
            with self.subTest(text[:40]):
                (self.here / "zoo" / "net.json").write_text(text, encoding="utf-8")
                done = self.program("run", "--zoo", "zoo", "--out", "out")
                self.assertEqual(done.code, 2, done)
                self.check_sentence(done, "net.json")

    def test_a_zoo_without_manifests(self):
        (self.here / "zoo").mkdir()
        done = self.program("run", "--zoo", "zoo", "--out", "out")
        self.assertEqual(done.code, 2, done)
        self.check_sentence(done, "zoo")

    def test_a_device_that_is_not_there_was_asked_for_by_name(self):
        done = self.measure(*self.model("gemm"), "--device", "9")
        self.assertEqual(done.code, 1, done)
        self.check_failure(self.record("gemm"), "unavailable", "9", "edgebench devices")


class Lists(support.EndToEndTest):

    def listed(self, *arguments):
        done = self.program(*arguments, "--format", "json")
        self.assertEqual((done.code, done.err), (0, ""), done)
        return json.loads(done.out)

    def test_what_there_is(self):
        ids = {what: [row["id"] for row in self.listed("list", what)]
               for what in ("workloads", "backends", "devices", "scenarios", "formats", "fields")}
        self.assertEqual(ids["workloads"], sorted(ids["workloads"]))
        self.assertLessEqual({"vision/face-detection", "vision/person-segmentation", "vision/text-recognition",
                              "speech/voice-activity", "nlp/language-id"}, set(ids["workloads"]))
        self.assertIn("cpu", ids["backends"])
        # No providers in these tests: reasons instead of devices.
        self.assertEqual((ids["devices"][0], set(ids["devices"][1:])), ("0", {""}))
        self.assertEqual(ids["scenarios"], ["single-stream", "multi-stream", "server", "offline", "paced"])
        self.assertEqual(sorted(ids["formats"]), sorted(support.FORMATS))
        self.assertIn("latency_p99_bound_ms", ids["fields"])

    def test_devices_is_short_for_list_devices(self):
        self.assertEqual(self.listed("devices"), self.listed("list", "devices"))

    def test_tables_and_help(self):
        for arguments in (("list",), ("devices",), ("--help",), ("run", "--help"), ("--version",)):
            done = self.program(*arguments)
            self.assertEqual((done.code, done.err), (0, ""), done)
            self.assertRegex(done.out, r"\w")

    def test_a_console_that_is_full(self):
        """Whether the list is found too long while it is written or only at the end."""
        for arguments in (("list", "scenarios"), ("list", "fields")):
            with open("/dev/full", "wb") as full:
                done = support.subprocess.run([support.PROGRAM, *arguments], stdout=full, stderr=support.subprocess.PIPE,
                                              check=False)
            self.assertIn(done.returncode, (0, 1))
            self.assertNotIn(b"internal error", done.stderr)


if __name__ == "__main__":
    unittest.main()
