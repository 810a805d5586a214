#pragma once
// Says of each record what its device can do at best, as probed before, and what its maker claims.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/core/record.h"
#include "harness/probes/probe.h"
#include "results/chips.h"

namespace eb {

class RecordPeaks {
 public:
  // `folder`: where probes are kept; empty: nowhere. `machine`: the maker's name of the machine.
  RecordPeaks(std::filesystem::path folder, std::string machine);
  void add(RunRecord& record);

 private:
  std::filesystem::path folder_;
  std::string machine_;
  std::vector<ChipClaim> claims_;
  std::map<std::filesystem::path, std::vector<Probe>> probes_;  // by file: read once
};

}  // namespace eb
