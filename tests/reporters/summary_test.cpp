#include "reporters/summary.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/reporters/support.h"

namespace eb {
namespace {

using test::minimal_record;

TEST(ReportSummary, EveryColumnExplainsItselfByAField) {
  for (const SummaryColumn& column : summary_columns())
    EXPECT_NE(find_field(column.field), nullptr) << column.title;
}

TEST(ReportSummary, ShowsPointAndBound) {
  EXPECT_EQ(point_and_bound(2.51, 2.553), "2.510 ≤ 2.553");
  EXPECT_EQ(point_and_bound(2.51, {}), "2.510");
  EXPECT_EQ(point_and_bound({}, 2.553), "");
  EXPECT_EQ(point_and_bound(std::nan(""), 2.553), "");
}

TEST(ReportSummary, SaysHowQueriesCameAndWhatWasHeld) {
  RunRecord record;
  EXPECT_EQ(load_text(record), "");
  record.samples_per_query = 1;
  EXPECT_EQ(load_text(record), "");
  record.samples_per_query = 8;
  EXPECT_EQ(load_text(record), "8 samples a query");
  record.samples_per_query = 1;
  record.target_rate_qps = 30;
  EXPECT_EQ(load_text(record), "30 queries/s");
  record.target_rate_qps = 412.04;
  record.latency_target_ms = 20;
  EXPECT_EQ(load_text(record), "412 queries/s; p99 ≤ 20 ms not shown");
  record.latency_held_percent = 95;
  EXPECT_EQ(load_text(record), "412 queries/s; p99 ≤ 20 ms not shown");
  record.latency_held_percent = 99;
  EXPECT_EQ(load_text(record), "412 queries/s with p99 ≤ 20 ms");
}

TEST(ReportSummary, ShowsOnlyAProvenDirectionOfTheTarget) {
  RunRecord record = minimal_record();
  EXPECT_EQ(quality_text(record), "");
  record.quality = 0.972;
  EXPECT_EQ(quality_text(record), "0.972");
  record.quality_target = 0.95;
  EXPECT_EQ(quality_text(record), "0.972 (≥ 0.95)");
  record.quality = 0.0287;  // ok below its target: an error rate
  EXPECT_EQ(quality_text(record), "0.0287 (≤ 0.95)");
  record.status = RunStatus::wrong;
  EXPECT_EQ(quality_text(record), "0.0287 (≥ 0.95)");
  record.quality = 2;
  EXPECT_EQ(quality_text(record), "2 (≤ 0.95)");
  record.status = RunStatus::crashed;
  EXPECT_EQ(quality_text(record), "2 (target 0.95)");
}

TEST(ReportSummary, SharesAreNotRoundedUpToAll) {
  EXPECT_EQ(share_text(1), "100 %");
  EXPECT_EQ(share_text(0.99999), "> 99.9 %");
  EXPECT_EQ(share_text(0.987), "98.7 %");
  EXPECT_EQ(share_text(0.05), "5 %");
  EXPECT_EQ(share_text(0), "0 %");
  EXPECT_EQ(share_text(std::nan("")), "");
}

TEST(ReportSummary, LabelsLeaveTheUnitOut) {
  EXPECT_EQ(label_of("latency_p90_ms", "ms"), "latency p90");
  EXPECT_EQ(label_of("throughput_sps", "samples/s"), "throughput");
  EXPECT_EQ(label_of("effective_tops", "TOPS"), "effective TOPS");
  EXPECT_EQ(label_of("cpu_mhz", "MHz"), "CPU MHz");
  EXPECT_EQ(label_of("traffic_mb_per_sample", "MB"), "traffic per sample");
  EXPECT_EQ(label_of("latency_mad_ms", "ms"), "latency MAD");
  EXPECT_EQ(label_of("launches", ""), "launches");
  EXPECT_EQ(label_of("os", ""), "OS");
  EXPECT_EQ(label_of("_odd__name_", ""), "odd  name");
}

TEST(ReportSummary, ContextValuesBecomeOneLine) {
  using Json = nlohmann::ordered_json;
  EXPECT_EQ(context_text(Json("a\nb")), "a b");
  EXPECT_EQ(context_text(Json(true)), "yes");
  EXPECT_EQ(context_text(Json(4300)), "4300");
  EXPECT_EQ(context_text(Json(0.31)), "0.31");
  EXPECT_EQ(context_text(Json(66.0295)), "66.03");
  EXPECT_EQ(context_text(Json(2596.13)), "2596");
  EXPECT_EQ(context_text(Json(25277123.4)), "25277123");
  EXPECT_EQ(context_text(Json()), "");
  EXPECT_EQ(context_text(Json::parse("{\"a\":[1,\"\\n\"]}")), "{\"a\":[1,\"\\n\"]}");
  EXPECT_EQ(context_text(Json({"\xFF"})), "[\"\xEF\xBF\xBD\"]");
}

TEST(ReportSummary, ContextRowsAreOrderedAndComplete) {
  eb::Run run;
  run.context["unknown_key"] = 1;
  run.context["cpu_mhz"] = 4287.5;
  run.context["started_at"] = "2026-01-02T03:04:05Z";
  run.context["governor"] = nullptr;  // absent
  const auto rows = context_rows(run);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].label, "started at");
  EXPECT_EQ(rows[1].text, "4288 MHz");
  EXPECT_FALSE(rows[1].doc.empty());
  EXPECT_EQ(rows[2].label, "unknown key");
}

