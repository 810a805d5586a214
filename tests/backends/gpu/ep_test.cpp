#include "backends/gpu/ep.h"

#include <gmock/gmock.h>

#include <array>
#include <cstring>
#include <map>
#include <thread>

#include "backends/gpu/ep_factory.h"
#include "backends/gpu/ep_profile.h"
#include "tests/backends/gpu/ep_fixture.h"

namespace eb::gpu {
namespace {

using test::fake_info;
using test::FakeProvider;
using test::problem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// Devices.

TEST_F(FakeProvider, ListsEachDeviceWithWhatItsDriverSays) {
  driver.devices = {fake_info("0", DeviceType::discrete), fake_info("1", DeviceType::cpu)};
  ASSERT_EQ(problem(register_provider()), "");
  const auto found = devices();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(metadata(found[0], "device"), "0");
  EXPECT_EQ(metadata(found[0], "name"), "Fake 9000");
  EXPECT_EQ(metadata(found[0], "driver"), "fake driver 1.2");
  EXPECT_EQ(metadata(found[0], "type"), "discrete");
  EXPECT_EQ(metadata(found[0], "is_software"), "0");
  EXPECT_EQ(metadata(found[1], "device"), "1");
  EXPECT_EQ(metadata(found[1], "type"), "cpu");
  EXPECT_EQ(metadata(found[1], "is_software"), "1");
  EXPECT_STREQ(api().EpDevice_EpVendor(found[0]), "edgebench");
  EXPECT_EQ(api().HardwareDevice_Type(api().EpDevice_Device(found[1])), OrtHardwareDeviceType_CPU);
}

TEST_F(FakeProvider, WithoutADriverHasNoDeviceAndSaysWhy) {
  driver.absent = Error{ErrorKind::unavailable, "no driver; install one"};
  ASSERT_EQ(problem(register_provider()), "");
  EXPECT_TRUE(devices().empty());
  std::array<char, 64> text{};
  write_reason_of_no_device(test::fake_api(), text.data(), text.size());
  EXPECT_STREQ(text.data(), "no driver; install one");
  write_reason_of_no_device(test::fake_api(), text.data(), 10);
  EXPECT_STREQ(text.data(), "no driver");
  driver.absent.reset();
  write_reason_of_no_device(test::fake_api(), text.data(), text.size());
  EXPECT_STREQ(text.data(), "");
  driver.devices.clear();
  write_reason_of_no_device(test::fake_api(), text.data(), text.size());
  EXPECT_STREQ(text.data(), "fake has no device here");
}

TEST(BestHardware, IsTheSameGpuElseTheProcessor) {
  const Hardware processor{OrtHardwareDeviceType_CPU, 1, 1}, other{OrtHardwareDeviceType_GPU, 0xfa4e, 1},
      same{OrtHardwareDeviceType_GPU, 0xfa4e, 9000}, npu{OrtHardwareDeviceType_NPU, 0xfa4e, 9000};
  const DeviceInfo gpu = fake_info("0", DeviceType::discrete), software = fake_info("1", DeviceType::cpu);
  EXPECT_EQ(best_hardware(gpu, {processor, npu, other, same}), 3);
  EXPECT_EQ(best_hardware(gpu, {npu, other, processor}), 2);
  EXPECT_EQ(best_hardware(software, {same, processor}), 1);
  EXPECT_EQ(best_hardware(gpu, {npu, other}), -1);
  EXPECT_EQ(best_hardware(gpu, {}), -1);
  DeviceInfo nameless = gpu;  // OpenCL knows vendors only
  nameless.device_id = 0;
  EXPECT_EQ(best_hardware(nameless, {processor, npu, other, same}), 2);
  nameless.vendor_id = 7;
  EXPECT_EQ(best_hardware(nameless, {processor, npu, other, same}), 0);
}

// Versions of the runtime.

const OrtApi* no_api(std::uint32_t /*version*/) noexcept {
  return nullptr;
}

TEST(OldRuntime, IsRefusedWithoutACrash) {
  const OrtApiBase base{no_api, []() noexcept { return "1.22.0"; }};
  OrtEpFactory* factory = nullptr;
  std::size_t count = 7;
  EXPECT_EQ(create_ep_factories({"EdgebenchFake", test::fake_api()}, {&base, nullptr, &factory, 1, &count}),
            nullptr);
  EXPECT_EQ(count, 0u);
  EXPECT_EQ(factory, nullptr);
}

class OtherVersions : public FakeProvider {
 protected:
  // The real runtime, as if it were of another version.
  static OrtStatus* create(const char* version, OrtEpFactory*& factory, std::size_t& count,
                           std::size_t most = 1) {
    static const char* pretended = nullptr;
    pretended = version;
    static const OrtApi* real = nullptr;
    real = &api();
    const OrtApiBase base{[](std::uint32_t) noexcept { return real; }, []() noexcept { return pretended; }};
    return create_ep_factories({kName, test::fake_api()}, {&base, nullptr, &factory, most, &count});
  }
};

TEST_F(OtherVersions, AreUsedUpToWhatBothHave) {
  for (const auto& [version, supported] :
       {std::pair<const char*, std::uint32_t>{"1.23.2", 23}, {"1.24.0", 24}, {"1.99.0", ORT_API_VERSION}}) {
    OrtEpFactory* factory = nullptr;
    std::size_t count = 0;
    ASSERT_EQ(problem(check(create(version, factory, count))), "");
    ASSERT_EQ(count, 1u);
    EXPECT_EQ(factory->ort_version_supported, supported);
    EXPECT_NE(factory->CreateAllocator, nullptr);
    EXPECT_NE(factory->ReleaseAllocator, nullptr);
    EXPECT_NE(factory->CreateDataTransfer, nullptr);
    release_ep_factory(factory);
  }
}

TEST_F(OtherVersions, ThatAreTooOldGetASentence) {
  OrtEpFactory* factory = nullptr;
  std::size_t count = 0;
  EXPECT_THAT(problem(check(create("1.22.1", factory, count))),
              HasSubstr("ONNX Runtime 1.22.1 is too old; this execution provider needs 1.23"));
  EXPECT_THAT(problem(check(create("1.30.0", factory, count, 0))), HasSubstr("no room for a factory"));
}

// What is taken.

struct Claim {
  const char* model;
  int nodes, claimed, groups, refused;
};

class Claims : public FakeProvider, public ::testing::WithParamInterface<Claim> {};

TEST_P(Claims, AreOfThisSize) {
  const auto session = open(GetParam().model);
  ASSERT_EQ(problem(session), "");
  const auto told = report();
  EXPECT_EQ(told.value("nodes", -1), GetParam().nodes);
  EXPECT_EQ(told.value("claimed_nodes", -1), GetParam().claimed) << told.dump();
  EXPECT_EQ(told.value("groups", -1), GetParam().groups);
  EXPECT_EQ(told["refused"].size(), static_cast<std::size_t>(GetParam().refused));
}

constexpr Claim kClaims[] = {
    {"one_relu", 1, 1, 1, 0},        {"half_supported", 5, 2, 2, 3},         {"around_a_detour", 5, 2, 2, 3},
    {"lone_view", 1, 1, 1, 0},       {"conv_strided", 1, 1, 1, 0},           {"found", 2, 0, 0, 1},
    {"view_and_double", 4, 0, 0, 3}, {"conv_depthwise_batched", 2, 2, 1, 0},
};
INSTANTIATE_TEST_SUITE_P(Models, Claims, ::testing::ValuesIn(kClaims),
                         [](const auto& tested) { return std::string(tested.param.model); });

TEST_F(FakeProvider, TakesNothingInsideAnIfAndSaysSo) {
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(problem(open("with_bodies")), "");
    const auto told = report();
    EXPECT_EQ(told.value("nodes", -1), 5);
    EXPECT_EQ(told.value("claimed_nodes", -1), 2);
    std::map<std::string, std::string> refused;
    for (const auto& one : told["refused"]) refused.emplace(one["node"], one["reason"]);
    EXPECT_THAT(refused, UnorderedElementsAre(Pair("If_b", "it has graphs inside"),
                                              Pair("in_Relu", "it is in a graph inside If"),
                                              Pair("in_Neg", "it is in a graph inside If")));
  }
}

TEST_F(FakeProvider, TakesFixedShapesOnly) {
  ASSERT_EQ(problem(open("free_dimensions")), "");
  EXPECT_EQ(report().value("claimed_nodes", -1), 0);
  EXPECT_THAT(report()["refused"][0].value("reason", ""), HasSubstr("shape is not known"));
  const auto session = open("free_dimensions", {}, {{"batch", 2}, {"width", 3}});
  ASSERT_EQ(problem(session), "");
  EXPECT_EQ(report().value("claimed_nodes", -1), 1);
  EXPECT_EQ(problem(run_zeros(**session)), "");
}

TEST_F(FakeProvider, SaysWhatNumbersAreKeptIn) {
  ASSERT_EQ(problem(open("conv_depthwise_batched")), "");
  EXPECT_EQ(report().value("compute_precision", ""), "fp32");
  ASSERT_EQ(problem(open("conv_depthwise_batched", {{"precision", "fp16"}})), "");
  EXPECT_EQ(report().value("compute_precision", ""), "fp32, kept as fp16");
}

TEST_F(FakeProvider, NamesTheTypeThatItDoesNotHave) {
  ASSERT_EQ(problem(open("half_supported")), "");
  const auto refused = report()["refused"];
  EXPECT_EQ(refused[0]["op_type"], "Cast");
  EXPECT_THAT(refused[0].value("reason", ""), HasSubstr("element type 11 of ONNX"));
}

// Sessions.

TEST_F(FakeProvider, ShowsItsShareInThePlacement) {
  auto session = open("half_supported");
  ASSERT_EQ(problem(session), "");
  if (runtime().api_version() < ort::kAssignmentApi) GTEST_SKIP() << "this runtime cannot tell";
  const auto placement = (*session)->placement({});
  ASSERT_EQ(problem(placement), "");
  EXPECT_DOUBLE_EQ(placement->nodes.value_or(0), 2.0 / 5);
  EXPECT_EQ(placement->named_provider, kName);
}

TEST_F(FakeProvider, ShowsWhyANodeIsElsewhere) {
  auto session = open("half_supported");
  ASSERT_EQ(problem(session), "");
  if (runtime().api_version() < ort::kAssignmentApi) GTEST_SKIP() << "this runtime cannot tell";
  const auto placement = (*session)->placement({});
  ASSERT_EQ(problem(placement), "");
  ASSERT_EQ(placement->table.size(), 5u);
  for (const Placement::Node& node : placement->table)
    EXPECT_EQ(node.reason.empty(), node.provider == kName) << node.name << ": " << node.reason;
}

TEST_F(FakeProvider, AStrictSessionRefusesWhatItWouldLeaveToTheCpu) {
  auto setup = setup_of("half_supported");
  ASSERT_EQ(problem(setup), "");
  setup->options.is_strict = true;
  const auto refused = ort::open_session(runtime(), *setup);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::fallback) << refused.error().message;
  EXPECT_THAT(refused.error().message, HasSubstr("EdgebenchFake would leave nodes to the CPU"));
  EXPECT_THAT(refused.error().message, HasSubstr("it refused"));
  setup = setup_of("conv_strided");
  ASSERT_EQ(problem(setup), "");
  setup->options.is_strict = true;
  EXPECT_EQ(problem(ort::open_session(runtime(), *setup)), "");
}

