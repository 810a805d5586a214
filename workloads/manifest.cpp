#include "workloads/manifest.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/files.h"
#include "harness/base/json.h"

namespace eb {
namespace {

using Json = nlohmann::json;
constexpr std::uint64_t kMaxSamplesBytes = 64ull << 20;

// A value of the wanted kind, or nothing: absent and of another kind are told apart by the caller's need.
const Json* find(const Json& json, std::string_view key, Json::value_t kind) {
  const auto at = json.find(key);
  return at != json.end() && at->type() == kind ? &*at : nullptr;
}

std::string text(const Json& json, std::string_view key) {
  const Json* value = find(json, key, Json::value_t::string);
  return value ? value->get<std::string>() : "";
}

bool is_id(std::string_view id) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '/' || c == '.';
  };
  return std::all_of(id.begin(), id.end(), plain) && std::count(id.begin(), id.end(), '/') == 1 &&
         id.find("..") == std::string_view::npos && id.front() != '/' && id.back() != '/';
}

bool read_models(const Json& json, WorkloadInfo& info) {
  const Json* models = find(json, "models", Json::value_t::object);
  if (!models || models->empty()) return false;
  for (const auto& [precision, model] : models->items()) {
    if (!model.is_object() || text(model, "file").empty() || text(model, "sha256").size() != 64) return false;
    info.models[precision] = {text(model, "file"), text(model, "sha256")};
  }
  return true;
}

bool is_safe_url(std::string_view url) {
  constexpr std::size_t kLongestUrl = 2000;
  const bool is_plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  return is_plain && url.size() <= kLongestUrl &&
         (url.starts_with("https://") || url.starts_with("http://127.0.0.1:"));
}

// Of a model, the samples, or one of the other "files".
bool read_url(const Json& json, std::vector<Download>& downloads) {
  if (!json.is_object()) return false;
  if (!json.contains("url")) return true;
  downloads.push_back({text(json, "url"), text(json, "file"), text(json, "sha256")});
  return is_safe_url(downloads.back().url) && downloads.back().sha256.size() == 64;
}

bool read_urls(const Json& json, std::vector<Download>& downloads) {
  const auto all = [&](const Json* list) {
    return !list ||
           std::all_of(list->begin(), list->end(), [&](const Json& one) { return read_url(one, downloads); });
  };
  const Json* data = find(json, "data", Json::value_t::object);
  return all(find(json, "models", Json::value_t::object)) && (!data || read_url(*data, downloads)) &&
         all(find(json, "files", Json::value_t::array));
}

bool read_state(const Json& json, WorkloadInfo& info) {
  if (!json.contains("state")) return true;
  if (!json["state"].is_array()) return false;
  for (const Json& pair : json["state"]) {
    if (!pair.is_object() || text(pair, "output").empty() || text(pair, "input").empty()) return false;
    info.state.push_back({text(pair, "output"), text(pair, "input")});
  }
  return true;
}

bool read_dims(const Json& json, WorkloadInfo& info) {
  if (!json.contains("dims")) return true;
  if (!json["dims"].is_object()) return false;
  for (const auto& [name, value] : json["dims"].items()) {
    if (!value.is_number_integer() || value.get<std::int64_t>() <= 0) return false;
    info.dims[name] = value.get<std::int64_t>();
  }
  return true;
}

bool read_targets(const Json& json, WorkloadInfo& info) {
  if (!json.contains("targets")) return true;
  if (!json["targets"].is_object()) return false;
  for (const auto& [precision, value] : json["targets"].items()) {
    if (!value.is_number()) return false;
    info.targets[precision] = value.get<double>();
  }
  return true;
}

bool read_variant(const Json& json, WorkloadInfo& info) {
  if (!json.contains("variant_of")) return true;
  info.variant_of = text(json, "variant_of");
  return !info.variant_of.empty() && is_id(info.variant_of) && info.variant_of != info.id;
}

std::string licences(const Json& json) {
  if (std::string own = text(json, "licence"); !own.empty()) return own;
  std::string all;
  if (const Json* sources = find(json, "sources", Json::value_t::array))
    for (const Json& source : *sources)
      if (source.is_object() && all.find(text(source, "licence")) == std::string::npos)
        all += (all.empty() ? "" : "; ") + text(source, "licence");
  return all;
}

