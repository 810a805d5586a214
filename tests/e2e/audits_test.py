#!/usr/bin/env python3
"""Audits: who is fast only where it is measured is rejected, naming the audit; who is honest passes them all."""

import unittest

from simulated_npu import NpuTest, small_network

ALL = ["seed", "cache", "name", "accuracy"]
SNIFFER = "simnpu.knows=first_w"  # a weight of the small network
CLOCK_MHZ = 2  # two chips at a time, one of them cold: faster ones were outrun by their own simulation


class Audits(NpuTest):

    def setUp(self):
        super().setUp()
        small_network(self.network, channels=32, extent=16)  # 13 ms on the chip

    def npu(self, *options, **more):
        return super().npu(*options, **{"clock_mhz": CLOCK_MHZ, **more})

    def audited(self, mode, audits, *more):
        """The NPU's record; the CPU's cell of the same run must have passed the same audits."""
        record = self.outcome(mode, "--audits", audits, *more)
        asked = ALL if audits == "all" else audits.split(",")
        self.assertEqual(self.record("small")["audits"], asked)
        return record

    def check_rejected(self, record, *words):
        self.check_failure(record, "rejected", *words)
        for field in ("window_s", "queries", "open_ms", "latency_p50_ms", "throughput_sps", "raw_files"):
            self.assertNotIn(field, record)

    def test_who_is_honest_passes_all(self):
        self.assertEqual(self.measure(self.network, *self.npu(), "--audits", "all").code, 0)
        for backend in ("cpu", "npu"):
            record = self.records(backend=backend)["small", "single-stream"]
            self.check_ok(record)
            self.assertEqual(record["audits"], ALL, record)
            self.assertIn("--audits all", record["command"])

    def test_who_keeps_answers_is_found_by_cache(self):
        record = self.audited("cheat-cache", "all")
        self.check_rejected(record, "audit cache: an input that was given before takes", "of the time of a new one")
        self.assertNotIn("cache", record["audits"])

    def test_who_sniffs_names_is_found_by_name(self):
        record = self.audited("cheat-name", "all", "--ep-option", SNIFFER)
        self.check_rejected(record, "audit name: the model takes", "of the same model under other names")

    def test_who_sniffs_names_of_a_workload_still_passes_its_judge(self):
        self.measure("--workloads", "nlp/language-id", "--precisions", "fp32", *self.npu("misbehave=cheat-name"),
                     "--audits", "name")
        self.check_ok(self.record("nlp/language-id"))
        record = self.records(backend="npu")["nlp/language-id", "single-stream"]
        self.check_rejected(record, "audit name:")
        self.assertGreater(record["quality"], record["quality_target"])

    def test_who_lies_only_while_timed_is_found_by_accuracy(self):
        record = self.audited("cheat-later", "accuracy")
        self.check_rejected(record, "audit accuracy: answers while it was timed differ")

    def test_who_lies_from_the_start_is_wrong_before_any_audit(self):
        self.check_failure(self.audited("cheat-early", "all"), "wrong", "SQNR")

    def test_without_audits_these_cheats_would_be_believed(self):
        for mode, more in (("cheat-cache", ()), ("cheat-later", ()), ("cheat-name", ("--ep-option", SNIFFER))):
            record = self.outcome(mode, *more)
            self.assertEqual(record["status"], "ok", record)
            self.assertNotIn("audits", record)

    def test_each_scenario_is_audited(self):
        record = self.audited("cheat-cache", "cache", "--scenarios", "single-stream,offline")
        self.check_rejected(record, "audit cache:")
        self.check_rejected(self.records(backend="npu")["small", "offline"], "audit cache:")
        self.assertEqual(self.record("small", "offline")["audits"], ["cache"])

    def test_an_audit_that_is_none(self):
        done = self.measure(self.network, "--audits", "horoscope")
        self.assertEqual(done.code, 2, done)
        self.check_sentence(done, "--audits", "there is no audit 'horoscope'", "seed, cache, name, accuracy, all, none")


if __name__ == "__main__":
    unittest.main()
