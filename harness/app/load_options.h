#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/scenario.h"

namespace CLI {
class App;
}

namespace eb {

// As given on the command line.
struct RawLoad {
  std::optional<double> rate_qps{}, latency_target_ms{};
  std::optional<int> streams{};
  std::optional<std::uint64_t> seed{};
};

// The options that say how queries come in scenarios server and paced.
// `beside`: see RunOptions.
void declare_load(CLI::App& app, RawLoad& raw, std::string& beside);

// Refuses what cannot be, and what none of the `scenarios` has a use for.
Result<LoadOptions> parse_load(const RawLoad& raw, const std::vector<std::string>& scenarios);

}  // namespace eb
