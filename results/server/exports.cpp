#include "results/server/exports.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "reporters/reporters.h"
#include "results/server/answers.h"
#include "results/server/export_xml.h"

namespace eb::board {
namespace {

using Json = nlohmann::ordered_json;
using Records = std::span<const StoredRecord>;

struct FormatName {
  std::string_view name;
  ExportFormat format;
};
constexpr FormatName kFormats[] = {{"json", ExportFormat::json},
                                   {"csv", ExportFormat::csv},
                                   {"bmf", ExportFormat::bmf},
                                   {"github-action-benchmark", ExportFormat::github_action_benchmark},
                                   {"openbenchmarking", ExportFormat::openbenchmarking}};

// The newest record of each cell, in order of their names: these formats have one value a name.
std::map<std::string, const StoredRecord*> newest(Records records) {
  std::map<std::string, const StoredRecord*> by_name;
  for (const StoredRecord& record : records) {
    if (record.record.status != RunStatus::ok) continue;
    auto& slot = by_name[benchmark_name(record.record)];
    if (slot == nullptr || slot->id < record.id) slot = &record;
  }
  return by_name;
}

using Number = RunRecord::Number;

void add_measure(Json& measures, const char* name, const Number& value, const Number& low,
                 const Number& high) {
  if (!value) return;
  Json measure{{"value", *value}};
  if (low && high) measure.update({{"lower_value", *low}, {"upper_value", *high}});
  measures[name] = std::move(measure);
}

// bencher.dev's Metric Format. Latency is in ms, as the record has it.
Json bmf(Records records) {
  Json all = Json::object();
  for (const auto& [name, stored] : newest(records)) {
    const RunRecord& r = stored->record;
    Json measures = Json::object();
    add_measure(measures, "latency_mean_ms", r.latency_mean_ms, r.latency_mean_low_ms,
                r.latency_mean_high_ms);
    add_measure(measures, "latency_p50_ms", r.latency_p50_ms, {}, {});
    add_measure(measures, "latency_p99_ms", r.latency_p99_ms, {}, {});
    add_measure(measures, "throughput_sps", r.throughput_sps, r.throughput_low_sps, r.throughput_high_sps);
    add_measure(measures, "energy_per_sample_mj", r.energy_per_sample_mj, r.energy_per_sample_low_mj,
                r.energy_per_sample_high_mj);
    if (!measures.empty()) all[name] = std::move(measures);
  }
  return all;
}

// Of its tool "customSmallerIsBetter".
Json github_action_benchmark(Records records) {
  Json list = Json::array();
  for (const auto& [name, stored] : newest(records)) {
    const RunRecord& r = stored->record;
    if (!r.latency_p50_ms) continue;
    Json row{{"name", name}, {"unit", "ms"}, {"value", *r.latency_p50_ms}};
    if (r.latency_mad_ms) row["range"] = fmt::format("± {:.3g}", *r.latency_mad_ms);
    row["extra"] = fmt::format("run {}\n{}, {}", stored->run_id, r.tier, trust_name(stored->trust));
    list.push_back(std::move(row));
  }
  return list;
}

// Each line of the CSV report, after where it comes from.
Result<std::string> csv(Records records) {
  constexpr std::string_view kLineEnd = "\r\n";
  const auto reporter = make_csv_reporter();
  EB_GET(const std::string header, reporter->render({}));
  std::string text = "run_id,received_at,trust," + header;
  for (const StoredRecord& record : records) {
    EB_GET(const std::string lines, reporter->render({.records = {record.record}}));
    text += fmt::format("{},{},{},{}", record.run_id, record.received_at, trust_name(record.trust),
                        std::string_view(lines).substr(lines.find(kLineEnd) + kLineEnd.size()));
  }
  return text;
}

}  // namespace

std::string benchmark_name(const RunRecord& r) {
  return fmt::format("{} / {} {} / {} / {}", r.workload, r.backend,
                     r.device_name.empty() ? r.device : r.device_name, r.precision, r.scenario);
}

Result<ExportFormat> export_format(std::string_view name) {
  if (name.empty()) return ExportFormat::json;
  for (const FormatName& row : kFormats)
    if (row.name == name) return row.format;
  return Error{ErrorKind::invalid,
               fmt::format("there is no format '{}': use json, csv, bmf, github-action-benchmark or "
                           "openbenchmarking",
                           name)};
}

HttpAnswer export_answer(ExportFormat format, Records records) {
  switch (format) {
    case ExportFormat::bmf:
      return json_answer(200, bmf(records));
    case ExportFormat::github_action_benchmark:
      return json_answer(200, github_action_benchmark(records));
    case ExportFormat::openbenchmarking:
      return {.status = 200, .content_type = "application/xml", .body = openbenchmarking_xml(records)};
    case ExportFormat::csv: {
      auto text = csv(records);
      if (!text) return answer_of(text.error());
      HttpAnswer answer{.status = 200, .content_type = "text/csv; charset=utf-8", .body = *std::move(text)};
      answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"edgebench.csv\"");
      return answer;
    }
    case ExportFormat::json:
      break;
  }
  return error_answer(500, "JSON is no export");
}

std::vector<StoredRecord> records_of(const StoredRun& run) {
  const auto text_at = [&](const char* key) {
    const auto found = run.run.context.find(key);
    return found != run.run.context.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  std::vector<StoredRecord> records;
  for (const RunRecord& record : run.run.records)
    records.push_back({.id = static_cast<std::int64_t>(records.size() + 1),
                       .run_id = run.run_id,
                       .received_at = run.received_at,
                       .machine = text_at("machine"),
                       .started_at = text_at("started_at"),
                       .trust = run.trust,
                       .record = record});
  return records;
}

}  // namespace eb::board
