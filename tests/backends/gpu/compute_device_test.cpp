// What every implementation of ComputeDevice must do.
#include <unistd.h>

#include <fstream>
#include <limits>
#include <thread>

#include "harness/base/files.h"
#include "tests/backends/gpu/compute_device_fixture.h"
#include "tests/support/sanitizer.h"

namespace eb::gpu::test {
namespace {

namespace fs = std::filesystem;

TEST_P(ComputeDeviceTest, SaysWhatItIs) {
  const DeviceInfo& info = device_->info();
  EXPECT_EQ(info.id, infos_[0].id);
  EXPECT_EQ(info.fingerprint, infos_[0].fingerprint);
  for (const std::string& text : {info.name, info.driver, info.vendor, info.fingerprint})
    EXPECT_FALSE(text.empty());
  EXPECT_TRUE(info.vector_floats == 1 || info.vector_floats == 4 || info.vector_floats == 8 ||
              info.vector_floats == 16);
  EXPECT_GE(info.max_buffer_bytes, 1u << 20);
  EXPECT_GE(info.max_group_items, 64u);
  for (const std::uint32_t side : info.max_group) EXPECT_GE(side, 1u);
}

TEST_P(ComputeDeviceTest, ADeviceThatIsNotThereIsNotFound) {
  const auto device = GetParam().open("no such device", {});
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().kind, ErrorKind::not_found);
}

TEST_P(ComputeDeviceTest, MemoryIsZeroedAlsoWhenItIsUsedAgain) {
  for (int round = 0; round < 3; ++round) {
    const auto made = buffer(1003);
    EXPECT_EQ(made->bytes(), 1003 * sizeof(float));
    EXPECT_EQ(floats_of(*made), std::vector<float>(1003, 0));
    EXPECT_TRUE(device_->write(*made, 0, bytes_of(std::vector<float>(1003, 7))));
  }
}

TEST_P(ComputeDeviceTest, WritesAndReadsAnyPart) {
  const auto made = buffer(100);
  ASSERT_TRUE(device_->write(*made, 7 * sizeof(float), bytes_of(counting(3, 1))));
  ASSERT_TRUE(device_->write(*made, 10 * sizeof(float) + 1, {}));
  std::vector<float> expected(100, 0);
  for (std::size_t i = 0; i < 3; ++i) expected[7 + i] = static_cast<float>(i + 1);
  EXPECT_EQ(floats_of(*made), expected);
  std::vector<float> part(2);
  ASSERT_TRUE(device_->read(*made, 8 * sizeof(float), bytes_of(part)));
  EXPECT_EQ(part, counting(2, 2));
}

TEST_P(ComputeDeviceTest, LargeCopiesArriveWhole) {
  const auto numbers = counting(5'000'003);
  EXPECT_EQ(floats_of(*buffer_of(numbers)), numbers);
}

TEST_P(ComputeDeviceTest, ManyBuffersKeepApart) {
  std::vector<std::unique_ptr<Buffer>> buffers;
  for (std::size_t i = 0; i < 200; ++i) buffers.push_back(buffer_of(counting(i + 1, static_cast<float>(i))));
  for (std::size_t i = 0; i < 200; i += 2) buffers[i].reset();
  for (std::size_t i = 0; i < 200; i += 2) buffers[i] = buffer_of(counting(2 * i + 1, static_cast<float>(i)));
  for (std::size_t i = 0; i < 200; ++i)
    EXPECT_EQ(floats_of(*buffers[i]), counting(i % 2 == 0 ? 2 * i + 1 : i + 1, static_cast<float>(i))) << i;
}

TEST_P(ComputeDeviceTest, RefusesCopiesOutsideOfABuffer) {
  const auto made = buffer(4);
  std::vector<float> three(3);
  for (const std::uint64_t offset : {std::uint64_t{5}, std::uint64_t{17}, ~std::uint64_t{0}}) {
    const Status written = device_->write(*made, offset, bytes_of(std::as_const(three)));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, ErrorKind::invalid);
    EXPECT_FALSE(device_->read(*made, offset, bytes_of(three)));
  }
  const auto list = record({});
  const HostWrite write{.buffer = made.get(), .offset = 8, .bytes = bytes_of(std::as_const(three))};
  const HostRead read{.buffer = made.get(), .offset = 8, .bytes = bytes_of(three)};
  EXPECT_FALSE(device_->run(*list, {&write, 1}, {}));
  EXPECT_FALSE(device_->run(*list, {}, {&read, 1}));
}

