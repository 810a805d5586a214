#pragma once
// The provider of one session: says which nodes it takes, and compiles them.
#include <memory>
#include <string>

#include "backends/gpu/ep_device.h"
#include "backends/gpu/ep_options.h"
#include "backends/gpu/ep_ort.h"

namespace eb::gpu {

struct EpSetup {
  Ort ort{};
  std::string name{};  // of the provider
  EpOptions options{};
  const OrtLogger* logger = nullptr;  // of the session, and as long
  std::shared_ptr<SharedDevice> device{};
};

OrtEp* make_ep(EpSetup setup);
void release_ep(OrtEp* ep) noexcept;

}  // namespace eb::gpu
