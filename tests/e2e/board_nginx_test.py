#!/usr/bin/env python3
"""results/server/nginx.conf as it is, but for ports and certificate, in front of the leaderboard. 77 without nginx."""

import contextlib
import http.client
import re
import socket
import ssl
import sys
import unittest

import board
import support

NGINX, OPENSSL = board.program_of("nginx"), board.program_of("openssl")


def free_ports(count):
    """That nobody listens on now; all different."""
    with contextlib.ExitStack() as open_ones:
        sockets = [open_ones.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


class BehindNginx(board.BoardTest):
    def start_nginx(self):
        """Gives the ports of TLS and of plain HTTP."""
        done = board.run_quietly(OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                                 "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", self.here / "key.pem",
                                 "-out", self.here / "cert.pem")
        self.assertEqual(done.returncode, 0, done.stderr)
        port, plain_port = free_ports(2)
        site = (support.SOURCE / "results/server/nginx.conf").read_text(encoding="utf-8")
        for pattern, ours in ((r"listen \[::\].*;", ""), (r"listen 80;", f"listen 127.0.0.1:{plain_port};"),
                              (r"listen 443", f"listen 127.0.0.1:{port}"), (r"board\.example\.org;", "localhost;"),
                              (r"/etc/ssl/board\.example\.org/fullchain\.pem", str(self.here / "cert.pem")),
                              (r"/etc/ssl/board\.example\.org/privkey\.pem", str(self.here / "key.pem")),
                              (r"127\.0\.0\.1:8080", f"127.0.0.1:{self.port}")):
            site, times = re.subn(pattern, ours, site)
            self.assertGreater(times, 0, pattern)
        paths = "".join(f"{kind}_temp_path {self.here}/{kind};\n"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.here / "nginx.conf").write_text(
            f"daemon off; pid {self.here}/nginx.pid; error_log {self.here}/error.log;\nevents {{}}\n"
            f"http {{ access_log off;\n{paths}{site}\n}}\n", encoding="utf-8")
        folder = self.here / "nginx"
        folder.mkdir()
        self.enterContext(support.Background(
            [NGINX, "-p", self.here, "-c", self.here / "nginx.conf", "-e", self.here / "error.log"], folder,
            self.environment()))
        try:
            support.wait_for(lambda: self.answers(port), "nginx answers")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log()}") from error
        return port, plain_port

    def log(self):
        log = self.here / "error.log"
        return log.read_text(encoding="utf-8") if log.exists() else ""

    def https(self, port):
        context = ssl.create_default_context(cafile=self.here / "cert.pem")
        return http.client.HTTPSConnection("localhost", port, context=context, timeout=support.PATIENCE_S)

    def answers(self, port):
        try:
            return self.ask(port, "GET", "/about").status == 200
        except OSError:
            return False

    def ask(self, port, method, target, body=None, headers=None):
        connection = self.https(port)
        connection.request(method, target, body, headers or {})
        answer = board.Answer(connection.getresponse())
        connection.close()
        return answer

    def test_pages_uploads_and_limits_go_through(self):
        self.serve("--proxy", "127.0.0.1", "--public-url", "https://board.example.org/", "--reads", "2")
        token, bundle = self.token(), self.bundle()
        port, plain_port = self.start_nginx()
        about = self.ask(port, "GET", "/about")
        self.assertIn("max-age", about.headers["Strict-Transport-Security"])
        self.assertIn("default-src 'none'", about.headers["Content-Security-Policy"])
        sent = self.ask(port, "POST", "/api/v1/results", bundle, {
            "Content-Type": board.BUNDLE, "Authorization": f"Bearer {token}",
            "Idempotency-Key": board.hashlib.sha256(bundle).hexdigest()})
        self.assertEqual(sent.status, 201, sent.text)
        self.assertTrue(sent.json()["url"].startswith("https://board.example.org/runs/"))
        statuses = [self.ask(port, "GET", "/about", headers={"X-Forwarded-For": f"10.0.0.{number}"}).status
                    for number in range(20)]
        self.assertIn(429, statuses, "a forged header does not get past nginx")
        plain = http.client.HTTPConnection("127.0.0.1", plain_port, timeout=support.PATIENCE_S)
        plain.request("GET", "/about")
        self.assertEqual(plain.getresponse().status, 301)
        plain.close()


if __name__ == "__main__":
    if not (NGINX and OPENSSL):
        print("nginx or openssl is missing: run scripts/setup test")
        sys.exit(77)
    unittest.main()