TEST(ReportSummary, AListInTheContextIsARowForEachOfIt) {
  eb::Run run;
  run.context = nlohmann::ordered_json::parse(R"json({
    "ambient_c": 22.5,
    "clocks": [{"domain": "cpu0-3", "governor": "schedutil", "min_mhz": 408.0, "hardware_max_mhz": 2400.0},
               {"domain": "npu", "cur_mhz": 200.0}, {}],
    "links": [{"device": "Coral", "kind": "usb", "mbps": 480}],
    "throttled_board": ["undervoltage", "throttled"],
    "unknown": [1, {"a": 2}]})json");
  std::vector<std::string> rows;
  for (const ContextRow& row : context_rows(run)) rows.push_back(row.label + " | " + row.text);
  EXPECT_THAT(rows,
              testing::ElementsAre("clocks | cpu0-3: governor schedutil, min 408 MHz, hardware max 2400 MHz",
                                   "clocks | npu: cur 200 MHz", "links | Coral: kind usb, 480 Mbit/s",
                                   "ambient | 22.5 degC", "throttled board | undervoltage, throttled",
                                   "unknown | [1,{\"a\":2}]"));
  run.context = {{"throttled_board", nlohmann::ordered_json::array()}};
  EXPECT_EQ(context_rows(run).at(0).text, "none");
}

TEST(ReportSummary, GroupsByWhatWasOpened) {
  std::vector<RunRecord> records(5, minimal_record());
  records[1].precision = "int8";
  records[2].scenario = "offline";
  records[3].device = "1";
  records[4].backend = "cpu0";  // "cpu0" + "" is not "cpu" + "0"
  records[4].device = "";
  const auto groups = group_records(records);
  ASSERT_EQ(groups.size(), 4U);
  ASSERT_EQ(groups[0].records.size(), 2U);
  EXPECT_EQ(groups[0].records[1], &records[2]);
}

TEST(ReportSummary, CollectsSharedTexts) {
  std::vector<RunRecord> records(3, minimal_record());
  records[0].warnings = {"busy", "hot", "busy"};
  records[2].warnings = {"hot\n", ""};
  const auto shared = shared_texts(records, &RunRecord::warnings);
  ASSERT_EQ(shared.size(), 2U);
  EXPECT_EQ(shared[0].text, "busy");
  EXPECT_EQ(shared[0].records.size(), 1U);
  EXPECT_EQ(shared[1].records.size(), 2U);
  EXPECT_EQ(workloads_of(shared[1]), std::vector<std::string>{"vision/face-detection"});
}

TEST(ReportSummary, FailedRecordsDoNotExplainRanking) {
  std::vector<RunRecord> records = {minimal_record(), minimal_record(RunStatus::crashed)};
  records[0].unranked_reasons = {"virtual machine"};
  records[1].unranked_reasons = {"crashed"};
  const auto reasons = shared_unranked_reasons(records);
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_EQ(reasons[0].text, "virtual machine");
}

TEST(ReportSummary, CountsStatuses) {
  const std::vector<RunRecord> records = {minimal_record(), minimal_record(RunStatus::skipped),
                                          minimal_record()};
  const auto counts = count_statuses(records);
  EXPECT_EQ(counts[0], 2U);
  EXPECT_EQ(counts[static_cast<std::size_t>(RunStatus::skipped)], 1U);
}

TEST(ReportSummary, NamesTheMachine) {
  eb::Run run;
  EXPECT_EQ(machine_title(run), "Unnamed machine");
  run.context["machine"] = "Board";
  EXPECT_EQ(machine_title(run), "Board");
  run.context["cpu"] = "Core";
  EXPECT_EQ(machine_title(run), "Core");
  EXPECT_EQ(headline_facts(run), std::vector<std::string>{"Board"});
  run.records.resize(3);
  run.records[0].tier = run.records[2].tier = "quick";
  EXPECT_EQ(headline_facts(run).back(), "tier quick");
  run.records[1].tier = "sustained";
  EXPECT_EQ(headline_facts(run).back(), "tiers quick, sustained");
}

}  // namespace
}  // namespace eb
