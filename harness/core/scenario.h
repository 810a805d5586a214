#pragma once
// A Scenario says when the next query is due and when to stop. It has no thread and no clock, so that a test
// plays an hour of traffic in a microsecond.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "harness/base/result.h"

namespace eb {

struct Progress {
  std::uint64_t issued = 0;     // queries
  std::int64_t elapsed_ns = 0;  // from the start of the window to the last completion
};

struct Query {
  std::int64_t due_ns = 0;  // from the start of the window; 0: as soon as the last one completed
};

// What the queries of a scheduled scenario are asked to be.
struct LoadOptions {
  std::optional<double> rate_qps{};           // absent: paced 30; server looks for the highest it can hold
  std::optional<double> latency_target_ms{};  // of server
  int streams = 1;                            // workers that take queries from one queue
  std::uint64_t seed = 1;                     // of the arrivals
};
inline constexpr int kMostStreams = 64;
inline constexpr double kPacedRateQps = 30;  // of a camera
inline constexpr double kLowestRateQps = 0.01, kHighestRateQps = 1e6;
// Server's percentile: LoadGen's, and the highest that a window of 10 s can prove at 67 queries a second.
inline constexpr double kTargetPercentile = 0.99;
inline constexpr std::int64_t kMultiStreamSamples = 8;  // of a query, as LoadGen's
// A timer may ring some 60 us late: the last part of a wait may be spent looking at the clock.
inline constexpr std::int64_t kLongestSpinNs = 200'000;

// When a window is long enough: both minima are met. The maximum ends it early.
struct WindowRule {
  std::uint64_t min_queries = 128;
  std::int64_t min_duration_ns = 10'000'000'000;
  std::int64_t max_duration_ns = 600'000'000'000;
};

class Scenario {
 public:
  virtual ~Scenario() = default;
  virtual std::string_view name() const = 0;  // "single-stream", "offline"
  // Whether queries are issued as one block, so that only the throughput counts and runs may overlap or
  // batch.
  virtual bool is_block() const = 0;
  // Whether queries are due at times of their own, whatever became of those before.
  virtual bool is_scheduled() const { return false; }
  virtual std::int64_t samples_per_query() const { return 1; }
  // For how long at most a wait for a query may end in looking at the clock instead of sleeping.
  virtual std::int64_t spin_ns() const { return 0; }
  virtual std::optional<Query> next(const Progress& progress) = 0;
};

// Their names, in the order in which they are shown.
std::span<const std::string_view> scenario_ids();

// `not_found` names the known scenarios. Without a rate, scheduled queries come as often as a camera's.
Result<std::unique_ptr<Scenario>> make_scenario(std::string_view name, const WindowRule& rule,
                                                const LoadOptions& load = {});

}  // namespace eb
