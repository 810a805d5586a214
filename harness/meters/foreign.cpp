// Meters of other systems: known, and not read yet. The same rows as those of the readers that exist.
#include "harness/meters/readers.h"

namespace eb {

std::vector<FoundMeter> find_foreign(const std::filesystem::path&) {
  std::vector<FoundMeter> rows;
  rows.push_back(absent("powermetrics",
                        "macOS only, and not read by edgebench yet: sudo powermetrics -i 100 shows CPU, "
                        "GPU and ANE power, Apple's estimates"));
  rows.push_back(absent(
      "emi", "Windows only, and not read by edgebench yet: the Energy Meter Interface of its drivers"));
  return rows;
}

}  // namespace eb
