#pragma once
// How much longer a sample takes while something else runs: each cell's time beside it by that alone.
#include <cstddef>
#include <map>
#include <string>
#include <tuple>

#include "harness/core/record.h"
#include "harness/run/plan.h"

namespace eb {

class Interference {
 public:
  // Of good records, a cell alone before the same cell with something beside it: the second one's
  // `interference` is set. Without the first, or without times, it stays absent.
  void tell(const Cell& cell, RunRecord& record);

 private:
  using Key = std::tuple<std::string, std::string, std::string, std::string, std::string, std::size_t>;
  std::map<Key, double> alone_ms_{};  // what a sample takes
};

}  // namespace eb
