// What all reporters promise.
#include "reporters/reporters.h"

#include <clocale>
#include <limits>
#include <locale>
#include <set>

#include "reporters/console.h"
#include "reporters/text.h"
#include "tests/reporters/support.h"

namespace eb {
namespace {

using test::fixture_run;
using test::minimal_record;
using test::rendered;

std::string everything(const Run& run) {
  std::string all = render_table(run.records, 100, true);
  for (const RunRecord& record : run.records) all += render_line(record, 0, false);
  for (const auto& reporter : make_reporters()) all += rendered(reporter, run);
  return all;
}

// Puts the locale back, whatever the test does.
class LocaleGuard {
 public:
  LocaleGuard() : c_(std::setlocale(LC_ALL, nullptr)), cpp_(std::locale()) {}
  LocaleGuard(const LocaleGuard&) = delete;
  LocaleGuard& operator=(const LocaleGuard&) = delete;
  ~LocaleGuard() {
    std::locale::global(cpp_);
    std::setlocale(LC_ALL, c_.c_str());
  }

 private:
  std::string c_;
  std::locale cpp_;
};

class CommaNumbers : public std::numpunct<char> {
 protected:
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST(Reporters, AreFiveWithNamesOfTheirOwn) {
  std::set<std::string> formats, files;
  for (const auto& reporter : make_reporters()) {
    formats.emplace(reporter->format());
    files.emplace(reporter->file_name());
  }
  EXPECT_EQ(formats, (std::set<std::string>{"json", "html", "md", "csv", "google-benchmark"}));
  EXPECT_EQ(files.size(), 5U);
}

TEST(Reporters, SameRunSameBytes) {
  const eb::Run run = fixture_run();
  EXPECT_EQ(everything(run), everything(run));
}

TEST(Reporters, ACommaInTheCppLocaleChangesNothing) {
  const std::string expected = everything(fixture_run());
  const LocaleGuard guard;
  std::locale::global(std::locale(std::locale::classic(), new CommaNumbers));
  EXPECT_EQ(everything(fixture_run()), expected);
}

TEST(Reporters, ACommaInTheCLocaleChangesNothing) {
  const std::string expected = everything(fixture_run());
  const LocaleGuard guard;
  if (std::setlocale(LC_ALL, "de_DE.UTF-8") == nullptr) GTEST_SKIP() << "locale de_DE.UTF-8 is not installed";
  ASSERT_STREQ(std::localeconv()->decimal_point, ",");
  EXPECT_EQ(everything(fixture_run()), expected);
}

TEST(Reporters, ValidUtf8WhateverComesIn) {
  eb::Run run;
  run.context["cpu"] = test::kHostile;
  run.records.push_back(minimal_record(RunStatus::failed));
  run.records[0].workload = run.records[0].reason = run.records[0].command = test::kHostile;
  const std::string all = everything(run);
  EXPECT_EQ(all, valid_utf8(all));
}

TEST(Reporters, TheContextMayBeAnyJson) {
  eb::Run run;
  for (const char* value : {"null", "[]", "7", "\"text\"",
                            "{\"cpu\":{},\"started_at\":[1],\"duration_s\":\"x\","
                            "\"harness_overhead_ns\":null,\"interrupted\":3}"}) {
    run.context = nlohmann::ordered_json::parse(value);
    for (const auto& reporter : make_reporters()) EXPECT_TRUE(reporter->render(run)) << value;
  }
}

TEST(Reporters, EveryStatusIsRendered) {
  eb::Run run;
  for (int i = 0; i <= static_cast<int>(RunStatus::skipped); ++i)
    run.records.push_back(minimal_record(static_cast<RunStatus>(i)));
  for (const auto& reporter : make_reporters()) {
    if (reporter->format() == "google-benchmark") continue;  // knows errors only
    const std::string text = rendered(reporter, run);
    for (int i = 0; i <= static_cast<int>(RunStatus::skipped); ++i) {
      const std::string name(status_name(static_cast<RunStatus>(i)));
      EXPECT_NE(text.find(name.substr(0, name.find('_'))), std::string::npos)
          << reporter->format() << " " << name;
    }
  }
}

TEST(Reporters, AThousandRecordsAreNoProblem) {
  const eb::Run fixture = fixture_run();
  eb::Run run;
  run.context = fixture.context;
  for (std::size_t i = 0; i < 1000; ++i) {
    run.records.push_back(fixture.records[i % fixture.records.size()]);
    run.records.back().device = std::to_string(i / fixture.records.size());
    run.records.back().warnings.push_back("warning " + std::to_string(i));
  }
  for (const auto& reporter : make_reporters()) {
    const std::string text = rendered(reporter, run);
    EXPECT_GT(text.size(), 100'000U) << reporter->format();
    EXPECT_LT(text.size(), 20'000'000U) << reporter->format();
  }
  EXPECT_GT(test::count_of(render_table(run.records, 120, false), "\n"), 1000U);
}

}  // namespace
}  // namespace eb
