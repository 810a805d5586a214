#pragma once
// From what meters and sensors said around a process to the records of that process. Pure.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/meters/meters.h"
#include "harness/run/sandbox.h"

namespace eb {

struct JobReadings {
  std::vector<Trace> power{}, sensors{};
  bool is_power_whole = true;  // every meter that was chosen is in `power`
  MeterWindow idle_before{}, idle_after{};
  std::map<std::string, CountedClocks> clocks{};  // by scenario
  std::vector<std::string> files{};               // of traces, within the run's folder
  std::vector<std::string> problems{};            // sentences
  std::optional<double> cool_down_s{};
  std::filesystem::path root = "/";  // which no record names
};

// Only ok records whose window the parent saw have power: a window that nobody else saw is not cut out.
void complete_records(const JobReadings& readings, ChildOutcome& outcome);

}  // namespace eb
