#pragma once
// Options of a session, and what a session tells about itself in return.
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/gpu/compute_device.h"
#include "backends/gpu/ep_ort.h"
#include "backends/gpu/plan.h"

namespace eb::gpu {

struct EpOptions {
  std::string device{};  // empty: that of the OrtEpDevice
  std::filesystem::path cache{};
  bool retune = false;
  bool profile = false;
  std::optional<bool>
      int8{};  // quantized operators in whole numbers; by default where the device is fast at it
  Precision precision = Precision::model;
  std::filesystem::path report{};
};

// `invalid` names the option that is unknown or has a wrong value.
Result<EpOptions> read_ep_options(const Ort& ort, std::string_view ep_name, const OrtSessionOptions& options);

struct EpReport {
  struct Refused {
    std::string node{}, op_type{}, reason{};
  };
  int claimed_nodes = 0, nodes = 0;
  int groups = 0;
  std::vector<Refused> refused{};
  ComputeDevice::CacheUse cache_use{};  // by this session
  std::string compute_precision = "fp32";
};

// Writes the JSON object {"nodes", "claimed_nodes", "groups", "refused": [{"node", "op_type", "reason"}],
// "cache": "cold"|"warm", "cache_hits", "cache_misses", "compute_precision"}; `cache` is absent where no
// kernel was needed.
Status write_report(const EpReport& report, const std::filesystem::path& file);

}  // namespace eb::gpu
