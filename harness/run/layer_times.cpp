#include "harness/run/layer_times.h"

namespace eb {
namespace {

// A session is opened, and runs once cold and at least three times more.
constexpr double kLeastRuns = 4;

bool is_cheap(const Job& job, const RunRecord& record) {
  if (!record.open_ms || !record.first_inference_ms) return false;
  double windows_ms = 0;
  for (const ScenarioJob& scenario : job.scenarios)
    windows_ms += static_cast<double>(scenario.rule.min_duration_ns) * 1e-6;
  return *record.open_ms + kLeastRuns * *record.first_inference_ms <= kLayersShare * windows_ms;
}

}  // namespace

bool may_time_layers(const Job& job, const RunRecord& record) {
  if (job.layers == LayerTiming::off) return false;
  const bool is_asked_for = job.layers == LayerTiming::on;
  if (record.status == RunStatus::fallback) return is_asked_for;
  return record.status == RunStatus::ok && (is_asked_for || is_cheap(job, record));
}

LayerTimes time_layers(Backend& backend, const SessionOptions& options, const OperationCount& work) {
  auto times = backend.layer_times(options, work);
  return times ? *std::move(times) : LayerTimes{.reason = times.error().message};
}

}  // namespace eb
