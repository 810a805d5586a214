#include "backends/gpu/ep.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "backends/gpu/ep_factory.h"

namespace eb::gpu {

OrtStatus* create_ep_factories(const EpDefinition& definition, const FactoryCall& call) noexcept {
  *call.factory_count = 0;
  Ort ort;
  try {
    if (auto found = find_ort(*call.base, ort); !found)
      return ort.api ? ort.status_of(found.error()) : nullptr;
  } catch (...) {
    return nullptr;  // no memory for a message, and no provider
  }
  return guarded(ort, [&]() -> Status {
    if (call.max_factories < 1)
      return Error{ErrorKind::invalid, fmt::format("{}: there is no room for a factory", definition.name)};
    call.factories[0] = make_factory(ort, definition, call.logger);
    *call.factory_count = 1;
    return Done{};
  });
}

OrtStatus* release_ep_factory(OrtEpFactory* factory) noexcept {
  release_factory(factory);
  return nullptr;
}

void write_reason_of_no_device(const Api& api, char* text, std::size_t bytes) noexcept {
  if (bytes == 0) return;
  text[0] = '\0';
  try {
    const auto devices = api.devices();
    std::string reason;
    if (!devices) {
      reason = devices.error().message;
    } else if (devices->empty()) {
      reason = fmt::format("{} has no device here", api.name);
    }
    const std::size_t length = std::min(reason.size(), bytes - 1);
    std::memcpy(text, reason.data(), length);
    text[length] = '\0';
  } catch (...) {
    text[0] = '\0';  // no memory for a reason
  }
}

}  // namespace eb::gpu
