"""scripts/cmake/embed_kernels.py: variants, roles, the cache, and errors that name the line."""

import importlib.util
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import fakes

SCRIPT = fakes.ROOT / "scripts" / "cmake" / "embed_kernels.py"
KERNELS = fakes.ROOT / "backends" / "gpu" / "kernels"
SPEC = importlib.util.spec_from_file_location("embed_kernels", SCRIPT)
embed_kernels = importlib.util.module_from_spec(SPEC)
sys.modules["embed_kernels"] = embed_kernels
SPEC.loader.exec_module(embed_kernels)

GOOD = """// Scales. /* not a comment's end
// variants WIDE=0,1 KU=4,1
SPEC(3, FACTOR, -2)
SPEC(4, TM, 8)
KERNEL_BEGIN(good)
  BUF_RO4(0, float4, IN) /* over
two lines */ BUF_OUT(1, float4, OUT)
  PARAMS_BEGIN PARAM(int, count) PARAMS_END
KERNEL_LOCALS
KERNEL_BODY
  if (GID_X < count) OUT[GID_X] = LD4(IN, GID_X) * FLT(FACTOR + KU);
KERNEL_END
"""

# Logs each compile, then does it.
LOGGING_GLSLANG = """#!/bin/sh
case "$1" in --version) ;; *) echo "$*" >> "{log}" ;; esac
exec "{glslang}" "$@"
"""


def module(*instructions):
    """A SPIR-V module of (opcode, operands...)."""
    words = [embed_kernels.MAGIC, 0x10300, 0, 99, 0]
    for opcode, *operands in instructions:
        words += [(len(operands) + 1) << 16 | opcode, *operands]
    return tuple(words)


class PartsTest(unittest.TestCase):
    def test_comments_go_and_lines_stay(self):
        text = embed_kernels.without_comments('a // b\n/* c\nd */ e "// f"\n')
        self.assertEqual(text.replace(" ", ""), 'a\n\ne"//f"\n')

    def test_roles_come_from_the_types(self):
        words = module((71, 10, 33, 1), (71, 11, 33, 0), (25, 1, 2, 3, 4, 5, 6, 7, 8), (27, 2, 1), (30, 3, 9),
                       (32, 4, 0, 2), (32, 5, 12, 3), (59, 4, 10, 0), (59, 5, 11, 12))
        self.assertEqual(embed_kernels.roles_of(words), "bt")

    def test_a_gap_between_buffers_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "gap"):
            embed_kernels.roles_of(module((71, 10, 33, 0), (71, 11, 33, 2)))

    def test_names_are_stripped(self):
        self.assertEqual(embed_kernels.without_debug_information(module((5, 1, 2), (71, 1, 2), (3, 4))),
                         module((71, 1, 2)))

    def test_broken_modules_are_refused(self):
        with self.assertRaises(ValueError):
            embed_kernels.to_words(b"no SPIR-V at all, really")
        with self.assertRaises(ValueError):
            list(embed_kernels.instructions(module((71, 1)) + (0,)))


