#include "results/server/export_xml.h"

#include <fmt/format.h>

#include <map>
#include <utility>
#include <vector>

#include "reporters/reporters.h"

namespace eb::board {
namespace {

using Records = std::span<const StoredRecord>;

// Two characters that UTF-8 can have and XML cannot.
std::string xml_text(std::string_view any) {
  std::string text = valid_utf8(any);
  for (const std::string_view forbidden : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})
    for (auto at = text.find(forbidden); at != std::string::npos; at = text.find(forbidden, at))
      text.replace(at, forbidden.size(), "?");
  return text;
}

template <std::size_t N>
Markup& element(Markup& xml, const char (&name)[N], std::string_view text) {
  return xml.raw("<").raw(name).raw(">").text(xml_text(text)).raw("</").raw(name).raw(">\n");
}

std::string system_name(const StoredRecord& stored) {
  const RunRecord& r = stored.record;
  return fmt::format("{} {} ({})", r.backend, r.device_name.empty() ? r.device : r.device_name,
                     stored.run_id.substr(0, 12));
}

void add_system(Markup& xml, const std::string& name, const StoredRecord& stored) {
  const RunRecord& r = stored.record;
  xml.raw("<System>\n");
  element(xml, "Identifier", name);
  element(xml, "Hardware", fmt::format("Machine: {}, Processor: {}", stored.machine, r.device_name));
  element(xml, "Software", fmt::format("Runtime: {}, Driver: {}", r.runtime, r.driver));
  element(xml, "User", "edgebench");
  element(xml, "TimeStamp", stored.started_at);
  element(xml, "TestClientVersion", "edgebench");
  element(xml, "Notes", fmt::format("Trust: {}; tier: {}", trust_name(stored.trust), r.tier));
  xml.raw("</System>\n");
}

struct Measure {
  const char* title;
  const char* scale;
  const char* proportion;  // higher or lower is better
  RunRecord::Number RunRecord::*value;
};
constexpr Measure kMeasures[] = {
    {"median latency", "ms", "LIB", &RunRecord::latency_p50_ms},
    {"throughput", "samples/s", "HIB", &RunRecord::throughput_sps},
    {"energy a sample", "mJ", "LIB", &RunRecord::energy_per_sample_mj},
};

void add_result(Markup& xml, const Measure& measure, const std::vector<const StoredRecord*>& cell) {
  const RunRecord& first = cell.front()->record;
  xml.raw("<Result>\n");
  element(xml, "Identifier", "");  // of no test profile of theirs
  element(xml, "Title", fmt::format("edgebench: {}", first.workload));
  element(xml, "AppVersion", "");
  element(xml, "Arguments", fmt::format("{} {} {}", first.precision, first.scenario, measure.title));
  element(xml, "Description", fmt::format("{}, {}, {}", measure.title, first.precision, first.scenario));
  element(xml, "Scale", measure.scale);
  element(xml, "Proportion", measure.proportion);
  element(xml, "DisplayFormat", "BAR_GRAPH");
  xml.raw("<Data>\n");
  for (const StoredRecord* stored : cell) {
    const std::string value = fmt::format("{:.9g}", *(stored->record.*measure.value));
    xml.raw("<Entry>\n");
    element(xml, "Identifier", system_name(*stored));
    element(xml, "Value", value);
    element(xml, "RawString", value);
    xml.raw("</Entry>\n");
  }
  xml.raw("</Data>\n</Result>\n");
}

}  // namespace

std::string openbenchmarking_xml(Records records) {
  std::map<std::string, const StoredRecord*> systems;
  using Cell = std::pair<std::string, const Measure*>;
  std::map<Cell, std::vector<const StoredRecord*>> cells;
  for (const StoredRecord& stored : records) {
    const RunRecord& r = stored.record;
    if (r.status != RunStatus::ok) continue;
    systems.emplace(system_name(stored), &stored);
    for (const Measure& measure : kMeasures)
      if (r.*measure.value)
        cells[{fmt::format("{}\n{}\n{}", r.workload, r.precision, r.scenario), &measure}].push_back(&stored);
  }
  Markup xml;
  xml.raw("<?xml version=\"1.0\"?>\n<PhoronixTestSuite>\n<Generated>\n");
  element(xml, "Title", "edgebench results");
  element(xml, "LastModified", records.empty() ? "" : records.front().received_at);
  element(xml, "TestClient", "edgebench");
  element(xml, "Description", "Machine-learning inference at the edge, measured by edgebench");
  element(xml, "Notes", "");
  xml.raw("</Generated>\n");
  for (const auto& [name, stored] : systems) add_system(xml, name, *stored);
  for (const auto& [cell, stored] : cells) add_result(xml, *cell.second, stored);
  xml.raw("</PhoronixTestSuite>\n");
  return xml.str();
}

}  // namespace eb::board
