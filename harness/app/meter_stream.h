#pragma once
// Meters being read in a process of their own, seen from the outside: nothing here waits for a meter for
// longer than it says.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/app/meter_order.h"
#include "harness/base/result.h"
#include "harness/meters/meters.h"

namespace eb {

class MeterStream {
 public:
  virtual ~MeterStream() = default;
  // Stops reading until it is told to go on.
  virtual void set_paused(bool is_paused) = 0;
  // What was read so far, one trace a meter; all but the last tenth of a second.
  virtual Result<std::vector<Trace>> traces() = 0;
  // Why nothing is read any more; empty while it is.
  virtual std::string end() = 0;
};

// Starts a process that reads `order.names` into `order.file` until the stream is gone. Waits for the first
// round of readings, 10 s at most.
Result<std::unique_ptr<MeterStream>> open_meter_stream(const MeterOrder& order);

// What there is, and what `names` asks for (see choose_power_meters), looked up in a process, 10 s at most.
// `invalid`: bad usage; `unavailable`: what was named is not here.
Result<MeterChoice> choose_meters(const std::filesystem::path& root, const std::vector<std::string>& names);

}  // namespace eb
