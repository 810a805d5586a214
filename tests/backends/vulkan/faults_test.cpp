// What only Vulkan's drivers can do wrong; what all can is in tests/backends/gpu/faults_test.cpp.
#include <gmock/gmock.h>

#include "tests/backends/gpu/compute_device_fixture.h"
#include "tests/backends/gpu/faulty_apis.h"

namespace eb::vulkan {
namespace {

using gpu::test::faulty_vulkan;
using ::testing::HasSubstr;

class VulkanFaults : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto devices = faulty_.api.devices();
    if (!devices) GTEST_SKIP() << devices.error().message;
    device_ = open();
  }
  void TearDown() override { faulty_.set(""); }

  std::unique_ptr<gpu::ComputeDevice> open() {
    auto device = faulty_.api.open("0", {});
    EXPECT_TRUE(device) << device.error().message;
    return device ? *std::move(device) : nullptr;
  }
  // An empty list of dispatches: one submission and one wait.
  static Status run(gpu::ComputeDevice& device) {
    EB_GET(const auto nothing, device.record({}, gpu::Timing::none));
    return device.run(*nothing, {}, {});
  }

  gpu::test::FaultyApi faulty_ = faulty_vulkan();
  std::unique_ptr<gpu::ComputeDevice> device_;
};

TEST_F(VulkanFaults, AFenceThatNeverComesIsALostDevice) {
  faulty_.set("vkWaitForFences 2; vkGetFenceStatus 1");  // VK_TIMEOUT; VK_NOT_READY
  const auto waited = run(*device_);
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().kind, ErrorKind::device);
  EXPECT_THAT(waited.error().message, HasSubstr("has not finished its work in 10 minutes"));
  faulty_.set("");
  const auto again = run(*device_);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("was lost before: open it again"));
  EXPECT_TRUE(run(*open()));
}

TEST_F(VulkanFaults, AFenceThatIsDoneAlthoughNobodyWokeUsIsDone) {
  faulty_.set("vkWaitForFences 2");
  EXPECT_TRUE(run(*device_));
}

TEST_F(VulkanFaults, ADeviceLostWhileWaitingIsNotUsedAgain) {
  for (const char* faults :
       {"vkWaitForFences -4", "vkWaitForFences 2; vkGetFenceStatus -4", "vkWaitForFences -1"}) {
    const auto device = open();
    faulty_.set(faults);
    EXPECT_FALSE(run(*device)) << faults;
    faulty_.set("");
    const auto again = run(*device);
    ASSERT_FALSE(again) << faults;
    EXPECT_EQ(again.error().kind, ErrorKind::device);
    EXPECT_THAT(again.error().message, HasSubstr("was lost before: open it again"));
  }
}

TEST_F(VulkanFaults, ASubmissionWithoutMemoryLosesNothing) {
  faulty_.set("vkQueueSubmit -2 0 1");
  const auto refused = run(*device_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::out_of_memory);
  EXPECT_TRUE(run(*device_));
}

TEST_F(VulkanFaults, WhereALargeChunkIsNotThereASmallOneWillDo) {
  faulty_.set("vkAllocateMemory -2 0 1");
  EXPECT_TRUE(device_->allocate(1024));
  EXPECT_EQ(faulty_.strikes(), 1);
}

TEST_F(VulkanFaults, ADeviceThatDoesNotStartIsNamed) {
  faulty_.set("vkCreateDevice -3");
  const auto device = faulty_.api.open("0", {});
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().kind, ErrorKind::device);
  EXPECT_THAT(device.error().message, HasSubstr("vkCreateDevice reports VK_ERROR_INITIALIZATION_FAILED"));
  EXPECT_THAT(device.error().message, HasSubstr(device_->info().name));
}

}  // namespace
}  // namespace eb::vulkan
