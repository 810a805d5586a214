#pragma once
// The provider of the simulated NPU: what the two functions that its library exports do.
#include <onnxruntime_c_api.h>

#include <cstddef>

namespace eb::simnpu {

OrtStatus* create_factory(const OrtApiBase* base, OrtEpFactory** factories, std::size_t max_factories,
                          std::size_t* factory_count) noexcept;
void release_factory(OrtEpFactory* factory) noexcept;

}  // namespace eb::simnpu
