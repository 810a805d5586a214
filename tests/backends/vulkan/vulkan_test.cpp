// What is Vulkan's own; what every device does is in tests/backends/gpu/compute_device_test.cpp.
#include "backends/vulkan/vulkan.h"

#include <gtest/gtest.h>

#include <fstream>

#include "backends/vulkan/context.h"
#include "tests/backends/gpu/compute_device_fixture.h"
#include "tests/faults/only_driver.h"

namespace eb {
namespace {

using gpu::test::bytes_of;
using gpu::test::counting;
using gpu::test::kGroupItems;
using gpu::test::probe;

bool process_has_opened(std::string_view library) {
  std::ifstream maps("/proc/self/maps");
  const std::string text{std::istreambuf_iterator<char>(maps), {}};
  return text.find(library) != std::string::npos;
}

// FACTOR 2 over 256 numbers, from buffers of `floats` floats each.
std::vector<float> doubled(gpu::ComputeDevice& device, std::size_t floats) {
  auto input = device.allocate(floats * sizeof(float)), output = device.allocate(floats * sizeof(float));
  auto kernel = device.build(probe(0, {{"FACTOR", 2}}));
  if (!input || !output || !kernel) return {};
  const gpu::Dispatch dispatch{.kernel = kernel->get(),
                               .buffers = {input->get(), output->get()},
                               .params = {256 / 4, 0},
                               .groups = {256 / 4 / kGroupItems, 1, 1}};
  auto commands = device.record({&dispatch, 1}, gpu::Timing::none);
  if (!commands) return {};
  const auto numbers = counting(256);
  std::vector<float> back(256);
  const gpu::HostWrite in{input->get(), 0, bytes_of(numbers)};
  const gpu::HostRead out{output->get(), 0, bytes_of(back)};
  EXPECT_TRUE(device.run(**commands, {&in, 1}, {&out, 1}));
  return back;
}

std::vector<float> expected_doubled() {
  auto numbers = counting(256);
  for (float& number : numbers) number *= 2;
  return numbers;
}

TEST(Vulkan, WithoutADriverItSaysWhatToInstall) {
  const eb::test::OnlyDriver none("{}");
  const auto devices = vulkan_api().devices();
  ASSERT_FALSE(devices);
  EXPECT_EQ(devices.error().kind, ErrorKind::unavailable);
  EXPECT_NE(devices.error().message.find("mesa-vulkan-drivers"), std::string::npos)
      << devices.error().message;
  const auto opened = vulkan_api().open("0", {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::unavailable);
}

TEST(Vulkan, CodesHaveNamesAndKinds) {
  EXPECT_EQ(vulkan::result_name(VK_ERROR_DEVICE_LOST), "VK_ERROR_DEVICE_LOST");
  EXPECT_EQ(vulkan::result_name(static_cast<VkResult>(-12345)), "VkResult -12345");
  const Error lost = vulkan::error_of("vkQueueSubmit", VK_ERROR_DEVICE_LOST);
  EXPECT_EQ(lost.kind, ErrorKind::device);
  EXPECT_NE(lost.message.find("vkQueueSubmit reports VK_ERROR_DEVICE_LOST"), std::string::npos);
  EXPECT_NE(lost.message.find("driver"), std::string::npos);
  for (const VkResult code :
       {VK_ERROR_OUT_OF_HOST_MEMORY, VK_ERROR_OUT_OF_DEVICE_MEMORY, VK_ERROR_OUT_OF_POOL_MEMORY})
    EXPECT_EQ(vulkan::error_of("vkAllocateMemory", code).kind, ErrorKind::out_of_memory);
}

TEST(Vulkan, DescribesEveryDevice) {
  const auto devices = vulkan_api().devices();
  if (!devices) GTEST_SKIP() << devices.error().message;
  for (const gpu::DeviceInfo& info : *devices) {
    SCOPED_TRACE(info.name);
    EXPECT_EQ(info.vector_floats, 4);
    EXPECT_EQ(info.fingerprint.find_first_of("/\\: "), std::string::npos) << "it is part of a file's name";
    EXPECT_GT(info.memory_bytes, 0u);
    EXPECT_GE(info.local_memory_bytes, 16u << 10) << "what Vulkan asks of every device";
    EXPECT_GE(info.max_group_items, 128u);
    const auto device = vulkan_api().open(info.id, {});
    ASSERT_TRUE(device) << device.error().message;
    EXPECT_EQ((*device)->info().name, info.name);
  }
}

TEST(Vulkan, TheValidationLayerIsLoadedWhenItIsAskedFor) {
  if (!vulkan_api().devices()) GTEST_SKIP() << "no Vulkan device";
  const VulkanOptions options{
      .on_validation_message = [](std::string_view message) { ADD_FAILURE() << message; }};
  const auto device = open_vulkan("0", {}, options);
  if (!device) {
    EXPECT_EQ(device.error().kind, ErrorKind::unavailable);
    EXPECT_NE(device.error().message.find("vulkan-validationlayers"), std::string::npos);
    GTEST_SKIP() << device.error().message;
  }
  EXPECT_TRUE(process_has_opened("khronos_validation"));
  EXPECT_EQ(doubled(**device, 256), expected_doubled());
}

TEST(Vulkan, WhatTheValidationLayerSaysIsHeard) {
  int messages = 0;
  const auto context = vulkan::Context::create("0", [&](std::string_view) { ++messages; });
  if (!context) GTEST_SKIP() << context.error().message;
  VkBufferCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  info.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT;
  VkBuffer buffer = VK_NULL_HANDLE;  // of no bytes, which Vulkan forbids
  const auto& vk = (*context)->vk();
  if (vk.CreateBuffer((*context)->device(), &info, nullptr, &buffer) == VK_SUCCESS)
    vk.DestroyBuffer((*context)->device(), buffer, nullptr);
  EXPECT_GT(messages, 0);
}

TEST(Vulkan, TexelBuffersAndStorageBuffersGiveTheSame) {
  if (!vulkan_api().devices()) GTEST_SKIP() << "no Vulkan device";
  // None at all; buffers too long for one; short enough.
  for (const auto& [max_texels, floats] : {std::pair{0u, 256u}, std::pair{64u, 260u}, std::pair{64u, 256u}}) {
    const auto device = open_vulkan("0", {}, {.max_texels = max_texels});
    ASSERT_TRUE(device) << device.error().message;
    EXPECT_EQ(doubled(**device, floats), expected_doubled())
        << max_texels << " texels, " << floats << " floats";
    EXPECT_EQ((*device)->cache_use().misses, floats > 256 ? 2 : 1)
        << "the plain pipeline is built when it is needed";
  }
}

TEST(Vulkan, ForcedStagingIsNoUnifiedMemory) {
  const auto device = open_vulkan("0", {}, {.force_staging = true});
  if (!device) GTEST_SKIP() << device.error().message;
  EXPECT_FALSE((*device)->info().unified_memory);
  EXPECT_EQ(doubled(**device, 256), expected_doubled());
}

}  // namespace
}  // namespace eb
