#pragma once
// ONNX Runtime execution providers over the GPU engine: what the two functions that a provider's library
// exports do. Any program with ONNX Runtime 1.23 or newer can load such a library. One factory a library;
// each device of the API is an OrtEpDevice whose metadata has `device` (the id), `name`, `driver`, `type` and
// `is_software`. Options of a session ("ep.<name in lower case>.KEY", or the provider options of the append
// call):
//   device   id of the device, where it is not the one of the OrtEpDevice
//   cache    folder for compiled kernels and tuning; none: nothing is kept
//   retune   1: kernels are tuned anew, whatever the cache holds
//   profile  1: kernels are timed by the device, and their times are in the runtime's profile (runtime 1.25
//   and newer) report   file that is told, as JSON, what was claimed, what was refused and why, and how the
//   cache served
#include <onnxruntime_c_api.h>

#include <cstddef>

#include "backends/gpu/compute_device.h"

namespace eb::gpu {

struct EpDefinition {
  const char* name = nullptr;  // as sessions and records show it: "EdgebenchVulkan"
  Api api{};
};

// What the library is: defined once in each provider's library, for ep_exports.cpp.
EpDefinition ep_definition();

// The work of CreateEpFactories and ReleaseEpFactory, whose arguments these are.
struct FactoryCall {
  const OrtApiBase* base = nullptr;
  const OrtLogger* logger = nullptr;
  OrtEpFactory** factories = nullptr;
  std::size_t max_factories = 0;
  std::size_t* factory_count = nullptr;
};
OrtStatus* create_ep_factories(const EpDefinition& definition, const FactoryCall& call) noexcept;
OrtStatus* release_ep_factory(OrtEpFactory* factory) noexcept;

// Why the API has no device here, as a text that ends with a zero; empty if it has one. Cut to `bytes`.
void write_reason_of_no_device(const Api& api, char* text, std::size_t bytes) noexcept;

}  // namespace eb::gpu
