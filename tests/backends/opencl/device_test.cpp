#include "backends/opencl/device.h"

#include <array>
#include <cstring>
#include <numeric>
#include <vector>

#include "tests/backends/opencl/support.h"
#include "tests/support/tree.h"

namespace eb::opencl {
namespace {

using eb::test::problem;

constexpr std::size_t kVectors = 8;
constexpr std::size_t kFloats = kVectors * 4;
constexpr std::uint64_t kBytes = kFloats * sizeof(float);

// IN to OUT by the probe, as often as there are dispatches.
struct Work {
  std::unique_ptr<gpu::Buffer> in, out;
  std::unique_ptr<gpu::Kernel> kernel;

  gpu::Dispatch dispatch() const {
    const float add = 1;
    std::uint32_t add_bits = 0;
    std::memcpy(&add_bits, &add, sizeof add);
    return {.kernel = kernel.get(),
            .buffers = {in.get(), out.get()},
            .params = {std::uint32_t{kVectors}, add_bits},
            .groups = {kVectors / 4, 1, 1}};
  }
};

Work work_on(gpu::ComputeDevice& device) {
  auto in = device.allocate(kBytes), out = device.allocate(kBytes);
  auto kernel = device.build(test::probe(2));
  EXPECT_EQ(problem(in) + problem(out) + problem(kernel), "");
  return {.in = *std::move(in), .out = *std::move(out), .kernel = *std::move(kernel)};
}

std::vector<float> counting() {
  std::vector<float> values(kFloats);
  std::iota(values.begin(), values.end(), 0.0F);
  return values;
}

std::unique_ptr<gpu::ComputeDevice> open_here(const test::Machine& here) {
  auto device = here.open();
  EXPECT_EQ(problem(device), "");
  return *std::move(device);
}

TEST(OpenclDevice, CopiesRunAndCopyBack) {
  EB_MACHINE_OR_SKIP(here);
  const auto device = open_here(here);
  const Work work = work_on(*device);
  const std::array dispatches{work.dispatch()};
  const auto commands = device->record(dispatches, gpu::Timing::none);
  ASSERT_EQ(problem(commands), "");
  const std::vector<float> x = counting();
  for (int again = 0; again < 3; ++again) {
    std::vector<float> y(kFloats);
    const std::array in{gpu::HostWrite{work.in.get(), 0, std::as_bytes(std::span(x))}};
    const std::array out{gpu::HostRead{work.out.get(), 0, std::as_writable_bytes(std::span(y))}};
    ASSERT_EQ(problem(device->run(**commands, in, out)), "");
    for (std::size_t i = 0; i < kFloats; ++i) EXPECT_EQ(y[i], 2 * x[i] + 1);
  }
}

TEST(OpenclDevice, LaunchOfNothingDoesNothing) {
  EB_MACHINE_OR_SKIP(here);
  const auto device = open_here(here);
  const Work work = work_on(*device);
  std::array dispatches{work.dispatch(), work.dispatch()};
  dispatches[0].groups = {0, 1, 1};
  const auto timing = device->info().device_timer ? gpu::Timing::each_dispatch : gpu::Timing::none;
  const auto commands = device->record(dispatches, timing);
  ASSERT_EQ(problem(commands), "");
  ASSERT_EQ(problem(device->run(**commands, {}, {})), "");
  if (timing == gpu::Timing::none) return;
  const auto times = device->times(**commands);
  ASSERT_EQ(problem(times), "");
  ASSERT_EQ(times->size(), 2U);
  EXPECT_EQ((*times)[0].count(), 0);
}

TEST(OpenclDevice, MismatchedArgumentsAreInvalid) {
  EB_MACHINE_OR_SKIP(here);
  const auto device = open_here(here);
  const Work work = work_on(*device);
  const auto kind_of = [&](const gpu::Dispatch& dispatch) {
    const auto commands = device->record(std::span(&dispatch, 1), gpu::Timing::none);
    return commands ? std::string("recorded") : commands.error().message;
  };
  gpu::Dispatch few = work.dispatch(), none = work.dispatch(), null = work.dispatch();
  few.params.pop_back();
  none.kernel = nullptr;
  null.buffers[0] = nullptr;
  EXPECT_EQ(kind_of(work.dispatch()), "recorded");
  EXPECT_NE(kind_of(few).find("probe takes 4 buffers and params; 2 and 1 were given"), std::string::npos)
      << kind_of(few);
  EXPECT_NE(kind_of(none).find("no kernel"), std::string::npos);
  EXPECT_NE(kind_of(null).find("no buffer 0"), std::string::npos);
}

TEST(OpenclDevice, CopiesOutsideABufferAreRefusedBeforeAnythingRuns) {
  EB_MACHINE_OR_SKIP(here);
  const auto device = open_here(here);
  const Work work = work_on(*device);
  const std::array dispatches{work.dispatch()};
  const auto commands = device->record(dispatches, gpu::Timing::none);
  ASSERT_EQ(problem(commands), "");
  std::vector<std::byte> host(kBytes);
  const std::array late{gpu::HostRead{work.out.get(), 4, host}};
  const std::array nowhere{gpu::HostWrite{nullptr, 0, host}};
  EXPECT_EQ(device->run(**commands, {}, late).error().kind, ErrorKind::invalid);
  EXPECT_EQ(device->run(**commands, nowhere, {}).error().kind, ErrorKind::invalid);
  EXPECT_EQ(device->write(*work.in, ~std::uint64_t{0}, host).error().kind, ErrorKind::invalid);
  EXPECT_EQ(device->read(*work.in, kBytes + 1, {}).error().kind, ErrorKind::invalid);
  EXPECT_EQ(problem(device->read(*work.in, kBytes, {})), "");
}

TEST(OpenclDevice, MemoryThatIsNotThereIsOutOfMemory) {
  EB_MACHINE_OR_SKIP(here);
  here.found.info.memory_bytes = 8 << 20;  // also checks that opening the device leaves nothing behind
  const auto device = open_here(here);
  EXPECT_EQ(device->allocate(~std::uint64_t{0}).error().kind, ErrorKind::out_of_memory);
  EXPECT_EQ(device->allocate(here.found.info.max_buffer_bytes + 1).error().kind, ErrorKind::out_of_memory);
  if (!device->info().unified_memory) return;
  auto first = device->allocate(6 << 20);
  ASSERT_EQ(problem(first), "");
  const auto second = device->allocate(3 << 20);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::out_of_memory);
  first = std::unique_ptr<gpu::Buffer>();
  EXPECT_EQ(problem(device->allocate(8 << 20)), "");
}

TEST(OpenclDevice, DriversOutOfMemoryIsToldApart) {
  EB_MACHINE_OR_SKIP(here);
  here.cl.clCreateBuffer = [](cl_context, cl_mem_flags, std::size_t, void*, cl_int* code) -> cl_mem {
    *code = CL_MEM_OBJECT_ALLOCATION_FAILURE;
    return nullptr;
  };
  here.found.info.device_timer = false;
  const auto device = open_here(here);
  const auto buffer = device->allocate(64);
  ASSERT_FALSE(buffer);
  EXPECT_EQ(buffer.error().kind, ErrorKind::out_of_memory);
  EXPECT_NE(buffer.error().message.find("CL_MEM_OBJECT_ALLOCATION_FAILURE"), std::string::npos);
}

TEST(OpenclDevice, FailureWhileRunningIsTheRunsError) {
  EB_MACHINE_OR_SKIP(here);
  here.cl.clEnqueueReadBuffer = [](cl_command_queue, cl_mem, cl_bool, std::size_t, std::size_t, void*,
                                   cl_uint, const cl_event*,
                                   cl_event*) -> cl_int { return CL_OUT_OF_RESOURCES; };
  const auto device = open_here(here);
  const Work work = work_on(*device);
  const std::array dispatches{work.dispatch()};
  const auto commands = device->record(dispatches, gpu::Timing::none);
  ASSERT_EQ(problem(commands), "");
  std::vector<std::byte> host(kBytes);
  const std::array out{gpu::HostRead{work.out.get(), 0, host}};
  EXPECT_EQ(device->run(**commands, {}, out).error().kind, ErrorKind::out_of_memory);
  EXPECT_EQ(problem(device->run(**commands, {}, {})), "");
}

TEST(OpenclDevice, CommandThatEndedWithAnErrorIsTheRunsError) {
  EB_MACHINE_OR_SKIP(here);
  here.cl.clGetEventInfo = [](cl_event, cl_event_info, std::size_t, void* value, std::size_t*) -> cl_int {
    const cl_int aborted = CL_DEVICE_NOT_AVAILABLE;
    std::memcpy(value, &aborted, sizeof aborted);
    return CL_SUCCESS;
  };
  const auto device = open_here(here);
  const Work work = work_on(*device);
  const std::array dispatches{work.dispatch()};
  const auto commands = device->record(dispatches, gpu::Timing::none);
  ASSERT_EQ(problem(commands), "");
  const auto done = device->run(**commands, {}, {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::device);
  EXPECT_NE(done.error().message.find("CL_DEVICE_NOT_AVAILABLE"), std::string::npos);
}

TEST(OpenclTimer, ClockThatStandsStillIsNone) {
  EB_MACHINE_OR_SKIP(here);
  here.cl.clGetEventProfilingInfo = [](cl_event, cl_profiling_info, std::size_t, void* value,
                                       std::size_t*) -> cl_int {
    const cl_ulong noon = 43'200;
    std::memcpy(value, &noon, sizeof noon);
    return CL_SUCCESS;
  };
  const auto device = open_here(here);
  EXPECT_FALSE(device->info().device_timer);
  const Work work = work_on(*device);
  const std::array dispatches{work.dispatch()};
  const auto commands = device->record(dispatches, gpu::Timing::each_dispatch);
  ASSERT_FALSE(commands);
  EXPECT_EQ(commands.error().kind, ErrorKind::unsupported);
}

TEST(OpenclTimer, TimesAreOfTheLastRunAndOnlyIfItHappened) {
  EB_MACHINE_OR_SKIP(here);
  const auto device = open_here(here);
  if (!device->info().device_timer) GTEST_SKIP() << "no device timer";
  const Work work = work_on(*device);
  const std::array dispatches{work.dispatch(), work.dispatch()};
  const auto commands = device->record(dispatches, gpu::Timing::each_dispatch);
  const auto untimed = device->record(dispatches, gpu::Timing::none);
  ASSERT_EQ(problem(commands) + problem(untimed), "");
  EXPECT_FALSE(device->times(**commands));
  for (int again = 0; again < 3; ++again) {
    ASSERT_EQ(problem(device->run(**commands, {}, {})), "");
    const auto times = device->times(**commands);
    ASSERT_EQ(problem(times), "");
    EXPECT_EQ(times->size(), 2U);
  }
  ASSERT_EQ(problem(device->run(**untimed, {}, {})), "");
  EXPECT_FALSE(device->times(**untimed));
}

TEST(OpenclDevice, UnknownKernelIsInvalid) {
  EB_MACHINE_OR_SKIP(here);
  const auto device = open_here(here);
  const auto kernel = device->build({.kernel = "no_such_kernel"});
  ASSERT_FALSE(kernel);
  EXPECT_EQ(kernel.error().kind, ErrorKind::invalid);
}

TEST(OpenclDevice, CacheUseAndTroubleAreTold) {
  EB_MACHINE_OR_SKIP(here);
  const eb::test::Tree tree;
  for (const int hits : {0, 1}) {
    const auto device = here.open({.cache_folder = tree.root()});
    ASSERT_EQ(problem(device), "");
    ASSERT_EQ(problem((*device)->build(test::probe())), "");
    EXPECT_EQ((*device)->cache_use().hits, hits);
    EXPECT_EQ((*device)->cache_use().misses, 1 - hits);
    EXPECT_EQ(problem((*device)->save_cache()), "");
  }
  tree.write("file", "in the way");
  const auto device = here.open({.cache_folder = tree / "file/folder"});
  ASSERT_EQ(problem(device), "");
  ASSERT_EQ(problem((*device)->build(test::probe())), "");
  EXPECT_EQ((*device)->save_cache().error().kind, ErrorKind::io);
}

}  // namespace
}  // namespace eb::opencl
