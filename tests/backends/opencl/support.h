#pragma once
// The first OpenCL device of this machine, for tests of what is OpenCL's own; a test without one skips.
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "backends/opencl/device.h"
#include "backends/opencl/devices.h"
#include "backends/opencl/driver.h"

namespace eb::opencl::test {

// The real functions, of which a test may replace some, and a device found with them.
struct Machine {
  Functions cl{};
  Found found{};

  Result<std::unique_ptr<gpu::ComputeDevice>> open(const gpu::DeviceOptions& options = {}) const {
    return open_device(cl, found, options);
  }
};

inline std::optional<Machine> machine() {
  const auto cl = open_driver(driver_candidates());
  if (!cl) return {};
  const auto all = find_devices(*cl);
  if (!all) return {};
  return Machine{.cl = *cl, .found = all->front()};
}

// The tests' own kernel: OUT[i] = IN[i] * FACTOR + OFFSET + add, and + R[i] with HAS_RES.
inline gpu::KernelDesc probe(int factor = 1) {
  return {
      .kernel = "probe", .defines = {{"HAS_RES", 0}}, .constants = {{"FACTOR", factor}}, .group = {4, 1, 1}};
}

}  // namespace eb::opencl::test

#define EB_MACHINE_OR_SKIP(name)                              \
  auto name##_found = eb::opencl::test::machine();            \
  if (!name##_found) GTEST_SKIP() << "no OpenCL device here"; \
  [[maybe_unused]] eb::opencl::test::Machine& name = *name##_found
