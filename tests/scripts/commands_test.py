"""scripts/quickstart and scripts/test in a tree of stubs: the order of their steps, their arguments, their end."""

import shutil
import subprocess

import fakes


class CommandsTest(fakes.FakeWorld):
    """A tree whose path has a space; every step writes one line into `log`."""

    def setUp(self):
        super().setUp()
        self.tree, self.log = self.base / "a tree", self.base / "log"
        (self.tree / "scripts").mkdir(parents=True)
        for name in ("quickstart", "test", "common.sh"):
            shutil.copy(fakes.ROOT / "scripts" / name, self.tree / "scripts" / name)
        for name in ("setup", "fetch"):
            self.stub(self.tree / "scripts" / name)
        self.stub(self.tree / "build" / "release" / "edgebench", 'pwd >> "$FAKE_CWD"; exit ${FAKE_EXIT:-0}')
        self.env["FAKE_CWD"] = str(self.base / "cwd")
        for name in ("cmake", "ctest", "ccache"):
            self.stub(self.bin / name)

    def stub(self, path, then="exit 0"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\necho "{path.name} $*" >> "{self.log}"\n{then}\n', encoding="utf-8")
        path.chmod(0o755)

    def run_script(self, name, *arguments):
        return subprocess.run([self.tree / "scripts" / name, *arguments], env=self.env, capture_output=True, text=True,
                              check=False, cwd=self.base)

    def steps(self):
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines

    def test_quickstart_goes_from_packages_to_a_run(self):
        done = self.run_script("quickstart", "--time-budget", "2m")
        self.assertEqual(done.returncode, 0, done.stderr)
        setup, fetch, configure, build, run = self.steps()
        self.assertEqual((setup, fetch), ("setup build", "fetch all"))
        self.assertIn(f"-B {self.tree}/build/release -G Ninja", configure)
        self.assertIn("-DCMAKE_BUILD_TYPE=Release", configure)
        self.assertIn("-DCMAKE_CXX_COMPILER_LAUNCHER=ccache", configure)
        self.assertRegex(build, r"^cmake --build .*/build/release --target all -j [1-9]\d*$")
        self.assertEqual(run, "edgebench run --tier quick --workloads all --backends cpu --time-budget 2m")

    def test_quickstart_without_setup_on_other_platforms(self):
        self.run_script("quickstart", "--no-setup", "--out", "here")
        steps = self.steps()
        self.assertEqual(steps[0], "fetch all")
        self.assertTrue(steps[-1].endswith("cpu --out here"))
        self.assertEqual((self.base / "cwd").read_text(encoding="utf-8"), f"{self.base}\n")

    def test_quickstart_ends_with_the_code_of_the_run(self):
        self.env["FAKE_EXIT"] = "130"
        self.assertEqual(self.run_script("quickstart").returncode, 130)

    def test_a_failing_step_is_the_last_one(self):
        for path, counts in ((self.tree / "scripts" / "setup", (1, 1)), (self.tree / "scripts" / "fetch", (2, 2)),
                             (self.bin / "cmake", (3, 4))):
            for script, count in zip(("quickstart", "test"), counts):
                self.stub(path, "exit 7")
                self.assertEqual(self.run_script(script).returncode, 7)
                self.assertEqual(len(self.steps()), count)
                self.stub(path)

    def test_test_builds_strictly_and_ends_with_ctest(self):
        done = self.run_script("test", "-R", "a b")
        self.assertEqual(done.returncode, 0, done.stderr)
        setup, fetch, fetch_for_tests, configure, _, ctest = self.steps()
        self.assertEqual((setup, fetch, fetch_for_tests), ("setup test", "fetch all", "fetch playwright"))
        self.assertIn("-DEDGEBENCH_WERROR=ON", configure)
        self.assertEqual(ctest, "ctest --test-dir build/test --output-on-failure --no-tests=error -j2 -R a b")

    def test_test_in_two_parts(self):
        self.assertEqual(self.run_script("test", "--setup").returncode, 0)
        self.assertEqual(self.steps(), ["setup test", "fetch all", "fetch playwright"])
        self.assertEqual(self.run_script("test", "--no-setup").returncode, 0)
        self.assertEqual([line.split()[0] for line in self.steps()], ["cmake", "cmake", "ctest"])
        self.assertEqual(self.run_script("test", "--setup", "-R", "x").returncode, 1)
        self.stub(self.bin / "ctest", "exit 8")
        self.assertEqual(self.run_script("test", "--no-setup").returncode, 8)

    def test_help_runs_nothing(self):
        for script in ("quickstart", "test"):
            done = self.run_script(script, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertRegex(done.stdout, f"^usage: scripts/{script} ")
            self.assertNotIn("#", done.stdout)
        self.assertEqual(self.steps(), [])


if __name__ == "__main__":
    fakes.unittest.main()
