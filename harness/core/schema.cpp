// The JSON Schema of run.json, from the same tables that write it.
#include <nlohmann/json.hpp>

#include "harness/core/run.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;
using R = RunRecord;

struct TypeOf {
  Json operator()(std::string R::*) const { return {{"type", "string"}}; }
  Json operator()(R::Count R::*) const { return {{"type", "integer"}, {"minimum", 0}}; }
  Json operator()(R::Number R::*) const { return {{"type", "number"}}; }
  Json operator()(bool R::*) const { return {{"type", "boolean"}}; }
  Json operator()(RunStatus R::*) const {
    Json names = Json::array();
    for (int i = 0; i <= static_cast<int>(RunStatus::skipped); ++i)
      names.push_back(status_name(static_cast<RunStatus>(i)));
    return {{"type", "string"}, {"enum", names}};
  }
  Json operator()(R::Texts R::*) const { return {{"type", "array"}, {"items", {{"type", "string"}}}}; }
  Json operator()(std::vector<double> R::*) const {
    return {{"type", "array"}, {"items", {{"type", "number"}}}};
  }
};

std::string described(std::string_view doc, std::string_view unit) {
  return unit.empty() ? std::string(doc) : std::string(doc) + " Unit: " + std::string(unit) + ".";
}

}  // namespace

Json run_json_schema() {
  Json record = Json::object();
  for (const Field& field : fields()) {
    Json property = std::visit(TypeOf{}, field.member);
    property["description"] = described(field.doc, field.unit);
    record[std::string(field.name)] = std::move(property);
  }
  Json context = Json::object();
  for (const ContextKey& key : context_keys())
    context[std::string(key.key)] = {{"description", described(key.doc, key.unit)}};
  const Json required = {"workload", "backend", "precision", "status", "ranked"};
  return {{"$schema", "http://json-schema.org/draft-07/schema#"},
          {"$id", std::string(kRunSchema)},
          {"title", "A run of edgebench"},
          {"description",
           "A number that was not measured is absent, never 0. Fields may be added without a new version."},
          {"type", "object"},
          {"required", {"schema", "context", "records"}},
          {"properties",
           {{"schema", {{"const", kRunSchema}}},
            {"context", {{"type", "object"}, {"properties", context}}},
            {"records",
             {{"type", "array"},
              {"items", {{"type", "object"}, {"required", required}, {"properties", record}}}}}}}};
}

}  // namespace eb
