#include "backends/opencl/driver.h"

#include <CL/cl_ext.h>
#include <fmt/format.h>

#include <array>

#include "harness/base/dynlib.h"
#include "harness/base/process.h"

namespace eb::opencl {
namespace {

constexpr std::array kCandidates{
    "libOpenCL.so.1",              // the loader on Linux
    "libOpenCL.so",                // Android from 12 on, where the vendor makes it public
    "OpenCL.dll",                  // Windows
    "/vendor/lib64/libOpenCL.so",  // Adreno, newer Mali
    "/system/vendor/lib64/libOpenCL.so",
    "/vendor/lib64/egl/libGLES_mali.so",  // Mali: one library for everything
    "/system/vendor/lib64/egl/libGLES_mali.so",
    "/vendor/lib64/libPVROCL.so",  // PowerVR
    "/System/Library/Frameworks/OpenCL.framework/OpenCL",
};

constexpr std::string_view kRemedy =
    "install the driver of your GPU, or for CPUs on Debian: apt install pocl-opencl-icd";

// pocl, pinned to its own cores: unpinned, its workers often share one core while short kernels run, and a
// layer takes twice its time. Pinning starts at core 0, so that a process which may not use all cores must
// not ask for it.
void prepare_environment() {
  if (may_use_all_cpus() && environment_of({"POCL_AFFINITY"}).empty()) set_environment("POCL_AFFINITY", "1");
}

struct NamedCode {
  cl_int code;
  std::string_view name;
};

#define EB_NAMED(code) \
  NamedCode {          \
    code, #code        \
  }
constexpr std::array kCodes{
    EB_NAMED(CL_DEVICE_NOT_FOUND),
    EB_NAMED(CL_DEVICE_NOT_AVAILABLE),
    EB_NAMED(CL_COMPILER_NOT_AVAILABLE),
    EB_NAMED(CL_MEM_OBJECT_ALLOCATION_FAILURE),
    EB_NAMED(CL_OUT_OF_RESOURCES),
    EB_NAMED(CL_OUT_OF_HOST_MEMORY),
    EB_NAMED(CL_PROFILING_INFO_NOT_AVAILABLE),
    EB_NAMED(CL_MEM_COPY_OVERLAP),
    EB_NAMED(CL_BUILD_PROGRAM_FAILURE),
    EB_NAMED(CL_MAP_FAILURE),
    EB_NAMED(CL_MISALIGNED_SUB_BUFFER_OFFSET),
    EB_NAMED(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST),
    EB_NAMED(CL_COMPILE_PROGRAM_FAILURE),
    EB_NAMED(CL_LINKER_NOT_AVAILABLE),
    EB_NAMED(CL_LINK_PROGRAM_FAILURE),
    EB_NAMED(CL_KERNEL_ARG_INFO_NOT_AVAILABLE),
    EB_NAMED(CL_INVALID_VALUE),
    EB_NAMED(CL_INVALID_DEVICE_TYPE),
    EB_NAMED(CL_INVALID_PLATFORM),
    EB_NAMED(CL_INVALID_DEVICE),
    EB_NAMED(CL_INVALID_CONTEXT),
    EB_NAMED(CL_INVALID_QUEUE_PROPERTIES),
    EB_NAMED(CL_INVALID_COMMAND_QUEUE),
    EB_NAMED(CL_INVALID_HOST_PTR),
    EB_NAMED(CL_INVALID_MEM_OBJECT),
    EB_NAMED(CL_INVALID_BINARY),
    EB_NAMED(CL_INVALID_BUILD_OPTIONS),
    EB_NAMED(CL_INVALID_PROGRAM),
    EB_NAMED(CL_INVALID_PROGRAM_EXECUTABLE),
    EB_NAMED(CL_INVALID_KERNEL_NAME),
    EB_NAMED(CL_INVALID_KERNEL_DEFINITION),
    EB_NAMED(CL_INVALID_KERNEL),
    EB_NAMED(CL_INVALID_ARG_INDEX),
    EB_NAMED(CL_INVALID_ARG_VALUE),
    EB_NAMED(CL_INVALID_ARG_SIZE),
    EB_NAMED(CL_INVALID_KERNEL_ARGS),
    EB_NAMED(CL_INVALID_WORK_DIMENSION),
    EB_NAMED(CL_INVALID_WORK_GROUP_SIZE),
    EB_NAMED(CL_INVALID_WORK_ITEM_SIZE),
    EB_NAMED(CL_INVALID_GLOBAL_OFFSET),
    EB_NAMED(CL_INVALID_EVENT_WAIT_LIST),
    EB_NAMED(CL_INVALID_EVENT),
    EB_NAMED(CL_INVALID_OPERATION),
    EB_NAMED(CL_INVALID_BUFFER_SIZE),
    EB_NAMED(CL_INVALID_GLOBAL_WORK_SIZE),
    EB_NAMED(CL_INVALID_PROPERTY),
    EB_NAMED(CL_INVALID_COMPILER_OPTIONS),
    EB_NAMED(CL_PLATFORM_NOT_FOUND_KHR),
};
#undef EB_NAMED

}  // namespace

std::span<const char* const> driver_candidates() {
  return kCandidates;
}

Result<Functions> open_driver(std::span<const char* const> candidates) {
  prepare_environment();
  std::string why = "no place to look";
  for (const char* candidate : candidates) {
    const auto library = DynLib::open(candidate);
    if (!library) {
      if (candidate == candidates.front()) why = library.error().message;
      continue;
    }
    Functions cl;
    const char* missing = nullptr;
#define EB_OPENCL_LOOK_UP(name)                                          \
  cl.name = reinterpret_cast<decltype(cl.name)>(library->symbol(#name)); \
  if (!cl.name) missing = #name;
    EB_OPENCL_FUNCTIONS(EB_OPENCL_LOOK_UP)
#undef EB_OPENCL_LOOK_UP
    if (!missing) return cl;
    why = fmt::format("{} has no {}; OpenCL 1.2 or later is needed", candidate, missing);
  }
  return Error{ErrorKind::unavailable, fmt::format("OpenCL is not here; {} ({})", kRemedy, why)};
}

std::string code_name(cl_int code) {
  for (const NamedCode& known : kCodes)
    if (known.code == code) return std::string(known.name);
  return fmt::format("code {}", code);
}

Error error_of(cl_int code, std::string_view call) {
  switch (code) {
    case CL_MEM_OBJECT_ALLOCATION_FAILURE:
    case CL_OUT_OF_RESOURCES:
    case CL_OUT_OF_HOST_MEMORY:
    case CL_INVALID_BUFFER_SIZE:  // larger than the device can have
      return {ErrorKind::out_of_memory,
              fmt::format("OpenCL: {}: {}; use a smaller model or batch, or close other programs", call,
                          code_name(code))};
    // What later calls find when the driver has stopped the device.
    case CL_DEVICE_NOT_AVAILABLE:
    case CL_INVALID_COMMAND_QUEUE:
    case CL_INVALID_CONTEXT:
      return {ErrorKind::device,
              fmt::format("OpenCL: {}: {}: the driver stopped the device; see the system's log", call,
                          code_name(code))};
    case CL_PLATFORM_NOT_FOUND_KHR:
      return {ErrorKind::unavailable, fmt::format("OpenCL has no driver; {}", kRemedy)};
    default:
      return {ErrorKind::device, fmt::format("OpenCL: {}: {}", call, code_name(code))};
  }
}

}  // namespace eb::opencl
