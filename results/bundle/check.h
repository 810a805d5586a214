#pragma once
// What check_bundle is made of: one function for each kind of number.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/launch.h"
#include "harness/core/record.h"
#include "harness/stats/latency_log.h"
#include "results/bundle/bundle.h"

namespace eb {

// Numbers are printed so that they read back the same, and the same code computes them on both sides: what is
// left is the last digits of other processors. Bins of a histogram are up to 0.1 % wide.
inline constexpr double kTolerance = 1e-6, kBinTolerance = 2e-3;

class Findings {
 public:
  explicit Findings(std::string where) : where_(std::move(where)) {}

  void flag(std::string sentence) { add(Finding::Weight::flag, std::move(sentence)); }
  void refuse(std::string sentence) { add(Finding::Weight::refusal, std::move(sentence)); }

  // Refuses a number that is not what was computed from `source` ("its raw latencies"), or that nothing
  // gives; flags one that is left out. `scale`: what the tolerance is a share of, where not the number
  // itself.
  void expect(std::string_view name, const std::optional<double>& stated,
              const std::optional<double>& computed, std::string_view source, double tolerance = kTolerance,
              double scale = 0);
  void expect(std::string_view name, std::string_view stated, std::string_view computed,
              std::string_view source);
  // Number by number; what is not computed is passed over, but not another count of them.
  void expect_each(std::string_view name, const std::vector<double>& stated,
                   const std::vector<RunRecord::Number>& computed, std::string_view source);

  std::vector<Finding> take() { return std::move(all_); }

 private:
  void add(Finding::Weight weight, std::string sentence) {
    all_.push_back({weight, where_, std::move(sentence)});
  }
  std::string where_;
  std::vector<Finding> all_{};
};

// A record with the launches that it is said to come from, in their order.
struct RecordCase {
  const RunRecord& record;
  const Bundle& bundle;
  std::vector<const LaunchFacts*> launches{};
};

// Latencies, their spread, throughput and rates, from raw latencies and launches.
void check_latencies(const RecordCase& one, Findings& findings);

// Parts of a sustained window: against its launch and, but for a block, against its latencies.
void check_parts(const RecordCase& one, const LatencyLog* latencies, Findings& findings);

// The highest of its launches; and of one launch, that a lag is within a latency.
void check_wake_lags(const RecordCase& one, Findings& findings);
void check_longest_lag(const LaunchFacts& launch, const LatencyLog& log, Findings& findings);

// What being metered costs, from each launch's turns with meters and without.
void check_meter_effect(const RecordCase& one, Findings& findings);

// Power, energy, heat, from readings; also part by part.
void check_power(const RecordCase& one, Findings& findings);

// What follows from other numbers of the record: TOPS, utilization, TOPS per watt, the latency target.
void check_derived(const RunRecord& record, Findings& findings);

// What can be no measurement, and ranks that are not due.
void check_plausible(const RunRecord& record, const nlohmann::ordered_json& context, Findings& findings);

}  // namespace eb
