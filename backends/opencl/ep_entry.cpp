#include "backends/gpu/ep.h"
#include "backends/opencl/opencl.h"

namespace eb::gpu {

EpDefinition ep_definition() {
  return {"EdgebenchOpenCL", opencl_api()};
}

}  // namespace eb::gpu
