"""Archives that lie, climb out of their folder, or stop short."""

import io
import pathlib
import tempfile
import unittest
import zipfile
from unittest import mock

import fakes
from fetching import archives
from fetching.cache import FetchError


class ArchivesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.base = pathlib.Path(folder.name)
        self.out = self.base / "out"
        self.out.mkdir()

    def archive(self, data: bytes) -> pathlib.Path:
        path = self.base / "a.tgz"
        path.write_bytes(data)
        return path

    def unpacked(self) -> dict[str, bytes]:
        return {path.relative_to(self.out).as_posix(): path.read_bytes()
                for path in self.out.rglob("*") if path.is_file()}

    def assert_refused(self, data: bytes, words: str, **options) -> None:
        with self.assertRaisesRegex(FetchError, words):
            archives.unpack_tar(self.archive(data), self.out, **options)
        self.assertEqual([path.name for path in self.base.iterdir() if path.name not in ("a.tgz", "out")], [])

    def test_unpacks_files_and_folders(self):
        files = {"package/a": b"1", "package/deep/er/b": b"", "package/c.onnx": b"\0" * 5000}
        archives.unpack_tar(self.archive(fakes.tarball(files)), self.out)
        self.assertEqual(self.unpacked(), files)

    def test_unpacks_only_what_is_asked_for(self):
        data = fakes.tarball({"package/a": b"1", "package/b": b"2", "package/c": b"3"})
        archives.unpack_tar(self.archive(data), self.out, frozenset({"package/b"}))
        self.assertEqual(self.unpacked(), {"package/b": b"2"})

    def test_names_what_is_missing(self):
        data = fakes.tarball({"package/a": b"1"})
        self.assert_refused(data, "does not hold package/z", only=frozenset({"package/a", "package/z"}))

    def test_refuses_paths_that_climb_out(self):
        for name in ("../evil", "package/../../evil", "/evil", "package\\..\\evil"):
            with self.subTest(name=name):
                self.assert_refused(fakes.tarball({name: b"x"}), "unsafe path")
                self.assertEqual(self.unpacked(), {})

    def test_refuses_an_unsafe_path_even_if_not_asked_for(self):
        data = fakes.tarball({"../evil": b"x", "package/a": b"1"})
        self.assert_refused(data, "unsafe path", only=frozenset({"package/a"}))

    def test_refuses_links(self):
        self.assert_refused(fakes.tarball({"package/link@": b"/etc/passwd"}), "not a plain file")

    def test_refuses_truncated_empty_and_foreign_files(self):
        whole = fakes.tarball({"package/a": bytes(range(256)) * 400})
        for data in (whole[:len(whole) // 2], whole[:10], b"", b"not an archive", fakes.tarball({})):
            with self.subTest(size=len(data)):
                self.assert_refused(data, "truncated|holds no files")

    def test_refuses_bombs(self):
        with mock.patch.object(archives, "MAX_BYTES", 1000):
            self.assert_refused(fakes.tarball({"package/a": b"0" * 600, "package/b": b"0" * 600}), "more than")
        with mock.patch.object(archives, "MAX_FILES", 2):
            self.assert_refused(fakes.tarball({f"package/{i}": b"" for i in range(3)}), "more than 2 files")


class ZipFolderTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.base = pathlib.Path(folder.name)

    def archive(self, files: dict[str, str]) -> pathlib.Path:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as bundle:
            for name, content in files.items():
                bundle.writestr(name, content)
        path = self.base / "a.aar"
        path.write_bytes(buffer.getvalue())
        return path

    def test_takes_the_files_of_one_folder(self):
        out = self.base / "out"
        archives.unpack_zip_folder(self.archive({"headers/a.h": "A", "headers/x/b.h": "B", "jni/c": "C"}), "headers", out)
        self.assertEqual([path.name for path in out.iterdir()], ["a.h"])

    def test_refuses_climbing_empty_and_damaged(self):
        for files, words in (({"headers/../../a.h": "A"}, "unsafe path"), ({"jni/c": "C"}, "holds nothing")):
            with self.assertRaisesRegex(FetchError, words):
                archives.unpack_zip_folder(self.archive(files), "headers", self.base / "out")
        damaged = self.archive({"headers/a.h": "A" * 1000})
        damaged.write_bytes(damaged.read_bytes()[:60])
        with self.assertRaisesRegex(FetchError, "damaged or no zip"):
            archives.unpack_zip_folder(damaged, "headers", self.base / "out")


if __name__ == "__main__":
    unittest.main()
