#pragma once
// Golden files, the fixture run and hostile texts for the tests of reporters.
// To rewrite the golden files: EDGEBENCH_UPDATE_GOLDEN=1, run the tests, look at the difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "harness/core/run.h"
#include "reporters/reporters.h"
#include "tests/support/places.h"

namespace eb::test {

inline std::filesystem::path golden_folder() {
  return source_folder() / "tests" / "golden";
}

inline std::string file_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// 5 workloads that are ok (two scenarios each), one wrong, one crashed with hostile texts, one unavailable.
inline Run fixture_run() {
  auto run = run_from_json(file_text(golden_folder() / "run.json"), "tests/golden/run.json");
  EXPECT_TRUE(run) << run.error().message;
  return run ? *std::move(run) : Run{};
}

// Compares with the committed file, or rewrites it.
inline void expect_file(const std::filesystem::path& file, const std::string& text) {
  const char* update = std::getenv("EDGEBENCH_UPDATE_GOLDEN");
  if (update != nullptr && std::string_view(update) == "1")
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
  EXPECT_TRUE(file_text(file) == text)
      << file << " is not what the code makes now. If the change is meant, run the tests again with\n"
      << "EDGEBENCH_UPDATE_GOLDEN=1 and commit the file. What the code makes begins with:\n"
      << text.substr(0, 2000);
}

inline void expect_golden(std::string_view name, const std::string& text) {
  expect_file(golden_folder() / name, text);
}

inline std::string rendered(const std::unique_ptr<Reporter>& reporter, const Run& run) {
  auto text = reporter->render(run);
  EXPECT_TRUE(text) << text.error().message;
  return text ? *std::move(text) : "";
}

inline RunRecord minimal_record(RunStatus status = RunStatus::ok) {
  RunRecord record;
  record.workload = "vision/face-detection";
  record.backend = "cpu";
  record.device = "0";
  record.precision = "fp32";
  record.scenario = "single-stream";
  record.status = status;
  return record;
}

inline std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

// Script, quotes, cell and line ends, a terminal escape, an override of direction, and bytes that are not
// UTF-8.
inline constexpr std::string_view kHostile =
    "<script>alert('x')</script>\"|,;\r\n=1+1\t\x1b[31m\xE2\x80\xAE&amp;`\\ \xC3\x28\xFF\xF0\x9F";

}  // namespace eb::test
