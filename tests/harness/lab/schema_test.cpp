// The published schemas of a lab's files, read by a validator that is not ours: it must judge as ours does.
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

#include "harness/base/files.h"
#include "harness/base/json_schema.h"
#include "tests/support/places.h"

namespace eb::lab {
namespace {

using Json = nlohmann::json;

Json published(const std::string& name) {
  const auto text =
      read_file(test::source_folder() / "results/schema" / ("edgebench." + name + ".1.json"), 1 << 20);
  return text ? Json::parse(*text) : Json();
}

bool is_valid_for_others(const Json& document, const Json& schema_json) {
  valijson::Schema schema;
  valijson::SchemaParser(valijson::SchemaParser::kDraft7)
      .populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_json), schema);
  return valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(document), nullptr);
}

// `document` is right, and stops being so when a patch of `bad` is merged into its first board or job.
void expect_agreement(const std::string& name, const Json& document, const char* list,
                      const std::vector<Json>& bad) {
  const Json schema = published(name);
  ASSERT_TRUE(schema.is_object());
  EXPECT_TRUE(check_json(document, schema, name));
  EXPECT_TRUE(is_valid_for_others(document, schema));
  for (const Json& patch : bad) {
    Json damaged = document;
    damaged[list][0].merge_patch(patch);
    EXPECT_FALSE(check_json(damaged, schema, name)) << patch;
    EXPECT_FALSE(is_valid_for_others(damaged, schema)) << patch;
  }
}

TEST(LabSchemas, OthersJudgeAnInventoryAsWeDo) {
  const Json board = {{"id", "pi5-01"},
                      {"address", "lab@[fe80::1]:22"},
                      {"tags", {"a", "b"}},
                      {"power_switch", {{"off", {"x"}}, {"on", {"x", ""}}, {"secret", {{"env", "TOKEN"}}}}},
                      {"cool_down_s", 1.5}};
  expect_agreement("lab-inventory", {{"schema", "edgebench.lab-inventory/1"}, {"boards", {board}}}, "boards",
                   {{{"id", nullptr}},
                    {{"id", "a b"}},
                    {{"id", 1}},
                    {{"colour", "red"}},
                    {{"address", "lab:secret@host"}},
                    {{"tags", {"a", "a"}}},
                    {{"cool_down_s", -1}},
                    {{"power_switch", {{"secret", "hunter2"}}}},
                    {{"power_switch", {{"secret", {{"file", "b"}}}}}},
                    {{"power_switch", {{"off", Json::array()}}}}});
}

TEST(LabSchemas, OthersJudgeAPlanAsWeDo) {
  const Json job = {{"id", "quick"},
                    {"boards", {{"classes", {"pi5"}}}},
                    {"run", {{"workloads", {"vision"}}, {"dims", {{"batch", 1}}}, {"rate_qps", 1.5}}},
                    {"repeats", 5}};
  expect_agreement("lab-plan", {{"schema", "edgebench.lab-plan/1"}, {"jobs", {job}}}, "jobs",
                   {{{"run", nullptr}},
                    {{"run", {{"shell", "rm"}}}},
                    {{"run", {{"workloads", {"-x"}}}}},
                    {{"run", {{"workloads", Json::array()}}}},
                    {{"run", {{"dims", {{"batch", 0}}}}}},
                    {{"run", {{"strict", 1}}}},
                    {{"repeats", 0}},
                    {{"repeats", 1.5}},
                    {{"boards", {{"hosts", {"a"}}}}}});
}

}  // namespace
}  // namespace eb::lab
