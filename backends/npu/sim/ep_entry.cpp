// The library's exports.
#include "backends/npu/sim/ep.h"

// The names are the runtime's, or follow them.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {

[[gnu::visibility("default")]] OrtStatus* CreateEpFactories(
    const char* /*registered_name*/, const OrtApiBase* base, const OrtLogger* /*logger*/,
    OrtEpFactory** factories, std::size_t max_factories, std::size_t* factory_count) {
  return eb::simnpu::create_factory(base, factories, max_factories, factory_count);
}

[[gnu::visibility("default")]] OrtStatus* ReleaseEpFactory(OrtEpFactory* factory) {
  eb::simnpu::release_factory(factory);
  return nullptr;
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming)
