#!/usr/bin/env python3
"""A run from its measuring to the leaderboard and its comparison, and what becomes of one that was changed."""

import json
import struct
import unittest

import board
import browser
import signing
import support

WORKLOAD = "nlp/language-id"
LATENCIES = "raw/001_1.lat"


def faster_once(log):
    """A file of raw latencies whose first is half as long, and whose sum fits it."""
    head, start = b"EBLAT1\n", struct.Struct("<QdQq")
    assert log.startswith(head)
    count, sum_ns, listed, first_ns = start.unpack_from(log, len(head))
    less_ns = first_ns // 2
    return head + start.pack(count, sum_ns - less_ns, listed, first_ns - less_ns) + log[len(head) + start.size:]


def faster_median(text):
    run = json.loads(text)
    assert signing.canonical(run) == text
    run["records"][0]["latency_p50_ms"] *= 0.9
    return signing.canonical(run)


class Journey(board.BoardTest):
    def setUp(self):
        super().setUp()
        if not (support.cache_folder() / "models" / WORKLOAD).is_dir():
            self.skipTest(f"{WORKLOAD} is not in the cache; run scripts/fetch zoo")

    def measured(self, name):
        done = self.measure("--workloads", WORKLOAD, "--backends", "cpu", "--precisions", "fp32", "--launches", "3",
                            "--meter", "none", out=name)
        self.assertEqual((done.code, done.err), (0, ""), done)
        record = self.record(WORKLOAD, folder=self.here / name)
        self.check_ok(record)
        return record

    def packed(self):
        done = self.program("pack", "mine", "--out", "mine.edgebench", "--key", "key")
        self.assertEqual((done.code, done.err), (0, ""), done)
        verdict = self.verdict_of("mine.edgebench")
        self.assertEqual((verdict["verdict"], verdict["findings"]), ("accepted", []), verdict)
        return (self.here / "mine.edgebench").read_bytes()

    def send(self, what, token):
        return self.program("upload", what, "--to", f"http://127.0.0.1:{self.port}", "--key", "key",
                            env=self.environment(**self.sender(token)))

    def uploaded(self, token):
        first = self.send("mine", token)
        self.assertEqual((first.code, first.err), (0, ""), first)
        receipt = json.loads((self.here / "mine" / "upload.json").read_text(encoding="utf-8"))
        self.assertIn(receipt["url"], first.out)
        again = self.send("mine", token)
        self.assertEqual((again.code, again.err), (0, ""), again)
        self.assertIn("has it already", again.out)
        self.check_board(receipt)
        return receipt

    def check_board(self, receipt):
        """It holds the run of the receipt, once, and nothing else."""
        listed = self.get("/api/v1/results").json()
        self.assertEqual([result["run_id"] for result in listed["results"]], [receipt["id"]])
        self.assertEqual(listed["results"][0]["record"]["workload"], WORKLOAD)

    def check_comparison(self, mine, reference):
        done = self.program("compare", "reference", "mine", "--format", "json", "--out", "compared")
        self.assertEqual((done.code, done.err), (0, ""), done)
        compared = json.loads((self.here / "compared" / "compare.json").read_text(encoding="utf-8"))
        [cell] = compared["comparisons"][0]["cells"]
        self.assertIn(cell["verdict"], ("faster", "slower", "no significant difference"))
        self.assertAlmostEqual(cell["ratio"], reference["latency_mean_ms"] / mine["latency_mean_ms"], places=9)
        self.assertIn(cell["verdict"], done.out)
        done = self.program("score", "mine", "--reference", "reference", "--format", "json")
        self.assertEqual((done.code, done.err), (0, ""), done)
        scores = {score["task"]: score for score in json.loads(done.out)["scores"]}
        self.assertAlmostEqual(scores["all"]["score"], 1000 * cell["ratio"], places=6)
        self.assertFalse(scores["all"]["is_partial"])

    def check_refused(self, bundle, token, *words):
        """By the validator, the server and the uploader, with one reason."""
        file = self.here / "changed.edgebench"
        file.write_bytes(bundle)
        verdict = self.verdict_of(file)
        self.assertEqual(verdict["verdict"], "refused", verdict)
        reasons = [finding["sentence"] for finding in verdict["findings"] if finding["weight"] == "refusal"]
        self.assertEqual(len(reasons), 1, verdict)
        for word in words:
            self.assertIn(word, reasons[0])
        answer = self.upload(bundle, token)
        self.assertEqual(answer.status, 422, answer.text)
        self.assertEqual(answer.json(), {"error": verdict["line"], "findings": verdict["findings"]})
        done = self.send(file, token)
        self.assertEqual(done.code, 1, done)
        self.check_sentence(done, "refused", "not sent")
        self.assertIn(reasons[0], done.out + done.err)

    def check_changed(self, bundle, token):
        files, other = signing.files_of(bundle), signing.Key("another")
        (self.here / "again.edgebench").write_bytes(other.pack(files))
        self.assertEqual(self.verdict_of("again.edgebench")["verdict"], "accepted", "another key alone is no fault")
        with_latency = files | {LATENCIES: faster_once(files[LATENCIES])}
        self.check_refused(signing.mended(bundle, with_latency), token, "its signature is not that of its key")
        with_median = files | {"run.json": faster_median(files["run.json"])}
        self.check_refused(other.pack(with_median), token, "latency_p50_ms is ", "its raw latencies give ")

    def test_from_a_run_to_the_board_and_what_is_refused_there(self):
        mine, reference = self.measured("mine"), self.measured("reference")
        bundle = self.packed()
        self.serve()
        token = self.token()
        receipt = self.uploaded(token)
        self.check_comparison(mine, reference)
        self.check_changed(bundle, token)
        self.check_board(receipt)
        if browser.MISSING:
            self.skipTest(browser.MISSING)
        said = browser.run(self, "journey.js", BOARD=f"http://127.0.0.1:{self.port}", RUN=receipt["url"],
                           DEVICE=mine["device_name"], WORKLOAD=WORKLOAD)
        self.assertIn("ok: without JavaScript", said)


if __name__ == "__main__":
    unittest.main()
