#!/usr/bin/env python3
"""A zoo of the user's own (--zoo): its files are loaded by URL, once; and the group builtin, which needs no file at all.
"""

import functools
import http.server
import json
import re
import sys
import threading
import unittest

import support

sys.path.insert(0, str(support.SOURCE / "workloads" / "make"))
import builtin_references  # noqa: E402  pylint: disable=wrong-import-position

WORKLOAD = "nlp/language-id"


class Ranges(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, from a byte on where that is asked for; keeps what was asked for."""

    asked: list[tuple[str, str]] = []

    def do_GET(self):  # pylint: disable=invalid-name
        wanted = self.headers.get("Range", "")
        self.asked.append((self.path, wanted))
        try:
            content = open(self.translate_path(self.path), "rb").read()
        except OSError:
            self.send_error(404)
            return
        first = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1]) if wanted else 0
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - first))
        self.end_headers()
        self.wfile.write(content[first:])

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class Downloads(support.EndToEndTest):

    def setUp(self):
        super().setUp()
        Ranges.asked = []
        source = support.cache_folder() / "models" / WORKLOAD
        if not source.is_dir():
            raise AssertionError(f"{source} is not there; run scripts/fetch zoo")
        handler = functools.partial(Ranges, directory=str(source))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.base = f"http://127.0.0.1:{server.server_address[1]}"
        self.manifest = json.loads((support.SOURCE / f"workloads/zoo/{WORKLOAD}.json").read_text("utf-8"))
        self.manifest.update(id="own/language", files=[{
            "url": f"{self.base}/ngrams.json", "file": "ngrams.json",
            "sha256": self.manifest["input"]["ngrams_sha256"]}])
        del self.manifest["make"], self.manifest["sources"]
        self.manifest["models"] = {"fp32": self.manifest["models"]["fp32"]}
        for part in (self.manifest["models"]["fp32"], self.manifest["data"]):
            part["url"] = f"{self.base}/{part['file']}"

    def verify(self):
        zoo = self.here / "zoo"
        zoo.mkdir(exist_ok=True)
        (zoo / "own.json").write_text(json.dumps(self.manifest), encoding="utf-8")
        return self.program("verify", "--zoo", zoo, "--models", self.here / "models", "--workloads", "own/language",
                            "--out", "out")

    def test_files_are_loaded_once(self):
        done = self.verify()
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertEqual(self.record("own/language", "")["status"], "ok")
        self.assertEqual(sorted(path for path, _ in Ranges.asked), ["/model.onnx", "/ngrams.json", "/samples.json"])
        done = self.verify()
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertEqual(len(Ranges.asked), 3)

    def test_a_load_that_was_broken_off_goes_on(self):
        part = self.here / "models/own/language/model.onnx.part"
        part.parent.mkdir(parents=True)
        part.write_bytes((support.cache_folder() / "models" / WORKLOAD / "model.onnx").read_bytes()[:1000])
        done = self.verify()
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertIn(("/model.onnx", "bytes=1000-"), Ranges.asked)

    def test_another_file_than_the_manifest_pins(self):
        self.manifest["models"]["fp32"]["sha256"] = "a" * 64
        done = self.verify()
        self.assertEqual(done.code, 1, done)
        self.check_sentence(done, f"{self.base}/model.onnx has sha256", "a" * 64)
        self.check_failure(self.record("own/language", ""), "unavailable", "own/language/", "is not there")

    def test_a_file_that_is_not_on_the_server(self):
        self.manifest["models"]["fp32"]["url"] = f"{self.base}/gone.onnx"
        done = self.verify()
        self.assertEqual(done.code, 1, done)
        self.check_sentence(done, f"cannot load {self.base}/gone.onnx", "404")

    def test_addresses_without_tls_are_refused(self):
        for url in ("http://models.example/net.onnx", "file:///etc/passwd", "ftp://models.example/x", "https://a b"):
            with self.subTest(url):
                self.manifest["models"]["fp32"]["url"] = url
                done = self.verify()
                self.assertEqual(done.code, 2, done)
                self.check_sentence(done, "own.json", "https")


class Builtin(support.EndToEndTest):

    def test_it_needs_nothing_but_the_program(self):
        done = self.program("verify", "--workloads", "builtin", "--backends", "cpu", "--models", self.here / "models",
                            "--out", "out")
        self.assertEqual((done.code, done.err), (0, ""), done)
        for name in builtin_references.NETWORKS:
            record = self.record(f"builtin/{name}", "")
            self.assertEqual((record["status"], record["quality_basis"]), ("ok", "agreement"))
            self.assertGreater(record["gops_per_sample"], 0.005)
        # Computed anew from the files that the program wrote, the answers are those that it judges by.
        made = {name: builtin_references.answers(self.here / "models/builtin" / name / "model.onnx")
                for name in builtin_references.NETWORKS}
        golden = (support.SOURCE / "workloads/builtin/golden.inc").read_text(encoding="utf-8")
        pinned = [float(number) for number in re.findall(r"(-?[0-9.]+e[-+][0-9]+)F", golden)]
        again = [number for rows in made.values() for row in rows for number in row]
        self.assertEqual(len(pinned), len(again))
        for one, other in zip(pinned, again):
            self.assertAlmostEqual(one, other, delta=1e-7 * max(1, abs(one)))

    def test_a_folder_that_cannot_be_written_is_named(self):
        models = self.here / "models"
        models.write_text("a file where a folder is due", encoding="utf-8")
        done = self.program("verify", "--workloads", "builtin/nlp", "--backends", "cpu", "--models", models, "--out", "out")
        self.assertEqual(done.code, 1, done)
        self.check_failure(self.record("builtin/nlp", ""), "failed", "builtin/nlp")


if __name__ == "__main__":
    unittest.main()
