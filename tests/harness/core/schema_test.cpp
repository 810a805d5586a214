// A run.json of ours against our JSON Schema, checked by a validator that is not ours.
#include <gtest/gtest.h>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#endif
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#include "harness/core/run.h"

namespace eb {
namespace {

using Json = nlohmann::json;

// "" if it is valid, else the validator's words.
std::string complaint(const Json& document) {
  const Json schema_json = Json::parse(run_json_schema().dump());
  valijson::Schema schema;
  valijson::SchemaParser(valijson::SchemaParser::kDraft7)
      .populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_json), schema);
  valijson::ValidationResults results;
  if (valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(document), &results))
    return "";
  std::string text = "invalid";
  for (valijson::ValidationResults::Error error; results.popError(error);) text += "; " + error.description;
  return text;
}

struct Fill {
  RunRecord& record;
  void operator()(std::string RunRecord::*m) const { record.*m = "text"; }
  void operator()(RunRecord::Count RunRecord::*m) const { record.*m = 1; }
  void operator()(RunRecord::Number RunRecord::*m) const { record.*m = 0.5; }
  void operator()(bool RunRecord::*m) const { record.*m = true; }
  void operator()(RunStatus RunRecord::*m) const { record.*m = RunStatus::ok; }
  void operator()(RunRecord::Texts RunRecord::*m) const { record.*m = {"a"}; }
  void operator()(std::vector<double> RunRecord::*m) const { record.*m = {0.5, 1}; }
};

Json run_document() {
  eb::Run run;
  run.context["cpu"] = "Example 9000";
  run.records.resize(1);
  for (const Field& field : fields()) std::visit(Fill{run.records[0]}, field.member);
  return Json::parse(to_json(run).dump());
}

TEST(RunSchema, AcceptsARunWithEveryField) {
  EXPECT_EQ(complaint(run_document()), "");
}

TEST(RunSchema, AcceptsWhatBecomesOfABackendThatIsNotHere) {
  eb::Run run;
  RunRecord record;
  record.workload = "vision/face-detection";
  record.backend = "npu";  // no device: there is none
  record.precision = "fp32";
  record.status = RunStatus::unavailable;
  record.reason = "no driver";
  run.records.push_back(record);
  EXPECT_EQ(complaint(Json::parse(to_json(run).dump())), "");
}

TEST(RunSchema, RefusesAWrongTypeInAnyField) {
  const Json good = run_document();
  for (const Field& field : fields()) {
    Json bad = good;
    bad["records"][0][std::string(field.name)] = Json::object();
    EXPECT_NE(complaint(bad), "") << field.name;
  }
}

TEST(RunSchema, RefusesUnknownStatusNegativeCountAndTextAmongNumbers) {
  const std::pair<const char*, Json> cases[] = {{"status", "splendid"},
                                                {"queries", -1},
                                                {"queries", 1.5},
                                                {"latency_quantiles_ms", {1, "2"}},
                                                {"warnings", {1}}};
  for (const auto& [name, value] : cases) {
    Json bad = run_document();
    bad["records"][0][name] = value;
    EXPECT_NE(complaint(bad), "") << name << " took " << value.dump();
  }
}

TEST(RunSchema, RefusesARunWithoutItsParts) {
  for (const char* part : {"schema", "context", "records"}) {
    Json bad = run_document();
    bad.erase(part);
    EXPECT_NE(complaint(bad), "") << part;
  }
  for (const char* field : {"workload", "backend", "precision", "status", "ranked"}) {
    Json bad = run_document();
    bad["records"][0].erase(field);
    EXPECT_NE(complaint(bad), "") << field;
  }
  Json other = run_document();
  other["schema"] = "edgebench.run/2";
  EXPECT_NE(complaint(other), "");
}

TEST(RunSchema, AcceptsFieldsOfALaterVersion) {
  Json later = run_document();
  later["records"][0]["from_the_future"] = 1;
  later["context"]["from_the_future"] = {1, 2};
  EXPECT_EQ(complaint(later), "");
}

TEST(RunSchema, DescribesEveryFieldWithItsUnit) {
  const auto schema = run_json_schema();
  const auto& properties = schema["properties"]["records"]["items"]["properties"];
  EXPECT_EQ(properties.size(), fields().size());
  for (const Field& field : fields()) {
    const std::string text = properties[std::string(field.name)]["description"];
    EXPECT_NE(text.find(field.doc), std::string::npos);
    if (!field.unit.empty()) {
      EXPECT_TRUE(text.ends_with("Unit: " + std::string(field.unit) + ".")) << text;
    }
  }
}

}  // namespace
}  // namespace eb