TEST_P(ComputeDeviceTest, TooMuchMemoryIsOutOfMemory) {
  for (const std::uint64_t bytes : {std::numeric_limits<std::uint64_t>::max(), std::uint64_t{1} << 60}) {
    const auto made = device_->allocate(bytes);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, ErrorKind::out_of_memory) << made.error().message;
  }
  EXPECT_TRUE(device_->allocate(16)) << "the device is still good";
}

TEST_P(ComputeDeviceTest, RunsAKernelWithParamsAndConstants) {
  const auto input = buffer_of(counting(1024));
  const auto output = buffer(1024);
  const auto built = kernel(probe(0, {{"FACTOR", 3}, {"OFFSET", -2}}));
  const auto list = record({over(*built, {input.get(), output.get()}, 0.5F)});
  run(*list);
  auto expected = counting(1024);
  for (float& number : expected) number = number * 3 - 2 + 0.5F;
  EXPECT_EQ(floats_of(*output), expected);
}

TEST_P(ComputeDeviceTest, ConstantsThatAreNotNamedKeepTheirDefaults) {
  const auto input = buffer_of(counting(64));
  const auto output = buffer(64);
  const auto built = kernel(probe(0));
  run(*record({over(*built, {input.get(), output.get()})}));
  EXPECT_EQ(floats_of(*output), counting(64));
}

TEST_P(ComputeDeviceTest, AGridMayBeLargerThanOneDispatchOfVulkan) {
  constexpr std::uint32_t kGroups = 70'000;  // 65,535 are promised
  const auto numbers = counting(std::size_t{4} * 4 * kGroupItems * kGroups);
  const auto input = buffer_of(numbers);
  const auto built = kernel(probe(0));
  for (const std::array<std::uint32_t, 3> groups :
       {std::array{4 * kGroups, 1U, 1U}, std::array{4U, kGroups, 1U}}) {
    const auto output = buffer(numbers.size());
    Dispatch dispatch = over(*built, {input.get(), output.get()}, 0.5F);
    dispatch.groups = groups;
    run(*record({dispatch}));
    auto expected = numbers;
    for (float& number : expected) number += 0.5F;
    EXPECT_EQ(floats_of(*output), expected);
  }
}

TEST_P(ComputeDeviceTest, VariantsDiffer) {
  const auto input = buffer_of(counting(64)), residual = buffer_of(counting(64, 100));
  const auto output = buffer(64);
  const auto built = kernel(probe(1));
  run(*record({over(*built, {input.get(), output.get(), residual.get()})}));
  auto expected = counting(64);
  for (std::size_t i = 0; i < 64; ++i) expected[i] += static_cast<float>(100 + i);
  EXPECT_EQ(floats_of(*output), expected);
}

TEST_P(ComputeDeviceTest, ADispatchReadsWhatTheOnesBeforeItWrote) {
  const auto a = buffer_of(counting(256)), b = buffer(256), c = buffer(256);
  const auto twice = kernel(probe(0, {{"FACTOR", 2}})), plus = kernel(probe(1));
  std::vector<Dispatch> dispatches;
  for (int i = 0; i < 5; ++i) {
    dispatches.push_back(over(*twice, {a.get(), b.get()}, 1));
    dispatches.push_back(over(*plus, {b.get(), c.get(), a.get()}));
    dispatches.push_back(over(*twice, {c.get(), a.get()}, -1));
  }
  run(*record(dispatches));
  auto expected = counting(256);
  for (float& number : expected)
    for (int i = 0; i < 5; ++i) number = (2 * number + 1 + number) * 2 - 1;
  EXPECT_EQ(floats_of(*a), expected);
}

TEST_P(ComputeDeviceTest, RunCopiesInAndOut) {
  const auto input = buffer(32), output = buffer(32);
  const auto built = kernel(probe(0, {{"FACTOR", 2}}));
  const auto list = record({over(*built, {input.get(), output.get()})});
  for (int round = 0; round < 3; ++round) {
    const auto head = counting(20, static_cast<float>(round)), tail = counting(12, 50);
    std::vector<float> first(8, -1), last(24, -1);
    const HostWrite in[] = {
        {input.get(), 0, bytes_of(head)}, {input.get(), 80, bytes_of(tail)}, {input.get(), 3, {}}};
    const HostRead out[] = {
        {output.get(), 32, bytes_of(last)}, {output.get(), 0, bytes_of(first)}, {input.get(), 1, {}}};
    const Status done = device_->run(*list, in, out);
    ASSERT_TRUE(done) << done.error().message;
    auto all = head;
    all.insert(all.end(), tail.begin(), tail.end());
    first.insert(first.end(), last.begin(), last.end());
    for (std::size_t i = 0; i < 32; ++i) EXPECT_EQ(first[i], 2 * all[i]) << i;
  }
}

