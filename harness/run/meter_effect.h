#pragma once
// Whether being metered changes what is measured (the observer effect): runs right after a window, in turns
// with the meters read and with the meters paused.
#include <functional>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/core/backend.h"
#include "harness/core/record.h"
#include "harness/run/drive.h"
#include "harness/stats/interval.h"

namespace eb {

struct MeterEffect {
  double ratio = 1;              // mean latency of a run while meters are read, to that while they pause
  Interval interval{};           // Student's, 99 %, over the pairs of turns
  std::vector<double> ratios{};  // of the pairs
};

// `want_meter` is told before each turn whether meters are to be read in it. Twelve pairs of turns of a
// quarter second (or one run, if that is longer), after a tenth of it that does not count; who goes first
// changes with every pair. Means, not medians: a meter that interrupts few runs for long costs as much as
// any. Leaves meters being read.
Result<MeterEffect> measure_meter_effect(LoadedLane& loaded, Session& session, Clock& clock,
                                         const std::function<void(bool is_wanted)>& want_meter);

// The same, into `record`; gives the ratios of the pairs.
Result<std::vector<double>> add_meter_effect(LoadedLane& loaded, Session& session, Clock& clock,
                                             const std::function<void(bool is_wanted)>& want_meter,
                                             RunRecord& record);

}  // namespace eb
