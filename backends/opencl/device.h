#pragma once
// One OpenCL device, open.
#include <memory>

#include "backends/gpu/compute_device.h"
#include "backends/opencl/devices.h"
#include "backends/opencl/driver.h"

namespace eb::opencl {

Result<std::unique_ptr<gpu::ComputeDevice>> open_device(const Functions& cl, const Found& found,
                                                        const gpu::DeviceOptions& options);

}  // namespace eb::opencl
