#include "harness/probes/probe.h"

#include <fmt/format.h>

#include <cmath>

#include "harness/base/files.h"
#include "harness/base/json.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostProbes = 1000;
constexpr std::size_t kLongestText = 1000;
constexpr std::uint64_t kMostFileBytes = 4 << 20;
constexpr std::string_view kSchema = "edgebench.probes/1";

bool take(const nlohmann::json& json, const char* key, std::string& to) {
  const auto at = json.find(key);
  if (at == json.end() || !at->is_string()) return false;
  to = at->get<std::string>();
  return to.size() <= kLongestText;
}

bool take(const nlohmann::json& json, const char* key, double& to) {
  const auto at = json.find(key);
  if (at == json.end() || !at->is_number()) return false;
  to = at->get<double>();
  return std::isfinite(to) && to >= 0;
}

bool take(const nlohmann::json& json, const char* key, std::optional<double>& to) {
  if (!json.contains(key)) return true;
  to.emplace();
  return take(json, key, *to);
}

bool take_warnings(const nlohmann::json& json, std::vector<std::string>& to) {
  const auto at = json.find("warnings");
  if (at == json.end() || !at->is_array() || at->size() > kMostProbes) return false;
  for (const auto& text : *at) {
    if (!text.is_string() || text.get_ref<const std::string&>().size() > kLongestText) return false;
    to.push_back(text);
  }
  return true;
}

bool is_kind(const std::string& kind) {
  return kind == "compute" || kind == "bandwidth" || kind == "latency";
}

std::optional<Probe> probe_from_json(const nlohmann::json& json) {
  Probe probe;
  double threads = 0;
  const auto stable = json.is_object() ? json.find("stable") : json.end();
  const bool fits =
      json.is_object() && take(json, "backend", probe.backend) && take(json, "device", probe.device) &&
      take(json, "name", probe.name) && take(json, "precision", probe.precision) &&
      take(json, "kind", probe.kind) && is_kind(probe.kind) && take(json, "value", probe.value) &&
      probe.value > 0 && take(json, "unit", probe.unit) && take(json, "spread", probe.spread) &&
      take(json, "threads", threads) && threads <= 1e6 && stable != json.end() && stable->is_boolean() &&
      take(json, "clock_ghz", probe.clock_ghz) && take(json, "theoretical", probe.theoretical) &&
      take(json, "derivation", probe.derivation) && take_warnings(json, probe.warnings);
  if (!fits) return std::nullopt;
  probe.threads = static_cast<int>(threads);
  probe.is_stable = stable->get<bool>();
  return probe;
}

Json device_json(const ProbedDevice& device) {
  return {{"backend", device.backend},
          {"device", device.device},
          {"name", device.name},
          {"driver", device.driver}};
}

std::string text_of(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Json to_json(const Probe& probe) {
  Json json = {{"backend", probe.backend},     {"device", probe.device}, {"name", probe.name},
               {"precision", probe.precision}, {"kind", probe.kind},     {"value", probe.value},
               {"unit", probe.unit},           {"spread", probe.spread}, {"threads", probe.threads},
               {"stable", probe.is_stable}};
  if (probe.clock_ghz) json["clock_ghz"] = *probe.clock_ghz;
  if (probe.theoretical) json["theoretical"] = *probe.theoretical;
  json["derivation"] = probe.derivation;
  json["warnings"] = probe.warnings;
  return json;
}

Json to_json(const std::vector<Probe>& probes) {
  Json rows = Json::array();
  for (const Probe& probe : probes) rows.push_back(to_json(probe));
  return rows;
}

Result<std::vector<Probe>> probes_from_json(const nlohmann::json& json) {
  if (!json.is_array() || json.size() > kMostProbes)
    return Error{ErrorKind::invalid, "probes are no list, or far too many"};
  std::vector<Probe> probes;
  for (const auto& item : json) {
    auto probe = probe_from_json(item);
    if (!probe)
      return Error{ErrorKind::invalid, fmt::format("number {} of the probes has a field that is missing or "
                                                   "out of range",
                                                   probes.size() + 1)};
    probes.push_back(*std::move(probe));
  }
  return probes;
}

std::filesystem::path probe_file(const std::filesystem::path& folder, const ProbedDevice& device) {
  constexpr std::size_t kDigits = 32;
  return folder / (sha256_hex(text_of(device_json(device))).substr(0, kDigits) + ".json");
}

Status keep_probes(const std::filesystem::path& folder, const ProbedDevice& device,
                   const std::vector<Probe>& probes) {
  EB_OK(make_writable_folder(folder));
  const Json json = {{"schema", kSchema}, {"of", device_json(device)}, {"probes", to_json(probes)}};
  return write_file_atomic(probe_file(folder, device), text_of(json));
}

std::vector<Probe> kept_probes(const std::filesystem::path& folder, const ProbedDevice& device) {
  const auto text = read_file(probe_file(folder, device), kMostFileBytes);
  if (!text) return {};
  const auto json = parse_json(*text);
  if (!json.is_object() || json.value("schema", nlohmann::json()) != nlohmann::json(kSchema)) return {};
  if (json.value("of", nlohmann::json()) != nlohmann::json(device_json(device))) return {};
  auto probes = probes_from_json(json.value("probes", nlohmann::json()));
  return probes ? *std::move(probes) : std::vector<Probe>();
}

}  // namespace eb
