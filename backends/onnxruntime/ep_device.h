#pragma once
// A device as a provider lists it to the runtime, in our terms.
#include <onnxruntime_c_api.h>

#include <string>

#include "harness/core/backend.h"

namespace eb::ort {

// Why no record of a device that is the CPU is ranked.
inline constexpr const char* kSoftwareDevice = "software device: its driver computes on the CPU";

// Of the provider; empty if it has none under this key.
std::string metadata(const OrtApi& api, const OrtEpDevice& device, const char* key);

// By the provider's metadata, else by what the runtime knows.
Device describe(const OrtApi& api, const OrtEpDevice& from, std::string id);

}  // namespace eb::ort
