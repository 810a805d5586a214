#pragma once
// What all ways to show a comparison say: the words of a ratio, the values behind it, and what belongs
// together.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/compare/compare.h"

namespace eb {

// "A" for 0, "B" for 1 ... "Z", then "R27".
std::string run_letter(std::size_t run);

// The number that a metric names; absent where there is none.
RunRecord::Number metric_of(const RunRecord& record, std::string_view metric);

// What the other side of a ratio is; empty words are left out.
struct RatioWords {
  std::string_view better = "faster", worse = "slower", same = "no significant difference";
};

// "1.60x faster (1.52 to 1.68)", "no significant difference (±1.5 %)"; "not enough launches" says no number.
std::string ratio_text(const Ratio& ratio, const RatioWords& words = {});
// "2.00x": how far from 1, whatever the direction.
std::string times_text(double ratio);

// The values that a speed is of, with 4 digits; "" for what is not there.
std::string first_value(const Comparison& cell);
std::string other_value(const Comparison& cell);
// "mean latency, ms".
std::string metric_text(std::string_view metric);

// Of energies that both have: "1.20x less (1.10 to 1.30)", or why not; "" where a side has none.
std::string energy_text(const Comparison& cell);
// "0.971 → 0.968"; "" where quality is the same or not of one metric.
std::string quality_change_text(const Comparison& cell);

// Cells of one device, precision, scenario and metric, under one head: "cpu:0, fp32, single-stream".
struct CellGroup {
  std::string title{}, metric{};
  std::vector<const Comparison*> cells{};
};
std::vector<CellGroup> group_cells(std::span<const Comparison> cells);

// Geometric means of more than one cell, and of all tasks in any case: "fp32, all tasks".
std::vector<const GroupRatio*> shown_groups(std::span<const GroupRatio> groups);
std::string group_title(const GroupRatio& group);

// Reasons of cells without a verdict or that were forced, each once, with how many cells say it.
std::vector<std::string> reasons_of(std::span<const Comparison> cells);

// "npu:0: vision/a, int8, single-stream is 7.59x slower. What can cause that:"
std::string explanation_head(const Explanation& explanation);
// "up to 4.00x, which is 68 % of the difference (measured)"; "nobody has measured how much".
std::string cause_note(const Cause& cause);

inline constexpr std::size_t kMostCauses = 5;  // of an explanation, for people
inline constexpr std::string_view kComparisonNote =
    "Intervals are at 99 % confidence, over the means of launches: of 100 cells that do not differ, 1 seems "
    "to. What "
    "changed between the runs, such as the temperature of the room, is part of what is compared.";

}  // namespace eb
