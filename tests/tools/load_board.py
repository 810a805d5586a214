#!/usr/bin/env python3
"""Loads a leaderboard on loopback: reads with wrk, durable uploads with keep-alive clients of our own.

usage: load_board.py PROGRAM [--records 100000] [--seconds 10] [--uploads 16000] [--clients 16] [--folder DIR]

Fills a database in DIR (made anew), serves it without rate limits, and prints requests a second and the 99th percentile of each
kind of page, of uploads, and of reads while uploads go on. Not a test: it asserts no speed.
"""

import argparse
import concurrent.futures
import hashlib
import http.client
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import board  # noqa: E402  pylint: disable=wrong-import-position
import signing  # noqa: E402  pylint: disable=wrong-import-position

PAGES = {"page 1": "/", "page 1, filtered": "/?task=detection&precision=int8",
         "API, filtered and sorted": "/api/v1/results?task=detection&order_by=latency_p50_ms&limit=50",
         "a device": "/devices/Hailo-8"}
RECORDS_A_RUN = 1000


def fill(program, folder, records, db):
    """Every record differs, as real ones do."""
    for number in range(0, records, RECORDS_A_RUN):
        run = folder / f"run-{number}"
        run.mkdir()
        made = []
        for index in range(number, min(number + RECORDS_A_RUN, records)):
            workload, task = board.WORKLOADS[index % 4]
            device = board.DEVICES[index // 4 % 6]
            name = device[0] if index % 3 else f"{device[0]} rev {index % 997}"
            made.append(board.record(workload, task, (name, *device[1:]), ("fp32", "fp16", "int8")[index % 3],
                                     speed=1 + index % 1013 / 1000))
        (run / "run.json").write_text(board.run_json(made, f"2026-11-20T{number // RECORDS_A_RUN:06}Z"), "utf-8")
    started = time.monotonic()
    subprocess.run([program, "import", *sorted(folder.glob("run-*")), "--db", db], check=True, capture_output=True)
    print(f"imported {records} records in {time.monotonic() - started:.1f} s")


def wrk(url, seconds, connections):
    out = subprocess.run(["wrk", "-t", "2", "-c", str(connections), "-d", f"{seconds}s", "--latency", url], check=True,
                         capture_output=True, text=True).stdout
    rate, p99 = re.search(r"Requests/sec:\s+(\S+)", out)[1], re.search(r"99%\s+(\S+)", out)[1]
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return f"{float(rate):8.0f} /s, p99 {p99}" + (f", {bad[1]} refused" if bad else "")


def upload_all(port, token, bundles, clients):
    """Prints what it came to; every bundle once, each client on its own connection."""
    took, refused, lock = [], [], threading.Lock()

    def client(share):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for bundle in share:
            begun = time.monotonic()
            connection.request("POST", "/api/v1/results", bundle, {
                "Content-Type": board.BUNDLE, "Authorization": f"Bearer {token}",
                "Idempotency-Key": hashlib.sha256(bundle).hexdigest()})
            answer = connection.getresponse()
            answer.read()
            with lock:
                (took if answer.status == 201 else refused).append(time.monotonic() - begun)

    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, [bundles[number::clients] for number in range(clients)]))
    seconds = time.monotonic() - begun
    took.sort()
    p99 = took[int(len(took) * 0.99)] * 1000 if took else float("nan")
    print(f"{'durable uploads':26} {len(took) / seconds:8.0f} /s, p99 {p99:.1f} ms, {len(refused)} refused")


def serve(program, db, folder):
    log = (folder / "requests.log").open("w")
    server = subprocess.Popen([program, "serve", "--db", db, "--listen", "127.0.0.1:0", "--reads", "0", "--uploads",
                               "0", "--log", folder / "requests.log"], stdout=subprocess.PIPE, stderr=log, text=True)
    return server, int(re.search(r":(\d+)$", server.stdout.readline().strip())[1])


def measure(options, folder):
    db = folder / "board.db"
    fill(options.program, folder, options.records, db)
    bundles = [signing.Key().bundle(board.nothing_run(number)) for number in range(options.uploads)]
    added = subprocess.run([options.program, "token", "add", "load", "--db", db], check=True, capture_output=True, text=True)
    token = added.stdout.strip()
    server, port = serve(options.program, db, folder)
    try:
        for name, target in PAGES.items():
            print(f"{name:26} {wrk(f'http://127.0.0.1:{port}{target}', options.seconds, options.clients)}")
        half = len(bundles) // 2
        upload_all(port, token, bundles[:half], options.clients)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            reads = pool.submit(wrk, f"http://127.0.0.1:{port}/", options.seconds, options.clients)
            upload_all(port, token, bundles[half:], options.clients)
            print(f"{'page 1 meanwhile':26} {reads.result()}")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--uploads", type=int, default=16_000)
    parser.add_argument("--clients", type=int, default=16, help="connections at a time; many more than processors wait in line")
    parser.add_argument("--folder", type=pathlib.Path)
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(dir=options.folder))
    try:
        measure(options, folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