class EmbedTest(fakes.FakeWorld):
    def setUp(self):
        super().setUp()
        glslang = shutil.which("glslangValidator")
        if not glslang:
            self.skipTest("no glslangValidator")
        self.kernels, self.out, self.log = self.base / "kernels", self.base / "out", self.base / "log"
        self.kernels.mkdir()
        for name in ("prelude.glsl", "prelude.cl"):
            shutil.copy(KERNELS / name, self.kernels / name)
        self.program("glslang", LOGGING_GLSLANG.format(log=self.log, glslang=glslang))
        self.kernel("good", GOOD)

    def kernel(self, name, text):
        (self.kernels / f"{name}.krn").write_text(text, encoding="utf-8")

    def embed(self, *options, folders=()):
        command = [sys.executable, "-B", SCRIPT, "--kernels", self.kernels]
        for folder in folders:
            command += ["--kernels", folder]
        return subprocess.run([*command, "--spirv", self.out / "spirv.cpp", "--glslang", self.bin / "glslang",
                               "--opencl", self.out / "opencl.cpp", "--hash", self.out / "hash.cpp", *options],
                              capture_output=True, text=True, check=False)

    def compiles(self):
        count = len(self.log.read_text(encoding="utf-8").splitlines()) if self.log.exists() else 0
        self.log.unlink(missing_ok=True)
        return count

    def output(self, name):
        return (self.out / f"{name}.cpp").read_text(encoding="utf-8")

    def test_every_combination_is_there_once(self):
        done = self.embed()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = re.findall(r'\{"good", "(.*?)", "(.*?)", kConstants_good, (\w+)\}', self.output("spirv"))
        self.assertEqual([row[:2] for row in rows],
                         [(f"KU={ku} TEXEL={texel} WIDE={wide}", "tb" if texel else "bb")
                          for ku in (1, 4) for texel in (0, 1) for wide in (0, 1)])
        self.assertEqual(len({row[2] for row in rows}), 4, "WIDE changes nothing, so its words are kept once")
        self.assertIn('kConstants_good = {{{"FACTOR", 3}, {"TM", 4}, }};', self.output("spirv"))

    def test_the_texts_for_opencl_keep_their_lines(self):
        self.embed()
        text = self.output("opencl")
        self.assertIn('kConstants_good = {{{"FACTOR", -2}, {"TM", 8}, }};', text)
        body = re.search(r'kConstants_good,\nR"~krn~\((.*?)\)~krn~"', text, re.DOTALL)[1]
        self.assertEqual(body.count("\n"), GOOD.count("\n"))
        self.assertNotIn("Scales", body)
        self.assertIn("DIALECT_OPENCL", text)

    def test_compiles_only_what_changed(self):
        self.embed()
        self.assertEqual(self.compiles(), 8)
        before = (self.out / "spirv.cpp").stat().st_mtime_ns
        self.kernel("good", GOOD.replace("Scales.", "Scales by a factor."))
        self.embed()
        self.assertEqual(self.compiles(), 0, "only a comment changed")
        self.assertEqual((self.out / "spirv.cpp").stat().st_mtime_ns, before)
        self.kernel("other", GOOD.replace("(good)", "(other)"))
        self.embed()
        self.assertEqual(self.compiles(), 8, "the new kernel's")

    def test_damaged_cache_entries_are_compiled_again(self):
        self.embed()
        first = self.output("spirv")
        entries = sorted((self.out / "spirv_cache").iterdir())
        self.assertEqual(len(entries), 8)
        entries[0].write_bytes(b"")
        entries[1].write_bytes(entries[1].read_bytes()[:-4] + b"\0\0\0\0")
        self.compiles()
        self.embed()
        self.assertEqual(self.compiles(), 2)
        self.assertEqual(self.output("spirv"), first)

    def test_the_hash_follows_the_code(self):
        hashes = []
        for text in (GOOD, GOOD.replace("Scales", "Does"), GOOD.replace("KU)", "KU + 1)")):
            self.kernel("good", text)
            self.embed()
            hashes.append(re.search(r"0x([0-9a-f]{16});", self.output("hash"))[1])
        self.assertEqual(hashes[0], hashes[1])
        self.assertNotEqual(hashes[1], hashes[2])

    def test_an_error_names_the_kernel_and_its_line(self):
        self.kernel("bad", GOOD.replace("(good)", "(bad)").replace("LD4(IN, GID_X)", "LD4(IN, nothing)"))
        done = self.embed()
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"bad\.krn:11: 'nothing' : undeclared identifier.*KU=1")
        self.assertFalse((self.out / "spirv.cpp").exists())

    def test_keep_going_leaves_out_what_is_broken(self):
        self.kernel("bad", GOOD.replace("(good)", "(bad)").replace("LD4(IN, GID_X)", "LD4(IN, nothing)"))
        done = self.embed("--keep-going")
        self.assertEqual(done.returncode, 0)
        self.assertIn("left out: bad", done.stderr)
        self.assertIn('{"good", ', self.output("spirv"))
        self.assertNotIn('{"bad", ', self.output("spirv"))

    def test_mistakes_of_form_name_their_line(self):
        for text, problem in ((GOOD.replace("(good)", "(goof)"), r"good\.krn:1: .*KERNEL_BEGIN\(good\)"),
                              (GOOD.replace("WIDE=0,1", "WIDE=a"), r"good\.krn:2: 'WIDE=a' is no new axis"),
                              (GOOD.replace("WIDE=0,1", "KU=0"), r"good\.krn:2: .* no new axis"),
                              (GOOD.replace("SPEC(4", "SPEC(3"), r"good\.krn:4: SPEC TM needs an id of its own"),
                              (GOOD.replace("SPEC(3", "SPEC(2"), r"good\.krn:3: SPEC FACTOR needs an id"),
                              (GOOD.replace("PARAM(int, count)", "PARAM(int, count)" * 31), "at most 30 PARAMs")):
            self.kernel("good", text)
            done = self.embed()
            self.assertEqual(done.returncode, 1, problem)
            self.assertRegex(done.stderr, problem)

    def test_kernels_of_a_second_folder_join_but_do_not_replace(self):
        with tempfile.TemporaryDirectory() as second:
            path = pathlib.Path(second, "more.krn")
            path.write_text(GOOD.replace("(good)", "(more)"), encoding="utf-8")
            self.assertEqual(self.embed(folders=[second]).returncode, 0)
            self.assertIn('{"more", ', self.output("spirv"))
            path.rename(path.with_name("good.krn"))
            done = self.embed(folders=[second])
            self.assertEqual(done.returncode, 1)

    def test_no_kernels_make_empty_tables(self):
        (self.kernels / "good.krn").unlink()
        done = self.embed()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("SpirvVariant, 0>", self.output("spirv"))

    def test_the_checker_sees_every_variant(self):
        self.program("spirv-val", f'#!/bin/sh\n[ "$1" = --version ] || echo val >> "{self.log}"\nexit 0\n')
        self.embed("--spirv-val", str(self.bin / "spirv-val"))
        self.assertEqual(self.log.read_text(encoding="utf-8").splitlines().count("val"), 8)
        self.program("spirv-val", "#!/bin/sh\necho wrong types\nexit 1\n")
        shutil.rmtree(self.out)
        done = self.embed("--spirv-val", str(self.bin / "spirv-val"))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"good\.krn:1: .*spirv-val: wrong types")


class OurKernelsTest(unittest.TestCase):
    def test_the_real_tools_take_the_kernels_of_the_engine(self):
        tools = {name: shutil.which(name) for name in ("glslangValidator", "spirv-val")}
        if not all(tools.values()):
            self.skipTest("no glslangValidator or no spirv-val")
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder)
            done = subprocess.run([sys.executable, "-B", SCRIPT, "--kernels", KERNELS, "--spirv", out / "s.cpp", "--glslang",
                                   tools["glslangValidator"], "--spirv-val", tools["spirv-val"]],
                                  capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
