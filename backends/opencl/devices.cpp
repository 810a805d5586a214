#include "backends/opencl/devices.h"

#include <CL/cl_ext.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

namespace eb::opencl {
namespace {

// A driver that does not know a question leaves the answer at its default: no single answer is worth losing a
// device for.
template <class T>
T ask(const Functions& cl, cl_device_id device, cl_device_info question) {
  T answer{};
  if (cl.clGetDeviceInfo(device, question, sizeof answer, &answer, nullptr) != CL_SUCCESS) return T{};
  return answer;
}

// Drivers end their texts with zeros, and some with spaces.
std::string trimmed(std::string text) {
  text.resize(std::min(text.find('\0'), text.size()));
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n") + 1 - first);
}

std::string ask_text(const Functions& cl, cl_device_id device, cl_device_info question) {
  std::size_t size = 0;
  if (cl.clGetDeviceInfo(device, question, 0, nullptr, &size) != CL_SUCCESS) return {};
  std::string text(size, '\0');
  if (cl.clGetDeviceInfo(device, question, size, text.data(), nullptr) != CL_SUCCESS) return {};
  return trimmed(std::move(text));
}

std::string ask_text(const Functions& cl, cl_platform_id platform, cl_platform_info question) {
  std::size_t size = 0;
  if (cl.clGetPlatformInfo(platform, question, 0, nullptr, &size) != CL_SUCCESS) return {};
  std::string text(size, '\0');
  if (cl.clGetPlatformInfo(platform, question, size, text.data(), nullptr) != CL_SUCCESS) return {};
  return trimmed(std::move(text));
}

bool has_int8_dot_product(const Functions& cl, cl_device_id device, std::string_view extensions) {
  if (!has_extension(extensions, "cl_khr_integer_dot_product")) return false;
  using Properties = cl_device_integer_dot_product_acceleration_properties_khr;
  return ask<Properties>(cl, device, CL_DEVICE_INTEGER_DOT_PRODUCT_ACCELERATION_PROPERTIES_4x8BIT_PACKED_KHR)
             .signed_accelerated == CL_TRUE;
}

// As many group dimensions as the device has, of which we use three.
std::array<std::uint32_t, 3> largest_group(const Functions& cl, cl_device_id device) {
  std::vector<std::size_t> sizes(
      std::max<cl_uint>(3, ask<cl_uint>(cl, device, CL_DEVICE_MAX_WORK_ITEM_DIMENSIONS)), 0);
  cl.clGetDeviceInfo(device, CL_DEVICE_MAX_WORK_ITEM_SIZES, sizes.size() * sizeof(std::size_t), sizes.data(),
                     nullptr);
  std::array<std::uint32_t, 3> group{};
  for (std::size_t i = 0; i < group.size(); ++i)
    group.at(i) = static_cast<std::uint32_t>(
        std::min<std::size_t>(sizes[i], std::numeric_limits<std::uint32_t>::max()));
  return group;
}

gpu::DeviceInfo describe(const Functions& cl, cl_platform_id platform, cl_device_id device) {
  const std::string extensions = ask_text(cl, device, CL_DEVICE_EXTENSIONS);
  const std::string driver_version = ask_text(cl, device, CL_DRIVER_VERSION);
  const auto type_bits = ask<cl_device_type>(cl, device, CL_DEVICE_TYPE);
  const bool is_unified = ask<cl_bool>(cl, device, CL_DEVICE_HOST_UNIFIED_MEMORY) == CL_TRUE;
  const bool has_half = has_extension(extensions, "cl_khr_fp16");
  const gpu::DeviceType type = type_of(type_bits, is_unified);
  gpu::DeviceInfo info;
  info.name = ask_text(cl, device, CL_DEVICE_NAME);
  info.driver = fmt::format("{} {}", ask_text(cl, platform, CL_PLATFORM_NAME), driver_version);
  info.vendor = ask_text(cl, device, CL_DEVICE_VENDOR);
  info.vendor_id = ask<cl_uint>(cl, device, CL_DEVICE_VENDOR_ID);
  info.type = type;
  info.vector_floats = vector_floats_of(type, ask<cl_uint>(cl, device, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT));
  info.unified_memory = type == gpu::DeviceType::cpu || is_unified;
  info.device_timer = ask<std::size_t>(cl, device, CL_DEVICE_PROFILING_TIMER_RESOLUTION) > 0;
  info.fp16_storage = has_half;
  info.fp16_arithmetic = has_half;
  info.int8_kernels = true;  // dot.inc has plain arithmetic, too
  info.int8_dot_product = has_int8_dot_product(cl, device, extensions);
  info.max_buffer_bytes = ask<cl_ulong>(cl, device, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
  info.memory_bytes = ask<cl_ulong>(cl, device, CL_DEVICE_GLOBAL_MEM_SIZE);
  info.local_memory_bytes = ask<cl_ulong>(cl, device, CL_DEVICE_LOCAL_MEM_SIZE);
  info.max_group_items = static_cast<std::uint32_t>(
      std::min<std::size_t>(ask<std::size_t>(cl, device, CL_DEVICE_MAX_WORK_GROUP_SIZE),
                            std::numeric_limits<std::uint32_t>::max()));
  info.max_group = largest_group(cl, device);
  info.fingerprint =
      fmt::format("{}|{}|{}|{}", info.name, driver_version, ask_text(cl, platform, CL_PLATFORM_VERSION),
                  ask_text(cl, device, CL_DEVICE_VERSION));
  return info;
}

// Without these answers there is nothing that a device could be asked to do.
bool tells_limits(const gpu::DeviceInfo& info) {
  return info.max_buffer_bytes > 0 && info.max_group_items > 0 && info.max_group[0] > 0;
}

bool is_usable(const Functions& cl, cl_device_id device) {
  const auto version = version_of(ask_text(cl, device, CL_DEVICE_VERSION));
  return version && (version->major > 1 || version->minor >= 2) &&
         ask<cl_bool>(cl, device, CL_DEVICE_AVAILABLE) == CL_TRUE &&
         ask<cl_bool>(cl, device, CL_DEVICE_COMPILER_AVAILABLE) == CL_TRUE;
}

// A platform that fails, or has no device at the moment, must not hide the others.
std::vector<cl_device_id> devices_of(const Functions& cl, cl_platform_id platform) {
  cl_uint count = 0;
  if (cl.clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, nullptr, &count) != CL_SUCCESS) return {};
  std::vector<cl_device_id> devices(count);
  if (count == 0 ||
      cl.clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count, devices.data(), nullptr) != CL_SUCCESS)
    return {};
  return devices;
}

}  // namespace

