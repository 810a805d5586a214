#include "backends/vulkan/cache.h"

#include <gtest/gtest.h>

#include <cstring>

#include "harness/base/files.h"

namespace eb::vulkan {
namespace {

PhysicalDevice some_device() {
  PhysicalDevice device;
  device.info.vendor_id = 0x10005;
  device.info.device_id = 7;
  for (std::size_t i = 0; i < device.cache_uuid.size(); ++i)
    device.cache_uuid.at(i) = static_cast<std::uint8_t>(i);
  return device;
}

// As drivers write it: the header of VkPipelineCacheHeaderVersionOne, then what they like.
std::string blob_of(const PhysicalDevice& device) {
  const std::uint32_t head[] = {32, 1, device.info.vendor_id, device.info.device_id};
  std::string blob(reinterpret_cast<const char*>(head), sizeof head);
  blob.append(reinterpret_cast<const char*>(device.cache_uuid.data()), device.cache_uuid.size());
  return blob + std::string("compiled\0code", 13);
}

TEST(VulkanCache, ComesBackAsItWas) {
  const auto device = some_device();
  const CacheContent content{.keys = {1, 1ull << 60, 3}, .blob = blob_of(device)};
  const auto back = parse(serialize(content), device);
  EXPECT_EQ(back.keys, content.keys);
  EXPECT_EQ(back.blob, content.blob);
}

TEST(VulkanCache, AnyDamageMakesItEmpty) {
  const auto device = some_device();
  const std::string good = serialize({.keys = {1, 2}, .blob = blob_of(device)});
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x20);
    const auto back = parse(bad, device);
    EXPECT_TRUE(back.keys.empty() && back.blob.empty()) << "byte " << at;
    const auto shorter = parse(std::string_view(good).substr(0, at), device);
    EXPECT_TRUE(shorter.keys.empty() && shorter.blob.empty()) << "length " << at;
  }
}

TEST(VulkanCache, AnotherDevicesOrDriversBlobIsNotUsed) {
  const auto device = some_device();
  const std::string file = serialize({.keys = {5}, .blob = blob_of(device)});
  auto other_vendor = device, other_device = device, other_driver = device;
  other_vendor.info.vendor_id = 1;
  other_device.info.device_id = 8;
  other_driver.cache_uuid[15] = 99;
  for (const auto& other : {other_vendor, other_device, other_driver}) EXPECT_EQ(parse(file, other).blob, "");
  std::string other_version = blob_of(device);
  other_version[4] = 2;
  EXPECT_EQ(parse(serialize({.blob = other_version}), device).blob, "");
  EXPECT_EQ(parse(serialize({.blob = "short"}), device).blob, "");
}

class VulkanCacheFile : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = Context::create("0", nullptr);
    if (!opened) GTEST_SKIP() << opened.error().message;
    context_ = *std::move(opened);
    auto folder = TempFolder::create();
    ASSERT_TRUE(folder);
    folder_ = std::make_unique<TempFolder>(*std::move(folder));
  }
  PipelineCache open() {
    auto cache = PipelineCache::open(*context_, folder_->path());
    EXPECT_TRUE(cache) << cache.error().message;
    return *std::move(cache);
  }
  std::filesystem::path file() const {
    return folder_->path() / (context_->physical().info.fingerprint + ".cache");
  }

  std::unique_ptr<Context> context_;
  std::unique_ptr<TempFolder> folder_;
};

TEST_F(VulkanCacheFile, TwoProcessesAddToOneFile) {
  auto first = open(), second = open();
  first.count(1, PipelineCache::Feedback::none);
  second.count(2, PipelineCache::Feedback::none);
  ASSERT_TRUE(first.save(*context_));
  ASSERT_TRUE(second.save(*context_));
  auto third = open();
  for (const std::uint64_t key : {1u, 2u, 3u}) third.count(key, PipelineCache::Feedback::none);
  EXPECT_EQ(third.use().hits, 2);
  EXPECT_EQ(third.use().misses, 1);
}

TEST_F(VulkanCacheFile, WritesOnlyWhatIsNew) {
  auto cache = open();
  ASSERT_TRUE(cache.save(*context_));
  EXPECT_FALSE(std::filesystem::exists(file())) << "nothing was built";
  cache.count(1, PipelineCache::Feedback::none);
  ASSERT_TRUE(cache.save(*context_));
  ASSERT_TRUE(std::filesystem::remove(file()));
  auto again = open();
  again.count(1, PipelineCache::Feedback::none);
  ASSERT_TRUE(again.save(*context_));
  EXPECT_TRUE(std::filesystem::exists(file()));
}

TEST_F(VulkanCacheFile, AFolderThatCannotBeWrittenIsAnError) {
  ASSERT_TRUE(write_file_atomic(folder_->path() / "file", "x"));
  auto cache = PipelineCache::open(*context_, folder_->path() / "file" / "below");
  ASSERT_TRUE(cache);
  cache->count(1, PipelineCache::Feedback::none);
  EXPECT_FALSE(cache->save(*context_));
}

TEST_F(VulkanCacheFile, WithoutAFolderNothingIsKept) {
  auto cache = PipelineCache::open(*context_, {});
  ASSERT_TRUE(cache);
  cache->count(1, PipelineCache::Feedback::none);
  EXPECT_TRUE(cache->save(*context_));
  EXPECT_EQ(cache->use().misses, 1);
}

}  // namespace
}  // namespace eb::vulkan
