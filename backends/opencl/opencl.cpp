#include "backends/opencl/opencl.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/opencl/device.h"
#include "backends/opencl/devices.h"
#include "backends/opencl/driver.h"

namespace eb {
namespace {

Result<std::vector<gpu::DeviceInfo>> list_devices() {
  EB_GET(const opencl::Functions cl, opencl::open_driver(opencl::driver_candidates()));
  EB_GET(const std::vector<opencl::Found> all, opencl::find_devices(cl));
  std::vector<gpu::DeviceInfo> infos;
  infos.reserve(all.size());
  for (const opencl::Found& found : all) infos.push_back(found.info);
  return infos;
}

Result<std::unique_ptr<gpu::ComputeDevice>> open_device(const std::string& device_id,
                                                        const gpu::DeviceOptions& options) {
  EB_GET(const opencl::Functions cl, opencl::open_driver(opencl::driver_candidates()));
  EB_GET(const std::vector<opencl::Found> all, opencl::find_devices(cl));
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.info.id == device_id; });
  if (found == all.end())
    return Error{ErrorKind::not_found,
                 fmt::format("OpenCL has no device {}; there are {} devices, from 0", device_id, all.size())};
  return opencl::open_device(cl, *found, options);
}

}  // namespace

gpu::Api opencl_api() {
  return {.name = "opencl", .devices = list_devices, .open = open_device};
}

}  // namespace eb
