#include "harness/app/catalog.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "backends/npu/npu.h"
#include "backends/onnxruntime/backend.h"
#include "harness/app/paths.h"
#include "reporters/reporters.h"
#include "workloads/workloads.h"

namespace eb {
namespace {

std::unique_ptr<Backend> make_cpu(const char*, const OnnxRuntimeOptions& runtime, const EpSettings&) {
  return make_cpu_backend(runtime);
}

// Our own providers.
std::unique_ptr<Backend> make_own(const char* name, const char* provider, const OnnxRuntimeOptions& runtime,
                                  const EpSettings& ep) {
  PluginOptions plugin{
      .backend = name,
      .provider = provider,
      .libraries = ep_library_candidates(name),
      .remedy = fmt::format("build edgebench with it, or say where it is: --ep-library {}=PATH", name)};
  if (const auto own = ep.libraries.find(name); own != ep.libraries.end()) plugin.libraries = {own->second};
  if (const auto own = ep.options.find(name); own != ep.options.end()) plugin.ep_options = own->second;
  if (const auto cache = cache_folder(); !cache.empty())
    plugin.ep_options.emplace("cache", (cache / "kernels" / name).string());
  if (ep.retune) plugin.ep_options["retune"] = "1";
  return make_plugin_backend(runtime, std::move(plugin));
}

std::unique_ptr<Backend> make_vulkan(const char* name, const OnnxRuntimeOptions& runtime,
                                     const EpSettings& ep) {
  return make_own(name, "EdgebenchVulkan", runtime, ep);
}

std::unique_ptr<Backend> make_opencl(const char* name, const OnnxRuntimeOptions& runtime,
                                     const EpSettings& ep) {
  return make_own(name, "EdgebenchOpenCL", runtime, ep);
}

// All that the user names and that is not ours.
std::unique_ptr<Backend> make_npu(const char*, const OnnxRuntimeOptions& runtime, const EpSettings& ep) {
  NpuOptions options{ep.libraries, ep.options};
  for (const std::string& own : own_library_names()) options.libraries.erase(own);
  return make_npu_backend(runtime, options);
}

struct BackendRow {
  const char* name;
  bool has_own_library;
  std::unique_ptr<Backend> (*make)(const char* name, const OnnxRuntimeOptions& runtime, const EpSettings& ep);
};
constexpr BackendRow kBackends[] = {{"cpu", false, make_cpu},
                                    {"vulkan", true, make_vulkan},
                                    {"opencl", true, make_opencl},
                                    {"npu", false, make_npu}};

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

std::vector<std::string> own_library_names() {
  std::vector<std::string> names;
  for (const BackendRow& row : kBackends)
    if (row.has_own_library) names.emplace_back(row.name);
  return names;
}

Result<std::unique_ptr<Backend>> make_backend(const std::string& name, const Host& host,
                                              const EpSettings& ep) {
  const OnnxRuntimeOptions runtime{onnxruntime_candidates(), host.cpu_name, host.cores};
  for (const BackendRow& row : kBackends)
    if (name == row.name) return row.make(row.name, runtime, ep);
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
