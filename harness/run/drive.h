#pragma once
// The timed region: issues the queries of a scenario and stamps them. Nothing else of edgebench runs in a
// window.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/core/backend.h"
#include "harness/core/launch.h"
#include "harness/core/scenario.h"
#include "harness/run/lane.h"
#include "harness/run/pulse.h"
#include "harness/stats/latency_log.h"

namespace eb {

// Told of every run of a lane after it was stamped: what it does is in no latency.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  // `binding`: of the run; its outputs are those of the run until this returns.
  virtual void after_run(std::size_t slot, const Binding& binding) = 0;
};

// A lane whose slots are filled, taken round and round.
struct LoadedLane {
  Lane lane;
  std::vector<char> starts_stream{};   // by slot: recurrent state is zeroed before it
  std::int64_t batch = 1;              // samples a run
  std::vector<std::size_t> samples{};  // by slot, `batch` for each
  RunObserver* observer = nullptr;     // outlives the window
};

struct Window {
  LatencyLog latencies{};     // of queries; empty for a block
  std::uint64_t queries = 0;  // 1 for a block
  std::uint64_t samples = 0;
  std::int64_t duration_ns = 0;  // from the start of the first query to the last completion
  // Of scheduled queries:
  std::int64_t last_due_ns = 0;    // from the start of the window
  LatencyLog wake_lags{};          // how late those started whose worker had nothing else to do
  std::vector<PartFacts> parts{};  // of a sustained window, in order
};

// One query after the other, each a run. `expected_queries`: for how many room is made beforehand. `pulse`:
// has begun; is told of each run.
Result<Window> drive_queries(Scenario& scenario, Session& session, LoadedLane& loaded, Clock& clock,
                             std::size_t expected_queries, Pulse pulse = {});

// What times a window. `expected_queries`: for how many room is made beforehand; `pulse`: has begun.
struct Timing {
  Clock& clock;
  std::size_t expected_queries = 0;
  Pulse pulse{};
};

// One query after the other, each a run of every lane, by as many threads; its latency is that of the last
// run. Thread k takes lanes k, k + threads, ... in turn.
Result<Window> drive_groups(Scenario& scenario, Session& session, std::span<LoadedLane> lanes,
                            std::size_t threads, Timing timing);

// When a window has shown what it was to show.
struct Patience {
  std::int64_t target_ns = 0;
  std::uint64_t most_over = 0;  // queries that may take longer; with one more the window ends
};

// Queries when they are due, from one queue, by as many workers as there are lanes. Latency starts when a
// query was due. A worker without a query waits for the next one: how late it wakes up is within the latency,
// and also in `wake_lags`.
Result<Window> drive_schedule(Scenario& scenario, Session& session, std::span<LoadedLane> lanes,
                              Timing timing, std::optional<Patience> patience = {});

// One block of samples, taken by as many threads as there are lanes; whole streams stay on one lane. `pulse`
// is told of the runs of the first lane: if another one hangs, the window cannot end.
Result<Window> drive_block(Scenario& scenario, Session& session, std::span<LoadedLane> lanes, Clock& clock,
                           Pulse pulse = {});

// What a query costs beyond the session's own work: the mean time of a query of a session that does nothing.
Result<double> measure_overhead_ns(Clock& clock, std::uint64_t queries);

}  // namespace eb