Result<std::vector<Found>> find_devices(const Functions& cl) {
  cl_uint count = 0;
  EB_OK(check(cl.clGetPlatformIDs(0, nullptr, &count), "clGetPlatformIDs"));
  if (count == 0) return error_of(CL_PLATFORM_NOT_FOUND_KHR, "clGetPlatformIDs");
  std::vector<cl_platform_id> platforms(count);
  EB_OK(check(cl.clGetPlatformIDs(count, platforms.data(), nullptr), "clGetPlatformIDs"));
  std::vector<Found> all;
  for (cl_platform_id platform : platforms)
    for (cl_device_id device : devices_of(cl, platform)) {
      if (!is_usable(cl, device)) continue;
      Found found{.platform = platform, .device = device, .info = describe(cl, platform, device)};
      if (!tells_limits(found.info)) continue;
      found.info.id = std::to_string(all.size());
      all.push_back(std::move(found));
    }
  if (all.empty())
    return Error{
        ErrorKind::unavailable,
        fmt::format("OpenCL has {} drivers, but none with a device that has OpenCL 1.2 and a compiler; "
                    "update the driver of your GPU, or for CPUs on Debian: apt install pocl-opencl-icd",
                    count)};
  return all;
}

gpu::DeviceType type_of(cl_device_type type, bool is_unified) {
  if (type & CL_DEVICE_TYPE_CPU) return gpu::DeviceType::cpu;
  if (type & CL_DEVICE_TYPE_GPU) return is_unified ? gpu::DeviceType::integrated : gpu::DeviceType::discrete;
  return gpu::DeviceType::other;
}

int vector_floats_of(gpu::DeviceType type, cl_uint native_floats) {
  if (type != gpu::DeviceType::cpu || native_floats < 8) return 4;
  return native_floats < 16 ? 8 : 16;
}

bool has_extension(std::string_view extensions, std::string_view name) {
  for (std::size_t at = 0; at < extensions.size();) {
    const std::size_t end = std::min(extensions.find(' ', at), extensions.size());
    if (extensions.substr(at, end - at) == name) return true;
    at = end + 1;
  }
  return false;
}

std::optional<Version> version_of(std::string_view text) {
  constexpr std::string_view kPrefix = "OpenCL ";
  if (text.substr(0, kPrefix.size()) != kPrefix) return {};
  Version version;
  const char* const end = text.data() + text.size();
  const auto major = std::from_chars(text.data() + kPrefix.size(), end, version.major);
  if (major.ec != std::errc{} || major.ptr == end || *major.ptr != '.') return {};
  const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
  if (minor.ec != std::errc{}) return {};
  return version;
}

}  // namespace eb::opencl
