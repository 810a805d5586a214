#include <sstream>

#include "reporters/text.h"
#include "tests/reporters/support.h"

namespace eb {
namespace {

using test::minimal_record;
using test::rendered;

std::string markdown_of(const Run& run) {
  return rendered(make_markdown_reporter(), run);
}

// Cell separators that Markdown sees.
std::size_t bare_pipes(const std::string& line) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\')
      ++i;
    else if (line[i] == '|')
      ++count;
  }
  return count;
}

TEST(ReportMarkdown, MatchesGolden) {
  test::expect_golden("report.md", markdown_of(test::fixture_run()));
}

TEST(ReportMarkdown, EveryTableRowHasAllCells) {
  std::istringstream lines(markdown_of(test::fixture_run()));
  std::size_t cells = 0, rows = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] != '|') {
      cells = 0;
      continue;
    }
    if (cells == 0) cells = bare_pipes(line);
    EXPECT_EQ(bare_pipes(line), cells) << line;
    ++rows;
  }
  EXPECT_GT(rows, 15U);
}

TEST(ReportMarkdown, HasOnlyColumnsWithAValue) {
  eb::Run run;
  run.records.push_back(minimal_record());
  EXPECT_EQ(markdown_of(run).find("p50"), std::string::npos);
  run.records[0].latency_p50_ms = 2;
  EXPECT_NE(markdown_of(run).find("| p50, ms |"), std::string::npos);
}

TEST(ReportMarkdown, SaysWhyARecordIsNotOk) {
  eb::Run run;
  run.records.push_back(minimal_record(RunStatus::out_of_memory));
  run.records[0].reason = "the kernel killed it";
  EXPECT_NE(markdown_of(run).find(
                "- **out\\_of\\_memory** vision/face-detection cpu/0 fp32 single-stream: the kernel "
                "killed it\n"),
            std::string::npos);
}

TEST(ReportMarkdown, NothingBecomesMarkup) {
  eb::Run run;
  run.context["cpu"] = test::kHostile;
  run.records.push_back(minimal_record(RunStatus::failed));
  RunRecord& record = run.records[0];
  record.workload = record.reason = record.licence =
      std::string(test::kHostile) + "](http://x) **b** _i_ # h";
  record.warnings = {std::string(test::kHostile)};
  const std::string text = markdown_of(run);
  EXPECT_EQ(text.find("<script"), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("** **"), std::string::npos);
  EXPECT_NE(text.find("\\*\\*b\\*\\* \\_i\\_ \\# h"), std::string::npos);
  EXPECT_EQ(text, valid_utf8(text));
}

TEST(ReportMarkdown, ACommandCannotEndItsBlock) {
  eb::Run run;
  run.records.push_back(minimal_record());
  run.records[0].command = "edgebench run 'a ``` b `````.onnx'\n```\n# not a heading";
  const std::string text = markdown_of(run);
  EXPECT_EQ(test::count_of(text, "\n``````sh\n"), 1U);
  EXPECT_EQ(test::count_of(text, "\n``````\n"), 1U);
  EXPECT_EQ(text.find("\n# not"), std::string::npos);
}

TEST(ReportMarkdown, AnEmptyRunSaysSo) {
  const std::string text = markdown_of(eb::Run{});
  EXPECT_NE(text.find("0 of 0 records ok."), std::string::npos);
  EXPECT_EQ(text.find("## Results"), std::string::npos);
}

TEST(ReportMarkdown, AnInterruptedRunSaysSo) {
  eb::Run run;
  run.context["interrupted"] = true;
  EXPECT_NE(markdown_of(run).find("interrupted"), std::string::npos);
}

}  // namespace
}  // namespace eb
