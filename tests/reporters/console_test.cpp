#include "reporters/console.h"

#include <sstream>

#include "reporters/text.h"
#include "tests/reporters/support.h"

namespace eb {
namespace {

using test::fixture_run;
using test::minimal_record;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(ReportConsole, MatchesGoldenTables) {
  const eb::Run run = fixture_run();
  std::string all;
  for (const int width : {80, 120, 0}) {
    all += render_table(run.records, width, false) + "\n" + render_reasons(run.records, width, false) + "\n";
  }
  for (const RunRecord& record : run.records) all += render_line(record, 0, false) + "\n";
  test::expect_golden("console.txt", all);
}

TEST(ReportConsole, FitsTheWidth) {
  const eb::Run run = fixture_run();
  for (int width = 40; width <= 240; width += 5) {
    for (const std::string& line : lines_of(render_table(run.records, width, false)))
      EXPECT_LE(display_width(line), width) << line;
    for (const std::string& line : lines_of(render_reasons(run.records, width, false)))
      EXPECT_LE(display_width(line), width) << line;
  }
}

TEST(ReportConsole, NarrowTablesKeepWhatMatters) {
  const std::string table = render_table(fixture_run().records, 40, false);
  EXPECT_NE(table.find("workload"), std::string::npos);
  EXPECT_NE(table.find("status"), std::string::npos);
  EXPECT_EQ(table.find("memory"), std::string::npos);
}

TEST(ReportConsole, ColumnsWithoutAnyValueAreLeftOut) {
  const std::string table = render_table(fixture_run().records, 0, false);
  EXPECT_EQ(table.find("energy"), std::string::npos);
  const std::vector<RunRecord> bare = {minimal_record(RunStatus::crashed)};
  EXPECT_EQ(render_table(bare, 0, false).find("p50"), std::string::npos);
}

TEST(ReportConsole, AbsentIsADashNeverZero) {
  std::vector<RunRecord> records = {minimal_record(), minimal_record(RunStatus::crashed)};
  records[0].latency_p50_ms = 3.25;
  const auto lines = lines_of(render_table(records, 0, false));
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_NE(lines[3].find("3.250"), std::string::npos);
  EXPECT_NE(lines[4].find("–"), std::string::npos);
  EXPECT_NE(lines[1].find("ms"), std::string::npos);
}

TEST(ReportConsole, ColourOnlyOnRequest) {
  const eb::Run run = fixture_run();
  EXPECT_EQ(render_table(run.records, 100, false).find('\x1b'), std::string::npos);
  EXPECT_EQ(render_line(run.records[0], 0, false).find('\x1b'), std::string::npos);
  const std::string coloured = render_table(run.records, 100, true);
  EXPECT_EQ(test::count_of(coloured, "\x1b[32m"), 10U);  // good
  EXPECT_EQ(test::count_of(coloured, "\x1b[31m"), 2U);   // wrong, crashed
}

TEST(ReportConsole, ARecordCannotDriveTheTerminal) {
  RunRecord record = minimal_record(RunStatus::failed);
  record.workload = record.device = record.reason = std::string(test::kHostile);
  const std::vector<RunRecord> records = {record};
  for (const std::string& text :
       {render_table(records, 0, false), render_reasons(records, 0, false), render_line(record, 0, false)}) {
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\r'), std::string::npos);
    EXPECT_EQ(text, valid_utf8(text));
  }
  EXPECT_EQ(render_line(record, 0, false).find('\n'), std::string::npos);
  EXPECT_EQ(lines_of(render_table(records, 0, false)).size(), 3U);
}

TEST(ReportConsole, NothingFromNothing) {
  EXPECT_EQ(render_table({}, 80, true), "");
  EXPECT_EQ(render_reasons({}, 80, true), "");
  const std::vector<RunRecord> good = {minimal_record()};
  EXPECT_EQ(render_reasons(good, 80, true), "");
}

TEST(ReportConsole, AFinishedCellIsOneLine) {
  RunRecord record = minimal_record();
  record.latency_p50_ms = 3.321;
  record.latency_p90_ms = 3.431;
  record.latency_p90_bound_ms = 3.632;
  record.throughput_sps = 297.455;
  EXPECT_EQ(render_line(record, 0, false),
            "ok vision/face-detection cpu/0 fp32 single-stream  p50 3.321 ms  p90 3.431 ≤ 3.632 ms  297.5 "
            "samples/s");
  EXPECT_EQ(render_line(record, 80, false),
            "ok vision/face-detection cpu/0 fp32 single-stream  p50 3.321 ms");
  EXPECT_EQ(render_line(record, 10, true),
            "\x1b[32mok\x1b[0m vision/face-detection cpu/0 fp32 single-stream");
  RunRecord failed = minimal_record(RunStatus::timeout);
  EXPECT_EQ(render_line(failed, 0, false), "timeout vision/face-detection cpu/0 fp32 single-stream");
  failed.reason = "open took 60 s";
  EXPECT_EQ(render_line(failed, 0, false),
            "timeout vision/face-detection cpu/0 fp32 single-stream: open took 60 s");
  EXPECT_EQ(render_line(failed, 20, false), render_line(failed, 0, false)) << "why it failed is never cut";
}

TEST(ReportConsole, SaysWhyGoodRecordsAreNotRanked) {
  std::vector<RunRecord> records(4, minimal_record());
  records[0].ranked = true;
  records[1].unranked_reasons = {"virtual machine", "trial: 3 queries in 1.0 s"};
  records[2].unranked_reasons = {"virtual machine", "trial: 4 queries in 1.0 s"};
  records[3] = minimal_record(RunStatus::failed);
  records[3].unranked_reasons = {"status is failed"};
  const auto lines = lines_of(render_reasons(records, 80, false));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1], "not ranked (2 of 4): virtual machine");
  EXPECT_EQ(lines[2], "not ranked (2 of 4): trial: see each workload");
}

TEST(ReportConsole, NoUnitsNoRowForThem) {
  const std::vector<RunRecord> failed = {minimal_record(RunStatus::failed)};
  EXPECT_EQ(lines_of(render_table(failed, 0, false)).size(), 3U);
}

TEST(ReportConsole, NodesAreARowEachWithShareProviderAndReason) {
  const std::vector<Placement::Node> nodes = {{"conv", "Conv", "NPU", 3e6, ""},
                                              {"gemm", "Gemm", "CPU", 1e6, "too\nbig"},
                                              {"relu", "Relu", "CPU", 0.0, ""}};
  const auto lines = lines_of(render_nodes("user/m npu/0 as-is", nodes, 0, false));
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0], "user/m npu/0 as-is: 3 nodes");
  EXPECT_NE(lines[2].find("75 %  NPU"), std::string::npos) << lines[2];
  EXPECT_NE(lines[3].find("25 %  CPU       too big"), std::string::npos) << lines[3];
  EXPECT_EQ(lines[4].find('%'), std::string::npos) << "no MACs, no share";
  const std::vector<Placement::Node> hostile = {{std::string(test::kHostile), std::string(test::kHostile),
                                                 std::string(test::kHostile), 1.0,
                                                 std::string(test::kHostile)}};
  const std::string text = render_nodes(test::kHostile, hostile, 80, false);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(lines_of(text).size(), 3U);
}

}  // namespace
}  // namespace eb
