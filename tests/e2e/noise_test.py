#!/usr/bin/env python3
"""edgebench noise: a cell against itself, from real launches to the floor of a comparison."""

import json
import re
import struct
import unittest

import support


class Noise(support.EndToEndTest):

    def noise(self, *arguments):
        return self.program("noise", *self.model("conv"), "--launches", "3", "--time-budget", "3s", "--out", "out",
                            *arguments)

    def medians(self):
        """p50 in ns of each launch, from the raw files."""
        found = []
        for file in self.record("conv")["raw_files"]:
            content = (self.here / "out" / file).read_bytes()[7:]
            count, _, length = struct.unpack_from("<QdQ", content)
            self.assertEqual(count, length)
            found.append(sorted(struct.unpack_from(f"<{length}q", content, 24))[length // 2])
        return found

    def test_json_is_worked_out_from_the_launches(self):
        done = self.noise("--format", "json")
        self.assertEqual((done.code, done.err), (0, ""), done)
        [cell] = json.loads(done.out)
        self.assertEqual((cell["workload"], cell["backend"], cell["launches_a_side"]), ("user/conv", "cpu", 3))
        self.assertIn(cell["machine"], ("quiet", "busy"))
        self.assertEqual(cell["machine"] == "busy", bool(cell["busy_reasons"]))
        metrics = {metric["metric"]: metric for metric in cell["metrics"]}
        self.assertEqual(list(metrics), ["latency_p50", "latency_p90", "latency_mean"])
        for metric in metrics.values():
            self.assertLess(metric["low_percent"], metric["difference_percent"])
            self.assertLess(metric["difference_percent"], metric["high_percent"])
            self.assertEqual(metric["noise_floor_percent"], max(-metric["low_percent"], metric["high_percent"]))
        self.assertEqual(self.record("conv")["launches"], 6)
        p50 = self.medians()
        pairs = [200 * (b - a) / (a + b) for a, b in zip(p50[::2], p50[1::2])]
        self.assertAlmostEqual(metrics["latency_p50"]["difference_percent"], sum(pairs) / 3, places=6)

    def test_the_text_says_what_may_be_claimed(self):
        done = self.noise("--quiet")
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertRegex(done.out, r"A/A of user/conv on cpu:\S+, \S+: 3 launches against 3")
        self.assertRegex(done.out, r"(?m)^p90 +\d+\.\d\d % +[+-]\d+\.\d\d % +[+-]\S+ to [+-]\S+ % +\d+\.\d\d %")
        self.assertRegex(done.out, r"The machine is (quiet\.|busy: .+\.)\n")
        self.assertRegex(done.out, r"3 launches against 3 here may claim a difference of more than \S+ % in p50")

    def test_a_record_of_the_launches_has_their_interval(self):
        self.noise("--quiet")
        record = self.record("conv")
        self.assertLessEqual(record["latency_mean_low_ms"], record["latency_mean_ms"])
        self.assertLess(record["latency_mean_low_ms"], record["latency_mean_high_ms"])
        self.assertGreater(record["latency_launch_sd_ms"], 0)
        self.assertGreaterEqual(record["latency_mad_ms"], 0)
        self.assertLess(record["throughput_low_sps"], record["throughput_high_sps"])
        self.assertLess(abs(record["latency_autocorrelation"]), 1)

    def test_what_cannot_be_measured_has_no_floor(self):
        done = self.program("noise", *self.model("conv"), "--device", "9", "--out", "out", "--format", "json")
        self.assertEqual(done.code, 1, done)
        self.check_sentence(done, "unavailable", "device")
        self.assertEqual(json.loads(done.out), [])

    def test_bad_usage(self):
        for arguments, word in ((("--launches", "2"), "--launches"), (("--format", "csv"), "--format"),
                                (("--workload", "vision/face-detectoin"), "did you mean vision/face-detection"),
                                (("--backend", "cpuu"), "did you mean cpu"), (("--time-budget", "soon"), "'soon'"),
                                (("--tier", "quik"), "'quik'")):
            with self.subTest(arguments):
                done = self.program("noise", "--out", "out", *arguments)
                self.assertEqual((done.code, done.out), (2, ""), done)
                self.check_sentence(done, word)

    def test_help_teaches(self):
        done = self.program("noise", "--help")
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertRegex(re.sub(r"\s+", " ", done.out), "A B A B .* the floor below which no comparison")


if __name__ == "__main__":
    unittest.main()
