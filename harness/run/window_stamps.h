#pragma once
// The parent's own stamps of the windows that a child says it measured. A child shares its process with
// vendor code, which may turn its clock or its memory; so a window counts only if somebody else saw it, too.
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "harness/core/launch.h"
#include "harness/core/record.h"

namespace eb {

class WindowStamps {
 public:
  // When a line was read, and for how long at most it may have waited until then because we were held up.
  struct Stamp {
    std::chrono::steady_clock::time_point at{};
    std::chrono::duration<double> held_up{};
  };
  // A begin before the end starts over; after it nothing counts, nor does an end without a begin.
  void begin(const std::string& scenario, const Stamp& stamp);
  void end(const std::string& scenario, const Stamp& stamp);

  // Rejects an ok record whose window nobody saw, or whose length is not what we saw. A record of a window
  // that we were too late to see is left ok, but not ranked.
  void check(RunRecord& record) const;

  // Those that began and ended, by scenario.
  std::map<std::string, SeenWindow> windows() const;

 private:
  std::map<std::string, Stamp> begins_, ends_;
};

}  // namespace eb
