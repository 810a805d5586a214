"""How queries come: eight at a time, at a fixed rate, at random with the highest rate that holds a latency."""

import unittest

import support


class Scenarios(support.EndToEndTest):

    def run_one(self, scenario, *options, budget="4s"):
        done = self.program("run", *self.model("gemm"), "--scenarios", scenario, "--time-budget", budget, "--out", "out",
                            *options)
        self.assertEqual((done.code, done.err), (0, ""), done)
        return done, self.record("gemm", scenario)

    def test_multi_stream_is_eight_samples_a_query(self):
        done, record = self.run_one("multi-stream", budget="2s")
        self.check_ok(record)
        self.assertEqual(record["samples_per_query"], 8)
        self.assertEqual(record["samples"], 8 * record["queries"])
        self.assertIn("8 samples a query", done.out)

    def test_paced_keeps_its_rate(self):
        done, record = self.run_one("paced", "--rate", "50")
        self.check_ok(record)
        self.assertEqual(record["target_rate_qps"], 50)
        self.assertAlmostEqual(record["achieved_rate_qps"], 50, delta=10)
        self.assertGreaterEqual(record["wake_lag_p99_us"], record["wake_lag_p50_us"])
        self.assertGreater(record["wake_lag_p50_us"], 0)
        self.assertIn("50 queries/s", done.out)
        self.assertIn("--scenarios paced --rate 50 --tier", record["command"])

    def test_server_finds_the_highest_rate(self):
        # A busy machine stalls for tens of milliseconds, which a target must be above to be held at all.
        done, record = self.run_one("server", "--latency-target", "500", "--format", "html,md,csv", budget="8s")
        self.check_ok(record)
        self.assertGreater(record["target_rate_qps"], 1)
        self.assertGreater(record.get("rate_too_high_qps", 1e9), record["target_rate_qps"])
        self.assertEqual(record["latency_target_ms"], 500)
        self.assertRegex(done.out, r"[\d.]+ queries/s(; p99 ≤ 500 ms not shown| with p99 ≤ 500 ms)")
        for report in ("report.html", "report.md"):
            self.assertIn("p99 ≤ 500 ms", (self.here / "out" / report).read_text(encoding="utf-8"))

    def test_server_at_a_rate_with_workers(self):
        _, record = self.run_one("server", "--rate", "200", "--streams", "2", "--seed", "5")
        self.check_ok(record)
        self.assertEqual(record["target_rate_qps"], 200)
        self.assertEqual(record["concurrency"], 2)
        self.assertEqual(record["latency_target_ms"], 100)
        self.assertIn("--rate 200 --streams 2 --seed 5", record["command"])

    def test_a_target_that_cannot_be_held(self):
        done = self.program("run", *self.model("gemm"), "--scenarios", "server", "--latency-target", "0.0001",
                            "--time-budget", "4s", "--out", "out")
        self.assertEqual(done.code, 1, done)
        record = self.record("gemm", "server")
        self.assertEqual(record["status"], "failed")
        self.assertRegex(record["reason"], r"no rate .* p99 <= 0\.0001 ms")
        self.assertIn("--latency-target", record["reason"])
        self.assertNotIn("throughput_sps", record)

    def test_what_makes_no_sense_is_said_in_one_sentence(self):
        for options, words in ((("--rate", "30"), ("--rate", "--scenarios")),
                               (("--scenarios", "paced", "--latency-target", "5"), ("--latency-target", "server")),
                               (("--scenarios", "paced", "--rate", "0"), ("--rate", "0.01")),
                               (("--scenarios", "paced", "--rate", "nan"), ("--rate",)),
                               (("--scenarios", "server", "--latency-target", "-1"), ("--latency-target",)),
                               (("--scenarios", "server", "--streams", "65"), ("--streams", "64")),
                               (("--scenarios", "sever",), ("--scenarios", "server"))):
            with self.subTest(options=options):
                done = self.program("run", *self.model("gemm"), *options)
                self.assertEqual(done.code, 2, done)
                self.check_sentence(done, *words)

    def test_the_plan_of_a_budget_comes_before_the_first_cell(self):
        done = self.program("run", *self.model("gemm"), "--time-budget", "3s", "--out", "out")
        self.assertEqual(done.code, 0, done)
        self.assertRegex(done.out.splitlines()[0], r"^time budget 3 s: 1 cell x 1 launch x .*tier trial")


if __name__ == "__main__":
    unittest.main()
