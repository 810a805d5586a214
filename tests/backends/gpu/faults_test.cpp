// What becomes of a driver's errors: each call of a whole session fails once, and then for good.
#include <gmock/gmock.h>

#include "backends/gpu/ep_device.h"
#include "tests/backends/gpu/compute_device_fixture.h"
#include "tests/backends/gpu/faulty_apis.h"

namespace eb::gpu::test {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr std::size_t kFloats = 64;

// What a session has on its device.
struct Work {
  std::unique_ptr<Buffer> in{}, out{};
  std::unique_ptr<Kernel> kernel{};
  std::unique_ptr<Commands> commands{};
};

Result<Work> prepare(ComputeDevice& device) {
  Work work;
  EB_GET(work.in, device.allocate(kFloats * sizeof(float)));
  EB_GET(work.out, device.allocate(kFloats * sizeof(float)));
  EB_GET(work.kernel, device.build(probe(0, {{"FACTOR", 2}})));
  const Dispatch dispatch{.kernel = work.kernel.get(),
                          .buffers = {work.in.get(), work.out.get()},
                          .params = {kFloats / 4, 0},
                          .groups = {kFloats / 4 / kGroupItems, 1, 1}};
  const Timing timing = device.info().device_timer ? Timing::each_dispatch : Timing::none;
  EB_GET(work.commands, device.record({&dispatch, 1}, timing));
  return work;
}

// The numbers from 1 on, doubled by the device.
Result<std::vector<float>> run(ComputeDevice& device, Work& work) {
  const auto numbers = counting(kFloats, 1);
  std::vector<float> doubled(kFloats);
  const HostWrite in{work.in.get(), 0, bytes_of(numbers)};
  const HostRead out{work.out.get(), 0, bytes_of(doubled)};
  EB_OK(device.run(*work.commands, {&in, 1}, {&out, 1}));
  if (device.info().device_timer) EB_OK(device.times(*work.commands));
  EB_OK(device.read(*work.out, 0, bytes_of(doubled)));
  return doubled;
}

std::vector<float> expected() {
  auto numbers = counting(kFloats, 1);
  for (float& number : numbers) number *= 2;
  return numbers;
}

// From the list of devices to the saved cache.
Result<std::vector<float>> whole_session(const Api& api) {
  EB_GET(const TempFolder cache, TempFolder::create());
  EB_GET(const auto devices, api.devices());
  EB_GET(const auto device, api.open(devices.front().id, {.cache_folder = cache.path()}));
  EB_GET(Work work, prepare(*device));
  EB_GET(auto numbers, run(*device, work));
  EB_OK(device->save_cache());
  return numbers;
}

struct Driver {
  const char* name;
  FaultyApi (*install)();
};
void PrintTo(const Driver& driver, std::ostream* out) {
  *out << driver.name;
}

class FaultyDriver : public ::testing::TestWithParam<Driver> {
 protected:
  void SetUp() override {
    set({});
    const auto devices = faulty.api.devices();
    if (!devices) GTEST_SKIP() << devices.error().message;
    id = devices->front().id;
  }
  void TearDown() override { set({}); }
  void set(const std::string& faults) { faulty.set(faults); }

