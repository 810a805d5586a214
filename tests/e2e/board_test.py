#!/usr/bin/env python3
"""The leaderboard over its sockets: uploads, tokens, kill -9, and clients that mean harm."""

import concurrent.futures
import io
import json
import pathlib
import re
import signal
import socket
import unittest
import urllib.parse
import zipfile

import board
import signing
import support


class Uploads(board.BoardTest):
    def test_from_upload_to_deletion(self):
        self.serve()
        token, bundle = self.token(), self.bundle()
        first = self.upload(bundle, token)
        self.assertEqual(first.status, 201, first.text)
        receipt = first.json()
        self.assertEqual(receipt["url"], f"http://127.0.0.1:{self.port}/runs/{receipt['id']}")
        self.assertEqual(receipt["trust"], "unverified")
        again = self.upload(bundle, token)
        self.assertEqual((again.status, again.json()["id"]), (200, receipt["id"]))
        self.assertNotIn("delete_token", again.json())
        self.assertEqual(self.get(f"/api/v1/results/{receipt['id']}/bundle").body, bundle)
        self.assertEqual(self.get(f"/runs/{receipt['id']}").status, 200)
        one = f"/api/v1/results/{receipt['id']}"
        self.assertEqual(self.request("DELETE", one).status, 401)
        self.assertEqual(self.request("DELETE", one, headers={"Authorization": f"Bearer {token}"}).status, 403)
        owner = {"Authorization": f"Bearer {receipt['delete_token']}"}
        self.assertEqual(self.request("DELETE", one, headers=owner).status, 204)
        self.assertEqual(self.get(one).status, 404)

    def test_it_is_listed_and_outlives_its_server(self):
        self.fill(board.run_json([board.record(*board.WORKLOADS[0], board.DEVICES[0])]))
        self.serve()
        token = self.token()
        receipt = self.upload(self.bundle(), token).json()
        listed = self.get("/api/v1/results").json()
        self.assertEqual(listed["total"], 2)
        self.assertIn(receipt["id"], [result["run_id"] for result in listed["results"]])
        self.assertIn(board.DEVICES[0][0], self.get("/").text)
        self.assertIn("no driver 0", self.get(f"/runs/{receipt['id']}").text)
        self.assertEqual(self.stop().code, 0)
        self.serve()
        self.assertEqual(self.get("/api/v1/results").json(), listed)
        self.assertIn(board.DEVICES[0][0], self.get("/").text)
        self.assertEqual(self.upload(self.bundle(), token).status, 200)
        self.assertEqual(self.get(f"/api/v1/results/{receipt['id']}/bundle").body, self.bundle())

    def test_a_damaged_bundle_is_refused_with_findings(self):
        self.serve()
        bundle = bytearray(self.bundle())
        bundle[len(bundle) // 2] ^= 1
        for body in (bytes(bundle), b"", b"PK\x03\x04", b"x" * 100_000):
            answer = self.upload(body, self.token())
            self.assertIn(answer.status, (400, 422), answer.text)
            self.assertTrue(answer.json()["error"])

    def test_a_bomb_costs_no_memory(self):
        """Half a gigabyte of zeros in half a megabyte, as a file of which the signed list says that it is small."""
        self.serve()
        token, before = self.token(), self.most_memory_mb()
        files = {"run.json": signing.canonical(board.nothing_run(1)), "raw/001_1.lat": bytes(1000)}
        bomb = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(signing.Key().pack(files))) as small, zipfile.ZipFile(bomb, "w") as large:
            for entry in small.infolist():
                made = signing.plain_entry(entry.filename)
                with large.open(made, "w") as file:
                    for _ in range(512 if entry.filename.startswith("raw/") else 0):
                        file.write(bytes(1 << 20))
                    if not entry.filename.startswith("raw/"):
                        file.write(small.read(entry))
        self.assertLess(len(bomb.getvalue()), 1_000_000)
        answer = self.upload(bomb.getvalue(), token)
        self.assertIn(answer.status, (400, 422), answer.text)
        self.assertTrue(answer.json()["error"])
        self.assertLess(self.most_memory_mb() - before, 100)
        self.assertEqual(self.upload(self.bundle(), token).status, 201)

    def most_memory_mb(self):
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1000

    def test_tokens_live_and_die(self):
        self.serve()
        token, admin = self.token(name="one"), self.token("admin", "two")
        listed = self.program("token", "list", "--db", self.db)
        self.assertIn("one", listed.out)
        self.assertNotIn(token, listed.out)
        self.assertNotIn(token.encode(), self.stored())
        self.assertEqual(self.upload(self.bundle(), admin).status, 403)
        self.assertEqual(self.program("token", "remove", "one", "--db", self.db).code, 0)
        self.assertEqual(self.upload(self.bundle(1), token).status, 401)
        self.check_sentence(self.program("token", "remove", "one", "--db", self.db), "one")
        self.check_sentence(self.program("token", "add", "x", "--scopes", "root", "--db", self.db), "root")

    def test_kill_loses_nothing_that_got_a_receipt(self):
        self.serve("--uploads", "0")
        token = self.token()
        bundles = [self.bundle(number) for number in range(40)]
        receipts = []

        def send(bundle):
            try:
                answer = self.upload(bundle, token)
            except (OSError, board.http.client.HTTPException):
                return
            if answer.status == 201:
                receipts.append(answer.json()["id"])
                if len(receipts) == 15:
                    self.server.process.send_signal(signal.SIGKILL)

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(send, bundles))
        self.assertGreaterEqual(len(receipts), 15)
        self.server.process.wait(support.PATIENCE_S)
        self.serve("--uploads", "0")
        for receipt in receipts:
            self.assertEqual(self.get(f"/api/v1/results/{receipt}").status, 200)
        statuses = [self.upload(bundle, token).status for bundle in bundles]
        self.assertEqual(set(statuses), {200, 201})
        self.assertGreaterEqual(statuses.count(200), len(receipts))
        self.assertEqual(self.get("/api/v1/results").json()["total"], 40)

    def test_stopping_answers_what_was_asked(self):
        self.serve("--uploads", "0")
        token = self.token()
        bundles = [self.bundle(number) for number in range(20)]
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            sent = [pool.submit(self.upload, bundle, token) for bundle in bundles]
            concurrent.futures.wait(sent, return_when=concurrent.futures.FIRST_COMPLETED)
            done = self.stop()
        self.assertEqual(done.code, 0, done)
        self.assertIn("stopped", done.out)
        ids = [future.result().json()["id"] for future in sent
               if not future.exception() and future.result().status == 201]
        self.assertTrue(ids)
        self.serve()
        for one in ids:
            self.assertEqual(self.get(f"/api/v1/results/{one}").status, 200)


