"""A leaderboard for the tests of `edgebench upload`: takes what comes, says what a test wants, on this machine."""

import contextlib
import hashlib
import http.server
import json
import socket
import ssl
import struct
import threading

RECEIPT_TYPE = "application/json"


class Board:
    """`steps` are done in turn, one a request, then `take` for ever. A step is a status, or a function of the handler."""

    def __init__(self, *steps, port=0, tls=None):
        self.steps, self.seen, self.results, self.rights, self.tokens = list(steps), [], {}, {}, {}
        self.changed = threading.Condition()
        board = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def do_POST(self):  # pylint: disable=invalid-name
                board.handle(self)

            do_DELETE = do_POST

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        scheme = "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
            scheme = "https"
        self.port = self.server.server_address[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def handle(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        with self.changed:
            self.seen.append((handler.command, handler.path, handler.headers, body))
            step = self.steps.pop(0) if self.steps else self.take
            self.changed.notify_all()
        handler.body = body
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            if callable(step):
                step(handler)
            else:
                self.say(handler, step, {"error": f"this is {step}"})

    # Steps.

    @staticmethod
    def say(handler, status, answer, kind=RECEIPT_TYPE, **headers):
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        handler.send_response(status)
        if kind:
            handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if status != 204:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if status != 204:
            handler.wfile.write(body)

    def store(self, handler):
        """(id, whether it is new): as a server that has its result on the disk."""
        name = hashlib.sha256(handler.body).hexdigest()[:16]
        with self.changed:
            is_new = name not in self.results
            self.results[name] = handler.body
            if is_new:
                self.rights[name] = handler.headers["Delete-Token-Hash"]
        return name, is_new

    def take(self, handler):
        if handler.command == "DELETE":
            name = handler.path.rpartition("/")[2]
            given = handler.headers["Authorization"].removeprefix("Bearer ")
            right = name in self.results and hashlib.sha256(given.encode()).hexdigest() == self.rights[name]
            if right:
                del self.results[name]
            return self.say(handler, 204 if right else 403, {} if right else {"error": "no"})
        name, is_new = self.store(handler)
        answer = {"id": name, "url": f"{self.url}/runs/{name}", "verdict": "accepted", "trust": "unverified"}
        hash_of_token = handler.headers["Delete-Token-Hash"]
        if self.rights[name] == hash_of_token:
            answer["delete_token_hash"] = hash_of_token
        return self.say(handler, 201 if is_new else 200, answer)

    @staticmethod
    def reset(handler):
        """The connection is torn down, not closed."""
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True
        handler.connection.close()

    @staticmethod
    def truncate(handler):
        handler.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"id\":")
        handler.close_connection = True

    @staticmethod
    def endless(handler):
        handler.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n")
        for _ in range(100_000):
            handler.wfile.write(b" " * 4096)

    def silent(self, handler):
        """Until the client hangs up."""
        handler.connection.settimeout(60)
        with contextlib.suppress(OSError):
            handler.rfile.read(1)
        handler.close_connection = True

    def drip(self, handler):
        """A byte now and then, for ever."""
        handler.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n")
        stop = threading.Event()
        while not stop.wait(0.1):
            handler.wfile.write(b" ")
