#pragma once
// OpenCL 1.2 and later as an API of the GPU engine. The loader is opened at run time; nothing links to it.
#include "backends/gpu/compute_device.h"

namespace eb {

gpu::Api opencl_api();

}  // namespace eb
