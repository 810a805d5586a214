#pragma once
// How the memory of a child went while a window lasted, seen from outside.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/record.h"

namespace eb {

class MemoryWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // Forgets what it saw of an earlier window.
  void begin(const std::string& scenario);
  void end() { is_open_ = false; }
  // Whether it wants to look now: ten times a second within a window.
  bool is_due(Time now) const;
  void look(Time now, std::optional<std::uint64_t> resident_bytes);

  // Warns in the record of that window if memory grew steadily with the runs.
  void judge(RunRecord& record) const;

 private:
  std::string scenario_{};
  bool is_open_ = false;
  std::optional<Time> looked_at_{};
  std::vector<double> resident_bytes_{};
};

}  // namespace eb
