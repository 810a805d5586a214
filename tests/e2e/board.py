"""What the leaderboard's tests share: a server of the real program, its tokens, results to fill it with."""

import contextlib
import hashlib
import http.client
import json
import pathlib
import re
import signal
import socket
import subprocess

import signing
import support

BUNDLE = "application/vnd.edgebench.bundle+zip"
WORKLOADS = (("vision/face-detection", "detection"), ("vision/image-classification", "classification"),
             ("speech/voice-activity", "voice-activity"), ("nlp/sentence-embedding", "embedding"))
DEVICES = (("Hailo-8", "npu", "npu", 0.6), ("Adreno 740", "gpu", "vulkan", 1.1), ("Mali-G78", "gpu", "opencl", 1.9),
           ("NVIDIA Jetson Orin", "gpu", "vulkan", 0.8), ("Cortex-A76", "cpu", "cpu", 4.2),
           ("AMD Ryzen 9 9950X", "cpu", "cpu", 1.0))


def record(workload, task, device, precision="fp32", scenario="single-stream", speed=1.0, **changes):
    """A plausible good record; `speed` scales its times."""
    name, kind, backend, factor = device
    base = {"vision/face-detection": 3.1, "vision/image-classification": 7.7, "speech/voice-activity": 0.42,
            "nlp/sentence-embedding": 12.5}.get(workload, 5.0)
    ms = base * factor * speed * {"fp32": 1, "fp16": 0.7, "int8": 0.45}[precision]
    made = {"workload": workload, "task": task, "backend": backend, "device": f"{backend}:0", "device_name": name,
            "device_kind": kind, "driver": "driver 1.2.3", "runtime": "ONNX Runtime 1.30.0", "precision": precision,
            "scenario": scenario, "tier": "standard", "launches": 3, "threads": 4, "status": "ok", "ranked": True,
            "queries": 4096, "samples": 4096, "latency_mean_ms": ms, "latency_p50_ms": ms * 0.99,
            "latency_p90_ms": ms * 1.1, "latency_p99_ms": ms * 1.32, "latency_mean_low_ms": ms * 0.97,
            "latency_mean_high_ms": ms * 1.03, "latency_mad_ms": ms * 0.01, "latency_launch_sd_ms": ms * 0.005, "throughput_sps": 1000 / ms,
            "gops_per_sample": 1.2, "effective_tops": 1.2 / ms, "placement_macs": 1 if kind != "npu" else 0.982,
            "placement_evidence": "confirmed" if kind == "npu" else "assigned", "quality_metric": "accuracy",
            "quality": 0.93, "quality_target": 0.9, "quality_basis": "ground-truth"}
    if kind != "cpu":
        made |= {"mean_power_w": 3.2, "energy_per_sample_mj": 3.2 * ms, "energy_per_sample_low_mj": 3.1 * ms,
                 "energy_per_sample_high_mj": 3.3 * ms, "power_scope": "module", "evidence_class": "P2",
                 "tops_per_watt": 1.2 / ms / 3.2}
    return {key: value for key, value in (made | changes).items() if value is not None}


def run_json(records, started_at="2026-11-20T10:00:00Z", **context):
    return json.dumps({"schema": "edgebench.run/1", "records": records,
                       "context": {"started_at": started_at, "edgebench_version": "0.1.0", "machine": "Test board 5",
                                   "cpu": "Cortex-A76", "os": "Debian 12", "arch": "aarch64"} | context})


def full_board():
    """Runs of every device, a few weeks of them, with failures among them."""
    for week in range(6):
        for device in DEVICES:
            speed = 1 - 0.03 * week + (0.2 if week == 4 else 0)
            records = [record(workload, task, device, precision, speed=speed) for workload, task in WORKLOADS
                       for precision in ("fp32", "int8")]
            records.append(record(*WORKLOADS[0], device, status="wrong", reason="accuracy 0.41 is below 0.9",
                                  ranked=False, scenario="offline"))
            records.append(record(*WORKLOADS[1], device, "fp16", speed=speed, ranked=False,
                                  unranked_reasons=["the machine was busy"]))
            yield run_json(records, f"2026-{10 + week // 4:02}-{1 + 7 * (week % 4):02}T10:00:00Z")


def nothing_run(number):
    """A run that measured nothing: it needs no raw data, and every one differs."""
    command = "edgebench verify --workloads vision/face-detection --backends npu --device npu:0"
    nothing = {"workload": "vision/face-detection", "task": "detection", "backend": "npu", "device": "npu:0",
               "status": "unavailable", "ranked": False, "reason": f"no driver {number}", "command": command}
    started_at = f"2026-11-20T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"
    return json.loads(run_json([nothing], started_at, command=command))


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def text(self):
        return self.body.decode("utf-8")

    def json(self):
        return json.loads(self.body)


class BoardTest(support.EndToEndTest):
    """Each test has an empty database `db`."""

    def setUp(self):
        super().setUp()
        self.db = self.here / "board.db"

    def serve(self, *options):
        """Starts a server on a free port; self.port is it, self.server the process."""
        folder = self.here / f"server-{len(list(self.here.iterdir()))}"
        folder.mkdir()
        arguments = [support.PROGRAM, "serve", "--db", self.db, "--listen", "127.0.0.1:0", *options]
        self.server = self.enterContext(support.Background(arguments, folder, self.environment()))
        self.server.wait_to_say("http://127.0.0.1:")
        self.port = int(re.search(r"http://127\.0\.0\.1:(\d+)", self.server.said())[1])
        return self.port

    def stored(self):
        """All bytes that the database holds."""
        return self.db.read_bytes()

    def stop(self):
        self.server.process.send_signal(signal.SIGTERM)
        return self.server.finish()

    def token(self, scopes="upload", name="lab"):
        done = self.program("token", "add", name, "--scopes", scopes, "--db", self.db)
        self.assertEqual(done.code, 0, done)
        return done.out.strip()

    def fill(self, *runs):
        """Imports runs, each a text of run.json."""
        folder = self.here / f"runs-{len(list(self.here.iterdir()))}"
        for number, text in enumerate(runs):
            (folder / str(number)).mkdir(parents=True)
            (folder / str(number) / "run.json").write_text(text, encoding="utf-8")
        done = self.program("import", *sorted(folder.iterdir()), "--db", self.db)
        self.assertEqual(done.code, 0, done)

    def bundle(self, number=0):
        return signing.Key().bundle(nothing_run(number))

    def request(self, method, target, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=support.PATIENCE_S)
        with contextlib.closing(connection):
            connection.request(method, target, body, headers or {})
            return Answer(connection.getresponse())

    def get(self, target, **headers):
        return self.request("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def upload(self, bundle, token, **headers):
        return self.request("POST", "/api/v1/results", bundle, {
            "Content-Type": BUNDLE, "Authorization": f"Bearer {token}",
            "Idempotency-Key": hashlib.sha256(bundle).hexdigest()} | headers)

    def raw(self, *parts, wait_s=support.PATIENCE_S):
        """Sends bytes as they are, and gives all that comes until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait_s) as connection:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                for part in parts:
                    connection.sendall(part)
            return self.rest(connection)

    def rest(self, connection):
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                answer += chunk
        return answer


def program_of(name):
    """The path of a program, or None."""
    for folder in ("/usr/sbin", "/usr/bin", "/usr/local/bin"):
        if (path := pathlib.Path(folder) / name).exists():
            return path
    return None


def run_quietly(*arguments, **options):
    return subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          timeout=support.PATIENCE_S, **options)
