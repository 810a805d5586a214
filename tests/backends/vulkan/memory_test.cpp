#include "backends/vulkan/memory.h"

#include <gtest/gtest.h>

namespace eb::vulkan {
namespace {

constexpr VkMemoryPropertyFlags kMapped =
    VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;

class VulkanMemoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = Context::create("0", nullptr);
    if (!opened) GTEST_SKIP() << opened.error().message;
    context_ = *std::move(opened);
    pool_ = std::make_unique<MemoryPool>(*context_, kMapped, 0);
  }
  Block block(VkDeviceSize bytes, VkDeviceSize alignment = 64) {
    auto made = pool_->allocate({.size = bytes, .alignment = alignment, .memoryTypeBits = ~0u});
    EXPECT_TRUE(made) << made.error().message;
    return made ? *std::move(made) : Block();
  }

  std::unique_ptr<Context> context_;
  std::unique_ptr<MemoryPool> pool_;
};

TEST_F(VulkanMemoryTest, SmallBlocksShareAnAllocationWithoutMeeting) {
  std::vector<Block> blocks;
  for (int i = 0; i < 100; ++i) blocks.push_back(block(1000, 256));
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(blocks[i].memory(), blocks[0].memory());
    EXPECT_EQ(blocks[i].offset() % 256, 0u);
    ASSERT_NE(blocks[i].mapped(), nullptr);
    for (std::size_t other = 0; other < i; ++other)
      EXPECT_TRUE(blocks[other].offset() + 1000 <= blocks[i].offset() ||
                  blocks[i].offset() + 1000 <= blocks[other].offset());
  }
}

TEST_F(VulkanMemoryTest, RoomIsUsedAgainAndJoined) {
  const Block keeper = block(64);
  std::vector<Block> blocks;
  for (int i = 0; i < 4; ++i) blocks.push_back(block(4096));
  const auto first = blocks[0].offset();
  for (const std::size_t index : {1u, 3u, 0u, 2u}) blocks[index] = Block();
  const Block large = block(4 * 4096);
  EXPECT_EQ(large.offset(), first);
  EXPECT_EQ(large.memory(), keeper.memory());
}

TEST_F(VulkanMemoryTest, LargeBlocksHaveAnAllocationOfTheirOwn) {
  const Block small = block(64), large = block(VkDeviceSize{40} << 20);
  EXPECT_NE(large.memory(), small.memory());
  EXPECT_EQ(large.offset(), 0u);
}

TEST_F(VulkanMemoryTest, ABlockMovesWithItsRoom) {
  Block a = block(64);
  const auto offset = a.offset();
  Block b = std::move(a);
  EXPECT_EQ(b.offset(), offset);
  b = block(128);
  EXPECT_EQ(block(64).offset(), offset) << "the first one's room is free";
}

TEST_F(VulkanMemoryTest, MoreThanTheHeapIsOutOfMemory) {
  VkDeviceSize largest = 0;
  const auto& memory = context_->physical().memory;
  for (std::uint32_t i = 0; i < memory.memoryHeapCount; ++i)
    largest = std::max(largest, memory.memoryHeaps[i].size);
  const auto made = pool_->allocate({.size = largest + 1, .alignment = 64, .memoryTypeBits = ~0u});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::out_of_memory);
}

TEST(VulkanMemoryTypes, ThePreferredOneIsTakenIfItIsThere) {
  VkPhysicalDeviceMemoryProperties memory{};
  memory.memoryTypeCount = 3;
  memory.memoryTypes[0].propertyFlags = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
  memory.memoryTypes[1].propertyFlags = kMapped;
  memory.memoryTypes[2].propertyFlags = kMapped | VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
  EXPECT_EQ(find_memory_type(memory, ~0u, kMapped, VK_MEMORY_PROPERTY_HOST_CACHED_BIT), 2);
  EXPECT_EQ(find_memory_type(memory, 0b011, kMapped, VK_MEMORY_PROPERTY_HOST_CACHED_BIT), 1);
  EXPECT_EQ(find_memory_type(memory, 0b001, kMapped, 0), -1);
  EXPECT_EQ(find_memory_type(memory, ~0u, 0, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT), 0);
}

}  // namespace
}  // namespace eb::vulkan
