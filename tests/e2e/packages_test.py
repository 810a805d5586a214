#!/usr/bin/env python3
"""Packages as scripts/package makes them of this build: where they are unpacked, they run, and nothing is missing."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import support

MAINTAINER = "A Lab <lab@example.org>"
# What every system has; the rest must come from the package, or be what drivers need, too.
OF_THE_SYSTEM = re.compile(r"(ld-linux.*|lib(c|m|dl|pthread|rt|resolv|util))\.so[.\d]*")
OF_DRIVERS_TOO = re.compile(r"lib(stdc\+\+|gcc_s|z|zstd|lzma|ffi|xml2|tinfo)\.so[.\d]*")
INSTALLED = {"bin/edgebench", "lib/edgebench/libedgebench_opencl.so", "lib/edgebench/libedgebench_vulkan.so",
             "lib/edgebench/libedgebench_simnpu.so", "lib/edgebench/edgebench_simnpu_chip",
             "lib/edgebench/libonnxruntime.so.1", "share/bash-completion/completions/edgebench",
             "share/zsh/vendor-completions/_edgebench", "share/fish/vendor_completions.d/edgebench.fish"}


def files_below(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def is_stripped(binary):
    return ".symtab" not in subprocess.run(["readelf", "-SW", binary], capture_output=True, text=True,
                                           check=True).stdout


class Packaged(support.EndToEndTest):
    """Makes one package for all of its tests, and unpacks it into `folder`, whose name has spaces."""

    kind = ""

    @classmethod
    def setUpClass(cls):  # without the small models
        cls.place = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        command = [support.SOURCE / "scripts" / "package", cls.kind, "--built", support.PROGRAM.parent, "--fast",
                   "--models", "none", "--out", cls.place, *(["--maintainer", MAINTAINER] if cls.kind == "deb" else [])]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
        [cls.package] = cls.place.iterdir()
        cls.said = done.stdout
        cls.folder = cls.place / "some where"
        cls.folder.mkdir()
        cls.unpack()

    def check_calm_run(self, command, env):
        done = subprocess.run(command, env=env, cwd=self.here, capture_output=True, text=True, check=False,
                              timeout=support.PATIENCE_S)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)

    def check_builtin(self, folder, workloads):
        """So many builtin workloads were ok in the run in `folder`; returns the libraries it had."""
        records = self.records(folder)
        self.assertEqual([name.partition("/")[0] for name, _ in records], ["builtin"] * workloads)
        for record in records.values():
            self.check_ok(record)
        context = json.loads((folder / "run.json").read_text(encoding="utf-8"))["context"]
        return [pathlib.Path(row["path"]) for row in context["libraries"]]


RUN = ("--backends", "cpu", "--time-budget", "1s", "--meter", "none", "--quiet")


class Tarball(Packaged):

    kind = "tar"

    @classmethod
    def unpack(cls):
        subprocess.run(["tar", "-xzf", cls.package, "-C", cls.folder], check=True)
        [cls.bundle] = cls.folder.iterdir()

    def test_it_runs_in_an_empty_environment_with_its_own_libraries(self):
        self.check_calm_run([self.bundle / "run", "--workloads", "builtin/speech", *RUN, "--out", self.here / "out"], {})
        libraries = self.check_builtin(self.here / "out", 1)
        self.assertIn(self.bundle / "lib/edgebench/libonnxruntime.so.1", [path.resolve() for path in libraries])
        others = [path.name for path in libraries if not path.resolve().is_relative_to(self.bundle)]
        self.assertEqual([name for name in others if not OF_THE_SYSTEM.fullmatch(name)
                          and not OF_DRIVERS_TOO.fullmatch(name)], [])

    def test_it_runs_where_there_is_nothing_but_a_c_library_and_a_shell(self):
        root = self.here / "root"
        for name in ("proc", "dev", "tmp", "board", "bin"):
            (root / name).mkdir(parents=True)
        for tool in ("sh", "dirname"):
            self.copy_with_c_library(pathlib.Path(shutil.which(tool)).resolve(), root / "bin" / tool, root)
        for binary in ("bin/edgebench", "lib/edgebench/libonnxruntime.so.1"):
            self.copy_with_c_library(self.bundle / binary, None, root)
        script = ('mount --bind /proc "$1/proc" && mount --bind /dev "$1/dev" && mount --bind "$2" "$1/board" '
                  '&& shift 2 && exec chroot "$@"')
        enter = ["unshare", "--mount", "--propagation", "private"]
        if os.geteuid() != 0 or subprocess.run([*enter, "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("only root can make such a place")
        self.check_calm_run([*enter, "sh", "-c", script, "enter", root, self.bundle, root, "/board/run", "--workloads",
                             "builtin", *RUN, "--out", "/tmp/out"], {"PATH": os.environ["PATH"]})
        libraries = self.check_builtin(root / "tmp" / "out", 3)
        self.assertIn("/board/lib/edgebench/spare/libstdc++.so.6", map(str, libraries))

    @staticmethod
    def copy_with_c_library(binary, copy, root):
        """The file, where it has a place, and those parts of the C library that it needs, where they are here."""
        if copy:
            shutil.copy(binary, copy)
        said = subprocess.run(["ldd", binary], capture_output=True, text=True, check=True).stdout
        for library in map(pathlib.Path, re.findall(r"(/\S+) \(0x", said)):
            if OF_THE_SYSTEM.fullmatch(library.name):
                (root / library.relative_to("/")).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(library, root / library.relative_to("/"))

    def test_everything_is_in_it_with_its_licence(self):
        files = files_below(self.bundle)
        self.assertLessEqual(INSTALLED | {"run", "SHA256SUMS", "share/man/man1/edgebench.1", "licences/edgebench",
                                          "licences/Apache-2.0", "licences/onnxruntime", "licences/libfmt9"}, files)
        libraries = [name for name in files if re.search(r"\.so(\.|$)", name) and "edgebench_" not in name]
        self.assertGreater(len(libraries), 10)
        for name in sorted(files):
            if name.startswith(("bin/", "lib/")):
                self.assertTrue(is_stripped(self.bundle / name), name)
        done = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=self.bundle,
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))
        self.assertEqual(len((self.bundle / "SHA256SUMS").read_text(encoding="utf-8").splitlines()), len(files) - 1)

    def test_what_was_said_of_it_is_so(self):
        self.assertIn(hashlib.sha256(self.package.read_bytes()).hexdigest(), self.said)
        self.assertRegex(self.said, r"needs glibc 2\.\d+ or newer")


class DebianPackage(Packaged):

    kind = "deb"

    @classmethod
    def unpack(cls):
        subprocess.run(["dpkg-deb", "-x", cls.package, cls.folder], check=True)

    def field(self, name):
        return subprocess.run(["dpkg-deb", "-f", self.package, name], capture_output=True, text=True,
                              check=True).stdout.strip()

    def test_the_contents_are_as_stated(self):
        files = files_below(self.folder)
        expected = {f"usr/{name}" for name in INSTALLED} | {
            "usr/share/man/man1/edgebench.1.gz", "usr/share/doc/edgebench/copyright",
            "usr/share/doc/edgebench/changelog.gz", "usr/share/lintian/overrides/edgebench"}
        self.assertEqual(files, expected)
        listed = subprocess.run(["dpkg-deb", "-c", self.package], capture_output=True, text=True, check=True).stdout
        for line in listed.splitlines():
            mode, owner, path = re.fullmatch(r"(\S+) (\S+) .* \./(.*)", line).groups()
            is_program = path in ("usr/bin/edgebench", "usr/lib/edgebench/edgebench_simnpu_chip")
            self.assertEqual(owner, "root/root", line)
            self.assertEqual(mode, "drwxr-xr-x" if path.endswith("/") or not path else
                             "-rwxr-xr-x" if is_program else "-rw-r--r--", line)
        for name in sorted(files):
            if name.startswith(("usr/bin/", "usr/lib/")):
                self.assertTrue(is_stripped(self.folder / name), name)

    def test_it_says_what_it_is_and_needs(self):
        self.assertEqual([self.field("Package"), self.field("Maintainer")], ["edgebench", MAINTAINER])
        self.assertRegex(self.field("Version"), r"^\d+\.\d+\.\d+$")
        depends = self.field("Depends")
        for package in ("libc6 (>= 2.", "libstdc++6 (>= ", "libfmt9", "libcurl4", "libsqlite3-0", "libsodium23"):
            self.assertIn(package, depends)
        control = self.here / "control"
        subprocess.run(["dpkg-deb", "-e", self.package, control], check=True)
        self.assertEqual(files_below(control), {"control", "md5sums"})
        done = subprocess.run(["md5sum", "--check", "--quiet", control / "md5sums"], cwd=self.folder,
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_what_it_installs_runs_with_its_own_runtime(self):
        program = self.folder / "usr" / "bin" / "edgebench"
        self.check_calm_run([program, "run", "--workloads", "builtin/speech", *RUN, "--out", self.here / "out"],
                            self.environment())
        self.assertIn(self.folder / "usr/lib/edgebench/libonnxruntime.so.1",
                      [path.resolve() for path in self.check_builtin(self.here / "out", 1)])

    @unittest.skipUnless(shutil.which("lintian"), "lintian is not here")
    def test_lintian_finds_nothing(self):
        command = ["lintian", "--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0", self.package]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Refused(support.EndToEndTest):

    @classmethod
    def setUpClass(cls):
        pass  # no small models

    def check_refused(self, code, words, *arguments, **env):
        done = subprocess.run([support.SOURCE / "scripts" / "package", *arguments, "--out", self.here / "out"],
                              env=self.environment(**env), capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertRegex(done.stderr, words)
        made = list((self.here / "out").iterdir()) if (self.here / "out").exists() else []
        self.assertEqual(made, [], "something was left")

    def test_what_cannot_be_packaged_says_what_to_change(self):
        built = support.PROGRAM.parent
        self.check_refused(2, "invalid choice: 'rpm'", "rpm")
        self.check_refused(1, "^error: /nowhere is no build folder .*correct --built\n$", "tar", "--built", "/nowhere")
        self.check_refused(1, "^error: 'me' is no maintainer: give one with --maintainer", "deb", "--built", built,
                           "--maintainer", "me")
        self.check_refused(1, "^error: ONNXRUNTIME_ROOT=/nowhere must hold", "tar", "--built", built,
                           ONNXRUNTIME_ROOT="/nowhere")
        self.check_refused(1, "^error: .* has no model of vision/nothing: .* --models none\n$", "tar", "--built", built,
                           "--models", "vision/nothing")


if __name__ == "__main__":
    unittest.main()