class Hostile(board.BoardTest):
    def test_heads_that_never_end(self):
        self.serve()
        line = b"X-Filler: " + b"y" * 1000 + b"\r\n"
        answer = self.raw(b"GET / HTTP/1.1\r\nHost: a\r\n", *[line] * 1000)
        self.assertIn(b" 431 ", answer[:40])
        self.assertIn(b" 414 ", self.raw(b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")[:40])

    def test_chunks_that_never_end(self):
        self.serve("--max-bundle", "1")
        head = (f"POST /api/v1/results HTTP/1.1\r\nHost: a\r\nContent-Type: {board.BUNDLE}\r\nAuthorization: Bearer "
                f"{self.token()}\r\nIdempotency-Key: {'0' * 64}\r\nTransfer-Encoding: chunked\r\n\r\n").encode()
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        self.assertIn(b" 413 ", self.raw(head, *[chunk] * 200)[:40])

    def test_a_stranger_sends_no_body(self):
        """Without a token the answer comes before the body does."""
        self.serve()
        with socket.create_connection(("127.0.0.1", self.port), timeout=support.PATIENCE_S) as connection:
            connection.sendall(b"POST /api/v1/results HTTP/1.1\r\nHost: a\r\nContent-Length: 60000000\r\n\r\n")
            self.assertIn(b" 401 ", self.rest(connection)[:40])

    def test_many_who_are_slow_keep_nobody_out(self):
        self.serve()
        slow = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(60)]
        for connection in slow:
            self.addCleanup(connection.close)
            connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        self.assertEqual(self.get("/about").status, 200)

    def test_smuggled_requests(self):
        self.serve()
        inner = b"GET /about HTTP/1.1\r\nHost: a\r\n\r\n"
        for lengths in (b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
                        b"Content-Length: 4\r\nContent-Length: 5\r\n", b"Transfer-Encoding: cow, chunked\r\n"):
            answer = self.raw(b"POST / HTTP/1.1\r\nHost: a\r\n" + lengths + b"\r\n0\r\n\r\n" + inner)
            self.assertRegex(answer[:20], rb"HTTP/1\.1 (400|501)", lengths)
            self.assertEqual(answer.count(b"HTTP/1.1 "), 1, lengths)

    def test_requests_that_follow_at_once(self):
        self.serve("--reads", "0")
        one = b"GET /about HTTP/1.1\r\nHost: a\r\n\r\n"
        answer = self.raw(one * 50 + one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        self.assertEqual(answer.count(b"HTTP/1.1 200 OK"), 51)

    def test_paths_do_not_leave(self):
        self.serve()
        for target in ("/../../etc/passwd", "/assets/../board.db", "/assets/%2e%2e/%2e%2e/etc/passwd",
                       "/assets/..%2f..%2fetc%2fpasswd", "//etc/passwd", "/assets//etc/passwd", "/%00", "/assets/%00"):
            answer = self.get(target)
            self.assertIn(answer.status, (400, 404), target)
            self.assertNotIn("root:", answer.text)

    def test_a_forged_address_does_not_raise_the_limit(self):
        self.serve("--reads", "1")
        statuses = [self.get("/about", X_Forwarded_For=f"10.0.0.{number}").status for number in range(20)]
        self.assertIn(429, statuses)
        self.stop()
        self.serve("--reads", "1", "--proxy", "127.0.0.1")
        statuses = [self.get("/about", X_Forwarded_For=f"10.0.0.{number}").status for number in range(20)]
        self.assertEqual(set(statuses), {200})
        statuses = [self.get("/about", X_Forwarded_For=f"6.6.6.{number}, 10.0.1.1").status for number in range(20)]
        self.assertIn(429, statuses)

    def test_names_are_text_wherever_they_show(self):
        evil = "<script>alert(1)</script>\"'><img src=x>"
        device = (evil, "gpu", "vulkan", 1)
        self.fill(board.run_json([board.record(evil, evil, device)], machine=evil, cpu=evil))
        self.serve()
        name = urllib.parse.quote(evil, safe="")
        one = self.get("/api/v1/results").json()["results"][0]["run_id"]
        for target in ("/", "/?show=all", "/devices", f"/devices/{name}", f"/runs/{one}", f"/?task={name}",
                       f"/compare?first={name}&other={name}", f"/{name}"):
            text = self.get(target).text
            self.assertNotIn("<script>alert", text, target)
            self.assertNotIn("<img", text, target)

    def test_the_log_has_no_secrets(self):
        log = self.here / "requests.log"
        self.serve("--log", log)
        token = self.token()
        self.upload(self.bundle(), token)
        self.get("/?token=hidden", Authorization=f"Bearer {token}")
        self.get("/\x1b[31m".replace("\x1b", "%1b"))
        self.stop()
        text = log.read_text(encoding="utf-8")
        self.assertEqual(len(text.splitlines()), 3)
        for secret in (token, "hidden", "\x1b"):
            self.assertNotIn(secret, text)

    def test_options_that_are_wrong(self):
        for options, word in ((("--listen", "localhost:80"), "--listen"), (("--listen", "127.0.0.1:99999"), "--listen"),
                              (("--proxy", "nginx"), "--proxy"), (("--log", "/nowhere/x"), "--log")):
            done = self.program("serve", "--db", self.db, *options)
            self.assertNotEqual(done.code, 0)
            self.check_sentence(done, word)


class Api(board.BoardTest):
    def test_everything_that_the_description_names_is_there(self):
        self.fill(*list(board.full_board())[:2])
        self.serve()
        described = self.get("/api/v1/openapi.json").json()
        run = self.get("/api/v1/results?limit=1").json()["results"][0]["run_id"]
        for path, methods in described["paths"].items():
            if "get" in methods and not path.endswith("bundle"):  # which an import has none of
                self.assertEqual(self.get(path.replace("{id}", run)).status, 200, path)
        for format_name in described["components"]["parameters"]["Format"]["schema"]["enum"]:
            self.assertEqual(self.get(f"/api/v1/results?format={format_name}").status, 200, format_name)
            self.assertEqual(self.get(f"/api/v1/results/{run}?format={format_name}").status, 200, format_name)

    def test_openbenchmarking_is_well_formed(self):
        evil = ("<&\"'\u0001\ufffe]]>", "gpu", "vulkan", 1)
        self.fill(board.run_json([board.record("a/b", "t", evil)]), *list(board.full_board())[:1])
        self.serve()
        text = self.get("/api/v1/results?format=openbenchmarking").text
        root = board_xml(text)
        self.assertEqual(root.tag, "PhoronixTestSuite")
        self.assertGreater(len(root.findall("Result/Data/Entry/Value")), 8)

    def test_numbers_come_back_as_they_were(self):
        made = board.record(*board.WORKLOADS[0], board.DEVICES[0], latency_p50_ms=0.1 + 0.2)
        self.fill(board.run_json([made]))
        self.serve()
        self.assertEqual(self.get("/api/v1/results").json()["results"][0]["record"], made)
        self.assertEqual(json.dumps(self.get("/api/v1/results?latency_p50_ms=1").json()["total"]), "0")


def board_xml(text):
    import xml.etree.ElementTree as tree  # pylint: disable=import-outside-toplevel
    return tree.fromstring(text)


if __name__ == "__main__":
    unittest.main()
