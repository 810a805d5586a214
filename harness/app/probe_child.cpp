#include "harness/app/probe_child.h"

#include <fmt/format.h>

#include "harness/app/catalog.h"
#include "harness/probes/cpu_probe.h"
#include "harness/probes/crew.h"
#include "harness/probes/gpu_probe.h"
#include "harness/probes/model_probe.h"

namespace eb {
namespace {

std::int64_t time_limit_ns(const Job& job) {
  return static_cast<std::int64_t>(job.probe_s * 1e9);
}

using Tell = std::function<void(const Probe&)>;

Status probe_processor(const Job& job, const Parts& /*parts*/, const Tell& tell) {
  const auto clock = make_steady_clock();
  probes::CpuProbeSetup setup{.cpus = probes::allowed_cpus()};
  setup.limits.most_ns = time_limit_ns(job);
  setup.on_probe = tell;
  probes::probe_cpu(setup, *clock);
  return Done{};
}

Status probe_api(const Job& job, const Parts& /*parts*/, const Tell& tell) {
  const auto api = gpu_api(job.backend);
  if (!api) return Error{ErrorKind::internal, fmt::format("backend {} is no API", job.backend)};
  EB_GET(const auto device, api->open(job.device, {}));
  const auto clock = make_steady_clock();
  probes::GpuProbeSetup setup;
  setup.limits.most_ns = time_limit_ns(job);
  setup.on_probe = tell;
  return probes::probe_gpu(*device, setup, *clock);
}

Status probe_by_models(const Job& job, const Parts& parts, const Tell& tell) {
  EB_GET(const auto backend, parts.make_backend(job.backend));
  const auto clock = make_steady_clock();
  probes::ModelProbeSetup setup{.device_id = job.device};
  setup.limits.most_ns = time_limit_ns(job);
  setup.on_probe = tell;
  return probes::probe_models(*backend, setup, *clock);
}

struct Row {
  std::string_view backend;
  Status (*probe)(const Job& job, const Parts& parts, const Tell& tell);
};
constexpr Row kRows[] = {{"cpu", probe_processor},
                         {"vulkan", probe_api},
                         {"opencl", probe_api},
                         {"npu", probe_by_models},
                         {"webgpu", probe_by_models}};

}  // namespace

bool has_probes(const std::string& backend) {
  for (const Row& row : kRows)
    if (row.backend == backend) return true;
  return false;
}

Status probe_device(const Job& job, const Parts& parts, const Tell& on_probe) {
  for (const Row& row : kRows)
    if (row.backend == job.backend)
      return row.probe(job, parts, [&](const Probe& told) {
        Probe probe = told;
        probe.backend = job.backend;
        probe.device = job.device;
        on_probe(probe);
      });
  return Error{ErrorKind::unsupported, fmt::format("backend {} has no probes", job.backend)};
}

}  // namespace eb
