#!/usr/bin/env python3
"""`edgebench upload` against a leaderboard on this machine that answers in every way, or not at all."""

import hashlib
import io
import json
import os
import signal
import socket
import stat
import subprocess
import unittest
import zipfile

import support
from fake_board import Board

TOKEN = "t0ken-of-the-test"


class Uploading(support.EndToEndTest):
    """A run that can be sent, and what is asked of every command."""

    def setUp(self):
        super().setUp()
        done = self.program("run", *self.model("gemm"), "--time-budget", "1s", "--out", self.here / "out", "--quiet")
        self.assertIn(done.code, (0, 1), done)
        self.run_folder, self.queue = self.here / "out", self.here / "state" / "edgebench" / "uploads"

    def environment(self, **changes):
        return super().environment(**{**self.sender(TOKEN), **changes})

    def board(self, *steps, **options):
        return self.enterContext(Board(*steps, **options))

    def upload(self, *arguments, **options):
        done = self.program("upload", *arguments, **options)
        self.assertNotIn(TOKEN, done.out + done.err)
        return done

    def send(self, board, *arguments, **options):
        return self.upload(self.run_folder, "--to", getattr(board, "url", board), *arguments, **options)

    def receipt(self):
        return json.loads((self.run_folder / "upload.json").read_text(encoding="utf-8"))

    def waiting(self):
        return sorted(file.name for file in self.queue.glob("*.json")) if self.queue.is_dir() else []


