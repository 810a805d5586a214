"""scripts/valgrind in a tree of stubs: what it runs, and when it fails."""

import shutil
import subprocess

import fakes


class ValgrindTest(fakes.FakeWorld):

    def setUp(self):
        super().setUp()
        self.tree, self.log = self.base / "a tree", self.base / "log"
        (self.tree / "scripts").mkdir(parents=True)
        for name in ("valgrind", "common.sh"):
            shutil.copy(fakes.ROOT / "scripts" / name, self.tree / "scripts" / name)
        for place in ("tests/models/make_op_models.py", "cache/onnxruntime/lib/libonnxruntime.so.1"):
            (self.tree / place).parent.mkdir(parents=True)
            (self.tree / place).touch()
        self.stub(self.tree / "build" / "test" / "tests" / "use_ep", "")
        self.env["EDGEBENCH_CACHE"] = str(self.tree / "cache")

    def stub(self, path, then):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\necho "$*" >> "{self.log}"\n{then}\n', encoding="utf-8")
        path.chmod(0o755)

    def run_script(self, memcheck):
        """`memcheck`: what the stub of valgrind does."""
        self.stub(self.bin / "valgrind", memcheck)
        return subprocess.run([self.tree / "scripts" / "valgrind"], env=self.env, capture_output=True, text=True,
                              check=False, cwd=self.base)

    def test_each_provider_is_checked_and_errors_and_leaks_count(self):
        done = self.run_script("exit 0")
        self.assertEqual(done.returncode, 0, done.stderr)
        runs = self.log.read_text(encoding="utf-8").splitlines()
        for name in ("libedgebench_vulkan.so EdgebenchVulkan", "libedgebench_opencl.so EdgebenchOpenCL"):
            self.assertEqual(sum(name in run for run in runs), 2, runs)
        for run in runs:
            self.assertIn("--error-exitcode=1", run)
            self.assertIn("--errors-for-leak-kinds=definite", run)

    def test_an_error_in_one_run_is_the_scripts_error(self):
        done = self.run_script('case "$*" in *EdgebenchVulkan*half*) exit 1;; esac')
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("memcheck found errors", done.stderr)
        self.assertEqual(len(self.log.read_text(encoding="utf-8").splitlines()), 4, "it stopped at the first")

    def test_no_device_is_no_error(self):
        self.assertEqual(self.run_script("exit 77").returncode, 0)

    def test_what_is_missing_is_named(self):
        (self.tree / "build" / "test" / "tests" / "use_ep").unlink()
        done = self.run_script("exit 0")
        self.assertEqual(done.returncode, 1)
        self.assertIn("run scripts/test first", done.stderr)


if __name__ == "__main__":
    fakes.unittest.main()
