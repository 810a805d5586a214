#pragma once
// A Scenario says when the next query is due and when to stop. It has no thread and no clock, so that a test
// plays an hour of traffic in a microsecond.
#include <cstdint>
#include <memory>
#include <optional>
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
  virtual std::optional<Query> next(const Progress& progress) = 0;
};

// `not_found` names the known scenarios.
Result<std::unique_ptr<Scenario>> make_scenario(std::string_view name, const WindowRule& rule);

}  // namespace eb
