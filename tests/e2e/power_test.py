#!/usr/bin/env python3
"""Power of a run: a recorded tree whose counter goes on counting while the run does, and all that meters do wrong."""

import contextlib
import os
import pathlib
import signal
import threading
import time
import unittest

import support

ZONE = "sys/class/powercap/intel-rapl:0"
POWER = ("mean_power_w", "energy_per_sample_mj", "net_energy_per_sample_mj", "idle_power_w", "tops_per_watt")
AT_WORK = "measure single-stream"


class Counter(threading.Thread):
    """The energy counter of a package that takes `watts`, until it is told to stop counting."""

    def __init__(self, tree, watts):
        super().__init__(daemon=True)
        self.file, self.watts = tree / ZONE / "energy_uj", watts
        self.energy_uj, self.done = 5_000_000.0, threading.Event()
        self.write()

    def write(self):
        beside = self.file.with_name("next")
        beside.write_text(f"{int(self.energy_uj)}\n", encoding="utf-8")
        os.replace(beside, self.file)

    def run(self):
        last = time.monotonic()
        while not self.done.wait(0.002):
            now = time.monotonic()
            self.energy_uj += (now - last) * self.watts * 1e6
            last = now
            self.write()

    def stop(self):
        self.done.set()
        if self.is_alive():
            self.join()


class PowerTest(support.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.tree = self.here / "tree"
        self.write_tree({f"{ZONE}/name": "package-0", f"{ZONE}/max_energy_range_uj": "262143328850"})

    def write_tree(self, files):
        for name, text in files.items():
            path = self.tree / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + "\n", encoding="utf-8")

    def count(self, watts):
        counter = Counter(self.tree, watts)
        self.addCleanup(counter.stop)
        counter.start()
        return counter

    def metered(self, *arguments, **options):
        return self.measure(*self.model("conv"), "--meter-root", self.tree, *arguments, **options)

    def check_no_power(self, record, *words):
        """The cell is fine, its power is absent, and a warning says why."""
        self.check_ok(record)
        self.assertEqual([key for key in POWER if key in record], [])
        warnings = [text for text in record["warnings"] if text.startswith("power was not measured: ")]
        self.assertEqual(len(warnings), 1, record["warnings"])
        for word in words:
            self.assertIn(word, warnings[0])
        self.assertNotIn(str(self.here), " ".join(record["warnings"]), "a path of this machine")


