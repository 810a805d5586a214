#pragma once
// The APIs of this machine over drivers that fail when a test wants it. Between the engine and the fault all
// is real: the loader, and the driver that answers every other call.
#include <dlfcn.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/backends/gpu/devices.h"
#include "tests/support/places.h"
#if defined(EB_HAS_VULKAN)
#include "tests/faults/driver_exports.h"
#include "tests/faults/only_driver.h"
#endif
#if defined(EB_HAS_OPENCL)
#include "tests/backends/opencl/support.h"
#include "tests/faults/faulty_functions.h"
#endif

namespace eb::gpu::test {

struct FaultyApi {
  Api api{};
  std::string lost{}, no_memory{}, does_not_compile{};  // faults, as parse_faults reads them
  std::function<void(const std::string& faults)> set{};
  std::function<int()> strikes{};
  std::shared_ptr<void> driver{};  // keeps it in place of the machine's own
};

#if defined(EB_HAS_VULKAN)
inline FaultyApi faulty_vulkan() {
  const auto library = eb::test::build_folder() / "tests/libfaulty_vulkan.so";
  // Never closed: the loader closes and opens it as it likes, and it must remember its faults.
  void* opened = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  EXPECT_TRUE(opened) << dlerror();
  const auto set = reinterpret_cast<eb::test::SetFaultsFunction>(dlsym(opened, "SetFaults"));
  return {.api = vulkan_api(),
          .lost = "vkQueueSubmit -4",
          .no_memory = "vkAllocateMemory -2",
          .does_not_compile = "vkCreateComputePipelines -13",
          .set = [set](const std::string& faults) { set(faults.c_str()); },
          .strikes = reinterpret_cast<eb::test::CountStrikesFunction>(dlsym(opened, "CountStrikes")),
          .driver = std::make_shared<eb::test::OnlyDriver>(
              R"({"file_format_version": "1.0.0", "ICD": {"api_version": "1.1.0", "library_path": ")" +
              library.string() + "\"}}")};
}
#endif

#if defined(EB_HAS_OPENCL)
// Its loader reads its list of drivers once a process, so here its functions are replaced after it.
inline Result<opencl::Functions> faulty_opencl_functions() {
  EB_GET(opencl::Functions cl, opencl::open_driver(opencl::driver_candidates()));
  opencl::test::make_faulty(cl);
  return cl;
}

inline Api faulty_opencl_api() {
  return {"opencl",
          []() -> Result<std::vector<DeviceInfo>> {
            EB_GET(const auto cl, faulty_opencl_functions());
            EB_GET(const auto found, opencl::find_devices(cl));
            return std::vector{found.front().info};
          },
          [](const std::string&, const DeviceOptions& options) -> Result<std::unique_ptr<ComputeDevice>> {
            EB_GET(const auto cl, faulty_opencl_functions());
            EB_GET(const auto found, opencl::find_devices(cl));
            return opencl::open_device(cl, found.front(), options);
          }};
}

inline FaultyApi faulty_opencl() {
  return {.api = faulty_opencl_api(),
          .lost = "clFinish -2",
          .no_memory = "clCreateBuffer -4",
          .does_not_compile = "clBuildProgram -11",
          .set = [](const std::string& faults) { eb::test::faults().set(eb::test::parse_faults(faults)); },
          .strikes = [] { return eb::test::faults().strikes(); }};
}
#endif

}  // namespace eb::gpu::test
