#include "harness/app/catalog.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "backends/npu/npu.h"
#include "backends/onnxruntime/backend.h"
#include "backends/opencl/opencl.h"
#include "backends/vulkan/vulkan.h"
#include "harness/app/paths.h"
#include "reporters/reporters.h"
#include "workloads/workloads.h"

namespace eb {
namespace {

// What a backend is made from.
struct Order {
  const char* name;
  const OnnxRuntimeOptions& runtime;
  const EpSettings& ep;
  const std::string& device;  // the one that is wanted; empty: all

  std::filesystem::path library() const {
    const auto own = ep.libraries.find(name);
    return own == ep.libraries.end() ? std::filesystem::path() : own->second;
  }
  EpOptions options() const {
    const auto own = ep.options.find(name);
    return own == ep.options.end() ? EpOptions() : own->second;
  }
};

std::unique_ptr<Backend> make_cpu(const Order& order) {
  return make_cpu_backend(order.runtime);
}

// Our own providers.
std::unique_ptr<Backend> make_own(const Order& order, const char* provider) {
  PluginOptions plugin{
      .backend = order.name,
      .provider = provider,
      .libraries = ep_library_candidates(order.name),
      .ep_options = order.options(),
      .timing_options = {{"profile", "1"}},
      .remedy = fmt::format("build edgebench with it, or say where it is: --ep-library {}=PATH", order.name)};
  if (auto own = order.library(); !own.empty()) plugin.libraries = {std::move(own)};
  if (const auto cache = cache_folder(); !cache.empty())
    plugin.ep_options.emplace("cache", (cache / "kernels" / order.name).string());
  if (order.ep.retune) plugin.ep_options["retune"] = "1";
  return make_plugin_backend(order.runtime, std::move(plugin));
}

std::unique_ptr<Backend> make_vulkan(const Order& order) {
  return make_own(order, "EdgebenchVulkan");
}

std::unique_ptr<Backend> make_opencl(const Order& order) {
  return make_own(order, "EdgebenchOpenCL");
}

// All that the user names and that is no backend's, and what is found.
std::unique_ptr<Backend> make_npu(const Order& order) {
  NpuOptions options{.libraries = order.ep.libraries,
                     .ep_options = order.ep.options,
                     .folders = ep_folders(),
                     .only = order.device.substr(0, order.device.find(':'))};
  for (const std::string& own : own_library_names()) options.libraries.erase(own);
  return make_npu_backend(order.runtime, options);
}

std::unique_ptr<Backend> make_webgpu(const Order& order) {
  return make_webgpu_backend(order.runtime, order.library(), order.options());
}

struct BackendRow {
  const char* name = nullptr;
  std::unique_ptr<Backend> (*make)(const Order& order) = nullptr;
  gpu::Api (*api)() = nullptr;   // of the devices, where it is one of ours
  bool has_own_library = false;  // one that --ep-library replaces
  bool has_sources = false;      // its devices are those of several libraries and providers
};
constexpr BackendRow kBackends[] = {
    {.name = "cpu", .make = make_cpu},
    {.name = "vulkan", .make = make_vulkan, .api = vulkan_api, .has_own_library = true},
    {.name = "opencl", .make = make_opencl, .api = opencl_api, .has_own_library = true},
    {.name = "npu", .make = make_npu, .has_sources = true},
    {.name = "webgpu", .make = make_webgpu, .has_own_library = true}};

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
  return {scenario_ids().begin(), scenario_ids().end()};
}

std::vector<std::string> precision_names() {
  return {"fp32", "fp16", "int8"};
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

std::vector<std::string> device_sources(const std::string& backend, const EpSettings& ep) {
  const auto row = std::find_if(std::begin(kBackends), std::end(kBackends),
                                [&](const BackendRow& one) { return one.name == backend; });
  if (row == std::end(kBackends) || !row->has_sources) return {};
  std::vector<std::string> sources;
  const auto own = own_library_names();
  for (const auto& [name, path] : ep.libraries)
    if (std::find(own.begin(), own.end(), name) == own.end()) sources.push_back(name);
  for (const Vendor& vendor : vendors())
    if (vendor.backend == backend && !ep.libraries.contains(std::string(vendor.id)))
      sources.emplace_back(vendor.id);
  return sources;
}

Result<std::unique_ptr<Backend>> make_backend(const std::string& name, const Host& host, const EpSettings& ep,
                                              const std::string& device) {
  const OnnxRuntimeOptions runtime{onnxruntime_candidates(), host.cpu_name, host.cores};
  for (const BackendRow& row : kBackends)
    if (name == row.name) return row.make({row.name, runtime, ep, device});
  return Error{ErrorKind::not_found,
               fmt::format("there is no backend '{}'; known: {}", name, fmt::join(backend_names(), ", "))};
}

std::optional<gpu::Api> gpu_api(const std::string& backend) {
  for (const BackendRow& row : kBackends)
    if (backend == row.name && row.api) return row.api();
  return std::nullopt;
}

std::unique_ptr<Reporter> make_reporter(const std::string& format) {
  for (auto& reporter : make_reporters())
    if (reporter->format() == format) return std::move(reporter);
  return nullptr;
}

Parts make_parts(const Host& host, const EpSettings& ep, const std::string& device) {
  return {make_workload_of,
          [host, ep, device](const std::string& name) { return make_backend(name, host, ep, device); },
          rename_model};
}

}  // namespace eb
