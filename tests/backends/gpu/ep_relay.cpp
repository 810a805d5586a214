// A provider's library that hands the runtime's calls on to whoever set a target: so a test can be a provider
// itself.
#include "tests/backends/gpu/ep_relay.h"

#include <onnxruntime_c_api.h>

#include <cstddef>

namespace {

eb::gpu::test::RelayTarget target;  // of the one test that runs

}  // namespace

extern "C" {

[[gnu::visibility("default")]] void SetRelayTarget(eb::gpu::test::RelayTarget wanted) {
  target = wanted;
}

[[gnu::visibility("default")]] OrtStatus* CreateEpFactories(const char* name, const OrtApiBase* base,
                                                            const OrtLogger* logger, OrtEpFactory** factories,
                                                            std::size_t most, std::size_t* count) {
  return target.create(name, base, logger, factories, most, count);
}

[[gnu::visibility("default")]] OrtStatus* ReleaseEpFactory(OrtEpFactory* factory) {
  return target.release(factory);
}

}  // extern "C"
