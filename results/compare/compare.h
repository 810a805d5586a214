#pragma once
// Runs side by side: is one faster, are we sure, and why? Pure functions.
#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/run.h"
#include "harness/stats/interval.h"

namespace eb {

enum class CompareVerdict : std::uint8_t { faster, slower, no_difference, too_few_launches, not_comparable };
std::string_view verdict_name(CompareVerdict verdict);  // "no significant difference"

struct NamedRun {
  std::string name{};  // for tables: a folder's last part, a device, an id
  Run run{};
};

struct Ratio {
  double value = 0;  // time of the first over time of the other: above 1, the other is faster
  std::optional<Interval> interval{};  // 99 %, over the means of launches
};

struct Cause {
  std::string sentence{};  // "the NPU's clock: 800 MHz against 200 MHz"
  double weight = 0;       // the ratio that it can cause; causes are in descending order
};

// A cell that both have.
struct Comparison {
  RunRecord first{}, other{};
  CompareVerdict verdict = CompareVerdict::not_comparable;
  std::string reason{};  // why not comparable, or what was forced
  std::optional<Ratio> speed{}, energy{};
  std::optional<double> quality_change{};  // other less first
};

struct GroupRatio {
  std::string task{}, precision{};
  Ratio ratio{};  // geometric mean
  std::size_t cells = 0;
};

struct RunComparison {
  std::string first{}, other{};
  std::vector<Comparison> cells{};
  std::vector<std::string> only_first{},
      only_other{};                  // cells that one side lacks, or that have no speed there
  std::vector<GroupRatio> groups{};  // of comparable cells
  std::vector<Cause> causes{};
};

struct CompareOptions {
  bool is_forced = false;           // across tiers, schemas and power scopes, and marked
  bool may_devices_differ = false;  // match cells of different devices (a chip against another)
};

RunComparison compare_runs(const NamedRun& first, const NamedRun& other, const CompareOptions& options);

struct Score {
  double value = 0;  // reference = 1000
  std::optional<Interval> interval{};
  std::string task{}, precision{};  // empty: of all
  std::vector<std::string>
      missing{};  // workloads of the reference that failed or are not there: a partial score
};
std::vector<Score> score_run(const NamedRun& run, const NamedRun& reference);

}  // namespace eb
