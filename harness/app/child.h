#pragma once
// Jobs in a child process of this very program, or in this process where the user wants that.
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "harness/run/sandbox.h"

namespace eb {

inline constexpr const char* kChildArgument = "child";  // the hidden command

struct ChildSetup {
  LimitsS limits_s = default_limits_s();
  std::optional<std::uint64_t> memory_limit_bytes{};
  std::function<bool()> is_interrupted{};
  bool is_isolated = true;
  // As SandboxOptions has them.
  std::function<void(const std::string& scenario, bool begins)> on_window{};
  std::function<void(bool is_wanted)> on_meter{};
};

ChildOutcome do_job(const Job& job, const ChildSetup& setup, std::function<void(std::string_view)> on_phase,
                    std::function<void()> on_tick);

}  // namespace eb
