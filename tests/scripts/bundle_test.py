#!/usr/bin/env python3
"""What goes into a package, and what it needs of the board. No compiler: fake binutils read fake binaries."""

import gzip
import hashlib
import json
import os
import subprocess
import tarfile
import unittest
from unittest import mock

import fakes
from fetching.cache import FetchError
from packaging import archive, bundle, debian

# A binary is the magic of ELF and a text: a line "NEEDED name" or "VERSION text" each.
READELF = """#!/bin/sh
what=$1
shift
case $what in
-d) sed -n 's/^NEEDED \\(.*\\)/ 0x01 (NEEDED)  Shared library: [\\1]/p' "$@" ;;
-V) sed -n 's/^VERSION //p' "$@" ;;
esac
"""
DPKG_QUERY = """#!/bin/sh
shift
for path; do
  case $path in
  /usr/*) ;;
  *system/libfmt*) echo "libfmt9:sparc: $path" ;;
  *system/libgcc*) echo "diversion by libgcc-s1 from: $path"
                   echo "libgcc-s1:sparc, other:sparc: $path" ;;
  esac
done
exit 1
"""


class BundleTest(fakes.FakeWorld):
    def setUp(self):
        super().setUp()
        self.program("sparc-linux-readelf", READELF)
        self.program("sparc-linux-strip", "#!/bin/sh\nshift\nfor file; do echo stripped >> \"$file\"; done\n")
        self.enterContext(mock.patch.dict(os.environ, {"PATH": self.env["PATH"]}))
        self.stage, self.system = self.base / "stage", self.base / "system"
        self.target = bundle.Target(machine="sparc", folders=(self.base / "none", self.system),
                                    tool_prefix="sparc-linux-", packages="sparc")
        self.private = self.stage / "lib" / "edgebench"
        self.binary(self.stage / "bin" / "edgebench", "NEEDED libfmt.so.9", "NEEDED libc.so.6", "NEEDED libort.so.1",
                    "VERSION Name: GLIBC_2.17", "VERSION Name: GLIBC_2.4")
        self.binary(self.private / "libort.so.1", "NEEDED libm.so.6", "VERSION GLIBC_2.9")
        self.binary(self.private / "libedgebench_vulkan.so", "NEEDED libpthread.so.0")
        self.write(self.stage / "share" / "edgebench.1", "NEEDED nothing")

    @staticmethod
    def write(path, *lines):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def binary(self, path, *lines):
        self.write(path, "\x7fELF", *lines)

    def libraries_are_here(self):
        self.binary(self.system / "libfmt.so.9", "NEEDED libgcc_s.so.1", "NEEDED ld-linux-sparc.so.1")
        self.binary(self.system / "libgcc_s.so.1", "NEEDED libfmt.so.9")
        self.binary(self.system / "libc.so.6")

    def test_libraries_of_libraries_come_along_and_the_c_library_does_not(self):
        self.libraries_are_here()
        taken = bundle.add_libraries(self.stage, self.target)
        self.assertEqual(taken, [self.system / "libfmt.so.9", self.system / "libgcc_s.so.1"])
        self.assertEqual(sorted(path.name for path in self.private.iterdir()),
                         ["libedgebench_vulkan.so", "libfmt.so.9", "libort.so.1", "spare"])
        self.assertEqual([path.name for path in (self.private / "spare").iterdir()], ["libgcc_s.so.1"])
        self.assertTrue((self.private / "libfmt.so.9").read_text(encoding="utf-8").endswith("stripped\n"))

    def test_a_library_that_is_nowhere_is_an_error_that_says_what_to_do(self):
        with self.assertRaisesRegex(FetchError, "libfmt.so.9 is in none of .*run scripts/setup sparc"):
            bundle.add_libraries(self.stage, self.target)

    def test_a_tool_that_fails_or_is_not_there(self):
        self.program("sparc-linux-readelf", "#!/bin/sh\nexit 3\n")
        with self.assertRaisesRegex(FetchError, "sparc-linux-readelf -d .* ended with code 3"):
            bundle.add_libraries(self.stage, self.target)
        (self.bin / "sparc-linux-readelf").unlink()
        with self.assertRaisesRegex(FetchError, "there is no 'sparc-linux-readelf' on PATH"):
            bundle.add_libraries(self.stage, self.target)

    def test_the_oldest_c_library_is_by_number_not_by_text(self):
        self.assertEqual(bundle.oldest_c_library(self.stage, self.target), "2.17")

    def test_sums_are_those_of_sha256sum(self):
        total = bundle.write_sums(self.stage)
        text = (self.stage / "SHA256SUMS").read_text(encoding="utf-8")
        self.assertEqual(hashlib.sha256(text.encode()).hexdigest(), total)
        done = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=self.stage,
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, text.count("\n")), (0, 4), done.stderr)

    def test_licences_of_all_libraries_or_none(self):
        self.libraries_are_here()
        self.program("dpkg-query", DPKG_QUERY)
        self.write(self.base / "LICENSE", "ours")
        for package in ("libfmt9", "libgcc-s1"):
            self.write(self.base / "doc" / package / "copyright", package)
        libraries = bundle.add_libraries(self.stage, self.target)
        bundle.add_licences(self.stage, {"edgebench": self.base / "LICENSE"}, libraries, self.base / "doc")
        texts = {path.name: path.read_text(encoding="utf-8") for path in (self.stage / "licences").iterdir()}
        self.assertEqual(texts, {"edgebench": "ours\n", "libfmt9": "libfmt9\n", "libgcc-s1": "libgcc-s1\n"})
        with self.assertRaisesRegex(FetchError, "libort.so.1 belongs to no Debian package"):
            bundle.owners([*libraries, self.system / "libort.so.1"])

    def test_models_that_are_wanted_and_there_with_their_licences(self):
        zoo, models = self.base / "zoo", self.base / "models"
        for name in ("vision/a", "vision/b", "nlp/c", "speech/d"):
            self.write(zoo / f"{name}.json", json.dumps({"licence": f"of {name}"}))
        for name in ("vision/a", "nlp/c", "speech/d"):
            self.write(models / name / "model.onnx", name)
        bundle.add_models(self.stage, models, zoo, ["vision", "speech/d", "large"])
        folder = self.stage / "share" / "edgebench" / "models"
        self.assertEqual((folder / "LICENCES").read_text(encoding="utf-8"),
                         "speech/d: of speech/d\nvision/a: of vision/a\n")
        self.assertEqual(sorted(str(path.parent.relative_to(folder)) for path in folder.rglob("*.onnx")),
                         ["speech/d", "vision/a"])
        with self.assertRaisesRegex(FetchError, "has no model of vision/b, bench: .*--models none"):
            bundle.add_models(self.stage, models, zoo, ["vision/b", "bench"])

    def run_script(self, starts_alone):
        """The script in a folder with a space, where the program says what it was given."""
        self.stage = self.stage.rename(self.base / "of the user")
        need = "" if starts_alone else '[ -n "$LD_LIBRARY_PATH" ] || exit 127\n'
        self.write(self.stage / "bin" / "edgebench", "#!/bin/sh", need, 'echo "$LD_LIBRARY_PATH|$*"')
        (self.stage / "bin" / "edgebench").chmod(0o755)
        bundle.add_run_script(self.stage)
        done = subprocess.run([self.stage / "run", "--tier", "quick now"], env={"PATH": "/usr/bin:/bin"}, cwd="/",
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def test_the_run_script_leaves_a_system_its_own_libraries(self):
        self.assertEqual(self.run_script(True), "|run --tier quick now\n")

    def test_the_run_script_has_libraries_for_a_system_without(self):
        self.assertEqual(self.run_script(False),
                         f"{self.base / 'of the user'}/lib/edgebench/spare|run --tier quick now\n")

    def test_an_archive_depends_on_its_files_only(self):
        bundle.add_run_script(self.stage)
        first, second = self.base / "1.tar.gz", self.base / "2.tar.gz"
        archive.write(self.stage, first, 1000, 6)
        for path in self.stage.rglob("*"):
            os.utime(path, (5, 5))
        (self.stage / "share" / "edgebench.1").chmod(0o600)
        archive.write(self.stage, second, 1000, 6)
        self.assertEqual(first.read_bytes(), second.read_bytes())
        with tarfile.open(second) as tar:
            members = {member.name: member for member in tar.getmembers()}
        self.assertEqual({(m.uid, m.gname, m.mtime) for m in members.values()}, {(0, "root", 1000)})
        self.assertEqual((members["stage/run"].mode, members["stage/share/edgebench.1"].mode), (0o755, 0o644))
        self.assertEqual(list(self.base.glob("*.part")), [])


class DebianTest(fakes.FakeWorld):

    def test_the_maintainer_is_given_or_debians_or_gits(self):
        self.assertEqual(debian.maintainer("A Lab <lab@example.org>", {}, self.base), "A Lab <lab@example.org>")
        self.assertEqual(debian.maintainer(None, {"DEBFULLNAME": "B", "DEBEMAIL": "b@c"}, self.base), "B <b@c>")
        self.program("git", "#!/bin/sh\n[ \"$4\" = user.name ] && echo D E || echo d@e.org\n")
        with mock.patch.dict(os.environ, {"PATH": self.env["PATH"]}):
            self.assertEqual(debian.maintainer(None, {"DEBFULLNAME": "B"}, self.base), "D E <d@e.org>")

    def test_a_maintainer_must_have_a_name_and_an_address(self):
        for bad in ("", "A Lab", "<lab@example.org>", "A <lab>", "A <a@b>\nDepends: x", "A, B <a@b>"):
            with self.assertRaisesRegex(FetchError, "is no maintainer: give one with --maintainer"):
                debian.maintainer(bad, {}, self.base)

    def test_a_tool_of_cpack_that_is_not_there_is_named_with_its_package(self):
        for tool, package in (("file", "file"), ("dpkg-shlibdeps", "dpkg-dev")):
            others = [name for name in debian.NEEDED_TOOLS if name != tool]
            with mock.patch("shutil.which", lambda name, others=others: name if name in others else None):
                with self.assertRaisesRegex(FetchError, f"there is no '{tool}', .*apt-get install {package}$"):
                    debian.make(self.base, self.base, self.base, {}, ())

    def test_the_changelog_is_as_dpkg_reads_it(self):
        text = debian.changelog("1.2.3", "abc", "A Lab <lab@example.org>", 86400)
        (self.base / "changelog").write_text(text, encoding="utf-8")
        self.assertIn(" -- A Lab <lab@example.org>  Fri, 02 Jan 1970 00:00:00 +0000\n", text)

    def test_documents_are_compressed_without_a_time(self):
        stage = self.base / "stage"
        (stage / "share/man/man1").mkdir(parents=True)
        (stage / "share/man/man1/edgebench.1").write_text("page", encoding="utf-8")
        for name in ("copyright", "overrides"):
            (self.base / name).write_text(name, encoding="utf-8")
        debian.add_documents(stage, self.base / "copyright", self.base / "overrides", "history")
        packed = (stage / "share/man/man1/edgebench.1.gz").read_bytes()
        self.assertEqual((gzip.decompress(packed), packed[3:8]), (b"page", bytes(5)))
        self.assertEqual(gzip.decompress((stage / "share/doc/edgebench/changelog.gz").read_bytes()), b"history")
        self.assertFalse((stage / "share/man/man1/edgebench.1").exists())
        self.assertEqual((stage / "share/lintian/overrides/edgebench").read_text(encoding="utf-8"), "overrides")

    def test_modes_do_not_depend_on_the_umask(self):
        files = {"bin/edgebench": 0o700, "lib/edgebench/lib.so": 0o755, "share/text": 0o600}
        for name, mode in files.items():
            (self.base / "s" / name).parent.mkdir(parents=True, mode=0o700)
            (self.base / "s" / name).write_bytes(b"")
            (self.base / "s" / name).chmod(mode)
        debian.set_modes(self.base / "s")
        modes = [(self.base / "s" / name).stat().st_mode & 0o777 for name in files]
        self.assertEqual(modes, [0o755, 0o644, 0o644])
        self.assertEqual((self.base / "s" / "share").stat().st_mode & 0o777, 0o755)


if __name__ == "__main__":
    unittest.main()
