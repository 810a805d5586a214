#pragma once
// One measured limit of a device: what it computes, moves or takes to begin, at best.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.h"

namespace eb {

struct Probe {
  std::string backend{}, device{};
  std::string name{};       // "avx512-vnni", "read dram", "launch"; with `threads` unique within a device
  std::string precision{};  // "fp32", "fp16", "bf16", "int8"; empty where arithmetic is no part of it
  std::string kind{};       // "compute", "bandwidth", "latency"
  double value = 0;
  std::string unit{};  // of value and theoretical: "GOP/s" (1 MAC = 2 operations), "GB/s" (1e9 bytes), "us"
  double spread = 0;   // interquartile range of all rounds, in shares of their median
  int threads = 0;     // of the host that took part; 0: none but the one that waits
  bool is_stable = false;               // rounds agreed before the time was up
  std::optional<double> clock_ghz{};    // measured between the rounds
  std::optional<double> theoretical{};  // absent: nobody has told us how much this device does in a cycle
  std::string derivation{};             // how value and theoretical came about, in one sentence
  std::vector<std::string> warnings{};
};

nlohmann::ordered_json to_json(const Probe& probe);
nlohmann::ordered_json to_json(const std::vector<Probe>& probes);
// An array as to_json makes it, of at most 1000; whatever does not fit is an error. It may come from a child
// or from a file.
Result<std::vector<Probe>> probes_from_json(const nlohmann::json& json);

// Which device, to find its probes again: all of it changes what a device can do.
struct ProbedDevice {
  std::string backend{}, device{}, name{}, driver{};
};

// Probes that are kept between commands: a file a device in `folder`, replaced as a whole.
std::filesystem::path probe_file(const std::filesystem::path& folder, const ProbedDevice& device);
Status keep_probes(const std::filesystem::path& folder, const ProbedDevice& device,
                   const std::vector<Probe>& probes);
// Empty where none are kept, or where the file is damaged: then it is as if it had never been probed.
std::vector<Probe> kept_probes(const std::filesystem::path& folder, const ProbedDevice& device);

}  // namespace eb
