#pragma once
// Which record of one run is to be compared with which of another.
#include <vector>

#include "harness/core/record.h"

namespace eb {

struct CellPair {
  const RunRecord* first = nullptr;
  const RunRecord* other = nullptr;
};

struct Matched {
  std::vector<CellPair> pairs{};  // in the order of the first
  std::vector<const RunRecord*> only_first{}, only_other{};
};

// One device: by workload, backend, device, precision, scenario and threads; what is left over without the
// threads, which may be what differs. Several of one key in their order. Records point into the arguments.
Matched match_cells(const std::vector<RunRecord>& first, const std::vector<RunRecord>& other);

// Any devices: by workload, precision and scenario, the fastest record of each side; the others of a key are
// left out.
Matched match_fastest(const std::vector<RunRecord>& first, const std::vector<RunRecord>& other);

}  // namespace eb
