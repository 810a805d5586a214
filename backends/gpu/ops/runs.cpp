#include "backends/gpu/ops/runs.h"

#include <algorithm>
#include <cassert>

#include "backends/gpu/loops.h"
#include "backends/gpu/ops/strided.h"

namespace eb::gpu {

bool fits_a_group(const Planner& planner, std::int64_t channels) {
  return rounds_of_run(channels, planner.vector_floats()) / kItemsOfLongRun < kMaxRounds;
}

Runs runs_of(const Place& place) {
  assert(place.layout != Layout::flat);
  return {place, place.pixels, place.channels, place.pitch};
}

Runs new_runs(Planner& planner, std::int64_t count, std::int64_t channels) {
  const std::int64_t pitch = planner.round_up_to_vector(channels);
  return {planner.scratch(count * pitch), count, channels, pitch};
}

Runs runs_of_flat(Planner& planner, const Place& flat, std::int64_t count, std::int64_t channels) {
  if (channels == planner.round_up_to_vector(channels)) return {flat, count, channels, channels};
  Runs runs = new_runs(planner, count, channels);
  emit_copy(planner,
            {.from = flat, .to = runs.place, .axes = {{count, channels, runs.pitch}, {channels, 1, 1}}});
  return runs;
}

Runs new_runs_for_flat(Planner& planner, const Place& flat, std::int64_t count, std::int64_t channels) {
  if (channels == planner.round_up_to_vector(channels)) return {flat, count, channels, channels};
  return new_runs(planner, count, channels);
}

void finish_flat(Planner& planner, const Runs& runs, const Place& flat) {
  if (runs.place.area == flat.area) return;
  emit_copy(planner, {.from = runs.place,
                      .to = flat,
                      .axes = {{runs.count, runs.pitch, runs.channels}, {runs.channels, 1, 1}}});
}

Param vector_address(const Planner& planner, const Place& place) {
  return address_of(place, 0, planner.vector_floats());
}

Param vectors_of(const Planner& planner, std::int64_t floats) {
  assert(floats % planner.vector_floats() == 0);
  return Param::of(floats / planner.vector_floats());
}

void call_runs(Planner& planner, KernelDesc kernel, std::vector<Place> buffers, std::vector<Param> params,
               const Runs& runs) {
  // Powers of two, at most 256: the kernels' local memory.
  constexpr std::uint32_t kGroup = 64, kGroupOfLongRun = kItemsOfLongRun;
  constexpr std::int64_t kMaxGroups = 65535;
  const DeviceInfo& device = planner.device();
  const bool is_long = rounds_of_run(runs.channels, planner.vector_floats()) > kMaxRounds;
  const std::uint32_t items = is_long ? kGroupOfLongRun : kGroup;
  const bool group = (device.type != DeviceType::cpu || is_long) && device.max_group_items >= items;
  kernel.defines.emplace_back("GROUP", group ? 1 : 0);
  if (!group)
    return call_items(planner, std::move(kernel), std::move(buffers), std::move(params), runs.count);
  kernel.group = {items, 1, 1};
  const std::int64_t across = std::min(runs.count, kMaxGroups);
  params.insert(params.begin(), {Param::of(across), Param::of(runs.count)});
  planner.call({.kernel = std::move(kernel),
                .buffers = std::move(buffers),
                .params = std::move(params),
                .items = {across * items, (runs.count + across - 1) / across, 1}});
}

}  // namespace eb::gpu
