"""scripts/setup with fake apt-get, dpkg-query, sudo and id: what it installs, says, and leaves alone."""

import shutil
import subprocess

import fakes

# Everything that scripts/setup needs from the system; the rest of PATH is ours.
TOOLS = ("bash", "sed", "dirname", "cat", "grep", "env")


class SetupTest(fakes.FakeWorld):
    def setUp(self):
        super().setUp()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.log = self.base / "log"
        self.logged("apt-get")
        self.logged("localedef")
        self.program("id", "#!/bin/sh\necho 0\n")
        self.program("locale", "#!/bin/sh\necho de_DE.utf8\n")
        self.installed()
        self.env["PATH"] = str(self.bin)

    def logged(self, name, then="exit 0"):
        self.program(name, f'#!/bin/sh\necho "{name} $*" >> "{self.log}"\n{then}\n')

    def installed(self, *missing):
        """All packages are, but these."""
        cases = "|".join(missing) or "none"
        self.program("dpkg-query", f"#!/bin/sh\nfor name; do :; done\ncase $name in\n{cases}) exit 1 ;;\n"
                                   "half) echo config-files ;;\n*) printf installed ;;\nesac\n")

    def setup_script(self, *arguments):
        return subprocess.run([fakes.ROOT / "scripts" / "setup", *arguments], env=self.env, capture_output=True,
                              text=True, check=False, cwd=self.base)

    def commands(self):
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []

    def test_says_one_line_if_all_is_there(self):
        for name in ("build", "test"):
            done = self.setup_script(name)
            self.assertEqual((done.returncode, done.stdout, done.stderr),
                             (0, f"==> set-up for '{name}' is complete\n", ""))
        self.assertEqual(self.commands(), [])

    def test_installs_what_is_missing_and_says_why(self):
        self.installed("cmake", "flite", "chromium")
        done = self.setup_script()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("2 Debian packages are missing", done.stdout)
        self.assertIn("compiler and build tools: cmake\n", done.stdout)
        self.assertIn("preparing models and samples: flite\n", done.stdout)
        update, install = self.commands()
        self.assertRegex(update, "^apt-get update")
        self.assertRegex(install, "^apt-get install -y .*--no-install-recommends cmake flite$")

    def test_the_test_set_adds_to_the_build_set(self):
        self.installed("cmake", "chromium")
        self.setup_script("test")
        self.assertRegex(self.commands()[1], "cmake chromium$")

    def test_npm_from_elsewhere_counts(self):
        self.installed("npm")
        self.setup_script()
        self.assertEqual(self.commands(), [])
        (self.bin / "npm").unlink()
        self.setup_script()
        self.assertRegex(self.commands()[1], "npm$")

    def test_without_root_it_asks_sudo(self):
        self.installed("cmake")
        self.program("id", "#!/bin/sh\necho 1000\n")
        done = self.setup_script()
        self.assertEqual((done.returncode, self.commands()), (1, []))
        self.assertRegex(done.stderr, "needs root and there is no sudo: .*no-install-recommends cmake' as root")
        self.logged("sudo", 'exec "$@"')
        self.assertEqual(self.setup_script().returncode, 0)
        self.assertEqual([line.split()[:2] for line in self.commands()],
                         [["sudo", "apt-get"], ["apt-get", "update"], ["sudo", "env"], ["apt-get", "install"]])

    def test_without_network_it_tries_and_says_so(self):
        self.installed("cmake")
        self.logged("apt-get", 'case $1 in update) exit 100 ;; esac')
        done = self.setup_script()
        self.assertEqual(done.returncode, 0)
        self.assertIn("warning: apt-get update failed", done.stderr)
        self.logged("apt-get", "exit 100")
        done = self.setup_script()
        self.assertEqual(done.returncode, 1)
        self.assertIn("apt-get could not install cmake", done.stderr)

    def test_makes_the_locale_of_the_tests(self):
        self.program("locale", "#!/bin/sh\necho C.utf8\n")
        self.setup_script("build")
        self.assertEqual(self.commands(), [])
        self.setup_script("test")
        self.assertEqual(self.commands(), ["localedef -i de_DE -f UTF-8 de_DE.UTF-8"])

    def test_other_systems_are_sent_to_the_readme(self):
        (self.bin / "apt-get").unlink()
        done = self.setup_script()
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, '^error: .*"Other platforms" of README.md.*\n$')

    def test_usage(self):
        self.assertEqual(self.setup_script("everything").returncode, 2)
        done = self.setup_script("--help")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"^usage: scripts/setup \[build\|test\]\n")


if __name__ == "__main__":
    fakes.unittest.main()
