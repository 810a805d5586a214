#pragma once
// The line before the stack of a crash.
#include <string_view>

namespace eb {

inline constexpr std::string_view kCrashMark = "edgebench: this process crashes, and its stack is:\n";

}  // namespace eb
