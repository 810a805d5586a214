#!/usr/bin/env python3
"""`edgebench powerd`: a client of PTDaemon talks to the real program, which reads a recorded counter that moves."""

import contextlib
import re
import signal
import socket
import subprocess
import time
import unittest

import support

ZONE = "sys/class/powercap/intel-rapl:0"


class Powerd(support.EndToEndTest):

    def record(self, energy_uj):
        folder = self.here / "tree" / ZONE
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in {"name": "package-0", "energy_uj": energy_uj, "max_energy_range_uj": 262143328850}.items():
            new = folder / (name + ".new")
            new.write_text(f"{text}\n", encoding="utf-8")
            new.rename(folder / name)
        return self.here / "tree"

    def start(self, *arguments):
        daemon = subprocess.Popen([support.PROGRAM, "powerd", "--port", "0", *map(str, arguments)],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(daemon.communicate)
        self.addCleanup(daemon.kill)
        self.greeting = daemon.stdout.readline()
        port = re.search(r" on 127\.0\.0\.1:(\d+), for this machine only$", self.greeting)
        self.assertTrue(port, self.greeting)
        client = socket.create_connection(("127.0.0.1", int(port[1])), timeout=60)
        self.addCleanup(client.close)
        return daemon, client, client.makefile("rb")

    def ask(self, client, lines, command):
        client.sendall(command.encode() + b"\r\n")
        line = lines.readline()
        self.assertTrue(line.endswith(b"\r\n"), line)
        return line[:-2].decode()

    def test_a_session(self):
        log = self.here / "ptd.log"
        daemon, client, lines = self.start("--meter", "rapl:0", "--root", self.record(0), "--log", log)
        self.assertIn("rapl:0 (P1)", self.greeting)
        self.assertEqual(self.ask(client, lines, "Hello"), "Hello, PTDaemon here!")
        self.assertRegex(self.ask(client, lines, "Identify"), r"^edgebench-rapl:0,1000,1,.*,version=\d+\.\d+\.\d+-\w+,OS=Linux")
        self.assertEqual(self.ask(client, lines, "Go,100,0,mark_1"),
                         "Starting untimed measurement, maximum 500000 samples at 100ms with 0 rampup samples")
        started, watts = time.monotonic(), []
        while len(watts) < 5:
            self.record(int((time.monotonic() - started) * 7e6))  # 7 W
            count = self.ask(client, lines, "RL")
            for _ in range(int(re.fullmatch(r"Last (\d+) samples", count)[1])):
                sample = lines.readline().decode()
                found = re.fullmatch(r"Time,\d\d-\d\d-\d{4} \d\d:\d\d:\d\d\.\d{3},Watts,([\d.]+),Volts,-1\.000000,"
                                     r"Amps,-1\.000000,PF,-1\.000000\r\n", sample)
                self.assertTrue(found, sample)
                watts.append(float(found[1]))
            self.assertLess(time.monotonic() - started, 120)
        self.assertTrue(any(watts), watts)
        self.assertEqual(self.ask(client, lines, "Stop"), "Stopping untimed measurement")
        self.assertEqual(self.ask(client, lines, "Stop"), "Error: no measurement to stop")
        self.assertIn("class=P1,scope=package", self.ask(client, lines, "Source"))
        daemon.send_signal(signal.SIGINT)
        self.assertEqual(daemon.wait(60), 0)
        self.assertRegex(log.read_text(encoding="utf-8"), r"(?s): Go with mark 'mark_1'\n.*,Mark,mark_1\n.*: Completed test\n")

    def test_a_client_that_talks_nonsense_does_not_hurt_the_next(self):
        daemon, client, lines = self.start("--meter", "rapl:0", "--root", self.record(0))
        with contextlib.suppress(ConnectionError):
            client.sendall(b"x" * 100_000)
            self.assertEqual(lines.read(), b"")
        port = int(re.search(r":(\d+),", self.greeting)[1])
        with socket.create_connection(("127.0.0.1", port), timeout=60) as again:
            self.assertEqual(self.ask(again, again.makefile("rb"), "Hello"), "Hello, PTDaemon here!")
        self.assertIsNone(daemon.poll())

    def test_what_cannot_be_is_a_sentence(self):
        root = self.record(0)
        for code, words, arguments in (
                (2, ("--meter", "required"), ()),
                (2, ("rapl:7", "list meters"), ("--meter", "rapl:7", "--root", root)),
                (2, ("--bind", "numeric"), ("--meter", "rapl:0", "--root", root, "--bind", "localhost")),
                (1, ("scpi://127.0.0.1:1", "cannot connect"), ("--meter", "scpi://127.0.0.1:1")),
                (2, ("no option volume",), ("--meter", "scpi://127.0.0.1?volume=11"))):
            done = self.program("powerd", "--port", "0", *arguments)
            self.assertEqual((done.code, done.out), (code, ""), done)
            for word in words:
                self.assertIn(word, done.err)


if __name__ == "__main__":
    unittest.main()
