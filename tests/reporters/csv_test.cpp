#include <algorithm>
#include <cmath>

#include "reporters/text.h"
#include "tests/reporters/support.h"

namespace eb {
namespace {

using test::minimal_record;
using test::rendered;
using Table = std::vector<std::vector<std::string>>;

// RFC 4180, strictly; an empty table where the text is not that.
Table parse_csv(const std::string& text) {
  Table table(1);
  std::string cell;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      cell += text[++i];
    } else if (c == '"') {
      if (!quoted && !cell.empty()) return {};  // a quote inside a bare cell
      quoted = !quoted;
    } else if (quoted) {
      cell += c;
    } else if (c == ',') {
      table.back().push_back(std::exchange(cell, ""));
    } else if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
      table.back().push_back(std::exchange(cell, ""));
      table.emplace_back();
      ++i;
    } else if (c == '\r' || c == '\n') {
      return {};
    } else {
      cell += c;
    }
  }
  if (quoted || !cell.empty() || !table.back().empty()) return {};
  table.pop_back();
  return table;
}

std::string cell_of(const Table& table, std::size_t row, std::string_view field) {
  for (std::size_t i = 0; i < table[0].size(); ++i)
    if (table[0][i] == field) return table[row][i];
  return "no such column";
}

Table table_of(const RunRecord& record) {
  eb::Run run;
  run.records.push_back(record);
  return parse_csv(rendered(make_csv_reporter(), run));
}

TEST(ReportCsv, MatchesGolden) {
  test::expect_golden("results.csv", rendered(make_csv_reporter(), test::fixture_run()));
}

TEST(ReportCsv, HasEveryFieldButPlots) {
  const Table table = parse_csv(rendered(make_csv_reporter(), test::fixture_run()));
  ASSERT_EQ(table.size(), 14U);
  const auto plots = std::count_if(fields().begin(), fields().end(), [](const Field& field) {
    return field.name == "latency_quantiles_ms" ||
           (field.name.starts_with("part_") && field.name != "part_s");
  });
  EXPECT_EQ(plots, 7);
  for (const auto& row : table) EXPECT_EQ(row.size(), fields().size() - static_cast<std::size_t>(plots));
  EXPECT_EQ(table[0][0], "workload");
  EXPECT_EQ(cell_of(table, 1, "latency_quantiles_ms"), "no such column");
  EXPECT_EQ(cell_of(table, 1, "status"), "ok");
  EXPECT_EQ(cell_of(table, 2, "latency_p50_ms"), "");
}

TEST(ReportCsv, AnEmptyRunIsTheHeader) {
  const Table table = parse_csv(rendered(make_csv_reporter(), eb::Run{}));
  ASSERT_EQ(table.size(), 1U);
}

TEST(ReportCsv, QuotesWhatNeedsIt) {
  RunRecord record = minimal_record(RunStatus::failed);
  record.reason = "a, \"b\"\r\nc\nd";
  record.driver = " padded ";
  const Table table = table_of(record);
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(cell_of(table, 1, "reason"), record.reason);
  EXPECT_EQ(cell_of(table, 1, "driver"), record.driver);
}

TEST(ReportCsv, NoTextIsAFormula) {
  for (const std::string start :
       {"=", "+", "-", "@", "\t", "\r", "\n", " =", "\n\t@", "＝", "＋", "－", "＠"}) {
    RunRecord record = minimal_record();
    record.device_name = start + "cmd|' /C calc'!A0";
    record.warnings = {start + "1"};
    const Table table = table_of(record);
    ASSERT_EQ(table.size(), 2U);
    EXPECT_EQ(cell_of(table, 1, "device_name"), "'" + record.device_name);
    EXPECT_EQ(cell_of(table, 1, "warnings")[0], '\'');
  }
}

TEST(ReportCsv, NumbersStayNumbers) {
  RunRecord record = minimal_record();
  record.memory_growth_mb = -0.1;
  record.latency_p50_ms = 1e-7;
  record.queries = 1000000;
  const Table table = table_of(record);
  EXPECT_EQ(cell_of(table, 1, "memory_growth_mb"), "-0.1");
  EXPECT_EQ(cell_of(table, 1, "latency_p50_ms"), "1e-07");
  EXPECT_EQ(cell_of(table, 1, "queries"), "1000000");
}

TEST(ReportCsv, WhatIsNotFiniteIsEmpty) {
  RunRecord record = minimal_record();
  record.latency_p50_ms = std::nan("");
  EXPECT_EQ(cell_of(table_of(record), 1, "latency_p50_ms"), "");
}

TEST(ReportCsv, SurvivesHostileTexts) {
  RunRecord record = minimal_record();
  record.workload = record.reason = record.command = std::string(test::kHostile) + '\0';
  const Table table = table_of(record);
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(cell_of(table, 1, "reason"), valid_utf8(test::kHostile));
}

}  // namespace
}  // namespace eb
