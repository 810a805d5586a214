#include "harness/run/loading.h"

#include <algorithm>
#include <thread>

namespace eb {
namespace {

constexpr std::size_t kMostLoadedSamples = 1024;          // held in memory for a window
constexpr std::uint64_t kMostLoadedBytes = 256ull << 20;  // likewise; at least one sample is
constexpr std::int64_t kOfflineBatch = 8;                 // as the samples of a multi-stream query
constexpr unsigned kMostLanes = 16;

// Loads `samples` into the batch elements of a slot, one after the other.
Status load_slot(const Workload& workload, std::span<const Tensor> inputs,
                 std::span<const std::size_t> samples) {
  std::vector<TensorSpec> specs;
  for (const Tensor& tensor : inputs) {
    specs.push_back(*tensor.spec);
    if (samples.size() > 1) specs.back().shape[0] = 1;
  }
  for (std::size_t k = 0; k < samples.size(); ++k) {
    std::vector<Tensor> element;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const std::size_t bytes = inputs[i].bytes.size() / samples.size();
      element.push_back({&specs[i], inputs[i].bytes.subspan(k * bytes, bytes)});
    }
    EB_OK(workload.load(samples[k], element));
  }
  return Done{};
}

// The samples of each lane: streams are dealt out whole, and no more than fit the memory.
std::vector<std::vector<std::size_t>> deal(const Workload& workload, std::size_t lanes,
                                           std::uint64_t sample_bytes) {
  const auto fitting = static_cast<std::size_t>(kMostLoadedBytes / std::max<std::uint64_t>(sample_bytes, 1));
  const std::size_t most =
      std::min(std::max(std::min(fitting, kMostLoadedSamples), lanes), workload.sample_count());
  std::vector<std::vector<std::size_t>> dealt(lanes);
  std::size_t stream = 0;
  for (std::size_t i = 0; i < most; ++i) {
    if (i > 0 && workload.starts_stream(i)) ++stream;
    dealt[stream % lanes].push_back(i);
  }
  // With fewer streams than lanes the rest repeats the first.
  for (auto& samples : dealt)
    if (samples.empty()) samples = dealt[0];
  return dealt;
}

Result<LoadedLane> load_lane(const Workload& workload, Session& session, std::vector<std::size_t> samples,
                             std::int64_t batch) {
  const auto per_slot = static_cast<std::size_t>(batch);
  const std::size_t given = samples.size();
  while (samples.size() % per_slot != 0) samples.push_back(samples[samples.size() - given]);
  const std::size_t slots = samples.size() / per_slot;
  EB_GET(Lane lane, Lane::create(workload.info(), session, slots, batch));
  LoadedLane loaded{std::move(lane), {}, batch};
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const auto own = std::span(samples).subspan(slot * per_slot, per_slot);
    EB_OK(load_slot(workload, loaded.lane.inputs(slot), own));
    const bool starts = slot == 0 || workload.starts_stream(own[0]);
    loaded.starts_stream.push_back(starts ? 1 : 0);
  }
  loaded.samples = std::move(samples);
  return loaded;
}

}  // namespace

Load choose_load(const Workload& workload, const Session& session, const Scenario& scenario, int streams) {
  const auto in_flight = static_cast<std::size_t>(std::max(1, session.max_in_flight()));
  if (scenario.is_scheduled()) {
    const std::size_t workers = std::min(in_flight, static_cast<std::size_t>(std::max(1, streams)));
    return {.lanes = workers, .threads = workers};
  }
  const bool is_group = scenario.samples_per_query() > 1;
  if (!scenario.is_block() && !is_group) return {};
  const WorkloadInfo& info = workload.info();
  const auto inputs = session.inputs();
  const bool is_batched = std::all_of(inputs.begin(), inputs.end(),
                                      [](const TensorSpec& s) { return !s.shape.empty() && s.shape[0] < 0; });
  if (!info.batch_dim.empty() && info.state.empty() && is_batched)
    return {.batch = is_group ? scenario.samples_per_query() : kOfflineBatch};
  std::size_t threads =
      std::min<std::size_t>(in_flight, std::clamp(std::thread::hardware_concurrency(), 1u, kMostLanes));
  if (!is_group) return {.lanes = threads, .threads = threads};
  const auto lanes = static_cast<std::size_t>(scenario.samples_per_query());
  while (lanes % threads != 0) --threads;  // else the last turn would leave some of them idle
  return {.lanes = lanes, .threads = threads};
}

Result<std::vector<LoadedLane>> load_lanes(const Workload& workload, Session& session, const Load& load) {
  EB_GET(const Lane one, Lane::create(workload.info(), session, 1, 1));
  std::vector<LoadedLane> lanes;
  for (auto& samples : deal(workload, load.lanes, one.slot_bytes())) {
    EB_GET(LoadedLane lane, load_lane(workload, session, std::move(samples), load.batch));
    lanes.push_back(std::move(lane));
  }
  return lanes;
}

double least_traffic_bytes(const std::filesystem::path& model, Lane& lane, std::int64_t batch) {
  std::error_code code;
  const auto file_bytes = std::filesystem::file_size(model, code);
  double bytes = code ? 0 : static_cast<double>(file_bytes);
  for (const Tensor& input : lane.inputs(0)) bytes += static_cast<double>(input.bytes.size());
  for (const Tensor& output : lane.binding(0).outputs()) bytes += static_cast<double>(output.bytes.size());
  return bytes / static_cast<double>(batch);
}

}  // namespace eb