class Upload(Uploading):

    # It works.

    def test_a_run_is_sent_and_known_and_deleted(self):
        board = self.board()
        done = self.send(board)
        self.assertEqual((done.code, done.err), (0, ""), done)
        bundle = (self.run_folder / "bundle.ebz").read_bytes()
        method, path, headers, body = board.seen[0]
        self.assertEqual((method, path, body), ("POST", "/api/v1/results", bundle))
        digest = hashlib.sha256(bundle).hexdigest()
        receipt = self.receipt()
        secret = receipt["delete_token"]
        wanted = {"Content-Type": "application/vnd.edgebench.bundle+zip", "Authorization": f"Bearer {TOKEN}",
                  "Idempotency-Key": digest, "Content-Length": str(len(bundle)), "Accept": "application/json",
                  "Delete-Token-Hash": hashlib.sha256(secret.encode()).hexdigest(),
                  "User-Agent": "edgebench", "Host": board.url.removeprefix("http://")}
        self.assertEqual(dict(headers), wanted, "these and no others")
        name = digest[:16]
        self.assertEqual((receipt["id"], receipt["url"], receipt["sha256"]), (name, f"{board.url}/runs/{name}", digest))
        self.assertNotIn(secret, str(board.seen))
        self.assertRegex(receipt["sent_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(stat.S_IMODE((self.run_folder / "upload.json").stat().st_mode), 0o600)
        self.assertIn(receipt["url"], done.out)
        self.assertEqual(list(self.queue.iterdir()), [])

        again = self.send(board)
        self.assertEqual((again.code, again.err), (0, ""), again)
        self.assertIn("has it already", again.out)
        self.assertEqual((len(board.results), self.receipt()["delete_token"]), (1, secret))

        deleted = self.upload("--delete", self.run_folder / "upload.json", env=self.environment(EDGEBENCH_TOKEN=None))
        self.assertEqual((deleted.code, deleted.err), (0, ""), deleted)
        self.assertEqual((board.results, (self.run_folder / "upload.json").exists()), ({}, False))
        self.assertEqual(board.seen[-1][:2], ("DELETE", f"/api/v1/results/{name}"))

    def test_a_dry_run_shows_all_and_sends_nothing(self):
        board = self.board()
        done = self.send(board, "--dry-run", env=self.environment(EDGEBENCH_TOKEN=None))
        self.assertEqual((done.code, done.err, board.seen), (0, "", []), done)
        bundle = (self.run_folder / "bundle.ebz").read_bytes()
        for words in (f"POST {board.url}/api/v1/results", hashlib.sha256(bundle).hexdigest(), f"Content-Length: {len(bundle)}",
                      "Nothing was sent."):
            self.assertIn(words, done.out)
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            for file in archive.infolist():
                self.assertIn(f"{file.filename}: {file.file_size} bytes, sha256 "
                              f"{hashlib.sha256(archive.read(file)).hexdigest()}", done.out)
            run = json.loads(archive.read("run.json"))
        shown = done.out[done.out.index("\nrun.json: "):].removeprefix("\n").partition("\n")[2].partition("\n\n")[0]
        self.assertEqual(json.loads(shown), run, "in full")
        self.assertFalse(self.queue.exists())
        self.send(board)
        self.assertEqual(board.seen[0][3], bundle, "what was shown is what is sent")

    def test_a_bundle_is_sent_and_others_are_not(self):
        board = self.board()
        self.send(board, "--dry-run")
        bundle = self.here / "mine.ebz"
        (self.run_folder / "bundle.ebz").rename(bundle)
        self.assertEqual(self.upload(bundle, "--to", board.url).code, 0)
        self.assertTrue((self.here / "mine.ebz.upload.json").exists())
        bundle.write_bytes(b"no bundle at all")
        done = self.upload(bundle, "--to", board.url)
        self.assertEqual((done.code, len(board.seen)), (1, 1), done)
        self.check_sentence(done, "mine.ebz", "refused", "not sent")

    # What a server can say.

    def test_each_status_is_a_sentence(self):
        for status, stays, words in (
                (400, False, "does not understand"), (401, True, "--token-file"), (403, True, "right"), (404, True, "--to"),
                (408, True, "too long"), (413, False, "too large"), (415, False, "kind"), (422, False, "validator"),
                (425, True, "not ready"), (429, True, "no more uploads"), (500, True, "problem"), (502, True, "problem"),
                (503, True, "problem"), (301, True, "elsewhere"), (418, True, "refused")):
            with self.subTest(status):
                board = self.board(status)
                done = self.send(board, "--retries", "0")
                self.assertEqual((done.code, len(board.seen)), (1, 1), done)
                self.check_sentence(done, f"HTTP {status}", words, f"it says: this is {status}")
                self.assertEqual(len(self.waiting()), int(stays), done)
                self.assertEqual("--resume" in done.err, stays)
                self.assertFalse((self.run_folder / "upload.json").exists())
                for file in self.queue.iterdir():
                    file.unlink()

    def test_findings_of_the_server_are_shown(self):
        board = self.board(lambda handler: Board.say(handler, 422, {
            "error": "2 records are wrong", "findings": [{"where": "cpu:0", "sentence": "p50\u001b[31m is 3"}, "another"]}))
        done = self.send(board)
        self.check_sentence(done, "2 records are wrong")
        self.assertRegex(done.out, r"  cpu:0: p50 ?\[31m is 3\n  another\n")
        self.assertNotIn("\x1b", done.out)

    def test_it_waits_as_long_as_it_is_asked_and_tries_again(self):
        board = self.board(lambda handler: Board.say(handler, 503, {}, Retry_After="1"), 500, Board.reset, Board.truncate)
        done = self.send(board)
        self.assertEqual((done.code, done.err, len(board.seen)), (0, "", 5), done)
        self.assertEqual(len({headers["Idempotency-Key"] for _, _, headers, _ in board.seen}), 1)
        for words in ("try 2 of 6 in 2 s", "try 3 of 6", "try 4 of 6", "try 5 of 6"):
            self.assertIn(words, done.out)

    def test_a_server_that_asks_for_hours_is_left_alone(self):
        board = self.board(lambda handler: Board.say(handler, 429, {}, Retry_After="7200"))
        self.assertEqual(self.send(board).code, 1)
        done = self.upload("--resume")
        self.assertEqual((done.code, len(board.seen)), (1, 1), done)
        self.check_sentence(done, "asked to wait until")

    def test_what_is_no_answer_of_a_leaderboard(self):
        receipt = {"id": "x1", "url": "https://board.example/x1"}
        for step, words in ((Board.endless, "more than 65536 bytes"),
                            (lambda handler: Board.say(handler, 200, b"<html>Log in</html>", kind="text/html"), "no receipt"),
                            (lambda handler: Board.say(handler, 201, receipt, kind=None), "no receipt"),
                            (lambda handler: Board.say(handler, 201, b"{\"id\": 1"), "no receipt"),
                            (lambda handler: Board.say(handler, 201, b"[" * 60_000), "no receipt"),
                            (lambda handler: Board.say(handler, 201, {**receipt, "id": "../x"}), "no receipt"),
                            (lambda handler: handler.wfile.write(b"\x00\x01nonsense\r\n\r\n"), "does not speak HTTP")):
            with self.subTest(words):
                board = self.board(step)
                done = self.send(board)
                self.assertEqual((done.code, len(board.seen)), (1, 1), done)
                self.check_sentence(done, words, "--resume")
                for file in self.queue.iterdir():
                    file.unlink()

    def test_silence_and_drops_of_an_answer_end(self):
        for step in ("silent", "drip"):
            with self.subTest(step):
                board = self.board()
                board.steps.append(getattr(board, step))
                done = self.send(board, "--stall", "2", "--retries", "0")
                self.assertEqual(done.code, 1, done)
                self.check_sentence(done, "too long", "--resume")

    def test_a_redirect_is_not_followed(self):
        elsewhere = self.board()
        board = self.board(lambda handler: Board.say(handler, 307, {}, Location=elsewhere.url + "/api/v1/results"))
        done = self.send(board)
        self.assertEqual((done.code, elsewhere.seen), (1, []), done)
        self.check_sentence(done, "HTTP 307", "points to " + elsewhere.url)

    # What can happen on this side.

    def test_no_server_now_and_one_later(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        done = self.send(f"http://127.0.0.1:{port}", "--retries", "1")
        self.assertEqual(done.code, 1, done)
        self.check_sentence(done, "--resume")
        listed = self.upload("--resume", "--dry-run")
        self.assertIn("2 attempts", listed.out)
        board = self.board(port=port)
        done = self.upload("--resume")
        self.assertEqual((done.code, done.err, len(board.results)), (0, "", 1), done)
        self.assertEqual(self.receipt()["server"], board.url)
        self.assertEqual(self.upload("--resume").out, "Nothing waits.\n")

    def test_killed_between_answer_and_receipt_it_is_there_once(self):
        pids = []

        def store_and_kill(handler):
            board.store(handler)
            os.kill(pids[0], signal.SIGKILL)
            handler.close_connection = True

        board = self.board()
        with board.changed:  # no request is handled before the pid is known
            process = self.start("upload", self.run_folder, "--to", board.url)
            pids.append(process.pid)
            board.steps.append(store_and_kill)
        self.assertEqual(process.process.wait(support.PATIENCE_S), -signal.SIGKILL)
        self.assertEqual((len(board.results), (self.run_folder / "upload.json").exists()), (1, False))
        done = self.upload("--resume")
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertEqual((len(board.seen), len(board.results)), (2, 1))
        self.assertEqual(board.seen[0][2]["Idempotency-Key"], board.seen[1][2]["Idempotency-Key"])
        self.assertTrue(self.receipt()["id"])
        self.assertEqual(list(self.queue.iterdir()), [])
        # The answer that was lost has not taken the right to delete along.
        deleted = self.upload("--delete", self.run_folder / "upload.json", env=self.environment(EDGEBENCH_TOKEN=None))
        self.assertEqual((deleted.code, board.results), (0, {}), deleted)

    def test_interrupted_while_it_waits(self):
        board = self.board(lambda handler: Board.say(handler, 503, {}, Retry_After="500"))
        process = self.start("upload", self.run_folder, "--to", board.url)
        process.wait_to_say("try 2 of 6 in")
        os.kill(process.pid, signal.SIGINT)
        done = process.finish()
        self.assertEqual((done.code, done.err), (130, ""), done)
        self.assertEqual(len(self.waiting()), 1)

    def test_two_at_once_send_it_once_or_say_who_does(self):
        board = self.board()
        board.steps.append(board.silent)
        first = self.start("upload", self.run_folder, "--to", board.url)
        support.wait_for(lambda: board.seen, "the first request")
        done = self.upload("--resume")
        self.assertEqual((done.code, done.err, len(board.seen)), (0, "", 1), done)
        self.assertIn("another edgebench is sending it", done.out)
        os.kill(first.pid, signal.SIGTERM)
        self.assertEqual(first.finish().code, 130)

    def test_a_token_is_for_one_server(self):
        boards = [self.board(401), self.board(401)]
        for board in boards:
            self.assertEqual(self.send(board).code, 1)
        done = self.upload("--resume")
        self.assertEqual((done.code, [len(board.seen) for board in boards]), (2, [1, 1]), done)
        self.check_sentence(done, "--to")
        self.assertEqual(self.upload("--resume", "--to", boards[1].url).code, 0)
        self.assertEqual([len(board.results) for board in boards], [0, 1])
        self.assertEqual(self.upload("--resume").code, 0)

    def test_a_proxy_is_used_for_others_and_not_for_this_machine(self):
        proxy, board = self.board(), self.board()
        env = self.environment(http_proxy=proxy.url)
        self.assertEqual(self.send(board, env=env).code, 0)
        self.assertEqual((len(proxy.seen), len(board.seen)), (0, 1))
        self.send("http://board.example", "--insecure-http", env=env)
        self.assertEqual(proxy.seen[0][1], "http://board.example/api/v1/results")

    # What is refused before anything is sent.

    def test_tokens_and_who_can_read_them(self):
        board = self.board()
        file, none = self.here / "token", self.environment(EDGEBENCH_TOKEN=None)
        self.check_sentence(self.send(board, env=none), "EDGEBENCH_TOKEN", "--token-file")
        file.write_text(TOKEN + "\n", encoding="utf-8")
        file.chmod(0o644)
        done = self.send(board, "--token-file", file, env=none)
        self.assertEqual((done.code, board.seen), (2, []), done)
        self.check_sentence(done, "--token-file", "chmod 600")
        file.chmod(0o600)
        self.assertEqual(self.send(board, "--token-file", file, env=none).code, 0)
        self.assertEqual(board.seen[0][2]["Authorization"], f"Bearer {TOKEN}")
        self.assertEqual(self.send(board, "--token", TOKEN + "x", env=none).code, 2)

    def test_usage(self):
        board = self.board()
        for arguments, words in (((), "--to URL"), ((self.run_folder,), "--to"), ((self.run_folder, "--resume"), "one of"),
                                 ((self.run_folder, "--to", "http://board.example"), "--insecure-http"),
                                 ((self.run_folder, "--to", "ftp://127.0.0.1"), "https"),
                                 ((self.run_folder, "--to", "http://a:s3cret@127.0.0.1"), "password"),
                                 ((self.here / "none", "--to", board.url), "none"),
                                 (("--delete", self.here / "none.json"), "none.json"),
                                 (("--delete", self.run_folder / "run.json"), "run.json"),
                                 ((self.run_folder, "--to", board.url, "--retries", "-1"), "--retries"),
                                 ((self.run_folder, "--to", board.url, "--ca", self.here / "none.pem"), "--ca")):
            with self.subTest(arguments):
                done = self.upload(*arguments)
                self.assertEqual((done.code, board.seen), (2, []), done)
                self.check_sentence(done, words)
                self.assertNotIn("s3cret", done.err)
        self.assertIn("--dry-run", self.upload("--help").out)


class Tls(Uploading):

    def certificate(self, name, subject):
        key, file = self.here / f"{name}.key", self.here / f"{name}.pem"
        try:
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                            "-keyout", key, "-out", file, "-days", "2", "-subj", f"/CN={name}", "-addext",
                            f"subjectAltName={subject}"], check=True, capture_output=True)
        except FileNotFoundError:
            self.skipTest("there is no openssl to make a certificate with")
        return file, key

    def test_only_a_trusted_certificate_of_the_right_host(self):
        right, wrong = self.certificate("right", "IP:127.0.0.1"), self.certificate("wrong", "DNS:board.example")
        board, other = self.board(tls=right), self.board(tls=wrong)
        for target, arguments in ((board, ()), (other, ("--ca", wrong[0])), (board, ("--ca", wrong[0]))):
            done = self.send(target, *arguments)
            self.assertEqual((done.code, target.seen), (1, []), done)
            self.check_sentence(done, "not trusted", "--ca")
        done = self.send(board, "--ca", right[0])
        self.assertEqual((done.code, done.err, len(board.results)), (0, "", 1), done)
        self.assertEqual(self.receipt()["server"], board.url)
        done = self.upload("--delete", self.run_folder / "upload.json", "--ca", right[0])
        self.assertEqual((done.code, board.results), (0, {}), done)


if __name__ == "__main__":
    unittest.main()
