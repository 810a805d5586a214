#include "reporters/variants.h"

#include <cmath>
#include <limits>

#include "reporters/html_parts.h"
#include "tests/reporters/support.h"

namespace eb {
namespace {

using test::count_of;

RunRecord network(std::string workload, std::string precision, double p50_ms, double model_mb) {
  RunRecord record = test::minimal_record();
  record.workload = std::move(workload);
  if (record.workload != "fashion/teacher") record.variant_of = "fashion/teacher";
  record.precision = std::move(precision);
  record.latency_p50_ms = p50_ms;
  record.model_mb = model_mb;
  record.gops_per_sample = 0.004;
  record.quality_metric = "top-1";
  record.quality = 0.92;
  return record;
}

std::vector<RunRecord> family() {
  std::vector<RunRecord> records = {
      network("fashion/student", "fp32", 0.02, 0.1), network("fashion/teacher", "fp16", 0.2, 0.2),
      network("fashion/teacher", "fp32", 0.1, 0.4), network("fashion/student", "int8", 0.01, 0.025)};
  records[3].quality = 0.9;
  return records;
}

std::string cell(const RunRecord& record, const RunRecord& base, std::string_view title) {
  for (const VariantColumn& column : variant_columns())
    if (column.title == title) return column.text(record, base);
  return "no such column";
}

std::string html_of(std::vector<RunRecord> records) {
  Run run;
  run.records = std::move(records);
  return html_variants({run, group_records(run.records)}).str();
}

std::string markdown_of(std::vector<RunRecord> records) {
  Run run;
  run.records = std::move(records);
  return test::rendered(make_markdown_reporter(), run);
}

TEST(VariantTables, OneADeviceAndScenarioAgainstTheOriginalInFp32) {
  auto records = family();
  for (RunRecord other : family()) {
    other.scenario = "offline";
    records.push_back(other);
  }
  const auto tables = variant_tables(records);
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0].title, "fashion/teacher on cpu/0, single-stream");
  EXPECT_EQ(tables[1].title, "fashion/teacher on cpu/0, offline");
  EXPECT_EQ(tables[0].base, &records[2]);
  EXPECT_EQ(tables[0].records.size(), 4U);
}

TEST(VariantTables, NoneWithoutAnOriginalOrWithoutVariants) {
  EXPECT_TRUE(variant_tables({}).empty());
  auto records = family();
  std::erase_if(records, [](const RunRecord& r) { return r.workload == "fashion/teacher"; });
  EXPECT_TRUE(variant_tables(records).empty());
  records = family();
  std::erase_if(records, [](const RunRecord& r) { return r.workload != "fashion/teacher"; });
  EXPECT_TRUE(variant_tables(records).empty());
  records = family();
  for (RunRecord& record : records)
    if (!record.variant_of.empty()) record.device = "1";
  EXPECT_TRUE(variant_tables(records).empty()) << "they ran on another device";
  records = family();
  for (RunRecord& record : records) record.workload = record.variant_of = "a/b";
  EXPECT_TRUE(variant_tables(records).empty()) << "a variant of itself";
}

TEST(VariantColumns, SayRatiosAndChanges) {
  const auto records = family();
  const RunRecord &base = records[2], &small = records[3];
  EXPECT_EQ(cell(small, base, "speed"), "10.0×");
  EXPECT_EQ(cell(records[1], base, "speed"), "0.500×");
  EXPECT_EQ(cell(base, base, "speed"), "1.00×");
  EXPECT_EQ(cell(small, base, "size"), "0.0625×");
  EXPECT_EQ(cell(small, base, "MACs"), "2.00");
  EXPECT_EQ(cell(small, base, "change"), "-0.0200");
  EXPECT_EQ(cell(base, base, "change"), "");
  EXPECT_EQ(cell(small, base, "energy"), "") << "was not measured";
  EXPECT_EQ(cell(small, base, "energy ratio"), "");
  EXPECT_EQ(cell(small, base, "status"), "ok");
}

TEST(VariantColumns, SpeedOfOtherScenariosIsTheRate) {
  auto records = family();
  for (RunRecord& record : records) record.scenario = "offline";
  records[2].throughput_sps = 100;
  records[3].throughput_sps = 250;
  EXPECT_EQ(cell(records[3], records[2], "speed"), "2.50×");
  EXPECT_EQ(cell(records[0], records[2], "speed"), "");
}

TEST(VariantColumns, WhatIsNoNumberOrOfAnotherMetricIsLeftOut) {
  auto records = family();
  RunRecord &base = records[2], &other = records[3];
  other.quality_metric = "mean-iou";
  EXPECT_EQ(cell(other, base, "change"), "");
  for (const double bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    other.latency_p50_ms = other.model_mb = other.gops_per_sample = bad;
    for (const char* title : {"speed", "size", "MACs"}) EXPECT_EQ(cell(other, base, title), "") << bad;
  }
}

TEST(HtmlVariants, ARowARecordAndADashForWhatIsAbsent) {
  EXPECT_EQ(html_of({}), "");
  const std::string html = html_of(family());
  EXPECT_EQ(count_of(html, "<table>"), 1U);
  EXPECT_EQ(count_of(html, "<tr><td"), 4U);
  for (const char* part : {">10.0×<", ">-0.0200<", ">–<", "zeros among the weights count"})
    EXPECT_NE(html.find(part), std::string::npos) << part << "\n" << html;
}

TEST(HtmlVariants, ForeignTextsDoNoHarm) {
  auto records = family();
  for (RunRecord& record : records) {
    record.device = record.precision = record.scenario = std::string(test::kHostile);
    if (record.variant_of.empty()) continue;
    record.workload = std::string(test::kHostile);
  }
  const std::string html = html_of(records);
  EXPECT_NE(html, "");
  EXPECT_EQ(html.find("<script"), std::string::npos);
}

TEST(MarkdownVariants, HaveTheirSection) {
  const std::string text = markdown_of(family());
  EXPECT_NE(text.find("## Against the original"), std::string::npos);
  EXPECT_NE(text.find("| fashion/student | int8 |"), std::string::npos) << text;
  EXPECT_EQ(markdown_of({family().front()}).find("Against the original"), std::string::npos);
}

}  // namespace
}  // namespace eb
