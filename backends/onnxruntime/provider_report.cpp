#include "backends/onnxruntime/provider_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/base/files.h"
#include "harness/base/json.h"

namespace eb::ort {
namespace {

std::string text_at(const nlohmann::json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : "";
}

}  // namespace

ProviderReport parse_provider_report(std::string_view json) {
  ProviderReport report;
  const auto told = parse_json(json);
  if (!told.is_object()) return report;
  report.cache = text_at(told, "cache");
  report.compute_precision = text_at(told, "compute_precision");
  const auto refused = told.find("refused");
  if (refused == told.end() || !refused->is_array()) return report;
  for (const auto& one : *refused) {
    if (!one.is_object()) continue;
    ProviderReport::Refused item{text_at(one, "node"), text_at(one, "op_type"), text_at(one, "reason")};
    if (!item.op_type.empty() && !item.reason.empty()) report.refused.push_back(std::move(item));
  }
  return report;
}

Result<ProviderReport> read_provider_report(const std::filesystem::path& file) {
  if (file.empty()) return ProviderReport{};
  constexpr std::uint64_t kMaxReportBytes = 64ull << 20;
  EB_GET(const std::string text, read_file(file, kMaxReportBytes));
  return parse_provider_report(text);
}

std::vector<std::string> count_refusals(const std::vector<ProviderReport::Refused>& refused) {
  std::map<std::string, int> counts;
  for (const auto& one : refused) ++counts[one.op_type + ": " + one.reason];
  std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> texts;
  texts.reserve(sorted.size());
  for (const auto& [what, count] : sorted) texts.push_back(fmt::format("{} {}", count, what));
  return texts;
}

}  // namespace eb::ort