TEST_P(ComputeDeviceTest, TheCopiesMayChangeFromRunToRun) {
  const auto a = buffer(16), b = buffer(16);
  const auto list = record({});
  const auto numbers = counting(16, 1);
  for (Buffer* target : {a.get(), b.get()}) {
    for (std::size_t count : {4u, 16u, 1u}) {
      std::vector<float> back(count);
      const HostWrite in{target, 0, bytes_of(numbers).first(count * sizeof(float))};
      const HostRead out{target, 0, bytes_of(back)};
      ASSERT_TRUE(device_->run(*list, {&in, 1}, {&out, 1}));
      EXPECT_EQ(back, counting(count, 1));
    }
  }
  EXPECT_EQ(floats_of(*a), numbers);
}

TEST_P(ComputeDeviceTest, AnEmptyDispatchDoesNothing) {
  const auto input = buffer_of(counting(32)), output = buffer(32);
  const auto built = kernel(probe(0));
  Dispatch nothing = over(*built, {input.get(), output.get()});
  nothing.groups[1] = 0;
  run(*record({nothing}));
  EXPECT_EQ(floats_of(*output), std::vector<float>(32, 0));
}

TEST_P(ComputeDeviceTest, TenThousandRunsKeepMemoryFlat) {
  const auto input = buffer_of(counting(64)), output = buffer(64);
  const auto built = kernel(probe(0));
  const auto list = record({over(*built, {input.get(), output.get()})});
  const auto numbers = counting(64, 5);
  std::vector<float> back(64);
  const HostWrite in{input.get(), 0, bytes_of(numbers)};
  const HostRead out{output.get(), 0, bytes_of(back)};
  const auto pages = [] {
    std::ifstream file("/proc/self/statm");
    std::int64_t whole = 0, resident = 0;
    file >> whole >> resident;
    return resident;
  };
  std::int64_t before = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (i == 2'000) before = pages();  // pools have grown to their size by then
    ASSERT_TRUE(device_->run(*list, {&in, 1}, {&out, 1}));
  }
  EXPECT_EQ(back, numbers);
  if (EB_HAS_SANITIZER) GTEST_SKIP() << "memory is the sanitizer's";
  EXPECT_LE((pages() - before) * sysconf(_SC_PAGESIZE), 4 << 20);
}

TEST_P(ComputeDeviceTest, TimesAreOnePerDispatch) {
  const auto input = buffer(1 << 16), output = buffer(1 << 16);
  const auto built = kernel(probe(0));
  const Dispatch dispatch = over(*built, {input.get(), output.get()});
  Dispatch nothing = dispatch;
  nothing.groups = {0, 1, 1};
  const std::vector<Dispatch> dispatches{dispatch, nothing, dispatch};
  if (!device_->info().device_timer) {
    const auto refused = device_->record(dispatches, Timing::each_dispatch);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::unsupported);
    return;
  }
  const auto list = record(dispatches, Timing::each_dispatch);
  EXPECT_FALSE(device_->times(*list)) << "nothing has run yet";
  for (int round = 0; round < 2; ++round) {
    run(*list);
    const auto times = device_->times(*list);
    ASSERT_TRUE(times) << times.error().message;
    ASSERT_EQ(times->size(), 3u);
    for (const auto time : {times->front(), times->back()}) {
      EXPECT_GT(time.count(), 0);
      EXPECT_LT(time, std::chrono::seconds(10));
    }
  }
  const auto untimed = record(dispatches);
  run(*untimed);
  EXPECT_FALSE(device_->times(*untimed));
}

TEST_P(ComputeDeviceTest, SaysWhichKernelVariantOrConstantThereIsNone) {
  KernelDesc no_variant = probe(7), extra = probe(0), no_defines = probe(0);
  extra.defines.emplace_back("WHAT", 1);
  no_defines.defines.clear();
  for (const KernelDesc& desc :
       {KernelDesc{.kernel = "nonesuch"}, no_variant, extra, no_defines, probe(0, {{"NONESUCH", 1}})}) {
    const auto built = device_->build(desc);
    ASSERT_FALSE(built) << desc.kernel;
    EXPECT_EQ(built.error().kind, ErrorKind::invalid);
    EXPECT_NE(built.error().message.find(desc.kernel), std::string::npos) << built.error().message;
  }
}