class Counting(PowerTest):

    def test_power_and_energy_of_a_known_load(self):
        self.count(watts=20)
        done = self.metered("--format", "md,csv,html", "--verbose")
        self.assertEqual((done.code, done.err), (0, ""), done)
        record = self.record("conv")
        self.check_ok(record)
        self.assertEqual((record["meter"], record["power_scope"], record["evidence_class"]),
                         ("rapl:0", "package", "P1"))
        # The counter's writer may be late by many milliseconds, on a busy machine.
        self.assertGreater(record["mean_power_w"], 10)
        self.assertLess(record["mean_power_w"], 40)
        self.assertGreater(record["idle_power_w"], 10)
        self.assertLess(record["energy_per_sample_low_mj"], record["energy_per_sample_mj"])
        self.assertLess(record["energy_per_sample_mj"], record["energy_per_sample_high_mj"])
        self.assertLess(record["net_energy_per_sample_mj"], record["energy_per_sample_mj"])
        each_mj = 1e3 * record["mean_power_w"] * record["window_s"] / record["samples"]
        self.assertAlmostEqual(record["energy_per_sample_mj"] / each_mj, 1, delta=0.5)
        self.assertAlmostEqual(record["tops_per_watt"], record["effective_tops"] / record["mean_power_w"])
        self.assertGreater(record["power_readings"], 5)
        self.assertEqual(done.out.count("conv cpu as-is: idle"), 2, done)
        self.assertNotIn("--meter", record["command"])
        self.check_files(record)
        self.assertIn("energy, mJ/sample", (self.here / "out" / "report.md").read_text(encoding="utf-8"))
        for file in ("report.html", "run.json", "results.csv"):
            self.assertNotIn(str(self.tree), (self.here / "out" / file).read_text(encoding="utf-8"), file)

    def check_files(self, record):
        self.assertEqual(len(record["power_files"]), 1)
        head, info, columns, *lines = (self.here / "out" / record["power_files"][0]).read_text().splitlines()
        self.assertEqual((head, columns), ("# edgebench.power/1", "time_ns,meter,value,problem"))
        self.assertIn('"rapl:0"', info)
        readings = [line.split(",") for line in lines]
        self.assertGreater(len(readings), record["power_readings"])
        energies = [float(value) for _, _, value, _ in readings]
        self.assertEqual(energies, sorted(energies))

    def test_load_takes_more_than_idle(self):
        counter = self.count(watts=5)
        run = self.start_run(*self.model("slow"), "--time-budget", "3s", "--meter", "rapl:0", "--meter-root", self.tree)
        run.wait_to_say(AT_WORK)
        counter.watts = 50
        support.wait_for(lambda: run.said().count("as-is: idle") == 2, "the idle window after the load")
        counter.watts = 5
        done = run.finish()
        self.assertEqual((done.code, done.err), (0, ""), done)
        record = self.record("slow")
        self.assertGreater(record["mean_power_w"], 2 * record["idle_power_w"])
        self.assertLess(record["net_energy_per_sample_mj"], record["energy_per_sample_mj"])
        self.assertGreater(record["net_energy_per_sample_mj"], record["energy_per_sample_mj"] / 4)
        self.assertIn("--meter rapl:0", record["command"])

    def test_an_instrument_that_a_program_speaks_for(self):
        program = self.here / "joules.py"
        program.write_text(
            "import time\n"
            "print('edgebench-meter/1 quantity=power unit=W sampling=averaging rate_hz=100 name=J1 evidence=P3', flush=True)\n"
            "for i in range(100000):\n"
            "    print(f'{i / 100:.2f} 7.5', flush=True)\n"
            "    time.sleep(0.01)\n", encoding="utf-8")
        done = self.measure(*self.model("conv"), "--meter", f"exec:/usr/bin/python3 {program}")
        self.assertEqual((done.code, done.err), (0, ""), done)
        record = self.record("conv")
        self.assertEqual((record["meter"], record["power_scope"], record["evidence_class"]),
                         ("exec:J1", "system", "P3"), record.get("warnings"))
        # The program's clock is its own, and it is late where the machine is busy.
        self.assertGreater(record["mean_power_w"], 2)
        self.assertLess(record["mean_power_w"], 15)
        self.assertIn("--meter exec:PROGRAM", record["command"])
        self.assertNotIn("joules.py", (self.here / "out" / "run.json").read_text(encoding="utf-8"))

    def test_an_instrument_that_is_not_there(self):
        done = self.program("run", *self.model("conv"), "--meter", "scpi://127.0.0.1:1?dialect=rs", "--out", "out")
        self.assertEqual(done.code, 1, done)
        self.check_sentence(done, "scpi://127.0.0.1:1", "cannot connect")

    def test_several_launches(self):
        self.count(watts=20)
        done = self.metered("--launches", "3")
        self.assertEqual((done.code, done.err), (0, ""), done)
        record = self.record("conv")
        self.assertEqual((record["launches"], len(record["power_files"])), (3, 3))
        self.assertLess(record["energy_per_sample_low_mj"], record["energy_per_sample_high_mj"])
        self.assertNotIn("meter_overhead", record, "tier quick has no time for it")

    def test_what_being_metered_costs(self):
        self.count(watts=20)
        done = self.metered("--tier", "standard", "--launches", "1")
        self.assertEqual((done.code, done.err), (0, ""), done)
        record = self.record("conv")
        self.assertGreater(record["meter_overhead"], 0)
        self.assertLess(record["meter_overhead_low"], record["meter_overhead"])
        self.assertLess(record["meter_overhead"], record["meter_overhead_high"])

    def test_heat_and_clocks(self):
        self.count(watts=20)
        policy = "sys/devices/system/cpu/cpufreq/policy0"
        self.write_tree({"sys/class/thermal/thermal_zone0/type": "x86_pkg_temp",
                         "sys/class/thermal/thermal_zone0/temp": "61000", f"{policy}/scaling_cur_freq": "2400000",
                         f"{policy}/stats/time_in_state": "1200000 100\n2400000 900"})
        # A window of seconds: sensors are read twice a second.
        done = self.program("run", *self.model("conv"), "--meter-root", self.tree, "--time-budget", "6s", "--out",
                            "out")
        self.assertEqual((done.code, done.err), (0, ""), done)
        record = self.record("conv")
        self.assertEqual((record["temperature_first_c"], record["temperature_max_c"]), (61, 61))
        self.assertEqual(record["temperature_sensor"], "temperature:x86_pkg_temp")
        self.assertEqual(record["clock"], "clock:cpufreq/policy0")
        self.assertAlmostEqual(record["clock_mean_mhz"], 2400, places=6)
        self.assertNotIn("clock_below_max_share", record, "no time was counted")
        self.assertEqual(len(record["power_files"]), 2)


