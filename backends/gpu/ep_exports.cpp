// What the library of an execution provider exports; compiled into each of them.
#include <cstddef>

#include "backends/gpu/ep.h"

// The names are the runtime's, or follow them.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {

[[gnu::visibility("default")]] OrtStatus* CreateEpFactories(const char* /*registered_name*/,
                                                            const OrtApiBase* base, const OrtLogger* logger,
                                                            OrtEpFactory** factories,
                                                            std::size_t max_factories,
                                                            std::size_t* factory_count) {
  return eb::gpu::create_ep_factories(eb::gpu::ep_definition(),
                                      {base, logger, factories, max_factories, factory_count});
}

[[gnu::visibility("default")]] OrtStatus* ReleaseEpFactory(OrtEpFactory* factory) {
  return eb::gpu::release_ep_factory(factory);
}

// Not the runtime's: for those who want to know why there is no device. See write_reason_of_no_device.
[[gnu::visibility("default")]] void EdgebenchReasonOfNoDevice(char* text, std::size_t bytes) {
  eb::gpu::write_reason_of_no_device(eb::gpu::ep_definition().api, text, bytes);
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming)
