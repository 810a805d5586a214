#pragma once
// The provider of one session: says which nodes the chip takes, loads them, and runs them.
#include <string>

#include "backends/gpu/ep_ort.h"
#include "backends/npu/sim/options.h"

namespace eb::simnpu {

struct EpSetup {
  gpu::Ort ort{};
  std::string name{};  // of the provider
  Options options{};
};

OrtEp* make_ep(EpSetup setup);
void release_ep(OrtEp* ep) noexcept;

}  // namespace eb::simnpu
