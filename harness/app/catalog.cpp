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

std::unique_ptr<Backend> make_cpu(const Host& host) {
  return make_cpu_backend({onnxruntime_candidates(), host.cpu_name, host.cores});
}

struct BackendRow {
  const char* name;
  std::unique_ptr<Backend> (*make)(const Host&);
};
constexpr BackendRow kBackends[] = {{"cpu", make_cpu}};

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

Result<std::unique_ptr<Backend>> make_backend(const std::string& name, const Host& host) {
  for (const BackendRow& row : kBackends)
    if (name == row.name) return row.make(host);
  return Error{ErrorKind::not_found,
               fmt::format("there is no backend '{}'; known: {}", name, fmt::join(backend_names(), ", "))};
}

std::unique_ptr<Reporter> make_reporter(const std::string& format) {
  for (auto& reporter : make_reporters())
    if (reporter->format() == format) return std::move(reporter);
  return nullptr;
}

Parts make_parts(const Host& host) {
  return {make_workload_of, [host](const std::string& name) { return make_backend(name, host); }};
}

}  // namespace eb
