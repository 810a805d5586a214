#!/usr/bin/env python3
"""Which libraries a run loads: none from the folder where it was started, and all of them are in the record."""

import hashlib
import pathlib
import re
import shutil
import unittest

import support

BUILD = support.PROGRAM.parent
DECOYS = ("libonnxruntime.so", "libonnxruntime.so.1", "libOpenCL.so", "libOpenCL.so.1", "libvulkan.so", "libvulkan.so.1",
          "libedgebench_simnpu.so", "libedgebench_vulkan.so", "libedgebench_opencl.so")
# Every way to say "here", and one that is right.
LIBRARY_PATHS = ("", ":", ".", "./:", "decoys:", "/usr/lib::", f"{BUILD}:.")
AT_WORK = "user/slow cpu as-is: measure single-stream"


def libraries_of(pid):
    maps = pathlib.Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
    return {match.group() for match in re.finditer(r"/\S*\.so\S*", maps)}


class LibrarySearch(support.EndToEndTest):

    def setUp(self):
        super().setUp()
        # Real libraries, which would be loaded without a word; they lack what they are loaded for.
        (self.here / "decoys").mkdir()
        for name in DECOYS:
            shutil.copy(BUILD / "libedgebench_simnpu.so", self.here / name)
            shutil.copy(BUILD / "libedgebench_simnpu.so", self.here / "decoys" / name)

    def test_decoys_in_the_current_folder_change_nothing(self):
        env = {"EDGEBENCH_EP_FOLDER": None}
        expected = self.program("devices", env=self.environment(LD_LIBRARY_PATH=None, **env))
        for path in LIBRARY_PATHS:
            done = self.program("devices", env=self.environment(LD_LIBRARY_PATH=path, **env))
            self.assertEqual((done.code, done.out, done.err), (expected.code, expected.out, expected.err), path)

    def test_a_child_loads_nothing_from_there_and_is_not_told_to(self):
        for path in LIBRARY_PATHS:
            run = self.start_run(*self.model("slow"), "--time-budget", "1s", "--backends", "cpu",
                                 env=self.environment(LD_LIBRARY_PATH=path))
            run.wait_to_say(AT_WORK)
            child = run.child()
            loaded = libraries_of(child)
            told = pathlib.Path(f"/proc/{child}/environ").read_bytes().decode().split("\0")
            self.assertEqual(run.finish().code, 0)
            self.assertTrue(any("libonnxruntime" in library for library in loaded), loaded)
            self.assertEqual([library for library in loaded if str(self.here) in library], [], path)
            for entry in (entry for entry in told if entry.startswith("LD_LIBRARY_PATH=")):
                for folder in entry.partition("=")[2].split(":"):
                    self.assertTrue(folder.startswith("/"), entry)

    def test_the_libraries_of_a_run_are_in_its_context(self):
        library = BUILD / "libedgebench_simnpu.so"
        done = self.measure(*self.model("gemm"), "--backends", "cpu,npu", "--ep-library", f"simnpu={library}")
        self.assertEqual(done.code, 0, done)
        rows = {pathlib.Path(row["path"]).name: row for row in self.context()["libraries"]}
        self.assertEqual(rows["libedgebench_simnpu.so"]["sha256"], hashlib.sha256(library.read_bytes()).hexdigest())
        [runtime] = [row for name, row in rows.items() if name.startswith("libonnxruntime.so")]
        self.assertEqual(runtime["sha256"], self.context()["runtime_sha256"])
        self.assertIn("libc.so.6", rows)
        self.assertEqual(rows["libc.so.6"]["version"], "6")
        html = (self.here / "out" / "report.html").read_text(encoding="utf-8")
        self.assertIn(rows["libedgebench_simnpu.so"]["sha256"], html)


if __name__ == "__main__":
    unittest.main()
