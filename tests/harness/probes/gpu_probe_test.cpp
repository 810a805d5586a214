// With the real devices of this machine: the shape of what is found, and that the kernels do the work that is
// counted.
#include "harness/probes/gpu_probe.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstring>
#include <set>

#include "tests/backends/gpu/devices.h"
#include "tests/support/tree.h"

namespace eb::probes {
namespace {

using test::problem;

// The first vector of what one group of 8 items writes.
template <class T>
std::vector<T> run_kernel(gpu::ComputeDevice& device, gpu::KernelDesc desc,
                          const std::vector<std::uint32_t>& params) {
  desc.group = {8, 1, 1};
  const auto lanes = static_cast<std::size_t>(device.info().vector_floats);
  auto out = device.allocate(lanes * 8 * sizeof(T));
  EXPECT_EQ(problem(out), "");
  auto kernel = device.build(desc);
  EXPECT_EQ(problem(kernel), "");
  const std::array dispatches{
      gpu::Dispatch{.kernel = kernel->get(), .buffers = {out->get()}, .params = params, .groups = {1, 1, 1}}};
  auto commands = device.record(dispatches, gpu::Timing::none);
  EXPECT_EQ(problem(commands), "");
  EXPECT_EQ(problem(device.run(**commands, {}, {})), "");
  std::vector<T> values(lanes * 8);
  EXPECT_EQ(problem(device.read(**out, 0, std::as_writable_bytes(std::span(values)))), "");
  values.resize(lanes);
  return values;
}

TEST(GpuProbe, KernelsDoTheWorkThatIsCounted) {
  const auto& devices = gpu::test::open_devices();
  if (devices.empty()) GTEST_SKIP() << "no device of our APIs here";
  for (gpu::ComputeDevice* device : devices) {
    SCOPED_TRACE(device->info().name);
    const std::uint32_t one = std::bit_cast<std::uint32_t>(1.0f);
    for (const int half : device->info().fp16_arithmetic ? std::vector{0, 2} : std::vector{0}) {
      const auto sums = run_kernel<float>(
          *device, {.kernel = "probe_fma", .defines = {{"HALF", half}}, .constants = {{"CHAINS", 4}}},
          {100, one, one});
      for (const float sum : sums) EXPECT_EQ(sum, 4 * 100 + (0 + 1 + 2 + 3));
    }
    if (!device->info().int8_kernels) continue;
    // 4 chains x 100 rounds x 4 products of 1 and 2
    const auto dots = run_kernel<std::int32_t>(*device, {.kernel = "probe_dot", .constants = {{"CHAINS", 4}}},
                                               {100, 0x01010101, 0, 0x02020202, 0});
    for (const std::int32_t sum : dots) EXPECT_EQ(sum, 4 * 100 * 8);
  }
}

TEST(GpuProbe, EachDeviceHasAllThreeKinds) {
  const auto& devices = gpu::test::open_devices();
  if (devices.empty()) GTEST_SKIP() << "no device of our APIs here";
  const auto clock = make_steady_clock();
  for (gpu::ComputeDevice* device : devices) {
    SCOPED_TRACE(device->info().name);
    std::set<std::string> names, units;
    GpuProbeSetup setup{.limits = {.batch = 1, .most_ns = 1, .fewest_ns = 1}, .most_buffer_bytes = 8 << 20};
    setup.on_probe = [&](const Probe& probe) {
      names.insert(probe.name + " " + probe.precision);
      units.insert(probe.unit);
      EXPECT_GT(probe.value, 0) << probe.name;
      EXPECT_EQ(probe.threads, 0);
      EXPECT_FALSE(probe.is_stable) << "one round proves nothing";
      EXPECT_FALSE(probe.theoretical);
    };
    EXPECT_EQ(problem(probe_gpu(*device, setup, *clock)), "");
    EXPECT_TRUE(names.contains("fma fp32"));
    EXPECT_EQ(names.contains("fma fp16"), device->info().fp16_arithmetic);
    for (const char* name :
         {"read memory ", "copy memory ", "host to device ", "device to host ", "launch ", "transfer "})
      EXPECT_TRUE(names.contains(name)) << name;
    EXPECT_EQ(units, (std::set<std::string>{"GOP/s", "GB/s", "us"}));
  }
}

// A device that fails after a while, as drivers do.
class FailingDevice final : public gpu::ComputeDevice {
 public:
  FailingDevice() {
    info_.max_group_items = 1024, info_.max_group = {1024, 1, 1}, info_.max_buffer_bytes = 1 << 24;
  }
  const gpu::DeviceInfo& info() const override { return info_; }
  Result<std::unique_ptr<gpu::Buffer>> allocate(std::uint64_t bytes) override {
    struct Memory final : gpu::Buffer {
      explicit Memory(std::uint64_t n) : size(n) {}
      std::uint64_t bytes() const override { return size; }
      std::uint64_t size;
    };
    return std::unique_ptr<gpu::Buffer>(std::make_unique<Memory>(bytes));
  }
  Status write(gpu::Buffer&, std::uint64_t, std::span<const std::byte>) override { return Done{}; }
  Status read(const gpu::Buffer&, std::uint64_t, std::span<std::byte>) override { return Done{}; }
  Result<std::unique_ptr<gpu::Kernel>> build(const gpu::KernelDesc&) override {
    return std::make_unique<gpu::Kernel>();
  }
  Result<std::unique_ptr<gpu::Commands>> record(std::span<const gpu::Dispatch>, gpu::Timing) override {
    return std::make_unique<gpu::Commands>();
  }
  Status run(gpu::Commands&, std::span<const gpu::HostWrite>, std::span<const gpu::HostRead>) override {
    if (runs_left-- > 0) return Done{};
    return Error{ErrorKind::device, "the device is lost"};
  }
  Result<std::vector<std::chrono::nanoseconds>> times(const gpu::Commands&) override {
    return Error{ErrorKind::unsupported, "no timer"};
  }
  CacheUse cache_use() const override { return {}; }
  Status save_cache() override { return Done{}; }

  int runs_left = 0;

 private:
  gpu::DeviceInfo info_{};
};

TEST(GpuProbe, WhatADriverReportsEndsIt) {
  const auto clock = make_steady_clock();
  for (const int runs : {0, 1, 20, 60, 100, 150}) {
    FailingDevice device;
    device.runs_left = runs;
    GpuProbeSetup setup{.limits = {.most_ns = 1}, .most_buffer_bytes = 1 << 20};
    setup.on_probe = [](const Probe&) {};
    EXPECT_EQ(problem(probe_gpu(device, setup, *clock)), "the device is lost") << runs;
  }
}

}  // namespace
}  // namespace eb::probes
