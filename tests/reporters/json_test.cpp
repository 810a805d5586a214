#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "tests/reporters/support.h"

namespace eb {
namespace {

using nlohmann::json;
using test::fixture_run;
using test::minimal_record;
using test::rendered;

std::filesystem::path schema_file() {
  return test::source_folder() / "results" / "schema" / "edgebench.run.1.json";
}

// "" where `document` follows the committed schema, else the first complaint.
std::string complaint(const json& document) {
  const json schema_json = json::parse(test::file_text(schema_file()));
  valijson::Schema schema;
  valijson::SchemaParser parser;
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_json), schema);
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(document), &results)) return "";
  valijson::ValidationResults::Error error;
  results.popError(error);
  return error.description.empty() ? "invalid" : error.description;
}

TEST(ReportJson, CommittedSchemaIsTheGeneratedOne) {
  test::expect_file(schema_file(), run_json_schema().dump(1) + "\n");
}

TEST(ReportJson, GivesBackTheFixture) {
  test::expect_golden("run.json", rendered(make_json_reporter(), fixture_run()));
}

TEST(ReportJson, IsTheRunAndNothingElse) {
  const eb::Run run = fixture_run();
  EXPECT_EQ(rendered(make_json_reporter(), run), to_json(run).dump(1) + "\n");
}

TEST(ReportJson, FollowsTheSchema) {
  EXPECT_EQ(complaint(json::parse(rendered(make_json_reporter(), fixture_run()))), "");
  EXPECT_EQ(complaint(json::parse(rendered(make_json_reporter(), eb::Run{}))), "");
}

TEST(ReportJson, TheSchemaRefusesWhatIsWrong) {
  json document = json::parse(rendered(make_json_reporter(), fixture_run()));
  const auto changed = [&](const char* path, const json& value) {
    json copy = document;
    copy[json::json_pointer(path)] = value;
    return copy;
  };
  EXPECT_NE(complaint(changed("/schema", "edgebench.run/2")), "");
  EXPECT_NE(complaint(changed("/records/0/status", "fine")), "");
  EXPECT_NE(complaint(changed("/records/0/latency_p50_ms", "3.2")), "");
  EXPECT_NE(complaint(changed("/records/0/queries", -1)), "");
  EXPECT_NE(complaint(changed("/records", 7)), "");
  document["records"][0].erase("workload");
  EXPECT_NE(complaint(document), "");
}

TEST(ReportJson, WhatIsNotFiniteIsAbsent) {
  eb::Run run;
  run.context["load_1m"] = std::nan("");
  run.records.push_back(minimal_record());
  run.records[0].latency_p50_ms = std::numeric_limits<double>::infinity();
  run.records[0].latency_p90_ms = 2;
  run.records[0].latency_quantiles_ms = {1, std::nan("")};
  const json document = json::parse(rendered(make_json_reporter(), run));
  EXPECT_FALSE(document["context"].contains("load_1m"));
  const json& record = document["records"][0];
  EXPECT_FALSE(record.contains("latency_p50_ms"));
  EXPECT_FALSE(record.contains("latency_quantiles_ms"));
  EXPECT_EQ(record["latency_p90_ms"], 2);
  EXPECT_EQ(complaint(document), "");
}

TEST(ReportJson, AnyBytesBecomeValidUtf8) {
  eb::Run run;
  run.context["cpu"] = test::kHostile;
  run.context[std::string(test::kHostile)] = {test::kHostile};
  run.records.push_back(minimal_record(RunStatus::failed));
  run.records[0].reason = test::kHostile;
  run.records[0].warnings = {std::string(test::kHostile)};
  const std::string text = rendered(make_json_reporter(), run);
  const auto again = run_from_json(text, "again");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_NE(again->records[0].reason.find("\xEF\xBF\xBD"), std::string::npos);
  EXPECT_EQ(rendered(make_json_reporter(), *again), text);
}

}  // namespace
}  // namespace eb
