#pragma once
// What a process with meters is told and what it says back. Meters have processes of their own, so that one
// that hangs or crashes takes nothing with it.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

inline constexpr const char* kMeterArgument = "meter";  // the hidden command

struct MeterOrder {
  std::filesystem::path root = "/";
  std::vector<std::string> names{};  // without a file: of choose_power_meters; with one: ids
  std::filesystem::path file{};      // where readings go, until it is killed; empty: choose, and say what
  std::int64_t period_ns = 0;        // 0: that of the slowest of the meters
  std::uint64_t seed = 0;            // of the moments
};
std::string to_text(const MeterOrder& order);
Result<MeterOrder> meter_order_from_text(std::string_view text);

// What a choosing process says: the ids of the meters of power, and of those of heat and clocks.
struct MeterChoice {
  std::vector<std::string> power{}, sensors{};
};
std::string say_choice(const Result<MeterChoice>& choice);
// Of such a line; the error that was said, too.
Result<MeterChoice> hear_choice(std::string_view line);

// What a reading process says once it has read every meter. Anything else is why it cannot.
inline constexpr std::string_view kReadingLine = R"({"reading":true})";

}  // namespace eb
