// Comparisons and scores for programs.
#include <cmath>

#include "reporters/comparison.h"
#include "reporters/comparison_text.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;

// What is not a number is absent.
void put(Json& json, const char* key, std::optional<double> value) {
  if (value && std::isfinite(*value)) json[key] = *value;
}
void put(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

void put_ratio(Json& json, const std::string& key, const std::optional<Ratio>& ratio) {
  if (!ratio) return;
  put(json, key.c_str(), ratio->value);
  if (!ratio->interval) return;
  put(json, (key + "_low").c_str(), ratio->interval->low);
  put(json, (key + "_high").c_str(), ratio->interval->high);
}

Json cell_json(const Comparison& cell) {
  const RunRecord &a = cell.first, &b = cell.other;
  Json json = {{"workload", a.workload}, {"task", a.task},           {"backend", a.backend},
               {"device", a.device},     {"precision", a.precision}, {"scenario", a.scenario}};
  if (b.backend != a.backend || b.device != a.device) {
    json["other_backend"] = b.backend;
    json["other_device"] = b.device;
  }
  json["verdict"] = verdict_name(cell.verdict);
  put(json, "reason", cell.reason);
  if (cell.is_forced) json["forced"] = true;
  if (!cell.metric.empty()) json["metric"] = cell.metric;
  put(json, "first", metric_of(a, cell.metric));
  put(json, "other", metric_of(b, cell.metric));
  put_ratio(json, "ratio", cell.speed);
  put(json, "first_energy_per_sample_mj", a.energy_per_sample_mj);
  put(json, "other_energy_per_sample_mj", b.energy_per_sample_mj);
  put_ratio(json, "energy_ratio", cell.energy);
  put(json, "energy_reason", cell.energy_reason);
  put(json, "quality_change", cell.quality_change);
  return json;
}

Json explanation_json(const Explanation& explanation) {
  Json causes = Json::array();
  for (const Cause& cause : explanation.causes) {
    Json one = {{"cause", cause.sentence}};
    put(one, "up_to", cause.up_to);
    if (cause.up_to) one["share"] = cause.share;
    put(one, "basis", cause.basis);
    causes.push_back(std::move(one));
  }
  Json json = {{"device", explanation.device}, {"cell", explanation.cell}};
  put_ratio(json, "ratio", explanation.ratio);
  json["may_be_caused_by"] = std::move(causes);
  return json;
}

Json comparison_json(const RunComparison& one) {
  Json cells = Json::array(), groups = Json::array(), explanations = Json::array(), context = Json::array();
  for (const Comparison& cell : one.cells) cells.push_back(cell_json(cell));
  for (const GroupRatio& group : one.groups) {
    Json json = {{"precision", group.precision}, {"task", group.task.empty() ? "all" : group.task}};
    put_ratio(json, "ratio", group.ratio);
    json["verdict"] = verdict_name(verdict_of(group.ratio));
    json["cells"] = group.cells;
    groups.push_back(std::move(json));
  }
  for (const Explanation& explanation : one.explanations)
    explanations.push_back(explanation_json(explanation));
  for (const ContextDifference& difference : one.context)
    context.push_back({{"key", difference.key}, {"first", difference.first}, {"other", difference.other}});
  return {{"first", one.first},
          {"other", one.other},
          {"cells", cells},
          {"geometric_means", groups},
          {"explanations", explanations},
          {"only_first", one.only_first},
          {"only_other", one.only_other},
          {"context_differences", context}};
}

}  // namespace

Json comparisons_json(std::span<const RunComparison> all) {
  Json list = Json::array();
  for (const RunComparison& one : all) list.push_back(comparison_json(one));
  return {{"schema", "edgebench.comparison/1"}, {"confidence", kConfidence}, {"comparisons", list}};
}

Json scores_json(std::span<const Score> scores, std::string_view reference) {
  Json list = Json::array();
  for (const Score& score : scores) {
    Json json = {{"device", score.device},
                 {"scenario", score.scenario},
                 {"precision", score.precision},
                 {"task", score.task.empty() ? "all" : score.task},
                 {"score", score.value}};
    if (score.interval) {
      json["score_low"] = score.interval->low;
      json["score_high"] = score.interval->high;
    }
    json["workloads"] = score.cells;
    json["is_partial"] = !score.missing.empty();
    json["missing"] = score.missing;
    list.push_back(std::move(json));
  }
  return {{"schema", "edgebench.score/1"},
          {"reference", reference},
          {"confidence", kConfidence},
          {"scores", list}};
}

}  // namespace eb