  FaultyApi faulty = GetParam().install();
  std::string id;
};

TEST_P(FaultyDriver, EveryCallMayFailOnceOrFromThenOn) {
  for (const std::string code : {"-4", "-5", "-2"})
    for (const std::string times : {"", " 1"}) {
      int call = 0;
      for (;; ++call) {
        set("* " + code + " " + std::to_string(call) + times);
        const auto numbers = whole_session(faulty.api);
        if (faulty.strikes() == 0) break;
        SCOPED_TRACE("call " + std::to_string(call) + " answers " + code + times);
        if (numbers) {
          EXPECT_EQ(*numbers, expected()) << "a failure that is of no matter";
        } else {
          EXPECT_THAT(numbers.error().kind,
                      AnyOf(ErrorKind::device, ErrorKind::out_of_memory, ErrorKind::unavailable))
              << numbers.error().message;
          EXPECT_THAT(numbers.error().message,
                      AnyOf(HasSubstr("VK_"), HasSubstr("CL_"), HasSubstr("install")));
        }
      }
      EXPECT_GT(call, 20) << "of a whole session, too few";
    }
  set({});
  const auto numbers = whole_session(faulty.api);
  ASSERT_TRUE(numbers) << numbers.error().message;
  EXPECT_EQ(*numbers, expected());
}

TEST_P(FaultyDriver, ADeviceThatIsLostEndsItsSessionsAndANewOneHasANewDevice) {
  DevicePool pool(faulty.api);
  auto first = pool.open(id, {});
  ASSERT_TRUE(first) << first.error().message;
  auto work = (*first)->use(prepare);
  ASSERT_TRUE(work) << work.error().message;
  const auto run_first = [&] {
    return (*first)->use([&](ComputeDevice& device) { return run(device, *work); });
  };
  ASSERT_TRUE(run_first());

  set(faulty.lost);
  const auto lost = run_first();
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, ErrorKind::device);
  EXPECT_THAT(lost.error().message,
              AnyOf(HasSubstr("VK_ERROR_DEVICE_LOST"), HasSubstr("CL_DEVICE_NOT_AVAILABLE")));
  EXPECT_THAT(lost.error().message, HasSubstr("see the system's log"));
  set({});
  const auto again = run_first();
  ASSERT_FALSE(again) << "a lost device was used";
  EXPECT_THAT(again.error().message, HasSubstr("open a new session"));

  const auto second = pool.open(id, {});
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_NE(*second, *first);
  auto new_work = (*second)->use(prepare);
  ASSERT_TRUE(new_work) << new_work.error().message;
  const auto numbers = (*second)->use([&](ComputeDevice& device) { return run(device, *new_work); });
  ASSERT_TRUE(numbers) << numbers.error().message;
  EXPECT_EQ(*numbers, expected());
}

TEST_P(FaultyDriver, NoMemoryIsToldApartAndTheDeviceStays) {
  const auto device = faulty.api.open(id, {});
  ASSERT_TRUE(device) << device.error().message;
  set(faulty.no_memory);
  const auto buffer = (*device)->allocate(1 << 16);
  ASSERT_FALSE(buffer);
  EXPECT_EQ(buffer.error().kind, ErrorKind::out_of_memory);
  EXPECT_THAT(buffer.error().message, AnyOf(HasSubstr("VK_ERROR_OUT_OF_DEVICE_MEMORY"),
                                            HasSubstr("CL_MEM_OBJECT_ALLOCATION_FAILURE")));
  EXPECT_THAT(buffer.error().message, HasSubstr("smaller"));
  set({});
  auto work = prepare(**device);
  ASSERT_TRUE(work) << work.error().message;
  const auto numbers = run(**device, *work);
  ASSERT_TRUE(numbers) << numbers.error().message;
  EXPECT_EQ(*numbers, expected());
}

TEST_P(FaultyDriver, AKernelThatDoesNotCompileIsNamed) {
  const auto device = faulty.api.open(id, {});
  ASSERT_TRUE(device) << device.error().message;
  set(faulty.does_not_compile);
  const auto kernel = (*device)->build(probe(0));
  ASSERT_FALSE(kernel);
  EXPECT_EQ(kernel.error().kind, ErrorKind::device);
  EXPECT_THAT(kernel.error().message, HasSubstr("kernel probe"));
  EXPECT_THAT(kernel.error().message, HasSubstr("does not compile"));
  EXPECT_THAT(kernel.error().message, HasSubstr("update the driver"));
}

std::vector<Driver> drivers() {
  std::vector<Driver> all;
#if defined(EB_HAS_VULKAN)
  all.push_back({"vulkan", faulty_vulkan});
#endif
#if defined(EB_HAS_OPENCL)
  all.push_back({"opencl", faulty_opencl});
#endif
  return all;
}
INSTANTIATE_TEST_SUITE_P(Every, FaultyDriver, ::testing::ValuesIn(drivers()),
                         [](const auto& tested) { return std::string(tested.param.name); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(FaultyDriver);

}  // namespace
}  // namespace eb::gpu::test