TEST_F(FakeProvider, ItsShareOfTheTimeIsOfTheSecondRun) {
  const auto whole = setup_of("conv_strided");
  ASSERT_EQ(problem(whole), "");
  const auto all = ort::time_share(runtime(), *whole);
  ASSERT_EQ(problem(all), "");
  EXPECT_EQ(*all, 1);
  EXPECT_EQ(driver.runs, 2);
  const auto part = setup_of("half_supported");
  ASSERT_EQ(problem(part), "");
  const auto some = ort::time_share(runtime(), *part);
  ASSERT_EQ(problem(some), "");
  EXPECT_GE(*some, 0);
  EXPECT_LT(*some, 1);
}

TEST_F(FakeProvider, RunsAndKeepsNoConstantsWithTheRuntime) {
  const auto session = open("conv_strided");
  ASSERT_EQ(problem(session), "");
  EXPECT_EQ((*session)->inputs().size(), 1u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(problem(run_zeros(**session)), "");
  EXPECT_EQ(driver.runs, 3);
}

TEST_F(FakeProvider, OpensADeviceOnceForAllSessions) {
  const auto one = open("one_relu"), two = open("conv_strided");
  ASSERT_TRUE(one && two);
  EXPECT_EQ(driver.opened.size(), 1u);
  const auto elsewhere = open("one_relu", {{"cache", (folder / "cache").string()}});
  ASSERT_EQ(problem(elsewhere), "");
  EXPECT_THAT(driver.opened, ElementsAre("", folder / "cache"));
}

TEST_F(FakeProvider, RunsOfThreadsTakeTurns) {
  const auto one = open("one_relu"), two = open("conv_strided");
  ASSERT_TRUE(one && two);
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i)
        if (!run_zeros(t % 2 ? **one : **two)) ++failures;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(driver.runs, 200);
  EXPECT_EQ(driver.most_running, 1);
}

