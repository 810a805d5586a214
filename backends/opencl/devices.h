#pragma once
// Which OpenCL devices there are, and what the engine wants to know of each.
#include <optional>
#include <string_view>
#include <vector>

#include "backends/gpu/compute_device.h"
#include "backends/opencl/driver.h"

namespace eb::opencl {

struct Found {
  cl_platform_id platform = nullptr;
  cl_device_id device = nullptr;
  gpu::DeviceInfo info{};
};

// Every device of every platform that has a compiler and OpenCL 1.2; ids count from 0 in the order of the
// loader. `unavailable` if there is none. `device_timer` is what the driver says; whether its times are real
// shows only when a queue runs.
Result<std::vector<Found>> find_devices(const Functions& cl);

// Of the answers of a driver.
gpu::DeviceType type_of(cl_device_type type, bool is_unified);
int vector_floats_of(gpu::DeviceType type, cl_uint native_floats);
bool has_extension(std::string_view extensions, std::string_view name);

struct Version {
  int major = 0, minor = 0;
};
// Of "OpenCL 1.2 whatever the vendor adds"; absent if it is not of this form.
std::optional<Version> version_of(std::string_view text);

}  // namespace eb::opencl
