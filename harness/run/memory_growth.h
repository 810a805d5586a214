#pragma once
// How the memory of this process went while a window lasted; known only where the system says so.
#include <cstdint>
#include <optional>

#include "harness/base/process.h"
#include "harness/core/record.h"

namespace eb {

class MemoryGrowth {
 public:
  void begin() { before_ = process_memory().resident_bytes; }
  void add_to(RunRecord& record) const {
    constexpr double kMegabyte = 1e6;
    const auto after = process_memory().resident_bytes;
    if (before_ && after)
      record.memory_growth_mb = (static_cast<double>(*after) - static_cast<double>(*before_)) / kMegabyte;
  }

 private:
  std::optional<std::uint64_t> before_{};
};

}  // namespace eb