TEST_F(FakeProvider, TellsWhetherItsCacheServed) {
  auto session = open("one_relu");
  ASSERT_EQ(problem(session), "");
  EXPECT_EQ((*session)->cache(), "cold");
  driver.use_of_a_kernel = {1, 0};
  session = open("one_relu");
  ASSERT_EQ(problem(session), "");
  EXPECT_EQ((*session)->cache(), "warm");
  EXPECT_EQ(driver.saved, 2);
  session = open("found");  // nothing of it is taken
  ASSERT_EQ(problem(session), "");
  EXPECT_EQ((*session)->cache(), "");
}

TEST_F(FakeProvider, PutsTimesOfKernelsIntoTheRuntimesProfile) {
  if (runtime().api_version() < kProfilerApi) GTEST_SKIP() << "this runtime takes no events of providers";
  driver.devices[0].device_timer = true;
  ASSERT_EQ(problem(register_provider()), "");
  const auto ours = devices();
  OrtSessionOptions* options = nullptr;
  ASSERT_EQ(problem(check(api().CreateSessionOptions(&options))), "");
  const char* key = "profile";
  const char* value = "1";
  ASSERT_EQ(problem(check(api().SessionOptionsAppendExecutionProvider_V2(options, env(), ours.data(), 1, &key,
                                                                         &value, 1))),
            "");
  ASSERT_EQ(problem(check(api().EnableProfiling(options, (folder / "profile").c_str()))), "");
  OrtSession* session = nullptr;
  ASSERT_EQ(problem(check(api().CreateSession(env(), model("one_relu").c_str(), options, &session))), "");
  api().ReleaseSessionOptions(options);
  const char* names[] = {"x", "y"};
  const std::int64_t shape[] = {1, 4};
  OrtAllocator* allocator = nullptr;
  OrtValue *x = nullptr, *y = nullptr;
  ASSERT_EQ(problem(check(api().GetAllocatorWithDefaultOptions(&allocator))), "");
  ASSERT_EQ(problem(check(
                api().CreateTensorAsOrtValue(allocator, shape, 2, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &x))),
            "");
  ASSERT_EQ(problem(check(api().Run(session, nullptr, names, &x, 1, names + 1, 1, &y))), "");
  char* file = nullptr;
  ASSERT_EQ(problem(check(api().SessionEndProfiling(session, allocator, &file))), "");
  const auto profile = parse_json(folder.read(std::filesystem::path(file).filename().string()));
  std::vector<std::int64_t> durations_us;
  for (const auto& event : profile) {
    if (event.value("cat", "") != "Kernel") continue;
    durations_us.push_back(event.value("dur", std::int64_t{0}));
    EXPECT_EQ(event["args"].value("duration_ns", ""), std::to_string(durations_us.back() * 1000));
  }
  ASSERT_FALSE(durations_us.empty());
  for (std::size_t k = 0; k < durations_us.size(); ++k)
    EXPECT_EQ(durations_us[k], static_cast<std::int64_t>(k + 1) * 1000);
  (void)check(api().AllocatorFree(allocator, file));
  api().ReleaseValue(x);
  api().ReleaseValue(y);
  api().ReleaseSession(session);
}

