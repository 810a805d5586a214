#pragma once
// Single differences between two measurements, found in their contexts and records.
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "results/compare/explain.h"

namespace eb {

struct FoundDifference {
  std::string sentence{};
  // How much slower the other may be for it; below 1: the first. Absent: nobody knows how much.
  std::optional<double> slowdown{};
  enum class Slower : std::uint8_t { either, first, other } slower = Slower::either;  // whom it can slow down
};

// "npu", "gpu" or "cpu": what a clock domain or a link must be of to matter for the record.
std::string_view kind_of(const RunRecord& record);

// Numbers and texts that a context has under a key; absent for any other type.
std::optional<double> context_number(const nlohmann::ordered_json& context, std::string_view key);
std::string context_word(const nlohmann::ordered_json& context, std::string_view key);  // "" for none

// "clock: 800 MHz against 200 MHz".
std::string against(std::string_view title, const std::string& first, const std::string& other);

// What only one rule of the table each needs more than a key for.
std::optional<FoundDifference> clock_at_start(const Measured& first, const Measured& other);
std::optional<FoundDifference> clock_limit(const Measured& first, const Measured& other);
std::optional<FoundDifference> memory_clock(const Measured& first, const Measured& other);
std::optional<FoundDifference> clock_in_window(const Measured& first, const Measured& other);
std::optional<FoundDifference> bus_link(const Measured& first, const Measured& other);
std::optional<FoundDifference> governor(const Measured& first, const Measured& other);
std::optional<FoundDifference> log_level(const Measured& first, const Measured& other);
std::optional<FoundDifference> performance_option(const Measured& first, const Measured& other);
std::optional<FoundDifference> other_options(const Measured& first, const Measured& other);
std::optional<FoundDifference> versions_of_libraries(const Measured& first, const Measured& other);
std::optional<FoundDifference> versions_of_drivers(const Measured& first, const Measured& other);

}  // namespace eb
