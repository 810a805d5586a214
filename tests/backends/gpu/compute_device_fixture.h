#pragma once
// A device under test, and the kernel that tests it. probe.krn: OUT[i] = IN[i] * FACTOR + OFFSET + add (+
// R[i] with HAS_RES), an item a float4.
#include <gtest/gtest.h>

#include <bit>
#include <numeric>

#include "tests/backends/gpu/devices.h"

namespace eb::gpu::test {

inline constexpr std::uint32_t kGroupItems = 8;

inline std::span<const std::byte> bytes_of(const std::vector<float>& floats) {
  return std::as_bytes(std::span(floats));
}
inline std::span<std::byte> bytes_of(std::vector<float>& floats) {
  return std::as_writable_bytes(std::span(floats));
}

inline std::vector<float> counting(std::size_t count, float first = 0) {
  std::vector<float> floats(count);
  std::iota(floats.begin(), floats.end(), first);
  return floats;
}

inline KernelDesc probe(int has_residual, std::vector<std::pair<std::string, int>> constants = {}) {
  return {.kernel = "probe",
          .defines = {{"HAS_RES", has_residual}},
          .constants = std::move(constants),
          .group = {kGroupItems, 1, 1}};
}

class ComputeDeviceTest : public ::testing::TestWithParam<Api> {
 protected:
  void SetUp() override {
    const auto found = GetParam().devices();
    if (!found) {
      ASSERT_EQ(found.error().kind, ErrorKind::unavailable) << found.error().message;
      GTEST_SKIP() << found.error().message;
    }
    infos_ = *found;
    ASSERT_FALSE(infos_.empty());
    device_ = open();
    ASSERT_TRUE(device_);
  }

  std::unique_ptr<ComputeDevice> open(const DeviceOptions& options = {}) {
    auto device = GetParam().open(infos_[0].id, options);
    if (device) return *std::move(device);
    ADD_FAILURE() << device.error().message;
    return nullptr;
  }

  std::unique_ptr<Buffer> buffer(std::size_t floats) {
    auto made = device_->allocate(floats * sizeof(float));
    if (made) return *std::move(made);
    ADD_FAILURE() << made.error().message;
    return nullptr;
  }
  std::unique_ptr<Buffer> buffer_of(const std::vector<float>& floats) {
    auto made = buffer(floats.size());
    const Status written = device_->write(*made, 0, bytes_of(floats));
    EXPECT_TRUE(written) << written.error().message;
    return made;
  }
  std::vector<float> floats_of(const Buffer& buffer) {
    std::vector<float> floats(buffer.bytes() / sizeof(float), -1);
    const Status read = device_->read(buffer, 0, bytes_of(floats));
    EXPECT_TRUE(read) << read.error().message;
    return floats;
  }
  std::unique_ptr<Kernel> kernel(const KernelDesc& desc) {
    auto built = device_->build(desc);
    if (built) return *std::move(built);
    ADD_FAILURE() << built.error().message;
    return nullptr;
  }
  std::unique_ptr<Commands> record(const std::vector<Dispatch>& dispatches, Timing timing = Timing::none) {
    auto list = device_->record(dispatches, timing);
    if (list) return *std::move(list);
    ADD_FAILURE() << list.error().message;
    return nullptr;
  }
  void run(Commands& commands) {
    const Status done = device_->run(commands, {}, {});
    EXPECT_TRUE(done) << done.error().message;
  }
  // probe over whole buffers: the items of one row are kGroupItems, the rows are as many as it takes.
  Dispatch over(const Kernel& kernel, std::vector<const Buffer*> buffers, float add = 0) {
    const auto vectors = static_cast<std::uint32_t>(buffers[1]->bytes() / sizeof(float)) / 4;
    return {.kernel = &kernel,
            .buffers = std::move(buffers),
            .params = {vectors, std::bit_cast<std::uint32_t>(add)},
            .groups = {(vectors + kGroupItems - 1) / kGroupItems, 1, 1}};
  }

  std::vector<DeviceInfo> infos_;
  std::unique_ptr<ComputeDevice> device_;
};

}  // namespace eb::gpu::test
