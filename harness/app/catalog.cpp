#include "harness/app/catalog.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "backends/onnxruntime/backend.h"
#include "harness/app/paths.h"
#include "reporters/reporters.h"
#include "workloads/workloads.h"

namespace eb {
namespace {

struct BackendRow {
  const char* name;
  const char* provider;  // of the library that the backend needs; null: the runtime's own, on the CPU
};
constexpr BackendRow kBackends[] = {
    {"cpu", nullptr}, {"vulkan", "EdgebenchVulkan"}, {"opencl", "EdgebenchOpenCL"}};

std::unique_ptr<Backend> make_plugin(const BackendRow& row, OnnxRuntimeOptions runtime,
                                     const EpSettings& ep) {
  PluginOptions plugin{
      .backend = row.name,
      .provider = row.provider,
      .libraries = ep_library_candidates(row.name),
      .remedy = fmt::format("build edgebench with it, or say where it is: --ep-library {}=PATH", row.name)};
  if (const auto own = ep.libraries.find(row.name); own != ep.libraries.end())
    plugin.libraries = {own->second};
  if (const auto own = ep.options.find(row.name); own != ep.options.end()) plugin.ep_options = own->second;
  if (const auto cache = cache_folder(); !cache.empty())
    plugin.ep_options.emplace("cache", (cache / "kernels" / row.name).string());
  if (ep.retune) plugin.ep_options["retune"] = "1";
  return make_plugin_backend(std::move(runtime), std::move(plugin));
}

Result<std::unique_ptr<Workload>> make_workload_of(const Job& job) {
  if (!job.user_model.empty()) return make_user_workload(job.user_model, job.workload);
  EB_GET(const auto zoo, load_zoo(job.zoo_folder));
  const auto manifest = zoo.find(job.workload);
  if (manifest == zoo.end())
    return Error{ErrorKind::not_found, fmt::format("there is no workload '{}'", job.workload)};
  return make_workload(manifest->second, job.models_folder);
}

}  // namespace

std::vector<std::string> backend_names() {
  std::vector<std::string> names;
  for (const BackendRow& row : kBackends) names.emplace_back(row.name);
  return names;
}

std::vector<std::string> scenario_names() {
  return {"single-stream", "offline"};
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const auto& reporter : make_reporters()) names.emplace_back(reporter->format());
  return names;
}

std::vector<std::string> plugin_names() {
  std::vector<std::string> names;
  for (const BackendRow& row : kBackends)
    if (row.provider) names.emplace_back(row.name);
  return names;
}

Result<std::unique_ptr<Backend>> make_backend(const std::string& name, const Host& host,
                                              const EpSettings& ep) {
  OnnxRuntimeOptions runtime{onnxruntime_candidates(), host.cpu_name, host.cores};
  for (const BackendRow& row : kBackends)
    if (name == row.name)
      return row.provider ? make_plugin(row, std::move(runtime), ep) : make_cpu_backend(std::move(runtime));
  return Error{ErrorKind::not_found,
               fmt::format("there is no backend '{}'; known: {}", name, fmt::join(backend_names(), ", "))};
}

std::unique_ptr<Reporter> make_reporter(const std::string& format) {
  for (auto& reporter : make_reporters())
    if (reporter->format() == format) return std::move(reporter);
  return nullptr;
}

Parts make_parts(const Host& host, const EpSettings& ep) {
  return {make_workload_of, [host, ep](const std::string& name) { return make_backend(name, host, ep); }};
}

}  // namespace eb