// What goes wrong.

TEST_F(FakeProvider, RefusesOptionsThatItDoesNotHave) {
  EXPECT_THAT(problem(open("one_relu", {{"speed", "11"}})),
              HasSubstr("there is no option 'speed'; known: device"));
  EXPECT_THAT(problem(open("one_relu", {{"retune", "yes"}})), HasSubstr("retune is 0 or 1, not 'yes'"));
  EXPECT_THAT(problem(open("one_relu", {{"precision", "half"}})),
              HasSubstr("precision is model or fp16, not 'half'"));
  EXPECT_THAT(problem(open("one_relu", {{"device", "7"}})), HasSubstr("there is no device '7'"));
  EXPECT_THAT(problem(open("one_relu", {{"int8", "auto"}})), HasSubstr("int8 is 0 or 1, not 'auto'"));
  EXPECT_THAT(problem(open("one_relu", {{"int8", "1"}})), HasSubstr("option int8 is 1, but"));
  EXPECT_EQ(problem(open("one_relu", {{"device", "0"}, {"retune", "1"}, {"int8", "0"}})), "");
}

TEST_F(FakeProvider, SaysWhyADeviceDoesNotOpen) {
  driver.open_fails = Error{ErrorKind::out_of_memory, "no memory for a queue"};
  const auto session = open("one_relu");
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::out_of_memory);
  EXPECT_THAT(session.error().message, HasSubstr("device '0': no memory for a queue"));
}