TEST_P(ComputeDeviceTest, AGroupThatIsTooLargeIsUnsupported) {
  KernelDesc desc = probe(0);
  desc.group = {device_->info().max_group[0] + 1, 1, 1};
  const auto built = device_->build(desc);
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().kind, ErrorKind::unsupported);
}

TEST_P(ComputeDeviceTest, RefusesDispatchesThatLackSomething) {
  const auto input = buffer(32), output = buffer(32);
  const auto built = kernel(probe(0));
  const Dispatch good = over(*built, {input.get(), output.get()});
  Dispatch no_kernel = good, few_buffers = good, null_buffer = good, many_params = good;
  no_kernel.kernel = nullptr;
  few_buffers.buffers.pop_back();
  null_buffer.buffers[0] = nullptr;
  many_params.params.resize(33);
  for (const Dispatch& bad : {no_kernel, few_buffers, null_buffer, many_params}) {
    const auto list = device_->record({&bad, 1}, Timing::none);
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().kind, ErrorKind::invalid);
  }
}

TEST_P(ComputeDeviceTest, TheCacheIsColdThenWarm) {
  const auto folder = TempFolder::create();
  ASSERT_TRUE(folder);
  const KernelDesc descs[] = {probe(0, {{"FACTOR", 11}}), probe(1, {{"FACTOR", 11}})};
  for (const bool is_warm : {false, true}) {
    device_ = open({.cache_folder = folder->path() / "kernels"});
    for (const KernelDesc& desc : descs) kernel(desc);
    EXPECT_EQ(device_->cache_use().hits, is_warm ? 2 : 0);
    EXPECT_EQ(device_->cache_use().misses, is_warm ? 0 : 2);
    const Status saved = device_->save_cache();
    EXPECT_TRUE(saved) << saved.error().message;
  }
}

TEST_P(ComputeDeviceTest, ADamagedCacheIsIgnored) {
  const auto folder = TempFolder::create();
  ASSERT_TRUE(folder);
  const DeviceOptions options{.cache_folder = folder->path()};
  device_ = open(options);
  kernel(probe(0));
  ASSERT_TRUE(device_->save_cache());
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder->path())) {
    if (!entry.is_regular_file()) continue;
    ++files;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(entry.file_size() / 2));
    file << "damage";
  }
  EXPECT_GE(files, 1);
  device_ = open(options);
  ASSERT_TRUE(device_);
  const auto built = kernel(probe(0));
  EXPECT_EQ(device_->cache_use().hits, 0);
  const auto input = buffer_of(counting(32)), output = buffer(32);
  run(*record({over(*built, {input.get(), output.get()})}));
  EXPECT_EQ(floats_of(*output), counting(32));
}

TEST_P(ComputeDeviceTest, ThreadsWithADeviceEachDoNotMeet) {
  constexpr int kThreads = 3, kRounds = 50;
  std::vector<std::thread> threads;
  std::array<std::vector<float>, kThreads> results;
  for (std::size_t index = 0; index < kThreads; ++index)
    threads.emplace_back([&, index] {
      auto device = GetParam().open(infos_[0].id, {});
      if (!device) return;
      auto a = (*device)->allocate(64 * sizeof(float)), b = (*device)->allocate(64 * sizeof(float));
      auto built = (*device)->build(probe(0));
      if (!a || !b || !built) return;
      const float add = static_cast<float>(index + 1);
      const std::vector<Dispatch> both{over(**built, {a->get(), b->get()}, add),
                                       over(**built, {b->get(), a->get()}, add)};
      auto list = (*device)->record(both, Timing::none);
      if (!list) return;
      for (int i = 0; i < kRounds; ++i)
        if (!(*device)->run(**list, {}, {})) return;
      std::vector<float> read(64);
      if ((*device)->read(**a, 0, bytes_of(read))) results.at(index) = read;
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t index = 0; index < kThreads; ++index)
    EXPECT_EQ(results.at(index),
              std::vector<float>(64, static_cast<float>(2 * kRounds) * static_cast<float>(index + 1)));
}

INSTANTIATE_TEST_SUITE_P(Every, ComputeDeviceTest, ::testing::ValuesIn(apis()),
                         [](const ::testing::TestParamInfo<Api>& api) {
                           return std::string(api.param.name);
                         });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ComputeDeviceTest);

}  // namespace
}  // namespace eb::gpu::test
