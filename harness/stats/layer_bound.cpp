#include "harness/stats/layer_bound.h"

#include <algorithm>
#include <cmath>

namespace eb {
namespace {

using Number = std::optional<double>;

bool is_positive(const Number& value) {
  return value && std::isfinite(*value) && *value > 0;
}

Number ratio(double above, double below) {
  const double value = above / below;
  return std::isfinite(value) ? Number(value) : std::nullopt;
}

LayerBound bound_of(const LayerWork& work, const RooflinePeaks& peaks) {
  const bool is_known = is_positive(work.traffic_bytes) && work.macs && std::isfinite(*work.macs) &&
                        *work.macs >= 0 && is_positive(peaks.tops) && is_positive(peaks.gbps);
  if (!is_known) return LayerBound::unknown;
  const double compute_us = 2 * *work.macs / (*peaks.tops * 1e6);
  const double memory_us = *work.traffic_bytes / (*peaks.gbps * 1e3);
  if (work.time_us < kOverheadMostUs && work.time_us > kOverheadRatio * std::max(compute_us, memory_us))
    return LayerBound::overhead;
  return compute_us >= memory_us ? LayerBound::compute : LayerBound::memory;
}

}  // namespace

std::string_view bound_name(LayerBound bound) {
  switch (bound) {
    case LayerBound::compute:
      return "compute";
    case LayerBound::memory:
      return "memory";
    case LayerBound::overhead:
      return "overhead";
    case LayerBound::unknown:
      break;
  }
  return "unknown";
}

LayerSpeed speed_of(const LayerWork& work, const RooflinePeaks& peaks) {
  LayerSpeed speed;
  if (!is_positive(work.time_us)) return speed;
  if (is_positive(work.macs)) speed.gops_per_s = ratio(2e-3 * *work.macs, work.time_us);
  if (is_positive(work.traffic_bytes)) speed.gbytes_per_s = ratio(1e-3 * *work.traffic_bytes, work.time_us);
  if (speed.gops_per_s && is_positive(peaks.tops))
    speed.compute_share = ratio(1e-3 * *speed.gops_per_s, *peaks.tops);
  if (speed.gbytes_per_s && is_positive(peaks.gbps))
    speed.memory_share = ratio(*speed.gbytes_per_s, *peaks.gbps);
  speed.bound = bound_of(work, peaks);
  return speed;
}

}  // namespace eb