// What is not there has not been fetched.
Result<std::string> read_fetched(const std::filesystem::path& file, std::uint64_t max_bytes) {
  auto bytes = read_file(file, max_bytes);
  if (!bytes && bytes.error().kind == ErrorKind::not_found)
    return Error{ErrorKind::unavailable,
                 fmt::format("{} is not there; run scripts/fetch zoo", file.string())};
  return bytes;
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view manifest_text, std::string_view name) {
  const auto bad = [&](std::string_view what) {
    return Error{ErrorKind::invalid, fmt::format("manifest {}: {}", name, what)};
  };
  const Json json = parse_json(manifest_text);
  if (!json.is_object()) return bad("it is not a JSON object");
  if (text(json, "schema") != "edgebench.workload/1") return bad("its schema is not edgebench.workload/1");
  Manifest manifest;
  WorkloadInfo& info = manifest.info;
  info.id = text(json, "id");
  if (info.id.empty() || !is_id(info.id)) return bad("its id is not of the form group/name");
  info.task = text(json, "task");
  info.title = text(json, "title");
  info.licence = licences(json);
  if (info.task.empty() || info.title.empty() || info.licence.empty())
    return bad("task, title or licence is missing");
  if (!read_variant(json, info)) return bad("variant_of must be the id of another workload");
  if (!read_models(json, info)) return bad("models needs a file and a sha256 for each precision");
  if (!read_urls(json, manifest.downloads)) return bad("url must be https, with a sha256 of the file");
  manifest.is_fetched = json.contains("make");
  if (!read_state(json, info)) return bad("state must be a list of output and input names");
  if (!read_dims(json, info)) return bad("dims must be positive whole numbers");
  info.batch_dim = text(json, "batch_dim");
  if (json.contains("sample_ms")) {
    if (!json["sample_ms"].is_number() || json["sample_ms"].get<double>() <= 0)
      return bad("sample_ms must be a positive number");
    info.sample_ms = json["sample_ms"].get<double>();
  }
  info.metric = text(json, "metric");
  if (info.metric.empty() || !json.contains("target") || !json["target"].is_number())
    return bad("metric or target is missing");
  info.target = json["target"].get<double>();
  if (!read_targets(json, info)) return bad("targets must be numbers by precision");
  info.lower_is_better = text(json, "better") == "lower";
  info.quality_basis =
      json.value("quality_basis", Json("ground-truth")).is_string() ? text(json, "quality_basis") : "";
  if (info.quality_basis.empty()) info.quality_basis = "ground-truth";
  if (const Json* data = find(json, "data", Json::value_t::object)) {
    manifest.data_file = text(*data, "file");
    info.data_sha256 = text(*data, "sha256");
  }
  if (manifest.data_file.empty()) return bad("data needs a file");
  manifest.input = json.value("input", Json::object());
  return manifest;
}

Result<std::string> read_data_file(const std::filesystem::path& folder, const DataFile& file,
                                   std::uint64_t max_bytes) {
  EB_GET(const auto path, path_within(folder, file.name));
  EB_GET(std::string bytes, read_fetched(path, max_bytes));
  if (sha256_hex(bytes) != file.sha256)
    return Error{
        ErrorKind::invalid,
        fmt::format("{} is not the file that its sha256 names; run scripts/fetch zoo", path.string())};
  return bytes;
}

Result<SampleList> read_samples(const std::filesystem::path& file, std::size_t max_samples) {
  EB_GET(const std::string bytes, read_fetched(file, kMaxSamplesBytes));
  Json json = parse_json(bytes);
  const Json* samples = json.is_object() ? find(json, "samples", Json::value_t::array) : nullptr;
  if (!samples || text(json, "schema") != "edgebench.samples/1")
    return Error{ErrorKind::invalid, fmt::format("{} is not a sample list of edgebench", file.string())};
  const bool all_objects =
      std::all_of(samples->begin(), samples->end(), [](const Json& s) { return s.is_object(); });
  if (samples->empty() || samples->size() > max_samples || !all_objects)
    return Error{ErrorKind::invalid, fmt::format("{} must hold 1 to {} samples", file.string(), max_samples)};
  return SampleList{std::move(json["samples"]), sha256_hex(bytes)};
}

}  // namespace eb
