#!/usr/bin/env python3
"""The backend npu with the simulated NPU: measured where it behaves, and found out where it does not."""

import contextlib
import re
import unittest

import numpy
import onnx
import onnx.helper as make
from simulated_npu import CLOCK_MHZ, LIBRARY, NpuTest, layer, save, small_network

# backends/npu/sim/chip_model.h: 16 x 16 cells at 4 MHz, each a multiplication and an addition in fp32 every second cycle.
CHIP_CLOCK_MHZ = 4
PEAK_TOPS = 16 * 16 * 2 / 2 * CHIP_CLOCK_MHZ * 1e-6


class SimulatedNpu(NpuTest):

    def test_it_is_listed_with_its_kind(self):
        done = self.program("devices", "--ep-library", f"simnpu={LIBRARY}")
        self.assertEqual((done.code, done.err), (0, ""), done)
        [row] = [line for line in done.out.splitlines() if "Simulated NPU" in line]
        self.assertEqual(row.split()[:3], ["simnpu:0", "npu", "npu"])

    def test_its_speed_is_that_of_its_model(self):
        done = self.program("run", self.network, *self.npu(), "--time-budget", "8s", "--out", self.here / "out")
        self.assertEqual(done.code, 0, done)
        record = self.records(backend="npu")["small", "single-stream"]
        self.check_ok(record)
        self.assertEqual((record["device"], record["device_kind"]), ("simnpu:0", "npu"))
        self.assertIn("simulated device", record["unranked_reasons"])
        self.assertEqual(record["placement_macs"], 1)
        self.assertGreater(record["output_sqnr_db"], 100)
        self.assertLess(record["host_cpu_share"], 0.5)
        self.assertIn("--ep-library simnpu=./libedgebench_simnpu.so", record["command"])
        self.assertNotIn(str(LIBRARY.parent), record["command"])
        # Two convolutions: tiles of 16 x 16 results, each 2 cycles a MAC of its sum, and 32 to fill and drain. And a
        # Relu of 16 elements a cycle.
        tiles = (32 * 32 // 16) * (64 // 16)
        cycles = 2 * tiles * (2 * 9 * 64 + 32) + 64 * 32 * 32 // 16
        self.assertGreaterEqual(record["latency_p50_ms"], cycles / CLOCK_MHZ / 1e3)
        self.assertLess(record["latency_p50_ms"], 1.3 * cycles / CLOCK_MHZ / 1e3)
        self.assertAlmostEqual(record["gops_per_sample"], 2e-9 * 2 * 32 * 32 * 64 * 9 * 64)

    def check_tops(self, node, weights, shapes, cycles):
        """The measured TOPS are those of the chip's model: so many cycles a run, and next to its peak."""
        save(self.here / "one.onnx", [node], [onnx.numpy_helper.from_array(weights, node.input[1])], *shapes)
        self.try_again(lambda: self.check_tops_once(cycles))

    def check_tops_once(self, cycles):
        done = self.program("run", self.here / "one.onnx", *self.npu(clock_mhz=CHIP_CLOCK_MHZ, backends="npu"),
                            "--time-budget", "9s", "--out", self.here / "out")
        self.assertEqual(done.code, 0, done)
        record = self.records(backend="npu")["one", "single-stream"]
        self.check_ok(record)
        tops = record["gops_per_sample"] * 1e-3
        model_tops = tops / (cycles / (CHIP_CLOCK_MHZ * 1e6))
        # By the median: what a busy machine takes from the host between two runs is not the chip's.
        self.assertAlmostEqual(tops / (record["latency_p50_ms"] * 1e-3) / model_tops, 1, delta=0.02)
        self.assertAlmostEqual(record["effective_tops"] / (tops * record["throughput_sps"]), 1, delta=1e-3)
        self.assertAlmostEqual(model_tops / PEAK_TOPS, 1, delta=0.02)  # little is lost to fill and drain
        self.assertLess(record["effective_tops"], 1.001 * PEAK_TOPS)

    def test_its_tops_are_those_of_its_model_in_a_product(self):
        m, n, k = 128, 128, 4096
        weights = numpy.random.default_rng(1).standard_normal((k, n)).astype(numpy.float32) / numpy.sqrt(k)
        self.check_tops(make.make_node("MatMul", ["x", "w"], ["y"], "product"), weights, ([m, k], [m, n]),
                        (m // 16) * (n // 16) * (2 * k + 32))

    def test_its_tops_are_those_of_its_model_in_a_convolution(self):
        size, channels = 16, 256
        node, weights = layer(numpy.random.default_rng(1), "conv", "x", "y", 64, channels)
        shapes = [1, channels, size, size], [1, 64, size, size]
        self.check_tops(node, onnx.numpy_helper.to_array(weights), shapes,
                        (size * size // 16) * (64 // 16) * (2 * 9 * channels + 32))

    def test_what_it_does_not_take_is_a_fallback(self):
        self.check_failure(self.outcome("half"), "fallback", "50.0 % of the work", "half is enough")

    def test_work_of_the_host_is_a_fallback(self):
        self.check_failure(self.outcome("cpu"), "fallback", "the host's processor works")

    def test_wrong_answers_have_no_speed(self):
        for mode in ("wrong", "stale", "cheat-early"):
            record = self.outcome(mode)
            self.check_failure(record, "wrong", "SQNR")
            self.assertNotIn("open_ms", record)

    def test_a_crash_is_a_record(self):
        for mode, signal_name in (("crash", "signal 11"), ("throw", "signal 6")):
            record = self.outcome(mode)
            self.check_failure(record, "crashed", signal_name)
            if "sanitize" not in self.context().get("compile_flags", ""):  # which prints the stack itself
                self.assertIn(" in libedgebench_simnpu.so(", record["reason"])

    def test_a_hang_is_a_timeout(self):
        self.check_failure(self.outcome("hang", "--timeout", "open=3"), "timeout", "open took longer than 3 s")

    def test_a_refusal_is_unsupported(self):
        self.check_failure(self.outcome("refuse"), "unsupported", "needs a newer chip")

    def test_a_slow_start_is_time_to_open(self):
        record = self.outcome("slow-start")
        self.check_ok(record)
        self.assertGreater(record["open_ms"], 1500)

    def watched(self, mode, time_budget, *more):
        """The record of a window that is long enough to see something change in it: of 13 ms a run, of which the
        simulation computes for a tenth of one, so that a busy machine is no overrun."""
        small_network(self.network, channels=32, extent=16)
        done = self.program("run", self.network, *self.npu(f"misbehave={mode}", clock_mhz=3, backends="npu"),
                            "--time-budget", time_budget, "--out", self.here / "out", *more)
        record = self.records(backend="npu")["small", "single-stream"]
        self.assertEqual(done.code, 0 if record["status"] == "ok" else 1, done)
        return record

    def try_again(self, check):
        """What a machine that is shared may disturb gets three tries; what is broken fails in each of them."""
        for _ in range(2):
            with contextlib.suppress(AssertionError):
                return check()
        return check()

    def check_slower(self):
        record = self.watched("throttle", "9s")  # the clock falls after 100 runs, some 40 of them before the window
        self.check_ok(record)
        self.assertIn("the device became slower within the window", " ".join(record["warnings"]))

    def test_a_device_that_becomes_slower_is_ok_with_a_warning(self):
        self.try_again(self.check_slower)

    def check_leak(self):
        record = self.watched("leak", "6s")
        self.check_ok(record)
        warnings = " ".join(record["warnings"])
        self.assertRegex(warnings, r"memory grew by [0-9.]+ MB in [0-9]+ runs \(a leak\?\)")
        grown_mb = float(re.search(r"memory grew by ([0-9.]+) MB", warnings)[1])
        limit_mb = record["peak_memory_mb"] - 0.6 * grown_mb  # a busy machine makes fewer runs, which leak less
        record = self.watched("leak", "6s", "--memory-limit", f"{limit_mb:.0f}M")
        self.check_failure(record, "out_of_memory", "--memory-limit")

    def test_a_leak_is_ok_with_a_warning_and_out_of_memory_where_there_is_a_limit(self):
        self.try_again(self.check_leak)

    def test_an_impossible_clock_is_an_overrun(self):
        self.measure(self.network, *self.npu("clock_mhz=90000"))
        self.check_failure(self.records(backend="npu")["small", "single-stream"], "failed", "lower the clock_mhz option")

    def test_options_that_it_does_not_have(self):
        for option, word in (("misbehave=politely", "slow-start"), ("clock_mhz=fast", "clock_mhz"), ("x=1", "known:")):
            self.measure(self.network, *self.npu(option))
            self.check_failure(self.records(backend="npu")["small", "single-stream"], "failed", word)

    def test_without_its_chip(self):
        moved = self.here / "lonely.so"
        moved.write_bytes(LIBRARY.read_bytes())
        done = self.measure(self.network, "--backends", "npu", "--ep-library", f"lonely={moved}")
        self.assertEqual(done.code, 1, done)
        self.check_failure(self.records(backend="npu")["small", "single-stream"], "unavailable", "cannot start")

    def test_without_a_library_there_is_no_npu(self):
        done = self.measure(self.network, "--backends", "npu")
        self.assertEqual(done.code, 1, done)
        self.check_failure(self.records(backend="npu")["small", "single-stream"], "unavailable", "--ep-library NAME=PATH")


if __name__ == "__main__":
    unittest.main()
