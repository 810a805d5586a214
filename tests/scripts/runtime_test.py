"""ONNX Runtime is taken from the user, from the system, or from pinned tarballs: here from small ones."""

import base64
import dataclasses
import hashlib
import io
import os
import pathlib
import platform
import zipfile
from unittest import mock

import fakes
from fetching import runtime
from fetching.cache import Cache, FetchError
from fetching.sources import Fetcher, NpmSource

LIBRARY = b"\x7fELF library"
HEADER = b"#define ORT_API_VERSION 29\n"


class RuntimeTest(fakes.FakeWorld):
    def setUp(self):
        super().setUp()
        patch = mock.patch.dict(os.environ, self.env, clear=True)
        patch.start()
        self.addCleanup(patch.stop)
        quiet = mock.patch("fetching.runtime.say"), mock.patch("fetching.sources.say")
        self.said, _ = (patch.start() for patch in quiet)
        self.addCleanup(mock.patch.stopall)
        self.release = self.publish_release()

    def publish_release(self) -> runtime.Release:
        bundle = io.BytesIO()
        with zipfile.ZipFile(bundle, "w") as archive:
            archive.writestr("headers/onnxruntime_c_api.h", HEADER)
            archive.writestr("jni/big.so", b"0" * 1000)
        library = {"package/lib.so.1": LIBRARY, "package/other": b"0" * 1000}
        headers = {"package/x.aar": bundle.getvalue(), "package/LICENSE": b"MIT"}
        include = hashlib.sha256(f"onnxruntime_c_api.h {fakes.sha256(HEADER)}\n".encode()).hexdigest()
        return runtime.Release(
            version="9.9.9",
            library_source=NpmSource("ort@9.9.9", self.publish("ort@9.9.9", library)),
            libraries={platform.machine(): ("package/lib.so.1", fakes.sha256(LIBRARY))},
            headers_source=NpmSource("headers@1.0.0", self.publish("headers@1.0.0", headers)),
            headers_archive="package/x.aar", headers_sha256=include)

    def ensure(self, offline: bool = False, **changes) -> None:
        cache = Cache(self.cache)
        with cache.lock():
            runtime.ensure(cache, Fetcher(cache, offline), dataclasses.replace(self.release, **changes),
                           system=self.base / "usr")

    def installed(self) -> dict[str, bytes]:
        folder = self.cache / "onnxruntime"
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def test_installs_what_is_needed_and_nothing_else(self):
        self.ensure()
        self.assertEqual(self.installed(), {"lib/libonnxruntime.so.1": LIBRARY, "LICENSE": b"MIT",
                                            "include/onnxruntime_c_api.h": HEADER})
        self.assertEqual(list((self.cache / "downloads").iterdir()), [])
        self.assertFalse((self.cache / "tmp").exists())

    def test_second_run_does_nothing_and_needs_no_network(self):
        self.ensure()
        self.ensure(offline=True)
        self.assertEqual(self.calls(), ["ort@9.9.9", "headers@1.0.0"])

    def test_a_damaged_copy_is_replaced(self):
        for name in ("lib/libonnxruntime.so.1", "include/onnxruntime_c_api.h"):
            self.ensure()
            path = self.cache / "onnxruntime" / name
            path.write_bytes(path.read_bytes() + b" ")
            self.ensure()
            self.assertEqual(self.installed()["lib/libonnxruntime.so.1"], LIBRARY)
            self.assertEqual(self.installed()["include/onnxruntime_c_api.h"], HEADER)

    def test_wrong_sha256_leaves_nothing(self):
        with self.assertRaisesRegex(FetchError, "ort@9.9.9 has sha256 .* is pinned"):
            self.ensure(library_source=NpmSource("ort@9.9.9", "0" * 64))
        self.assertEqual(self.installed(), {})
        self.assertEqual(list((self.cache / "downloads").iterdir()), [])

    def test_sha512_is_checked_too(self):
        data = (self.registry / "ort-9.9.9.tgz").read_bytes()
        right = base64.b64encode(hashlib.sha512(data).digest()).decode()
        with self.assertRaisesRegex(FetchError, "sha512"):
            self.ensure(library_source=NpmSource("ort@9.9.9", fakes.sha256(data), "x" + right[1:]))
        self.ensure(library_source=NpmSource("ort@9.9.9", fakes.sha256(data), right))
        self.assertEqual(self.installed()["lib/libonnxruntime.so.1"], LIBRARY)

    def test_the_files_inside_are_pinned(self):
        for changes in ({"libraries": {platform.machine(): ("package/other", "0" * 64)}}, {"headers_sha256": "0" * 64}):
            with self.assertRaisesRegex(FetchError, "do not have the pinned sha256"):
                self.ensure(**changes)
            self.assertEqual(self.installed(), {})

    def test_offline_with_an_empty_cache_says_what_is_missing(self):
        with self.assertRaisesRegex(FetchError, "npm package ort@9.9.9 is not in the cache .* without --offline"):
            self.ensure(offline=True)
        self.assertEqual(self.calls(), [])

    def test_unknown_machine_is_told_what_to_do(self):
        with self.assertRaisesRegex(FetchError, "set ONNXRUNTIME_ROOT"):
            self.ensure(libraries={"pdp11": ("package/lib.so.1", "0" * 64)})

    def test_own_copy_is_used_if_it_is_one(self):
        root = self.base / "own"
        os.environ["ONNXRUNTIME_ROOT"] = str(root)
        with self.assertRaisesRegex(FetchError, "ONNXRUNTIME_ROOT=.* must hold"):
            self.ensure()
        for name in ("include/onnxruntime_c_api.h", "lib/libonnxruntime.so"):
            (root / name).parent.mkdir(parents=True)
            (root / name).write_bytes(HEADER)
        self.ensure(offline=True)
        self.assertEqual((self.calls(), self.installed()), ([], {}))

    def test_system_copy_is_used_if_new_enough(self):
        usr = self.base / "usr"
        for name in ("include/onnxruntime/onnxruntime_c_api.h", "lib/x86_64-linux-gnu/libonnxruntime.so.1"):
            (usr / name).parent.mkdir(parents=True)
            (usr / name).write_bytes(HEADER)
        self.ensure(offline=True)
        self.assertEqual(self.calls(), [])
        (usr / "include/onnxruntime/onnxruntime_c_api.h").write_bytes(b"#define ORT_API_VERSION 23\n")
        self.ensure()
        self.assertIn("too old", self.said.call_args_list[-2].args[0])
        self.assertEqual(self.installed()["LICENSE"], b"MIT")

    def test_full_disk_is_one_sentence(self):
        with mock.patch("shutil.disk_usage", return_value=mock.Mock(free=10)):
            source = dataclasses.replace(self.release.library_source, size_bytes=1 << 20)
            with self.assertRaisesRegex(FetchError, "free but .* needed"):
                self.ensure(library_source=source)

    def test_real_pins_are_well_formed(self):
        pinned = runtime.RELEASE
        self.assertEqual(set(pinned.libraries), {"x86_64", "aarch64"})
        for source in (pinned.library_source, pinned.headers_source):
            self.assertEqual(len(base64.b64decode(source.sha512)), 64)
        self.assertEqual(pathlib.PurePosixPath(pinned.headers_archive).suffix, ".aar")


if __name__ == "__main__":
    fakes.unittest.main()
