#include "backends/gpu/ep_options.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <span>

#include "harness/base/files.h"

namespace eb::gpu {
namespace {

Status set_flag(bool& flag, const std::string& key, const std::string& value) {
  if (value != "0" && value != "1")
    return Error{ErrorKind::invalid, fmt::format("option {} is 0 or 1, not '{}'", key, value)};
  flag = value == "1";
  return Done{};
}

Status set_precision(Precision& precision, const std::string& value) {
  if (value != "model" && value != "fp16")
    return Error{ErrorKind::invalid, fmt::format("option precision is model or fp16, not '{}'", value)};
  precision = value == "fp16" ? Precision::fp16 : Precision::model;
  return Done{};
}

Status set_option(EpOptions& options, const std::string& key, const std::string& value) {
  if (key == "retune") return set_flag(options.retune, key, value);
  if (key == "profile") return set_flag(options.profile, key, value);
  if (key == "int8") return set_flag(options.int8.emplace(), key, value);
  if (key == "precision") return set_precision(options.precision, value);
  if (key == "device") {
    options.device = value;
  } else if (key == "cache") {
    options.cache = value;
  } else if (key == "report") {
    options.report = value;
  } else {
    return Error{
        ErrorKind::invalid,
        fmt::format("there is no option '{}'; known: device, cache, retune, profile, int8, precision, report",
                    key)};
  }
  return Done{};
}

}  // namespace

Result<EpOptions> read_ep_options(const Ort& ort, std::string_view ep_name,
                                  const OrtSessionOptions& options) {
  EB_GET(const auto given, provider_options(ort, ep_name, options));
  EpOptions read;
  for (const auto& [key, value] : given)
    if (auto set = set_option(read, key, value); !set) return set.error().within(ep_name);
  return read;
}

Status write_report(const EpReport& report, const std::filesystem::path& file) {
  nlohmann::ordered_json json = {{"nodes", report.nodes},
                                 {"claimed_nodes", report.claimed_nodes},
                                 {"groups", report.groups},
                                 {"refused", nlohmann::json::array()}};
  for (const EpReport::Refused& refused : report.refused)
    json["refused"].push_back(
        {{"node", refused.node}, {"op_type", refused.op_type}, {"reason", refused.reason}});
  const auto& use = report.cache_use;
  if (use.hits + use.misses > 0) json["cache"] = use.misses == 0 ? "warm" : "cold";
  json["cache_hits"] = use.hits;
  json["cache_misses"] = use.misses;
  json["compute_precision"] = report.compute_precision;
  return write_file_atomic(file, json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace eb::gpu
