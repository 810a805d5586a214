"""Each rule of scripts/check_floors.py is broken once, and kept once, in a small tree."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check_floors.py"


class CheckFloorsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def check(self):
        done = subprocess.run([sys.executable, "-B", SCRIPT, self.root], capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    def assert_broken(self, place, words):
        code, output = self.check()
        self.assertEqual(code, 1, output)
        lines = [line for line in output.splitlines() if line.startswith(place + ":")]
        self.assertEqual(len(lines), 1, output)
        self.assertIn(words, lines[0])

    def assert_kept(self):
        code, output = self.check()
        self.assertEqual((code, output), (0, "check_floors: every rule holds\n"))

    def test_empty_tree_is_fine(self):
        self.assert_kept()

    def test_downward_includes_are_allowed(self):
        self.write("harness/base/a.h", "// What.\n#pragma once\n#include <string>\n#include <fmt/core.h>\n")
        self.write("harness/core/b.h", '#pragma once\n#include "harness/base/a.h"\n')
        self.write("harness/run/c.cpp", '#include "harness/core/b.h"\n#include "harness/stats/s.h"\n')
        self.write("backends/npu/d.cpp", '#include "backends/onnxruntime/ep.h"\n#include "backends/npu/own.h"\n')
        self.write("backends/vulkan/e.cpp", '#include "backends/gpu/compute_device.h"\n')
        self.write("harness/probes/f.cpp", '#include "backends/gpu/compute_device.h"\n')
        self.write("reporters/upload.cpp", '#include "results/bundle/bundle.h"\n')
        self.write("workloads/vision/g.cpp", '#include "workloads/prepare/resize.h"\n#include <png.h>\n')
        self.write("harness/app/h.cpp", '#include "backends/gpu/factory.h"\n#include "harness/run/c.h"\n'
                                        '#include "results/server/server.h"\n#include "build_info.h"\n')
        self.assert_kept()

    def test_upward_and_sideways_includes_are_refused(self):
        for place, header in (
                ("harness/base/a.cpp", "harness/core/b.h"),
                ("harness/core/a.cpp", "harness/stats/b.h"),
                ("harness/stats/a.cpp", "harness/run/b.h"),
                ("harness/run/a.cpp", "backends/onnxruntime/b.h"),
                ("harness/run/a.cpp", "backends/gpu/compute_device.h"),
                ("harness/probes/a.cpp", "backends/gpu/planner.h"),
                ("backends/onnxruntime/a.cpp", "backends/npu/b.h"),
                ("backends/vulkan/a.cpp", "backends/opencl/b.h"),
                ("workloads/speech/a.cpp", "reporters/b.h"),
                ("reporters/html.cpp", "results/bundle/b.h"),
                ("results/compare/a.cpp", "results/store/b.h"),
                ("results/server/a.cpp", "harness/unknown/b.h")):
            with self.subTest(place=place, header=header):
                self.write(place, f'\n  #  include "{header}"\n')
                self.assert_broken(f"{place}:2", "harness/unknown" if "unknown" in header else "may not include")
                (self.root / place).unlink()

    def test_types_of_one_name_are_refused(self):
        self.write("harness/stats/a.h", "#pragma once\nnamespace eb {\nstruct Same {\n};\nstruct Other;\n}\n")
        self.write("results/store/b.h", "#pragma once\nnamespace eb::board {\nstruct Same {\n};\nclass Other final : Base {\n};\n}\n")
        self.assert_kept()
        self.write("reporters/c.h", "#pragma once\nnamespace eb {\nenum class Same : int { a };\n}\n")
        self.assert_broken("reporters/c.h:3", "harness/stats/a.h has another eb::Same: rename one")

    def test_app_enters_a_part_through_one_header(self):
        self.write("harness/app/a.cpp", '#include "backends/gpu/factory.h"\n')
        self.write("harness/app/b.cpp", '#include "backends/gpu/factory.h"\n#include "backends/gpu/planner.h"\n')
        self.assert_broken("harness/app/b.cpp:2", "one factory header")

    def test_relative_and_escaping_includes_are_refused(self):
        self.write("harness/run/a.cpp", '#include "b.h"\n#include "harness/base/../core/b.h"\n')
        code, output = self.check()
        self.assertEqual(code, 1)
        self.assertIn("harness/run/a.cpp:1:", output)
        self.assertIn("harness/run/a.cpp:2:", output)

    def test_headers_of_others_stay_in_their_place(self):
        for place, header in (("harness/core/session.h", "onnxruntime_c_api.h"), ("harness/run/a.cpp", "CLI/CLI.hpp"),
                              ("backends/gpu/a.cpp", "vulkan/vulkan.h"), ("reporters/a.cpp", "png.h"),
                              ("harness/stats/a.cpp", "gtest/gtest.h")):
            with self.subTest(place=place):
                self.write(place, f"#pragma once\n#include <{header}>\n")
                self.assert_broken(f"{place}:2", f"<{header}> may only be included in")
                (self.root / place).unlink()

    def test_commented_includes_do_not_count(self):
        self.write("harness/base/a.cpp", '// #include "harness/run/b.h"\n/*\n#include "harness/run/b.h"\n*/\n'
                                         'const char* text = R"(\n#include "harness/run/b.h"\n)";\n')
        self.assert_kept()

    def test_tests_may_include_anything(self):
        self.write("tests/harness/base/a_test.cpp", '#include "harness/run/b.h"\n#include <gtest/gtest.h>\n#ifdef _WIN32\n')
        self.assert_kept()

    def test_unknown_folder_is_named(self):
        self.write("harness/misc/a.cpp", "int a;\n")
        self.assert_broken("harness/misc/a.cpp:1", "on no floor")

    def test_header_without_pragma_once(self):
        self.write("harness/base/a.h", "// A comment may come first.\nint a();\n#pragma once\n")
        self.assert_broken("harness/base/a.h:1", "#pragma once")

    def test_pragma_once_in_a_comment_is_none(self):
        self.write("tests/a.h", "// #pragma once\nint a();\n")
        self.assert_broken("tests/a.h:1", "#pragma once")

    def test_file_length(self):
        self.write("workloads/make/a.py", "a = 1\n" * 400)
        self.assert_kept()
        self.write("workloads/make/a.py", "a = 1\n" * 400 + "b = 1")
        self.assert_broken("workloads/make/a.py:401", "at most 400 lines, this one has 401")
        self.write("workloads/make/a.py", "")
        self.write("scripts/tool", "true\n" * 401)
        self.assert_broken("scripts/tool:401", "at most 400 lines")

    def test_platform_macros_stay_in_platform_files(self):
        for place in ("harness/base/dynlib.cpp", "harness/meters/rapl_linux.cpp", "backends/gpu/a_windows.h"):
            self.write(place, "#pragma once\n#ifdef __linux__\n#endif\n")
        self.write("harness/run/a.cpp", "// not __linux__\nconst char* name = \"_WIN32\";\n")
        self.assert_kept()
        self.write("harness/run/a.cpp", "int a;\n#if defined(_WIN32)\n#endif\n")
        self.assert_broken("harness/run/a.cpp:2", "_WIN32 belongs into")

    def test_usage(self):
        done = subprocess.run([sys.executable, "-B", SCRIPT, "--nonsense"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("usage:", done.stdout)


if __name__ == "__main__":
    unittest.main()
