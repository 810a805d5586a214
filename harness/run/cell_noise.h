#pragma once
// A cell whose launches A B A B ... are all the same: what A and B differ by all the same, and whether the
// machine was quiet. Pure.
#include <optional>
#include <string>
#include <vector>

#include "harness/core/record.h"
#include "harness/stats/latency_log.h"
#include "harness/stats/noise.h"

namespace eb {

struct CellNoise {
  RunRecord record{};
  std::optional<NoiseFloor> p50{}, p90{}, mean{};  // of latencies
  std::vector<std::string> busy_reasons{};         // none: the machine is quiet
};

// How busy the processors were with edgebench idle, in percent; absent where the system does not tell.
struct IdleLook {
  std::optional<double> before_percent{}, after_percent{};
};

// `launches`: one log a launch, in order, none of them empty.
CellNoise judge_noise(const RunRecord& record, const std::vector<LatencyLog>& launches, const IdleLook& idle);

}  // namespace eb