TEST_F(FakeProvider, AKernelThatDoesNotCompileFailsTheSessionOnly) {
  driver.build_fails = Error{ErrorKind::device, "FAKE_BUILD_ERROR in relu"};
  const auto failed = open("one_relu");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::device);
  EXPECT_THAT(failed.error().message, HasSubstr("FAKE_BUILD_ERROR in relu"));
  driver.build_fails.reset();
  EXPECT_EQ(problem(open("one_relu")), "");
  EXPECT_EQ(driver.opened.size(), 2u) << "a device is not used after its driver failed";
}

TEST_F(FakeProvider, ALostDeviceIsNotAskedAgain) {
  const auto session = open("one_relu");
  ASSERT_EQ(problem(session), "");
  driver.run_fails = Error{ErrorKind::device, "FAKE_DEVICE_LOST"};
  EXPECT_THAT(problem(run_zeros(**session)), HasSubstr("FAKE_DEVICE_LOST"));
  driver.run_fails.reset();
  EXPECT_THAT(problem(run_zeros(**session)), HasSubstr("the device failed earlier"));
  EXPECT_EQ(driver.runs, 1);
  const auto next = open("one_relu");
  ASSERT_EQ(problem(next), "");
  EXPECT_EQ(problem(run_zeros(**next)), "");
}

TEST_F(FakeProvider, LackOfMemoryKeepsItsKindAndTheDevice) {
  const auto session = open("one_relu");
  ASSERT_EQ(problem(session), "");
  driver.run_fails = Error{ErrorKind::out_of_memory, "2 GiB are not there"};
  const auto failed = run_zeros(**session);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::out_of_memory);
  driver.run_fails.reset();
  EXPECT_EQ(problem(run_zeros(**session)), "");
}

}  // namespace
}  // namespace eb::gpu