class Choosing(PowerTest):

    def test_what_is_named_and_is_not_here(self):
        for name, code, words in (("rapl:7", 2, ["there is no meter 'rapl:7'"]), ("battery", 1, ["not here"]),
                                  ("auto,rapl:0", 2, ["auto"])):
            with self.subTest(name):
                done = self.metered("--meter", name)
                self.assertEqual((done.code, done.out), (code, ""), done)
                self.check_sentence(done, "--meter", *words)

    def test_one_that_another_counts_too(self):
        self.write_tree({"sys/class/powercap/intel-rapl:0:0/name": "core",
                         "sys/class/powercap/intel-rapl:0:0/energy_uj": "1000"})
        self.count(watts=20)
        done = self.metered("--meter", "rapl:0,rapl:0:0")
        self.assertEqual(done.code, 2, done)
        self.check_sentence(done, "already counts", "rapl:0:0")

    def test_none_and_nothing_there(self):
        self.count(watts=20)
        for arguments in (("--meter", "none", "--meter-root", self.tree), ("--meter-root", self.models)):
            with self.subTest(arguments):
                done = self.measure(*self.model("conv"), *arguments)
                self.assertEqual((done.code, done.err), (0, ""), done)
                record = self.record("conv")
                self.check_ok(record)
                for key in (*POWER, "meter", "power_files", "cool_down_s"):
                    self.assertNotIn(key, record)

    def test_bad_options(self):
        for arguments, word in ((("--sustained", "soon"), "--sustained"), (("--cool-down", "soon"), "--cool-down"),
                                (("--meter-root", "/nowhere"), "--meter-root")):
            with self.subTest(arguments):
                done = self.measure(*self.model("conv"), *arguments)
                self.assertEqual(done.code, 2, done)
                self.check_sentence(done, word)


class Failing(PowerTest):

    def at_work(self, *arguments):
        """A run whose window has begun, with a meter."""
        run = self.start_run(*self.model("slow"), "--time-budget", "3s", "--meter-root", self.tree, *arguments)
        run.wait_to_say(AT_WORK)
        return run

    def finish(self, run):
        done = run.finish()
        self.assertEqual((done.code, done.err), (0, ""), done)
        support.wait_for(lambda: not support.children_of(run.pid), "the end of all children")
        return self.record("slow")

    @staticmethod
    def meter_of(run):
        def look():
            for pid in support.children_of(run.pid):
                with contextlib.suppress(OSError):
                    if b"meter" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                        return pid
            return None
        return support.wait_for(look, "a process that reads the meter")

    def test_a_counter_that_counts_nothing(self):
        self.count(watts=0)
        done = self.metered()
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.check_no_power(self.record("conv"), "rapl:0", "dead")

    def test_a_counter_that_vanishes(self):
        counter = self.count(watts=20)
        run = self.at_work()
        counter.stop()
        counter.file.unlink()
        self.check_no_power(self.finish(run), "rapl:0")

    def test_a_counter_that_turns_to_garbage(self):
        counter = self.count(watts=20)
        run = self.at_work()
        counter.stop()
        counter.file.write_text("nan\n", encoding="utf-8")
        self.check_no_power(self.finish(run), "rapl:0")

    def test_a_meter_whose_process_dies(self):
        self.count(watts=20)
        run = self.at_work()
        os.kill(self.meter_of(run), signal.SIGKILL)
        record = self.finish(run)
        self.check_no_power(record, "gave its last reading")
        self.assertIn("a meter was lost: its process ended with signal 9", " ".join(record["warnings"]))

    def test_a_meter_that_hangs(self):
        self.count(watts=20)
        run = self.at_work()
        os.kill(self.meter_of(run), signal.SIGSTOP)
        done = run.finish()
        self.assertEqual((done.code, done.err), (0, ""), done)
        record = self.record("slow")
        if "mean_power_w" not in record:  # it goes on once the process that measures has ended
            self.check_no_power(record, "rapl:0")

    def test_an_interrupt_ends_the_meter_too(self):
        self.count(watts=20)
        run = self.at_work()
        meter = self.meter_of(run)
        os.kill(run.pid, signal.SIGINT)
        self.assertEqual(run.finish().code, 130)
        support.wait_for(lambda: support.status_of(meter) is None, "the end of the meter's process")


class Sustained(PowerTest):

    def test_a_sustained_window_is_told_in_parts(self):
        self.count(watts=20)
        done = self.program("run", *self.model("conv"), "--sustained", "4s", "--meter-root", self.tree, "--cool-down",
                            "none", "--out", "out", "--format", "html")
        self.assertEqual((done.code, done.err), (0, ""), done)
        record = self.record("conv")
        self.check_ok(record)
        self.assertEqual((record["tier"], record["part_s"]), ("sustained", 0.4))
        self.assertGreaterEqual(record["window_s"], 4)
        for key in ("part_p50_ms", "part_p90_ms", "part_throughput_sps", "part_power_w"):
            self.assertGreaterEqual(len(record[key]), 5, key)
            self.assertEqual(len(record[key]), len(record["part_p50_ms"]), key)
        self.assertGreater(record["retention_percent"], 0)
        self.assertGreater(record["steady_latency_ms"], 0)
        self.assertIn("--sustained 4s", record["command"])
        self.assertNotIn("--tier", record["command"])


if __name__ == "__main__":
    unittest.main()
