"""What the end-to-end tests share: the real program, the small models, children seen from outside.

EDGEBENCH_PROGRAM is the program's path; EDGEBENCH_SOURCE the root of the sources, by default that of this file.
"""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(os.environ.get("EDGEBENCH_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
PROGRAM = pathlib.Path(os.environ.get("EDGEBENCH_PROGRAM", SOURCE / "build/release/edgebench")).resolve()
sys.path.insert(0, str(SOURCE / "tests" / "models"))

import make_models  # noqa: E402  pylint: disable=wrong-import-position

PATIENCE_S = 90  # for what takes a second on a quiet machine
FORMATS = {"json": "run.json", "html": "report.html", "md": "report.md", "csv": "results.csv",
           "google-benchmark": "benchmark.json"}
ALARMS = ("traceback", "terminate called", "what():", "internal error", "assert", "sanitizer", "core dumped")


def cache_folder():
    """Where scripts/fetch has put the runtime and the models."""
    if own := os.environ.get("EDGEBENCH_CACHE"):
        return pathlib.Path(own)
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "edgebench"


def wait_for(is_so, what):
    """Looks again and again until `is_so` gives something true, and gives that."""
    deadline = time.monotonic() + PATIENCE_S
    while not (seen := is_so()):
        if time.monotonic() > deadline:
            raise AssertionError(f"in {PATIENCE_S} s it did not happen: {what}")
        time.sleep(0.005)
    return seen


def status_of(pid):
    """(state, parent) of a process; None when it is gone or a zombie."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, parent = text.rpartition(")")[2].split()[:2]
    return None if state in "ZX" else (state, int(parent))


def children_of(parent):
    pids = [int(entry.name) for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if (seen := status_of(pid)) and seen[1] == parent]


class Done:
    """A finished command."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __str__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class Background:
    """A command that runs while the test looks on; in a process group of its own."""

    def __init__(self, arguments, folder, env, preexec=None):
        self.out_file, self.err_file = folder / "stdout.txt", folder / "stderr.txt"
        with open(self.out_file, "wb") as out, open(self.err_file, "wb") as err:
            self.process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env,
                                            cwd=folder, start_new_session=True, preexec_fn=preexec)
        self.pid = self.process.pid

    def said(self):
        return self.out_file.read_text(encoding="utf-8")

    def _heard(self, text):
        if text in self.said():
            return True
        if self.process.poll() is not None:
            raise AssertionError(f"it ended before it said '{text}': {self.finish()}")
        return False

    def wait_to_say(self, text):
        wait_for(lambda: self._heard(text), f"'{text}' on the console: {self.said()}")

    def child(self):
        """The one child's pid."""
        return wait_for(lambda: children_of(self.pid), "a child process")[0]

    def finish(self):
        code = self.process.wait(PATIENCE_S)
        return Done(code, self.said(), self.err_file.read_text(encoding="utf-8"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        ours = [*children_of(self.pid), self.pid] if self.process.poll() is None else []
        for pid in ours:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


class EndToEndTest(unittest.TestCase):
    """Gives each test class the small models in `models`, and each test an empty folder `here`."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        if not os.access(PROGRAM, os.X_OK):
            raise AssertionError(f"EDGEBENCH_PROGRAM: there is no program {PROGRAM}")
        cls.models = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory())) / "models"
        make_models.make(cls.models)

    def setUp(self):
        self.here = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    # Commands.

    def environment(self, **changes):
        """Ours, with changes; None takes a name out."""
        # No execution providers of our own: tests that want them say where they are.
        env = {**os.environ, "TERM": "dumb", "EDGEBENCH_EP_FOLDER": "/nowhere", **changes}
        return {name: str(value) for name, value in env.items() if value is not None}

    def sender(self, token):
        """What an uploader's environment has: a token, no proxy, and settings and states of the test's own."""
        proxies = {name: None for name in os.environ if name.lower().endswith("_proxy")}
        return {**proxies, "XDG_STATE_HOME": self.here / "state", "XDG_CONFIG_HOME": self.here / "config",
                "EDGEBENCH_TOKEN": token}

    def model(self, *names):
        return [self.models / f"{name}.onnx" for name in names]

    def program(self, *arguments, env=None, **options):
        done = subprocess.run([PROGRAM, *arguments], env=env or self.environment(), cwd=self.here, timeout=PATIENCE_S,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                              **options)
        done = Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
        self.check_calm(done)
        return done

    def measure(self, *arguments, out="out", **options):
        """`run` with the shortest windows."""
        return self.program("run", *arguments, "--time-budget", "1s", "--out", self.here / out, **options)

    def verdict_of(self, bundle):
        done = self.program("check", bundle, "--format", "json")
        [verdict] = json.loads(done.out)
        self.assertEqual(done.code, 1 if verdict["verdict"] == "refused" else 0, done)
        return verdict

    def start(self, *arguments, env=None, preexec=None):
        return self.enterContext(Background([PROGRAM, *arguments], self.here, env or self.environment(), preexec))

    def start_run(self, *arguments, **options):
        return self.start("run", *arguments, "--out", self.here / "out", "--verbose", **options)

    # What came out.

    def check_calm(self, done):
        """No crash, and no word that only a crash or a bug of ours would print."""
        self.assertIn(done.code, (0, 1, 2, 130), done)
        for alarm in ALARMS:
            self.assertNotIn(alarm, (done.out + done.err).lower(), done)

    def check_sentence(self, done, *words):
        """Exactly one sentence on standard error, with all the words."""
        lines = done.err.splitlines()
        self.assertEqual(len(lines), 1, done)
        self.assertRegex(lines[0], r"^edgebench: \S")
        for word in words:
            self.assertIn(str(word), lines[0])

    def records(self, folder=None, backend="cpu"):
        """{(workload, scenario): record} of one backend, from run.json, which must agree with the journal."""
        folder = folder or self.here / "out"
        listed = json.loads((folder / "run.json").read_text(encoding="utf-8"))["records"]
        self.assertEqual(listed, self.journal(folder))
        listed = [record for record in listed if record["backend"] == backend]
        records = {(r["workload"].removeprefix("user/"), r.get("scenario", "")): r for r in listed}
        self.assertEqual(len(records), len(listed), "two records of one cell")
        return records

    def record(self, name, scenario="single-stream", folder=None):
        return self.records(folder)[name, scenario]

    def context(self, folder=None):
        return json.loads(((folder or self.here / "out") / "run.json").read_text(encoding="utf-8"))["context"]

    def journal(self, folder=None):
        lines = ((folder or self.here / "out") / "journal.jsonl").read_text(encoding="utf-8").splitlines()
        head, *rest = map(json.loads, lines)
        self.assertEqual(head["schema"], "edgebench.journal/1")
        return [line["record"] for line in rest]

    def check_ok(self, record):
        """An ok record of a single stream has what was measured, and it is plausible."""
        self.assertEqual(record["status"], "ok", record)
        self.assertNotIn("reason", record)
        self.assertGreater(record["queries"], 0)
        self.assertGreaterEqual(record["window_s"], 0.2)
        self.assertGreater(record["latency_p50_ms"], 0)
        self.assertLessEqual(record["latency_p50_ms"], record["latency_p99_ms"])
        self.assertGreater(record["throughput_sps"], 0)

    def check_failure(self, record, status, *words):
        """A record of a failure has its reason in one line and no number of speed."""
        self.assertEqual(record["status"], status, record)
        for word in words:
            self.assertIn(str(word), record["reason"])
        self.assertNotIn("\n", record["reason"])
        self.assertFalse(record["ranked"])
        measured = [key for key in record if key.startswith(("latency_", "throughput", "effective_", "queries"))]
        self.assertEqual(measured, [])
