#pragma once
#include <onnxruntime_c_api.h>

namespace eb::gpu::test {

struct RelayTarget {
  CreateEpApiFactoriesFn create = nullptr;
  ReleaseEpApiFactoryFn release = nullptr;
};

}  // namespace eb::gpu::test
